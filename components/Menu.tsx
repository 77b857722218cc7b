/** A short list to choose from, below the composer: slash commands, models. */

import { Text } from 'ink'
import { padSpans, span } from '../src/core/text/spans.ts'
import { fitted } from '../src/core/text/steps.ts'
import { roomOf } from '../src/core/text/width.ts'
import { MENU_SHOWN, type View } from './view.ts'

/** Columns of the labels at most, and those between them and what they tell. */
const LABELS = 24
const GAP = 2

interface Props extends Pick<View, 'columns' | 'theme'> {
  readonly menu: NonNullable<View['menu']>
}

export function Menu({ menu, columns, theme }: Props) {
  const { items, chosen } = menu
  // The chosen row stays in sight: the window moves when it would leave.
  const from = Math.max(0, Math.min(Math.max(chosen, 0) - MENU_SHOWN + 1, items.length - MENU_SHOWN))
  const shown = items.slice(from, from + MENU_SHOWN)
  const left = Math.min(LABELS, Math.max(...items.map(({ label }) => roomOf(label))) + GAP, Math.floor(columns / 2))
  const more = items.length - shown.length
  const rows = shown.map((item, i) => {
    const isChosen = from + i === chosen
    return (
      <Text key={item.label} wrap="truncate-end">
        {(isChosen ? theme.accent : (text: string) => text)(`  ${cell(item.label, left)}`) + theme.dim(item.tells)}
      </Text>
    )
  })
  return (
    <>
      {rows}
      {more > 0 && <Text wrap="truncate-end">{theme.dim(`  ${more} more`)}</Text>}
    </>
  )
}

/** A label that is too wide gives up what may follow the command, before anything of its name. */
function cell(label: string, width: number): string {
  const shown = fitted([label, label.replace(/ .*/, ' …')], width - GAP)
  return padSpans([span(shown)], width)
    .map(({ text }) => text)
    .join('')
}
