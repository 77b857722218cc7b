import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { HistoryTrouble } from '../../src/io/history.ts'
import { recall, settleUnfinished } from '../../src/modes/history/recall.ts'
import type { RecorderHistory } from '../../src/modes/history/recorder/parts.ts'
import { begun, bodies, count, MODEL, NOON, opened, rawly, room, turn } from '../io/history-kit.ts'
import { fresh } from '../kit/lived.ts'
import { asideInMemory, type Life, life } from './recorder-kit.ts'

const parts = (history: Parameters<typeof recall>[1]['history']) => ({ history, fresh: fresh(), origin: 0 })
const asked = (text: string, at = NOON): Event => ({ type: 'asked', at, text })
const delta = (text: string, at: number): Event => ({ type: 'delta', at, text })
const stopped = (at: number): Event => ({ type: 'stopped', at })
const inFlight = (path: string) =>
  rawly(path, (db) => db.prepare('select body from flight order by id').all()).flatMap(
    ({ body }) => JSON.parse(body as string) as Event[],
  )
const spoken = (events: readonly Event[]) => events.map((event) => (event.type === 'delta' ? event.text : '')).join('')

describe('a conversation that is recorded', () => {
  test('is folded back to the very state it was', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'), { type: 'chosen', choices: { effort: 'low' } })
    one.happen(...turn('second', 'two', NOON + 5_000), { type: 'moved', to: 1 })
    one.happen({ type: 'titled', title: 'Mine', by: 'user' }, ...turn('third', 'three', NOON + 9_000))
    const recalled = await recall(one.recorder.conversation!, parts(history))
    expect(recalled.state).toEqual(one.state)
  })

  test('LAW: so is any other, however its turns end and whatever happens between them', async () => {
    const act = fc.constantFrom('turn', 'failed', 'stopped', 'queue', 'moved', 'titled', 'chosen', 'billed', 'late')
    using place = room()
    using history = await opened(place.path)
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
        const one = life(history)
        let at = NOON
        for (const what of acts) {
          at += 10_000
          const bill: Event = {
            ...{ type: 'billed', at: at + 450, purpose: 'title', model: MODEL, requestId: null },
            usage: { ...NO_USAGE, input: 9, output: 3 },
          }
          if (what === 'turn') one.happen(...turn(`q${at}`, 'answer', at))
          if (what === 'stopped') one.happen(...begun(`q${at}`, 'half', at), stopped(at + 500))
          if (what === 'failed') one.happen(asked(`q${at}`, at), stopped(at + 1))
          if (what === 'queue') one.happen(...begun('a', 'x', at), asked('b', at + 450), ...turn('c', 'y', at).slice(5))
          if (what === 'queue') one.happen(...turn('b', 'z', at + 5_000).slice(1))
          if (what === 'moved') one.happen({ type: 'moved', to: one.state.turns.at(-2)?.number ?? null })
          if (what === 'titled') one.happen({ type: 'titled', title: `t${at}`, by: 'user' })
          if (what === 'chosen') one.happen({ type: 'chosen', choices: { model: 'fast' } })
          if (what === 'billed') one.happen(bill)
          if (what === 'late') one.happen(...begun('late', 'x', at), bill, stopped(at + 500))
        }
        const id = one.recorder.conversation
        const started = acts.some((what) => !['moved', 'titled', 'chosen', 'billed'].includes(what))
        expect(id === null).toBe(!started)
        if (id === null) return
        const { state } = await recall(id, parts(history))
        // What was said about money before the first question has no conversation to belong to.
        const { spent: _, sideCalls, ...told } = state
        expect(told).toEqual((({ spent, sideCalls, ...rest }) => rest)(one.state))
        expect(one.state.sideCalls.slice(one.state.sideCalls.length - sideCalls.length)).toEqual(sideCalls)
      }),
      { numRuns: 60 },
    )
  })

  test('has a row in the ledger for every answer and every call beside them, also one that came in mid-answer', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'), ...begun('second', 'tw', NOON + 5_000))
    for (const requestId of ['req_title', 'req_again'])
      one.happen({
        ...{ type: 'billed', at: NOON + 5_450, purpose: 'title', model: MODEL, requestId },
        usage: { ...NO_USAGE, input: 50, output: 5 },
      })
    one.happen(stopped(NOON + 5_500))
    const rows = rawly(place.path, (db) =>
      db.prepare('select purpose, ended, request_id from answers order by id').all(),
    )
    expect(rows).toEqual([
      { purpose: 'turn', ended: 'finished', request_id: `req_${NOON}` },
      { purpose: 'turn', ended: 'stopped', request_id: `req_${NOON + 5_000}` },
      { purpose: 'title', ended: 'finished', request_id: 'req_title' },
      { purpose: 'title', ended: 'finished', request_id: 'req_again' },
    ])
    const known = rawly(place.path, (db) => db.prepare('select sum(cost_usd) as usd from answers').get()) as {
      usd: number
    }
    expect(known.usd).toBeCloseTo(one.state.spent.known.value, 12)
    expect(history.one(1)?.costUsd).toBeCloseTo(known.usd, 12)
  })

  test('begins anew after it was cleared, and one that was cleared in mid-answer is saved to its end', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'), { type: 'cleared' }, ...begun('second', 'two', NOON + 5_000))
    one.happen({ type: 'cleared' }, stopped(NOON + 5_500), ...turn('third', 'three', NOON + 9_000))
    expect(history.list({ limit: 9 }).map(({ title, turns, ended }) => [title, turns, ended])).toEqual([
      ['third', 1, 'finished'],
      ['second', 1, 'stopped'],
      ['first', 1, 'finished'],
    ])
  })

  test('is not there before the first question, and what was chosen until then is told with it', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen({ type: 'chosen', choices: { model: 'deep', system: 'Be brief.' } })
    expect(history.list({ limit: 9 })).toEqual([])
    one.happen(...turn('first', 'one'))
    const { state } = await recall(one.recorder.conversation!, parts(history))
    expect(state.choices).toMatchObject({ model: 'deep', system: 'Be brief.' })
  })

  test('that was held before there was a history is saved once there is one', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(null)
    one.happen(...turn('first', 'one'), ...begun('second', 'tw', NOON + 5_000))
    one.recorder.attach(history)
    expect(history.list({ limit: 9 })).toMatchObject([{ title: 'first', turns: 1 }])
    expect(spoken(inFlight(place.path))).toBe('tw')
  })

  test('carries the time of day of each turn, though the clock was set between them', async () => {
    using place = room()
    using history = await opened(place.path)
    const { createRecorder } = await import('../../src/modes/history/recorder.ts')
    let origin = NOON
    const aside = asideInMemory()
    const recorder = createRecorder({
      kind: 'chat',
      origin: () => origin,
      onTrouble() {},
      onCopied() {},
      onTakenOut() {},
      aside,
    })
    recorder.attach(history)
    let state = fresh()
    const { update } = await import('../../src/core/conversation.ts')
    const happen = (events: readonly Event[]) => {
      for (const event of events) {
        state = update(state, event).state
        recorder.follow(state, event)
      }
    }
    happen(turn('before', 'a', 1_000))
    origin -= 3_600_000
    happen(begun('after', 'b', 9_000))
    // Also in the middle of a turn, whose durations stay what they are.
    origin += 7_200_000
    happen(turn('after', 'b', 9_000).slice(5))
    const [first, second] = [...history.rows(1)].map(({ events }) => events.filter((event) => 'at' in event))
    expect(first?.at(-1)).toMatchObject({ at: NOON + 1_901 })
    expect(second?.[0]).toMatchObject({ at: NOON - 3_600_000 + 9_000 })
    expect(second?.at(-1)).toMatchObject({ at: NOON - 3_600_000 + 9_901 })
    const { state: back } = await recall(1, { history, fresh: fresh(), origin: NOON })
    expect(back.turns.map(({ times }) => times.ended! - times.asked!)).toEqual([901, 901])
  })
})

describe('a turn that runs', () => {
  test('is noted with its question at once, and with its words a moment after they came', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(asked('why?'))
    expect(inFlight(place.path)).toMatchObject([{ type: 'chosen' }, { type: 'asked', text: 'why?' }])
    one.happen(...begun('why?', 'be', NOON).slice(1))
    await vi.waitFor(() => expect(spoken(inFlight(place.path))).toBe('be'))
    one.happen(delta('cause', NOON + 500))
    await vi.waitFor(() => expect(spoken(inFlight(place.path))).toBe('because'))
    one.happen(...turn('why?', 'x').slice(5))
    expect(inFlight(place.path)).toEqual([])
    expect(spoken(bodies(history, 1))).toBe('because')
    one.recorder.close()
  })

  test('that follows from the queue is known to run, before anything came of it', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...begun('first', 'one'), asked('second', NOON + 450), ...turn('first', 'one').slice(5))
    expect(one.state.live?.question).toBe('second')
    expect(count(place.path, 'flight')).toBe(1)
    one.recorder.close()
  })

  test('of many hours is noted in small pieces, whose number does not matter to what is saved in the end', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    vi.useFakeTimers()
    one.happen(...begun('long', ''))
    for (let i = 0; i < 2_000; i++) {
      one.happen(delta(`w${i} `, NOON + 400 + i * 110))
      vi.advanceTimersByTime(110)
    }
    vi.useRealTimers()
    expect(count(place.path, 'flight')).toBeGreaterThan(1_900)
    one.happen(stopped(NOON + 300_000))
    expect(inFlight(place.path)).toEqual([])
    expect(bodies(history, 1).filter(({ type }) => type === 'delta')).toHaveLength(1)
  })
})

describe('two terminals in one conversation', () => {
  const both = async (path: string) => {
    const [mine, yours] = [await opened(path), await opened(path)]
    const first = life(mine)
    first.happen(...turn('common', 'ground'))
    const second = life(yours)
    second.resume(await recall(1, parts(yours)))
    return { mine, yours, first, second }
  }
  const questions = (history: Parameters<typeof bodies>[0], id: number) =>
    bodies(history, id).flatMap((event) => (event.type === 'asked' ? [event.text] : []))

  test('that go on in turn make two conversations, and each says so once', async () => {
    using place = room()
    const { mine, yours, first, second } = await both(place.path)
    second.happen(...turn('yours', 'b', NOON + 5_000))
    first.happen(...turn('mine', 'a', NOON + 6_000), ...turn('more', 'c', NOON + 7_000))
    expect([first.copies, second.copies]).toEqual([1, 0])
    expect(questions(mine, 1)).toEqual(['common', 'yours'])
    expect(questions(mine, first.recorder.conversation!)).toEqual(['common', 'mine', 'more'])
    const recalled = await recall(first.recorder.conversation!, parts(mine))
    expect(recalled.state.turns).toEqual(first.state.turns)
    expect(mine.list({ limit: 9 }).map(({ title }) => title)).toEqual(['common (2)', 'common'])
    // The common answer was paid for once.
    expect(count(place.path, 'answers')).toBe(4)
    mine.close()
    yours.close()
  })

  test('at the same moment lose no word of either', async () => {
    using place = room()
    const { mine, yours, first, second } = await both(place.path)
    const of = (one: Life, who: string, answer: string, at: number) =>
      begun(who, answer, at).map((event) => [one, event] as const)
    const [a, b] = [of(first, 'mine', 'a', NOON + 5_000), of(second, 'yours', 'b', NOON + 5_000)]
    for (let i = 0; i < a.length; i++) for (const [one, event] of [a[i]!, b[i]!]) one.happen(event)
    second.happen(stopped(NOON + 6_000))
    first.happen(stopped(NOON + 6_000))
    expect(questions(mine, 1)).toEqual(['common', 'yours'])
    expect(questions(mine, 2)).toEqual(['common', 'mine'])
    expect(inFlight(place.path)).toEqual([])
    mine.close()
    yours.close()
  })

  test('one of which only gives it a name, or has it named, stay in one; a person’s name stays', async () => {
    using place = room()
    const { mine, yours, first, second } = await both(place.path)
    yours.retitle(1, 'Named', NOON + 1)
    const usage = { ...NO_USAGE, input: 50, output: 5 }
    second.resume(await recall(1, parts(yours)))
    second.happen({ type: 'billed', at: NOON + 2, purpose: 'title', model: MODEL, requestId: null, usage })
    first.happen(...turn('mine', 'a', NOON + 6_000), { type: 'titled', title: 'By a model', by: 'model' })
    expect(first.copies).toBe(0)
    expect(mine.list({ limit: 9 })).toMatchObject([{ title: 'Named', turns: 2 }])
    expect((await recall(1, parts(mine))).state.title).toEqual({ text: 'Named', by: 'user' })
    mine.close()
    yours.close()
  })

  test('one of which throws it away for good: the other goes on in a new one', async () => {
    using place = room()
    const { mine, yours, first } = await both(place.path)
    first.happen(...begun('mine', 'a', NOON + 5_000))
    yours.bin(first.recorder.conversation!, NOON)
    // As a program does that does not know who has it open, such as an older one.
    rawly(place.path, (db) => db.exec('delete from flight'))
    yours.prune(null, NOON + 1e6)
    first.happen(delta('nswer', NOON + 5_500), ...turn('mine', 'x', NOON + 5_000).slice(5))
    expect(mine.list({ limit: 9 })).toMatchObject([{ turns: 2, ended: 'finished' }])
    expect(spoken(bodies(mine, first.recorder.conversation!))).toBe('answer')
    mine.close()
    yours.close()
  })
})

describe('a history in trouble', () => {
  /** A history whose every write meets this trouble, until it does not. */
  const troubled = (history: RecorderHistory) => {
    const now: { kind: HistoryTrouble['kind'] | null } = { kind: null }
    const meet = () => {
      if (now.kind) throw new HistoryTrouble(now.kind, `in words: ${now.kind}`)
    }
    const recorded: RecorderHistory = {
      ...history,
      together(deed) {
        meet()
        return history.together(deed)
      },
    }
    return { recorded, now }
  }

  test('is told once, and once more when it is over; nothing is missing then', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    one.happen(...turn('first', 'one'))
    now.kind = 'full'
    one.happen(...turn('second', 'two', NOON + 5_000), ...turn('third', 'three', NOON + 9_000))
    expect(one.troubles).toEqual(['full'])
    expect(history.size(1)).toBe(1)
    now.kind = null
    one.happen(...turn('fourth', 'four', NOON + 12_000))
    expect(one.troubles).toEqual(['full', null])
    const { state } = await recall(1, parts(history))
    expect(state).toEqual(one.state)
  })

  test('that passes is tried again without anything happening', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    now.kind = 'busy'
    one.happen(...turn('first', 'one'))
    now.kind = null
    await vi.waitFor(() => expect(history.list({ limit: 9 })).toHaveLength(1))
  })

  test('that does not pass is not tried in vain all the time, but with the next turn', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    now.kind = 'unwritable'
    one.happen(...turn('first', 'one'))
    vi.useFakeTimers()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
    now.kind = null
    one.happen(...turn('second', 'two', NOON + 5_000))
    expect(history.size(1)).toBe(2)
    expect(one.troubles).toEqual(['unwritable', null])
  })

  test('of another program that writes is told only when it does not let go', async () => {
    using place = room()
    using history = await opened(place.path)
    const holder = new DatabaseSync(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'))
    holder.exec('begin immediate')
    one.happen(...turn('second', 'two', NOON + 5_000))
    expect(one.troubles).toEqual([])
    expect(history.size(1)).toBe(1)
    holder.exec('commit')
    await vi.waitFor(() => expect(history.size(1)).toBe(2))
    expect(one.troubles).toEqual([])
    holder.close()
  })

  test('at the end of the program gives back what is unsaved, a conversation each', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    one.happen(...turn('first', 'one'))
    now.kind = 'damaged'
    one.happen(...turn('second', 'two', NOON + 5_000), { type: 'cleared' }, ...turn('third', 'three', NOON + 9_000))
    const left = one.recorder.close()
    expect(left?.problem).toBe('in words: damaged')
    expect(left?.conversations.map(({ events }) => spoken(events))).toEqual(['two', 'three'])
  })

  test('keeps its words aside while it lasts, a moment after they came, and not longer', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    one.happen(...turn('first', 'one'))
    const { uid } = history.one(1)!
    now.kind = 'full'
    one.happen(...begun('second', 'tw', NOON + 5_000))
    expect(one.aside).toMatchObject([{ uid, after: 1 }])
    await vi.waitFor(() => expect(spoken(one.aside[0]!.events)).toBe('tw'))
    one.happen(delta('o', NOON + 5_500))
    await vi.waitFor(() => expect(spoken(one.aside[0]!.events)).toBe('two'))
    one.happen(stopped(NOON + 6_000), ...turn('third', 'three', NOON + 9_000))
    expect(one.aside.map(({ events }) => spoken(events))).toEqual(['twothree'])
    now.kind = null
    one.happen({ type: 'titled', title: 'Mine', by: 'user' })
    expect(one.aside).toEqual([])
    expect(history.size(1)).toBe(4)
  })

  test('that is another program’s short while keeps nothing aside; one that lasts does', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    now.kind = 'busy'
    one.happen(...turn('first', 'one'))
    expect(one.aside).toEqual([])
    await vi.waitFor(() => expect(one.aside.map(({ events }) => spoken(events))).toEqual(['one']))
    now.kind = null
    await vi.waitFor(() => expect(history.list({ limit: 9 })).toHaveLength(1))
    expect(one.aside).toEqual([])
  })

  test('that is none yet: the first question is kept aside at once, until there is one', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(null)
    one.happen(asked('why?'))
    expect(one.aside).toMatchObject([{ after: 0, events: [{ type: 'chosen' }, { type: 'asked', text: 'why?' }] }])
    one.recorder.attach(history)
    expect(one.aside).toEqual([])
    expect(inFlight(place.path)).toHaveLength(2)
    one.recorder.close()
  })

  test('that was over at the end of the program leaves nothing', async () => {
    using place = room()
    using history = await opened(place.path)
    const { recorded, now } = troubled(history)
    const one = life(recorded)
    now.kind = 'damaged'
    one.happen(...turn('first', 'one'), ...begun('second', 'tw', NOON + 5_000))
    now.kind = null
    expect(one.recorder.close()).toBeNull()
    expect(history.size(1)).toBe(1)
    expect(spoken(inFlight(place.path))).toBe('tw')
  })
})

describe('a conversation that was deleted in another terminal', () => {
  test('comes out of the bin when it goes on, which is said', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'))
    const id = one.recorder.conversation!
    history.bin(id, NOON + 1_000)
    one.happen(asked('second', NOON + 5_000))
    expect(history.list({ limit: 9 }).map((listed) => listed.id)).toEqual([id])
    expect(one.takenOut).toBe(1)
    one.happen(...turn('second', 'two', NOON + 5_000).slice(1))
    expect(one.takenOut).toBe(1)
    expect((await recall(id, parts(history))).state).toEqual(one.state)
  })

  test('is not removed for good while a chat has it open, as said in it or resumed', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'))
    const id = one.recorder.conversation!
    history.bin(id, NOON + 1_000)
    expect(history.prune(null, NOON + 2_000)).toBe(0)
    one.recorder.close()
    const other = life(history)
    other.resume(await recall(id, parts(history)))
    expect(history.prune(null, NOON + 2_000)).toBe(0)
    other.happen({ type: 'cleared' })
    expect(history.prune(null, NOON + 2_000)).toBe(1)
  })

  test('cannot be while an answer is on its way there', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...begun('first', 'half', Date.now()))
    const id = one.recorder.conversation!
    rawly(place.path, (db) => db.exec("update flight set owner = 'elsewhere:1:2-3'"))
    expect(() => history.bin(id, Date.now())).toThrow('An answer is on its way in this conversation')
    rawly(place.path, (db) => db.exec('delete from flight'))
    history.bin(id, Date.now())
    expect(history.list({ limit: 9 })).toEqual([])
  })

  test('is found by nobody to be cut off: what a killed program had open is let go', async () => {
    using place = room()
    using history = await opened(place.path)
    const one = life(history)
    one.happen(...turn('first', 'one'))
    rawly(place.path, (db) => db.exec("update flight set owner = replace(owner, '-', '-0')"))
    expect(await settleUnfinished(parts(history))).toEqual([])
    expect(count(place.path, 'flight')).toBe(0)
  })
})
