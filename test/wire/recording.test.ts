/** A recorded evening as a fixture: played through transport, SDK, road and conversation, without waiting. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { harmless } from '../../src/core/tape/harmless.ts'
import { readTape } from '../../src/core/tape/reader.ts'
import type { Tape } from '../../src/core/tape/tape.ts'
import { createDeck } from '../../src/tape/deck.ts'
import { redacted } from '../../src/tape/redact.ts'
import { loadTape } from '../../src/tape/setup.ts'
import { type Replayed, replayed } from '../kit/replay.ts'

// Five questions: one answer with thinking and torn characters, one after an overload and from another model, one
// stopped in the middle, one broken off by the server.
const EVENING = fileURLToPath(new URL('./evening.jsonl', import.meta.url))

const told = ({ state }: Replayed) =>
  state.turns.map(({ answer, end, model, attempt }) => ({ answer, end: end?.type, model, attempt }))

const withoutContent = (tape: Tape): Tape => {
  const reading = readTape(Buffer.from(redacted(tape).join('')), 'redacted')
  if ('problem' in reading) throw new Error(reading.problem)
  return reading.tape
}

describe('a recorded evening', () => {
  test('happens again: every answer, attempt and end, stopped after the very same word', async () => {
    const evening = await replayed(EVENING)
    expect(told(evening)).toEqual([
      {
        answer:
          'The **Baltic** – 海 🌊. It is nearly enclosed, and the water is brackish: https://example.org/?q=1&r=2',
        end: 'finished',
        model: 'claude-sonnet-5-5',
        attempt: 1,
      },
      {
        answer: '| sea | depth |\n|---|---:|\n| Baltic | 459 m |\n| Black | 2212 m |\n',
        end: 'finished',
        model: 'claude-haiku-5-5',
        attempt: 2,
      },
      {
        answer: expect.stringMatching(/^qaaa00001 .* qaaa00023 $/),
        end: 'stopped',
        model: 'claude-haiku-5-5',
        attempt: 1,
      },
      {
        answer: expect.stringMatching(/^word00001 .* word00006 $/),
        end: 'failed',
        model: 'claude-haiku-5-5',
        attempt: 1,
      },
    ])
    expect(evening.state.turns.map(({ usage }) => usage?.output)).toEqual([51, 26, 1, 1])
    expect(evening.events.filter(({ type }) => type === 'waiting')).toMatchObject([{ failure: { kind: 'overload' } }])
    expect(evening).toMatchObject({ notes: [], left: 0 })
  })

  test('without its content is the same evening in the words of nobody, and the client asks as it was recorded', async () => {
    const [plain, other] = [await replayed(EVENING), await replayed(EVENING, withoutContent)]
    const types = ({ events }: Replayed) =>
      events.map((event) => ('text' in event ? [event.type, harmless(event.text)] : event.type))
    expect(types(other)).toEqual(types(plain))
    expect(other.state.turns.map(({ question }) => question)).toEqual([
      'Xxxxx xxx?',
      'Xxx xxxx xxx xxxx?',
      'Xxxxx xxx xxxxx.',
      'Xxx xxxxx.',
    ])
    expect(other.state.spent).toEqual(plain.state.spent)
    expect(other).toMatchObject({ notes: [], left: 0 })
  })

  test('of a client that asks otherwise now is played in order, and what differs is said', async () => {
    const evening = await replayed(EVENING, (tape) => ({
      ...tape,
      head: { ...tape.head, choices: { ...tape.head.choices, maxTokens: 77, system: null } },
    }))
    expect(told(evening)).toEqual(told(await replayed(EVENING)))
    expect(evening.notes[0]).toBe(
      'Not asked as it was recorded: max_tokens is 77, not 64000; no system. The recorded answer follows all the same.',
    )
    expect(evening.notes).toHaveLength(1)
  })

  test('of which the end is missing ends there, with a reason', async () => {
    const cut = await replayed(EVENING, (tape) => ({ ...tape, exchanges: tape.exchanges.slice(0, -1) }))
    expect(cut.state.turns.at(-1)?.end).toMatchObject({
      type: 'failed',
      failure: { kind: 'cut', reason: 'The recording holds no further answer.', transient: false },
    })
  })

  test('in which a title was asked for beside the turns does not miss that', async () => {
    const title = {
      model: 'claude-haiku-5-5',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Name it.' }] }],
    }
    const evening = await replayed(EVENING, (tape) => {
      const [first] = tape.exchanges.filter(({ request }) => request.path === '/v1/messages')
      const beside = { ...first!, number: 99, at: first!.at + 2_000, request: { ...first!.request, body: title } }
      return { ...tape, exchanges: [...tape.exchanges, beside] }
    })
    expect(told(evening)).toEqual(told(await replayed(EVENING)))
    expect(evening).toMatchObject({ notes: [], left: 0 })
  })

  test('of which not every answer is asked for says how many are left', async () => {
    const spare = await replayed(EVENING, (tape) => ({
      ...tape,
      exchanges: [...tape.exchanges, { ...tape.exchanges.at(-1)!, number: 99 }],
    }))
    expect(told(spare)).toEqual(told(await replayed(EVENING)))
    expect(spare.left).toBe(1)
  })
})

test('requests that overtake each other get each its own answer', async () => {
  const notes: string[] = []
  const { exchanges, ...tape } = await loadTape(EVENING)
  const answers = exchanges.filter(({ request }) => request.path === '/v1/messages')
  const deck = createDeck(
    { exchanges, ...tape },
    () => 0,
    (line) => notes.push(line),
  )
  const taken = answers.toReversed().map(({ request }) => deck.take({ ...request, headers: {} })?.number)
  // The overload and its second attempt asked the same: the first that is left answers first.
  const numbers = answers.map(({ number }) => number)
  const [first, overloaded, again, ...others] = numbers
  expect(taken).toEqual([...others.toReversed(), overloaded, again, first])
  expect(notes).toEqual([])
  expect(deck.take(answers[0]!.request)).toBeNull()
})

describe('a recording whose end is missing', () => {
  const bytes = readFileSync(EVENING)
  const [head = ''] = bytes.toString('utf8').split('\n')
  /** As the whole evening went. */
  let whole: Replayed
  beforeAll(async () => {
    whole = await replayed(EVENING)
  })

  /** Plays so much of it: what is there comes, and the last turn ends with it. */
  async function playedUpTo(length: number): Promise<void> {
    const reading = readTape(bytes.subarray(0, length), 'cut')
    if ('problem' in reading) throw new Error(reading.problem)
    const { state, events } = await replayed(EVENING, () => reading.tape)
    expect(state.live).toBeNull()
    const texts = JSON.stringify(events)
    expect(texts).not.toMatch(/HTTP 400|no further answer/)
    for (const [i, turn] of state.turns.entries()) {
      const then = whole.state.turns[i]!
      expect(turn.question).toBe(then.question)
      // A person who is not on the tape any more stops nothing: more may come than was heard then.
      if (i < state.turns.length - 1) expect(turn.answer).toBe(then.answer)
      else if (then.end?.type !== 'stopped') expect(then.answer.startsWith(turn.answer)).toBe(true)
      const isSame = turn.end?.type === then.end?.type && turn.answer === then.answer
      if (!isSame) expect(turn.end).toMatchObject({ type: 'failed', failure: { kind: 'cut', transient: false } })
      if (!isSame) expect(JSON.stringify(turn.end)).toContain('The recording ends here')
    }
    const heard = reading.tape.exchanges.flatMap(({ chunks }) => chunks).length
    if (state.turns.length === 0) expect(heard === 0 || reading.tape.deeds.length === 0).toBe(true)
  }

  test('plays as far as it goes, whichever its last line is', { timeout: 120_000 }, async () => {
    const places: number[] = []
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) places.push(at + 1)
    for (const at of places) await playedUpTo(at)
  })

  test('and in the middle of any line', { timeout: 120_000 }, async () => {
    const place = fc.integer({ min: head.length + 1, max: bytes.length })
    await fc.assert(fc.asyncProperty(place, playedUpTo), { numRuns: 60 })
  })

  test('before its first line is whole holds nothing that could be played, and that is said', () => {
    for (const length of [30, 100, head.length - 1])
      expect(readTape(bytes.subarray(0, length), 'cut')).toEqual({
        problem: '"cut" breaks off in its first line: there is nothing in it that could be played.',
      })
  })
})
