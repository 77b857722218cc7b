/** What goes with the message that is being typed: a row each, above it. All of it fitted already. */

import { Text } from 'ink'
import { paintSpans, type View } from './view.ts'

export function Enclosed({ enclosed, theme }: Pick<View, 'enclosed' | 'theme'>) {
  return enclosed.map((spans, i) => (
    <Text key={i} wrap="truncate-end">
      {paintSpans(spans, theme)}
    </Text>
  ))
}
