/**
 * Writes `history-1.db.gz`: the history as the first release writes it, with a conversation that was named, one that was
 * stopped, a branch, a turn in flight and one in the bin. Run by hand, and never again once that release is out: later
 * ones must open the file as it is.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Event } from '../../src/core/conversation.ts'
import { openHistory } from '../../src/io/history.ts'
import { begun, NOON, rawly, room, saved, turn } from './history-kit.ts'

using place = room()
const history = await openHistory(place.path)
const stopped: Event[] = [
  ...begun('Was ist eine Brücke?', 'Eine Brücke ist', NOON - 60_000),
  { type: 'stopped', at: NOON },
]
saved(history, [stopped], 'single')
const named = saved(history, [
  turn('Why is the sky blue?', 'Light is scattered by air.', NOON + 1_000),
  turn('為什麼？', '因為空氣。', NOON + 5_000),
])
history.retitle(named, 'A name of its own', NOON + 9_000)
history.bin(saved(history, [turn('Forget this', 'Gladly.', NOON - 9_000)]), NOON)
const cut = saved(history, [turn('First', 'Answer', NOON - 30_000)])
history.note(cut, 1, begun('Second', 'An answer that never', NOON - 20_000), NOON - 19_000)
history.bin(cut, NOON + 1)
history.close()
rawly(place.path, (db) => db.exec(`update flight set owner = 'elsewhere:1:1-1'; vacuum`))
writeFileSync(new URL('history-1.db.gz', import.meta.url), gzipSync(readFileSync(place.path), { level: 9 }))
