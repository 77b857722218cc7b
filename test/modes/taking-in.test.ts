/** What one program could not save, and the next one that finds it. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { createAside } from '../../src/io/aside.ts'
import { type History, HistoryTrouble } from '../../src/io/history.ts'
import { recall, settleUnfinished } from '../../src/modes/history/recall.ts'
import { begun, bodies, count, NOON, opened, rawly, room, turn } from '../io/history-kit.ts'
import { conversation } from '../kit/conversations.ts'
import { fresh } from '../kit/lived.ts'
import { type Life, life } from './recorder-kit.ts'

const GONE = `${spawnSync('true').pid}-1`
const spoken = (events: readonly Event[]) => events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
const asked = (history: History) =>
  history
    .list({ limit: 9 })
    .map(({ id }) => bodies(history, id).flatMap((one) => (one.type === 'asked' ? one.text : [])))

/** A life whose history takes nothing any more once `fails` was called. */
function failing(history: History) {
  let isFailing = false
  const one = life({
    ...history,
    together(deed) {
      if (isFailing) throw new HistoryTrouble('unwritable', 'in words')
      return history.together(deed)
    },
  })
  return {
    one,
    fails() {
      isFailing = true
    },
  }
}

/** The program is gone, as after `kill -9`: what it kept aside lies in a file. @returns its path */
function killed(one: Life, path: string, name = 'unsaved-1.jsonl'): string {
  const aside = createAside(path)
  aside.write(one.aside)
  const file = join(path, '..', name)
  renameSync(aside.path, file)
  const ofTheDead = (owner: string) => owner.replace(/\d+-\d*$/, GONE)
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(?<="owner":")[^"]*/g, ofTheDead))
  rawly(path, (db) => {
    for (const { owner } of db.prepare('select distinct owner from flight').all())
      db.prepare('update flight set owner = ? where owner = ?').run(ofTheDead(owner as string), owner as string)
  })
  return file
}

/** The next program begins. @returns the conversations that were cut off, and what people are told */
async function begins(history: History) {
  const lines: string[] = []
  const cut = await settleUnfinished({ history, fresh: fresh(), origin: 0, tell: (line) => lines.push(line) })
  return { cut, lines }
}

describe('what could not be saved', () => {
  test('lands behind the beginning of its conversation, is billed once, and its file is gone', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    one.happen(...turn('first', 'one'))
    fails()
    one.happen(...turn('second', 'two', NOON + 5_000), { type: 'cleared' }, ...turn('other', 'three', NOON + 9_000))
    const file = killed(one, place.path)
    const { cut, lines } = await begins(history)
    expect(lines).toEqual(['2 turns could not be saved before and are now: “first”, “other”.'])
    expect(cut).toEqual([])
    expect(asked(history)).toEqual([['other'], ['first', 'second']])
    expect(count(place.path, 'answers')).toBe(3)
    expect(existsSync(file)).toBe(false)
  })

  test('comes once, though two programs find it, or the one that took it in could not remove it', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    one.happen(...turn('first', 'one'))
    fails()
    one.happen(...turn('second', 'two', NOON + 5_000), { type: 'cleared' }, ...begun('other', 'thr', NOON + 9_000))
    one.recorder.close()
    killed(one, place.path)
    killed(one, place.path, 'unsaved-2.jsonl')
    await begins(history)
    killed(one, place.path)
    expect(await begins(history)).toEqual({ cut: [], lines: [] })
    expect(asked(history)).toEqual([['other'], ['first', 'second']])
    expect(count(place.path, 'answers')).toBe(3)
  })

  test('of a turn that ran goes further than what was noted of it, and was cut off', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    one.happen(...turn('first', 'one'), { type: 'asked', at: NOON + 5_000, text: 'second' })
    expect(count(place.path, 'flight')).toBe(1)
    fails()
    one.happen(...begun('second', 'half', NOON + 5_000).slice(1))
    one.recorder.close()
    killed(one, place.path)
    const { cut } = await begins(history)
    expect(cut).toEqual([1])
    expect(count(place.path, 'flight')).toBe(0)
    expect(spoken(bodies(history, 1))).toBe('onehalf')
    expect(history.list({ limit: 9 })).toMatchObject([{ turns: 2, ended: 'failed' }])
  })

  test('of a conversation that was renamed meanwhile still lands in it, and the name stays', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    one.happen(...turn('first', 'one'))
    fails()
    one.happen(...turn('second', 'two', NOON + 5_000))
    history.retitle(1, 'Mine', NOON + 6_000)
    killed(one, place.path)
    await begins(history)
    expect(history.list({ limit: 9 })).toMatchObject([{ title: 'Mine', turns: 2 }])
  })

  test('of one that went on elsewhere becomes a copy, which says so, and becomes it once', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    one.happen(...turn('first', 'one'))
    const other = life(history)
    other.resume(await recall(1, { history, fresh: fresh(), origin: 0 }))
    other.happen(...turn('theirs', 'x', NOON + 4_000))
    fails()
    one.happen(...turn('second', 'two', NOON + 5_000))
    killed(one, place.path)
    killed(one, place.path, 'unsaved-2.jsonl')
    await begins(history)
    expect(asked(history)).toEqual([
      ['first', 'second'],
      ['first', 'theirs'],
    ])
    expect(history.list({ limit: 9 }).map(({ title }) => title)).toEqual(['first (2)', 'first'])
    expect(count(place.path, 'answers')).toBe(3)
  })

  test('of one that was removed for good is a conversation of its own', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    one.happen(...turn('first', 'one'))
    fails()
    one.happen(...turn('second', 'two', NOON + 5_000))
    history.bin(1, NOON)
    history.vacate(1)
    history.prune(null, NOON + 1e9)
    killed(one, place.path)
    await begins(history)
    expect(asked(history)).toEqual([['second']])
  })

  test('is left as it is, and named, when it cannot be read; the others come', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    fails()
    one.happen(...turn('first', 'one'))
    const file = killed(one, place.path)
    const whole = readFileSync(file, 'utf8')
    killed(one, place.path, 'unsaved-2.jsonl')
    writeFileSync(file, whole.slice(0, -40))
    const { lines } = await begins(history)
    expect(lines.sort()).toEqual([
      '1 turn could not be saved before and is now: “first”.',
      expect.stringMatching(
        /^What could not be saved before cannot be read: .*1\.jsonl, line \d+, .* left as it is\.$/,
      ),
    ])
    expect(readFileSync(file, 'utf8')).toBe(whole.slice(0, -40))
  })

  test('by a program that still runs is its own business', async () => {
    using place = room()
    using history = await opened(place.path)
    const { one, fails } = failing(history)
    fails()
    one.happen(...turn('first', 'one'))
    const aside = createAside(place.path)
    aside.write(one.aside)
    expect(await begins(history)).toEqual({ cut: [], lines: [] })
    expect(existsSync(aside.path)).toBe(true)
    aside.drop()
    expect(existsSync(aside.path)).toBe(false)
  })
})

test('LAW: wherever the trouble begins, what is there afterwards is what would be there without it', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, fc.nat(), async (events, from) => {
      using place = room()
      using calm = room()
      using history = await opened(place.path)
      using other = await opened(calm.path)
      const { one, fails } = failing(history)
      const untroubled = life(other)
      const at = from % (events.length + 1)
      one.happen(...events.slice(0, at))
      fails()
      one.happen(...events.slice(at))
      untroubled.happen(...events)
      one.recorder.close()
      untroubled.recorder.close()
      killed(one, place.path)
      killed(untroubled, calm.path)
      await begins(history)
      await begins(other)
      const states = async (from: History) =>
        Promise.all(
          from.list({ limit: 9 }).map(async ({ id, turns, costUsd, title }) => {
            const { state } = await recall(id, { history: from, fresh: fresh(), origin: 0 })
            return {
              title,
              turns,
              costUsd,
              told: state.turns.map(({ question, answer, end }) => [question, answer, end?.type]),
            }
          }),
        )
      expect(await states(history)).toEqual(await states(other))
      expect(count(place.path, 'answers')).toBe(count(calm.path, 'answers'))
      expect(count(place.path, 'flight')).toBe(0)
    }),
    { numRuns: 30 },
  )
})
