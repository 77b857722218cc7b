/** Model, context, cost, TTFT, tokens per second: the figures of this turn, already fitted to the width. */

import { Text } from 'ink'
import { paintStatus, type View } from './view.ts'

export function StatusBar({ status, theme }: Pick<View, 'status' | 'theme'>) {
  return <Text wrap="truncate-end">{`  ${paintStatus({ status, theme })}`}</Text>
}
