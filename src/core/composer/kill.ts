/** The kill ring: what Ctrl+U, Ctrl+K, Ctrl+W and their kin cut, and Ctrl+Y brings back. */

import { moveTo, replace } from './edit.ts'
import type { Composer } from './state.ts'

/** How many cuts are remembered. */
const RING = 32

/** Cuts from the cursor to another boundary. Cuts that follow each other become one, in reading order. */
export function kill(composer: Composer, to: number): Composer {
  const [from, end] = to < composer.cursor ? [to, composer.cursor] : [composer.cursor, to]
  if (from === end) return moveTo(composer, composer.cursor)
  const cut = composer.text.slice(from, end)
  const [last = '', ...older] = composer.kills
  const joined = to < composer.cursor ? cut + last : last + cut
  const kills = composer.deed.type === 'killed' ? [joined, ...older] : [cut, ...composer.kills].slice(0, RING)
  return { ...replace(composer, from, end, '', { type: 'killed' }), kills }
}

/** Inserts the newest cut. */
export function yank(composer: Composer): Composer {
  const text = composer.kills[0]
  return text === undefined ? composer : bring(composer, composer.cursor, composer.cursor, 0)
}

/** Directly after a yank: puts the next older cut in its place, round and round. */
export function yankOlder(composer: Composer): Composer {
  if (composer.deed.type !== 'yanked') return composer
  const { from, to, kill } = composer.deed
  return bring(composer, from, to, (kill + 1) % composer.kills.length)
}

function bring(composer: Composer, from: number, to: number, kill: number): Composer {
  const text = composer.kills[kill]!
  return replace(composer, from, to, text, { type: 'yanked', from, to: from + text.length, kill })
}
