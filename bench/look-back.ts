/**
 * A recording looked at again, frame by frame: when each numbered word could first be seen, and which rows went out and
 * came back. A frame is the end of a chunk outside a synchronized update; its time is when the chunk was read.
 */

import { createEmulator, type Emulator } from '../test/kit/emulator.ts'
import type { Chunk } from './driver.ts'

export interface LookBack {
  /** When a word first stood on the screen, by word. */
  readonly seenAt: ReadonlyMap<string, number>
  /** When a row with text was blank for a moment while its text stood nowhere else. */
  readonly flickers: readonly number[]
}

/** A row that comes back after this many ms has been written anew, and did not flicker. */
const FLICKER_MS = 100
/** Rows above the screen in which a text that left it is looked for. */
const ROWS_ABOVE = 200
/** A shorter text is no row that anybody would miss. */
const SHORTEST = 3

/** @param pattern of the words to look for; global */
export async function lookBack(
  chunks: readonly Chunk[],
  size: { readonly columns: number; readonly rows: number },
  pattern: RegExp,
): Promise<LookBack> {
  const emulator = createEmulator(size)
  const seenAt = new Map<string, number>()
  const flickers: number[] = []
  const flickering = flickerWatch(emulator, (at) => flickers.push(at))
  for (const { at, bytes } of chunks) {
    await emulator.write(bytes)
    if (emulator.modes.synchronized) continue
    const rows = emulator.screen()
    for (const row of rows) for (const [word] of row.matchAll(pattern)) if (!seenAt.has(word)) seenAt.set(word, at)
    flickering(rows, at)
  }
  emulator.dispose()
  return { seenAt, flickers }
}

/** Told of each frame; calls back when a row that had gone is there again. */
function flickerWatch(emulator: Emulator, onFlicker: (at: number) => void) {
  let before: readonly string[] = []
  let gone: { readonly text: string; readonly at: number }[] = []
  return (rows: readonly string[], at: number): void => {
    const now = new Set(rows)
    gone = gone.filter((one) => {
      if (at - one.at > FLICKER_MS) return false
      if (!now.has(one.text)) return true
      onFlicker(at)
      return false
    })
    const blanked = before.filter(
      (text, y) => text.trim().length >= SHORTEST && rows[y]?.trim() === '' && !now.has(text),
    )
    if (blanked.length > 0) {
      const above = rowsAbove(emulator)
      gone.push(...blanked.filter((text) => !above.has(text)).map((text) => ({ text, at })))
    }
    before = rows
  }
}

function rowsAbove({ terminal }: Emulator): ReadonlySet<string> {
  const { active } = terminal.buffer
  const rows = new Set<string>()
  for (let y = Math.max(0, active.baseY - ROWS_ABOVE); y < active.baseY; y++) {
    rows.add(active.getLine(y)?.translateToString(true) ?? '')
  }
  return rows
}
