import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerLineIn } from '../../../src/core/batch/answer.ts'
import { type Progress, progressLine } from '../../../src/core/batch/progress.ts'
import { createPurse } from '../../../src/core/batch/purse.ts'
import { requestOf } from '../../../src/core/batch/request.ts'
import { changedSince, type RunFile, runFileIn } from '../../../src/core/batch/run-file.ts'
import { CATALOGUE } from '../../../src/core/models.ts'
import { NO_MARKS, type TurnRequest } from '../../../src/core/request.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { CHOICES } from '../../kit/choices.ts'

const choices = { ...CHOICES, kind: 'single' as const }
const row = {
  index: 1,
  id: '1',
  messages: [{ role: 'user' as const, text: 'Why?' }],
  system: null,
  model: null,
  maxTokens: null,
}

describe('the request of a row', () => {
  const prefix = 'A long story that all rows share. '.repeat(200)

  test('has what all rows share first, and has it cached', () => {
    const shared = { choices: { ...choices, system: 'Be brief.' }, models: CATALOGUE, text: prefix, messages: [] }
    const request = requestOf(row, shared)
    expect(request.system).toBe(`${prefix}\n\nBe brief.`)
    expect(request.cache).toEqual({ system: '5m', end: null })
    // What only this row says is written for nobody.
    expect(requestOf({ ...row, system: 'Be long.' }, shared).cache).toEqual(NO_MARKS)
  })

  test('goes on behind shared messages, which end with a mark', () => {
    const messages = [
      { role: 'user' as const, text: prefix },
      { role: 'assistant' as const, text: 'I have read it.' },
    ]
    const request = requestOf(
      { ...row, model: 'fast', maxTokens: 9 },
      { choices, models: CATALOGUE, text: null, messages },
    )
    expect(request.messages.map(({ text }) => text.slice(0, 9))).toEqual(['A long st', 'I have re', 'Why?'])
    expect(request).toMatchObject({
      model: 'claude-haiku-5-5',
      maxTokens: 9,
      cache: { anchors: [{ message: 1, ttl: '5m' }] },
    })
  })
})

test('a purse is never passed, whatever answers cost', () => {
  const request: TurnRequest = {
    ...{ model: 'claude-sonnet-5-5', system: null, messages: [{ role: 'user', text: 'Why?' }], maxTokens: 1_000 },
    ...{ effort: null, thinking: 'unsaid', cache: NO_MARKS, stream: true },
  }
  const steps = fc.array(fc.oneof(fc.constant('take' as const), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.2, noNaN: true }), steps, (most, all) => {
      const purse = createPurse(most, CATALOGUE)
      const held: number[] = []
      for (const step of all) {
        if (step !== 'take') {
          const one = held.shift()
          if (one !== undefined) purse.give(one, one * step)
          continue
        }
        const taken = purse.take(request)
        if (typeof taken === 'object') held.push(taken.heldUsd)
        // Whoever waits has something to wait for.
        else if (taken === 'wait') expect(held.length).toBeGreaterThan(0)
      }
      for (const one of held) purse.give(one, one)
      expect(purse.spentUsd).toBeLessThanOrEqual(most * (1 + 1e-9))
    }),
  )
})

test('a line of answers that was torn is none', () => {
  const line = { id: 'a', index: 1, answer: 'Because.', model: 'm', usage: { ...NO_USAGE, output: 3 }, costUsd: 0.1 }
  const text = JSON.stringify(line)
  expect(answerLineIn(text)).toEqual(line)
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), (length) => {
      expect(answerLineIn(text.slice(0, length))).toBeNull()
    }),
  )
  expect(answerLineIn('{"id":"a"}')).toBeNull()
})

describe('what a batch remembers of itself', () => {
  const run: RunFile = {
    ...{ format: 'claude-tui batch', version: 1, input: 'i', choices: 'c', rows: 2, startedMs: 1 },
    offloaded: {
      token: 'abcdef012345',
      upTo: 2,
      asked: null,
      batches: [{ id: 'msgbatch_1', requests: 2, isCollected: false }],
    },
  }

  test('is read back, and nothing else is', () => {
    expect(runFileIn(JSON.stringify(run))).toEqual(run)
    expect(runFileIn('{')).toBeNull()
    expect(runFileIn(JSON.stringify({ ...run, version: 2 }))).toBeNull()
    const batches = [{ ...run.offloaded!.batches[0], id: 'a b' }]
    expect(runFileIn(JSON.stringify({ ...run, offloaded: { ...run.offloaded, batches } }))).toBeNull()
  })

  test('tells what has changed since', () => {
    const now = { input: 'i', choices: 'c', isOffloaded: true }
    expect(changedSince(run, now)).toBeNull()
    expect(changedSince(run, { ...now, input: 'j' })).toContain('The input has changed')
    expect(changedSince(run, { ...now, choices: 'd' })).toContain('another choice has changed')
    expect(changedSince(run, { ...now, isOffloaded: false })).toContain('begun with --offload')
  })
})

test('progress is told in one line, as far as it is known', () => {
  const progress: Progress = {
    ...{
      rows: 10_000,
      answered: 2_310,
      failed: 12,
      answeredNow: 2_310,
      resting: 0,
      elapsedMs: 20_000,
      usd: 0.42,
      isEstimate: false,
    },
  }
  expect(progressLine(progress)).toBe('2,310 of 10,000 · 23% · 12 failed · 116/s · ~1m 6s left · $0.42')
  expect(progressLine({ ...progress, resting: 7_678 })).toBe(
    '2,310 of 10,000 · 23% · 12 failed · 7,678 to be sent again · 116/s · $0.42',
  )
  expect(progressLine({ ...progress, resting: 3 })).toContain('3 to be sent again · 116/s · ~1m 6s left for the others')
  expect(progressLine({ ...progress, answered: 0, answeredNow: 0, failed: 0, usd: null })).toBe(
    '0 of 10,000 · 0% · price unknown',
  )
})
