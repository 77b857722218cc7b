import { describe, expect, test, vi } from 'vitest'
import { DAY_MS } from '../../src/core/history/retention.ts'
import { tidyBriefly, tidyHistory } from '../../src/modes/history/retention.ts'
import { count, NOON, opened, room, saved, turn } from '../io/history-kit.ts'

const LONG = Array.from({ length: 120 }, (_, i) => turn(`q${i}`, 'an old answer', NOON - 50 * DAY_MS + i * 1_000))

test('what has had its time is gone at once, and swept away while the chat goes on', async () => {
  using place = room()
  using history = await opened(place.path)
  const old = saved(history, LONG)
  saved(history, [turn('new', 'answer', NOON)])
  expect(tidyHistory(history, 40, NOON)).toBe(1)
  expect(history.one(old)).toBeNull()
  expect(count(place.path, 'events')).toBe(121)
  saved(history, [turn('meanwhile', 'answer', NOON + 1_000)])
  await vi.waitFor(() => expect(count(place.path, 'events')).toBe(2), { timeout: 5_000 })
})

test('what another program had no time to sweep away is, though nothing is due today', async () => {
  using place = room()
  {
    using history = await opened(place.path)
    saved(history, LONG)
    saved(history, [turn('new', 'answer', NOON)])
    expect(tidyHistory(history, 40, NOON)).toBe(1)
  }
  using next = await opened(place.path)
  expect(tidyHistory(next, 40, NOON + 1_000)).toBe(0)
  await vi.waitFor(() => expect(count(place.path, 'events')).toBe(1), { timeout: 5_000 })
})

describe('a program that is about to end', () => {
  test('removes what has had its time, and leaves to the next one what takes longer than a moment', async () => {
    using place = room()
    using history = await opened(place.path)
    const old = saved(history, LONG)
    const own = saved(history, [turn('new', 'answer', NOON)])
    saved(history, [turn('yesterday', 'answer', NOON - DAY_MS)])
    expect(tidyBriefly(history, 40, NOON, own)).toBe(1)
    expect(history.one(old)).toBeNull()
    for (let calls = 0; count(place.path, 'events') > 2; calls++) {
      expect(calls).toBeLessThan(9)
      expect(tidyBriefly(history, 40, NOON + calls, own)).toBe(0)
    }
    expect(count(place.path, 'refuse')).toBe(0)
  })

  test('takes its own answer for no sign that the clock is right', async () => {
    using place = room()
    using history = await opened(place.path)
    saved(history, [turn('old', 'answer', NOON - 50 * DAY_MS)])
    const own = saved(history, [turn('new', 'answer', NOON)])
    expect(tidyBriefly(history, 40, NOON, own)).toBe(0)
    expect(history.list({ limit: 9 })).toHaveLength(2)
  })
})
