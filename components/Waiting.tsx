/** The one thing that moves while nothing has come yet. */

import { Box, Text } from 'ink'
import Spinner from 'ink-spinner'

export function Waiting({ says }: { readonly says: string }) {
  return (
    <Box>
      <Text color="cyan">
        {/* Eight frames a second: enough to be seen moving, cheap enough to forget. */}
        <Spinner type="point" />
      </Text>
      <Text dimColor wrap="truncate-end">{` ${says}`}</Text>
    </Box>
  )
}
