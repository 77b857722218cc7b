import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { fold } from '../../src/core/conversation.ts'
import { goingOn } from '../../src/core/turn/going-on.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { recall, settleUnfinished } from '../../src/modes/history/recall.ts'
import { begun, bodies, count, NOON, opened, rawly, room, saved, soundness, turn } from '../io/history-kit.ts'
import { fresh } from '../kit/lived.ts'
import { life } from './recorder-kit.ts'

const parts = (history: Parameters<typeof recall>[1]['history'], origin = 0) => ({ history, fresh: fresh(), origin })
/** Whoever noted what is in flight is gone: another machine that has been quiet for a day. */
const everybodyGone = (path: string) =>
  rawly(path, (db) => db.exec(`update flight set owner = 'elsewhere:1:1-1', wall_ms = wall_ms - 86400000`))

describe('a turn whose program ended', () => {
  test('is there, marked, with its words, its estimated cost, and can be gone on from', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.note(id, 1, begun('second', 'half an ans', NOON + 5_000), NOON + 5_400)
    everybodyGone(place.path)
    expect(await settleUnfinished(parts(history))).toEqual([id])
    const { state, rows } = await recall(id, parts(history))
    expect(rows).toBe(2)
    expect(state.turns[1]).toMatchObject({
      ...{ question: 'second', answer: 'half an ans' },
      end: { type: 'failed', failure: { kind: 'interrupted', reason: 'claude-tui ended before this answer did.' } },
      cost: { from: 'estimate' },
    })
    expect(goingOn(state)?.after).toBe(2)
    expect(history.one(id)).toMatchObject({ ended: 'failed', turns: 2, costIsEstimate: true })
    expect(count(place.path, 'flight')).toBe(0)
    expect(history.search('half', 9)).toHaveLength(1)
    expect(await settleUnfinished(parts(history))).toEqual([])
  })

  test('is there also when it was the first of its conversation, or had no word yet', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...begun('only this', '').slice(0, 2))
    everybodyGone(place.path)
    const [id] = await settleUnfinished(parts(history))
    const { state } = await recall(id!, parts(history))
    expect(state.turns).toMatchObject([{ question: 'only this', answer: '', end: { type: 'failed' } }])
    // It never began: there is nothing to bill.
    expect(count(place.path, 'answers')).toBe(0)
    expect(history.one(id!)).toMatchObject({ title: 'only this', costUsd: 0 })
  })

  test('is there when it had just come out of the queue', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    const [, ...rest] = turn('first', 'one')
    one.happen(begun('first', 'one')[0]!, { type: 'asked', at: NOON, text: 'queued' }, ...rest)
    everybodyGone(place.path)
    expect(await settleUnfinished(parts(history))).toEqual([1])
    const { state } = await recall(1, parts(history))
    expect(state.turns).toMatchObject([{ question: 'first' }, { question: 'queued', end: { type: 'failed' } }])
  })

  test('is there with its words when it came out of the queue and had begun', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    const [, ...rest] = turn('first', 'one')
    one.happen(begun('first', 'one')[0]!, { type: 'asked', at: NOON, text: 'queued' }, ...rest)
    one.happen(...begun('queued', 'its words', NOON + 5_000).slice(1))
    one.recorder.close()
    everybodyGone(place.path)
    await settleUnfinished(parts(history))
    const { state } = await recall(1, parts(history))
    expect(state.turns).toMatchObject([{ answer: 'one' }, { question: 'queued', answer: 'its words' }])
    expect(state.live).toBeNull()
  })

  test('takes what was queued behind it along: it is not sent behind whatever is asked next', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...begun('first', 'half'), { type: 'asked', at: NOON + 450, text: 'queued' })
    one.recorder.close()
    everybodyGone(place.path)
    await settleUnfinished(parts(history))
    const { state, rows } = await recall(1, parts(history))
    expect(state).toMatchObject({ queue: [], turns: [{ answer: 'half', end: { type: 'failed' } }] })
    const other = life(history)
    other.resume({ id: 1, rows, state })
    other.happen(...turn('next', 'whole', NOON + 9_000))
    expect(fold(fresh(), bodies(history, 1)).turns.map(({ question }) => question)).toEqual(['first', 'next'])
  })

  test('is not one that was cut off while its program was there: that is let go, and offered', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    const trouble = failure('cut', 'Cut.')
    one.happen(...begun('first', 'half'), { type: 'failed', at: NOON + 500, failure: trouble })
    expect(history.cutOff(0)).toEqual([])
    everybodyGone(place.path)
    expect(await settleUnfinished(parts(history))).toEqual([])
    expect(history.cutOff(0)).toEqual([1])
    expect(history.size(1)).toBe(1)
    expect(count(place.path, 'flight')).toBe(0)
  })

  test('and whose conversation was gone on with elsewhere becomes a conversation of its own', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('common', 'ground')])
    history.note(id, 1, begun('mine', 'my half', NOON + 5_000), NOON + 5_400)
    const other = life(history)
    other.resume(await recall(id, parts(history)))
    rawly(place.path, (db) => db.exec(`update flight set owner = 'elsewhere:1:9-1', wall_ms = 1`))
    other.happen(...turn('yours', 'whole', NOON + 6_000))
    const [copy] = await settleUnfinished(parts(history))
    expect(copy).not.toBe(id)
    const { state } = await recall(copy!, parts(history))
    expect(state.turns.map(({ question, answer }) => [question, answer])).toEqual([
      ['common', 'ground'],
      ['mine', 'my half'],
    ])
    expect(fold(fresh(), bodies(history, id)).turns.map(({ question }) => question)).toEqual(['common', 'yours'])
  })

  test('of two programs in one conversation: both are there, each after what it followed', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('common', 'ground')])
    for (const who of ['mine', 'yours']) {
      history.note(id, 1, begun(who, `half of ${who}`, NOON + 5_000), NOON + 5_400)
      rawly(place.path, (db) =>
        db.exec(
          `update flight set owner = 'elsewhere:1:${who.length}-1', wall_ms = ${who.length} where owner not like 'e%'`,
        ),
      )
    }
    const ids = await settleUnfinished(parts(history))
    const states = await Promise.all(ids.map((one) => recall(one, parts(history))))
    expect(states.map(({ state }) => state.turns.map(({ answer }) => answer))).toEqual([
      ['ground', 'half of mine'],
      ['ground', 'half of yours'],
    ])
    expect(soundness(place.path)).toBe('ok')
  })

  test('keeps its place in the order of things: it did not happen just now', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('cut', 'a', NOON - 9_000)])
    history.note(id, 1, begun('second', 'half', NOON - 8_000), NOON - 8_000)
    saved(history, [turn('later', 'b', NOON)])
    everybodyGone(place.path)
    await settleUnfinished(parts(history))
    expect(history.list({ limit: 1 })).toMatchObject([{ title: 'later' }])
  })
})

describe('recalling', () => {
  test('gives times of the clock that runs now', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('q', 'a', NOON)])
    const { state } = await recall(id, parts(history, NOON - 5_000))
    expect(state.turns[0]?.times).toMatchObject({ asked: 5_000, firstText: 5_400, ended: 5_901 })
  })

  test('lets others have their turn while a long conversation is folded', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(
      history,
      Array.from({ length: 400 }, (_, i) => turn(`q${i}`, 'words '.repeat(2_000), NOON + i * 1_000)),
    )
    let turns = 0
    let isOver = false
    const others = (async () => {
      for (; !isOver; turns++) await new Promise((resolve) => setImmediate(resolve))
    })()
    const { state } = await recall(id, parts(history))
    isOver = true
    await others
    expect(state.turns).toHaveLength(400)
    expect(turns).toBeGreaterThan(1)
  })

  test('leaves what this program and its server are: only model, effort and system prompt come back', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen({
      type: 'chosen',
      choices: { model: 'deep', effort: 'high', system: 'Brief.', maxTokens: 5, stream: false },
    })
    one.happen(...turn('q', 'a'))
    const { state } = await recall(1, parts(history))
    expect(state.choices).toEqual({ ...fresh().choices, model: 'deep', effort: 'high', system: 'Brief.' })
  })
})

test('where no program is gone, nobody is waited for to find that out', async () => {
  using place = room()
  using history = await opened(place.path)
  const id = saved(history, [turn('first', 'one')])
  history.note(id, 1, begun('second', 'half an ans', NOON + 5_000), NOON + 5_400)
  const holder = new DatabaseSync(place.path)
  holder.exec('begin immediate')
  expect(await settleUnfinished(parts(history))).toEqual([])
  holder.close()
})
