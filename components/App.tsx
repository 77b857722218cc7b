/** Lays out the live region: what is awaited, what is queued, the composer, its menu, the status bar. Looks; decides nothing. */

import { Box, Text } from 'ink'
import { Composer } from './Composer.tsx'
import { Menu } from './Menu.tsx'
import { StatusBar } from './StatusBar.tsx'
import { QUEUE_SHOWN, type View } from './view.ts'
import { Waiting } from './Waiting.tsx'

export function App({ view }: { readonly view: View }) {
  return (
    <Box flexDirection="column" width={view.columns}>
      <Text> </Text>
      {view.waiting !== null && <Waiting says={view.waiting} />}
      {view.queue.slice(-QUEUE_SHOWN).map((text, i) => (
        <Text key={i} dimColor wrap="truncate-end">{`  next: ${text.replace(/\s+/g, ' ')}`}</Text>
      ))}
      {view.welcome?.rows.map((row, i) => (
        <Text key={i} bold={row.chosen} dimColor={row.dim} wrap="truncate-end">
          {row.text || ' '}
        </Text>
      ))}
      <Composer composer={view.composer} />
      {view.menu && <Menu menu={view.menu} columns={view.columns} />}
      {view.notice === null ? (
        <StatusBar pieces={view.status} />
      ) : (
        <Text dimColor wrap="truncate-end">{`  ${view.notice}`}</Text>
      )}
    </Box>
  )
}
