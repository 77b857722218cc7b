/** The one thing that moves while nothing has come yet. */

import { Text } from 'ink'
import Spinner from 'ink-spinner'
import type { View } from './view.ts'

interface Props extends Pick<View, 'theme'> {
  readonly still: boolean
  readonly says: string
}

export function Waiting({ says, theme, still }: Props) {
  return (
    <Text wrap="truncate-end">
      {/* Five frames a second: enough to be seen moving, cheap enough to forget. */}
      {still ? '...' : <Spinner type="simpleDotsScrolling" />}
      {theme.dim(` ${says}`)}
    </Text>
  )
}
