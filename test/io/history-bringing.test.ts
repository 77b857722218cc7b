import { describe, expect, test } from 'vitest'
import { batchesOf } from '../../src/core/history/import/batches.ts'
import type { Newcomer } from '../../src/io/history.ts'
import { fresh } from '../kit/lived.ts'
import { batch, count, NOON, opened, room, saved, turn } from './history-kit.ts'

const UID = '0123abcd-0000-4000-8000-000000000000'

const newcomer = (turns: readonly (readonly string[])[], more: Partial<Newcomer> = {}): Newcomer => ({
  ...{ uid: UID, kind: 'chat', createdMs: NOON - 90_000, isUnbilled: false },
  batches: batchesOf(turns.flatMap(([question, answer], i) => turn(question!, answer!, NOON - 80_000 + i * 1_000))),
  ...more,
})

describe('a conversation from elsewhere', () => {
  test('is here with its words, its cost and its own place in time, and in no ledger', async () => {
    using place = room()
    using history = await opened(place.path)
    saved(history, [turn('today', 'a', NOON)])
    expect(
      history.bring(
        [
          newcomer([
            ['tides', 'The moon.'],
            ['wind', 'The sun.'],
          ]),
        ],
        NOON,
      ),
    ).toEqual([{ uid: UID, fate: 'new', turns: 2, isBinned: false }])
    expect(history.list({ limit: 9 }).map(({ title }) => title)).toEqual(['today', 'tides'])
    expect(history.meant(UID)).toMatchObject([{ createdMs: NOON - 90_000, updatedMs: NOON - 78_099, turns: 2 }])
    expect(history.meant(UID)[0]!.costUsd).toBeGreaterThan(0)
    expect(history.search('moon', 5)).toMatchObject([{ uid: UID }])
    expect(count(place.path, 'answers')).toBe(1)
  })

  test('comes once, grows by what is new, and comes beside it where it has gone another way', async () => {
    using place = room()
    using history = await opened(place.path)
    const first = ['tides', 'The moon.']
    const fates = (...turns: string[][]) => history.bring([newcomer(turns)], NOON).map(({ fate }) => fate)
    expect([fates(first), fates(first), fates(first, ['wind', 'The sun.']), fates(first)]).toEqual([
      ['new'],
      ['here'],
      ['grown'],
      ['here'],
    ])
    const other = [first, ['wind', 'Something else.']]
    expect(fates(...other)).toEqual(['copied'])
    expect(history.meant(UID)).toMatchObject([{ turns: 2 }])
    // The same other way is one conversation, however often it comes and however far it has gone.
    expect([fates(...other), fates(...other, ['rain', 'Clouds.']), fates(...other)]).toEqual([
      ['here'],
      ['grown'],
      ['here'],
    ])
    expect(history.search('rain', 5)).toMatchObject([{ turns: 3 }])
    expect(history.list({ limit: 9 }).length).toBe(2)
    expect(history.bring([newcomer([], { uid: UID.replace('0', '9') })], NOON)).toMatchObject([{ fate: 'empty' }])
  })

  test('comes with all others of its kind or not at all', async () => {
    using place = room()
    using history = await opened(place.path)
    const arriving = function* () {
      yield newcomer([['tides', 'The moon.']])
      throw new RangeError('line 7')
    }
    expect(() => history.bring(arriving(), NOON)).toThrow(new RangeError('line 7'))
    expect([count(place.path, 'conversations'), count(place.path, 'events'), count(place.path, 'said')]).toEqual([
      0, 0, 0,
    ])
    expect(history.bring([newcomer([['tides', 'The moon.']])], NOON)).toMatchObject([{ fate: 'new' }])
  })

  test('goes on like any other, and is the latest then', async () => {
    using place = room()
    using history = await opened(place.path)
    history.bring([newcomer([['tides', 'The moon.']])], NOON)
    saved(history, [turn('today', 'a', NOON)])
    const { id } = history.meant(UID)[0]!
    expect(history.append(id, 1, batch(turn('more', 'More.', NOON + 5_000), fresh()).batch)).toBe(2)
    expect(history.list({ limit: 1 })).toMatchObject([{ uid: UID }])
  })
})

test('the number of a conversation that was removed is never given again', async () => {
  using place = room()
  using history = await opened(place.path)
  const first = saved(history, [turn('first', 'a')])
  history.prune(NOON * 2, 0)
  const second = saved(history, [turn('second', 'b')])
  expect(second).toBeGreaterThan(first)
  // A chat that still has the first one open does not go on in the second.
  expect(history.append(first, 1, batch(turn('more', 'c')).batch)).toBe(null)
})

test('a chore is due once a day, whatever the clock is set to', async () => {
  using place = room()
  using history = await opened(place.path)
  const day = 24 * 60 * 60 * 1000
  const due = [0, 1_000, day - 1, day, day + 1, 2 * day, -9 * day, -9 * day + 5].map((at) =>
    history.daily('x', NOON + at),
  )
  expect(due).toEqual([true, false, false, true, false, true, true, false])
  expect(history.daily('y', NOON)).toBe(true)
})
