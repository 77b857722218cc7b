/** A list to choose from in the place of the composer: what is typed, the rows, a preview. All of it fitted already. */

import { Text } from 'ink'
import { paintSpans as painted, type View } from './view.ts'

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
