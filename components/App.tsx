/** Lays out the live region: what is awaited, what is queued, the composer, its menu, the status bar; or a list. Looks; decides nothing. */

import { Box, Text } from 'ink'
import { Composer } from './Composer.tsx'
import { Enclosed } from './Enclosed.tsx'
import { Menu } from './Menu.tsx'
import { Picker } from './Picker.tsx'
import { StatusBar } from './StatusBar.tsx'
import { QUEUE_SHOWN, type View } from './view.ts'
import { Waiting } from './Waiting.tsx'

export function App({ view }: { readonly view: View }) {
  const { theme, waiting, queue, welcome, picker } = view
  return (
    <Box flexDirection="column" width={view.columns}>
      <Text> </Text>
      {waiting !== null && <Waiting says={waiting} theme={theme} still={view.still === true} />}
      {queue.slice(-QUEUE_SHOWN).map((text, i) => (
        <Text key={i} wrap="truncate-end">
          {theme.dim(`  next: ${text.replace(/\s+/g, ' ')}`)}
        </Text>
      ))}
      {welcome?.rows.map(({ text, chosen, dim }, i) => (
        <Text key={i} wrap="truncate-end">
          {(chosen ? theme.strong(text) : dim ? theme.dim(text) : text) || ' '}
        </Text>
      ))}
      {picker ? <Picker picker={picker} theme={theme} /> : <Desk view={view} />}
    </Box>
  )
}

/** Where one writes. */
function Desk({ view }: { readonly view: View }) {
  const { theme, menu, notice, tag } = view
  return (
    <>
      <Enclosed enclosed={view.enclosed} theme={theme} />
      <Composer composer={view.composer} theme={theme} />
      {menu && <Menu menu={menu} columns={view.columns} theme={theme} />}
      {tag !== null && <Text wrap="truncate-end">{theme.dim(`  ${tag}`)}</Text>}
      {notice === null ? (
        <StatusBar status={view.status} theme={theme} />
      ) : (
        <Text wrap="truncate-end">{theme.dim(`  ${notice}`)}</Text>
      )}
    </>
  )
}
