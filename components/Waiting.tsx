/** The one thing that moves while nothing has come yet. */

import { Text } from 'ink'
import Spinner from 'ink-spinner'
import type { Theme } from '../src/core/theme.ts'

export function Waiting({ says, theme }: { readonly says: string; readonly theme: Theme }) {
  return (
    <Text wrap="truncate-end">
      {/* Five frames a second: enough to be seen moving, cheap enough to forget. */}
      <Spinner type="simpleDotsScrolling" />
      {theme.dim(` ${says}`)}
    </Text>
  )
}
