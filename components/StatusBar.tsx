/** Model, context, cost, TTFT, tokens per second: the figures of this turn, already fitted to the width. */

import { Text } from 'ink'
import type { View } from './view.ts'

export function StatusBar({ pieces }: { readonly pieces: View['status'] }) {
  return (
    <Text wrap="truncate-end">
      {'  '}
      {pieces.map(({ text, tone }, i) => (
        <Text key={i} dimColor={tone === 'dim'} {...(tone === 'warn' ? { color: 'yellow' } : {})}>
          {text}
        </Text>
      ))}
    </Text>
  )
}
