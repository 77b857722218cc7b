/** Which conversations wait to be gone on from. */

import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import type { FailureKind } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { put } from '../kit/histories.ts'
import { begun, NOON, opened, rawly, room, saved, turn } from './history-kit.ts'

const cut = (question: string, kind: FailureKind = 'cut', at = NOON): readonly Event[] => [
  ...begun(question, 'half', at),
  { type: 'failed', at: at + 500, failure: failure(kind, 'So.') },
]
const EVER = 0

describe('a conversation whose last answer was cut off', () => {
  test('waits, the latest first; others do not', async () => {
    using place = room()
    using history = await opened(place.path)
    const first = saved(history, [turn('one', 'a'), cut('first', 'cut')])
    saved(history, [cut('went on', 'cut'), turn('then', 'b', NOON + 5_000)])
    saved(history, [turn('whole', 'c')])
    saved(history, [cut('no connection', 'offline')])
    saved(history, [[...begun('stopped', 'half'), { type: 'stopped', at: NOON + 500 }]])
    const second = saved(history, [cut('second', 'stalled')])
    const third = saved(history, [cut('third', 'interrupted')])
    expect(history.cutOff(EVER)).toEqual([third, second, first])
  })

  test('of a one-shot waits only when its program ended: of anything else the caller was told', async () => {
    using place = room()
    using history = await opened(place.path)
    saved(history, [cut('told', 'cut')], 'single')
    const untold = saved(history, [cut('untold', 'interrupted')], 'single')
    expect(history.cutOff(EVER)).toEqual([untold])
  })

  test('does not wait in the bin, nor when it is long ago, nor when it came from elsewhere', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [cut('here')])
    put(history, cut('elsewhere'))
    expect(history.cutOff(NOON + 1_000)).toEqual([])
    expect(history.cutOff(NOON)).toEqual([id])
    history.bin(id, NOON + 9_000)
    expect(history.cutOff(EVER)).toEqual([])
    history.bin(id, null)
    expect(history.cutOff(EVER)).toEqual([id])
  })

  test('does not wait while somebody holds it', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [cut('held')])
    history.note(id, 1, [], NOON + 1_000)
    expect(history.cutOff(EVER)).toEqual([])
    rawly(place.path, (db) => db.exec(`update flight set owner = 'elsewhere:1:1-1', wall_ms = wall_ms - 86400000`))
    for (const flight of history.claim()) history.letGo(flight)
    expect(history.cutOff(EVER)).toEqual([id])
  })

  test('waits still after it was given a name', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [cut('named')])
    history.retitle(id, 'A name', NOON + 5_000)
    expect(history.cutOff(EVER)).toEqual([id])
  })

  test('does not wait once it was declined, and does again when it is cut off again', async () => {
    using place = room()
    using history = await opened(place.path)
    const other = saved(history, [cut('other')])
    const id = saved(history, [cut('declined')])
    for (const ms of [1_000, 2_000]) history.decline(id, NOON + ms)
    expect(history.cutOff(EVER)).toEqual([other])
    // A number that begins with the same digits is another one.
    const many = Array.from({ length: 20 }, (_, i) => saved(history, [cut(`more ${i}`)]))
    expect(history.cutOff(EVER)).toEqual([...many.toReversed(), other])
    rawly(place.path, (db) => db.exec(`update conversations set updated_ms = updated_ms + 5000 where id = ${id}`))
    expect(history.cutOff(EVER)).toContain(id)
  })
})
