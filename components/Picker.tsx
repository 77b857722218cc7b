/** A list to choose from in the place of the composer: what is typed, the rows, a preview. All of it fitted already. */

import { Text } from 'ink'
import type { Span } from '../src/core/spans.ts'
import type { Theme } from '../src/core/theme.ts'
import type { View } from './view.ts'

interface Props extends Pick<View, 'theme'> {
  readonly picker: NonNullable<View['picker']>
}

export function Picker({ picker, theme }: Props) {
  const { head, line, rows, preview, foot } = picker
  return (
    <>
      {head && <Text wrap="truncate-end">{painted(head, theme)}</Text>}
      <Text wrap="truncate-end">{theme.accent(line.sign) + (line.text || theme.dim(line.placeholder))}</Text>
      {rows.map(({ spans, chosen }, i) => (
        <Text key={i} wrap="truncate-end">
          {painted(spans, theme, chosen)}
        </Text>
      ))}
      {preview.length > 0 && <Text> </Text>}
      {preview.map((spans, i) => (
        <Text key={i} wrap="truncate-end">
          {painted(spans, theme) || ' '}
        </Text>
      ))}
      <Text wrap="truncate-end">{theme.dim(foot)}</Text>
    </>
  )
}

/** What has no look of its own takes the accent in the chosen row. */
function painted(spans: readonly Span[], theme: Theme, chosen = false): string {
  return spans
    .map(({ text, look }) => (look !== 'plain' ? theme[look](text) : chosen ? theme.accent(text) : text))
    .join('')
}
