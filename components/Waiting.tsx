/** The one thing that moves while nothing has come yet. */

import { Text } from 'ink'
import Spinner from 'ink-spinner'

export function Waiting({ says }: { readonly says: string }) {
  return (
    <Text wrap="truncate-end">
      <Text color="cyan">
        {/* Five frames a second: enough to be seen moving, cheap enough to forget. */}
        <Spinner type="simpleDotsScrolling" />
      </Text>
      <Text dimColor>{` ${says}`}</Text>
    </Text>
  )
}
