import { describe, expect, test } from 'vitest'
import { cascadeFigures } from '../../src/core/lab/cascade/report.ts'
import { MODEL, NOON, opened, room, saved, turn } from './history-kit.ts'

describe('races in the history', () => {
  test('count for each pair, over all programs that wrote there', async () => {
    using place = room()
    {
      using history = await opened(place.path)
      expect(history.wins()).toEqual([])
      history.won('a', ['b', 'c'], NOON)
      history.won('a', ['b'], NOON + 1)
    }
    using again = await opened(place.path)
    again.won('b', ['a'], NOON + 2)
    expect([...again.wins()].sort((x, y) => y.count - x.count)).toEqual([
      { winner: 'a', loser: 'b', count: 2 },
      { winner: 'a', loser: 'c', count: 1 },
      { winner: 'b', loser: 'a', count: 1 },
    ])
  })
})

describe('cascades in the history', () => {
  const row = { wallMs: NOON, models: ['a', 'b'], steps: 2, isKept: true, spentUsd: 0.5, secondUsd: null, lastUsd: 2 }

  test('come back as they were written, from a moment on', async () => {
    using place = room()
    using history = await opened(place.path)
    history.climbed(row)
    history.climbed({ ...row, wallMs: NOON + 5, isKept: false, steps: 1 })
    expect(history.climbs(0)).toEqual([row, { ...row, wallMs: NOON + 5, isKept: false, steps: 1 }])
    expect(history.climbs(NOON + 1)).toHaveLength(1)
    expect(cascadeFigures(history.climbs(0))).toMatchObject({ turns: 2, escalated: 1, priced: 0 })
  })
})

test('times to the first word are those of one model, from a moment on', async () => {
  using place = room()
  using history = await opened(place.path)
  saved(history, [turn('a', 'b', NOON), turn('c', 'd', NOON + 60_000)])
  expect(history.firstTokens(MODEL, 0)).toHaveLength(2)
  expect(history.firstTokens(MODEL, NOON + 30_000)).toHaveLength(1)
  expect(history.firstTokens('another', 0)).toEqual([])
})
