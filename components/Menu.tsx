/** A short list to choose from, below the composer: slash commands, models. */

import { Text } from 'ink'
import { MENU_SHOWN, type View } from './view.ts'

interface Props extends Pick<View, 'columns' | 'theme'> {
  readonly menu: NonNullable<View['menu']>
}

export function Menu({ menu, columns, theme }: Props) {
  const { items, chosen } = menu
  // The chosen row stays in sight: the window moves when it would leave.
  const from = Math.max(0, Math.min(Math.max(chosen, 0) - MENU_SHOWN + 1, items.length - MENU_SHOWN))
  const shown = items.slice(from, from + MENU_SHOWN)
  const left = Math.min(24, Math.max(...items.map(({ label }) => label.length)) + 2, Math.floor(columns / 2))
  const more = items.length - shown.length
  const rows = shown.map((item, i) => {
    const isChosen = from + i === chosen
    return (
      <Text key={item.label} wrap="truncate-end">
        {(isChosen ? theme.accent : (text: string) => text)(`  ${item.label.padEnd(left)}`) + theme.dim(item.tells)}
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
