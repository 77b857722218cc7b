/** The one thing that moves while nothing has come yet. */

import { Text } from 'ink'
import Spinner from 'ink-spinner'
import type { View } from './view.ts'

interface Props extends Pick<View, 'theme'> {
  readonly still: boolean
  readonly says: readonly string[]
}

export function Waiting({ says: [first = '', ...more], theme, still }: Props) {
  return (
    <>
      <Text wrap="truncate-end">
        {/* Five frames a second: enough to be seen moving, cheap enough to forget. */}
        {still ? '...' : <Spinner type="simpleDotsScrolling" />}
        {theme.dim(` ${first}`)}
      </Text>
      {more.map((row, i) => (
        <Text key={i} wrap="truncate-end">
          {theme.dim(`    ${row}`)}
        </Text>
      ))}
    </>
  )
}
