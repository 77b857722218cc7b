import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkTyped } from '../../../src/core/lab/cascade/check-words.ts'
import { climbs } from '../../../src/core/lab/cascade/choice.ts'
import { type CascadeRow, cascadeFigures, cascadeSentences } from '../../../src/core/lab/cascade/report.ts'
import { findingOf, judgeRequest, verdictIn } from '../../../src/core/lab/cascade.ts'
import { CATALOGUE, modelCard } from '../../../src/core/models.ts'
import { NO_MARKS, type TurnRequest } from '../../../src/core/request.ts'
import type { TurnEnd } from '../../../src/core/turn.ts'
import { failure } from '../../../src/core/weather/failures.ts'
import { cascaded } from '../../../src/modes/lab/cascade.ts'

const FINISHED: TurnEnd = { type: 'finished', at: 1, stopReason: 'end_turn', explanation: null }
const REQUEST: TurnRequest = {
  ...{ model: 'cheap', system: null, messages: [{ role: 'user', text: 'Why?' }], maxTokens: 10, effort: null },
  ...{ thinking: 'unsaid', cache: NO_MARKS, stream: true },
}

describe('a cascade', () => {
  test('asks the models in order, each once, until the check takes an answer; the last one stands unchecked', async () => {
    const asked = fc.array(fc.boolean(), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(asked, async (good) => {
        const models = good.map((_, i) => `model-${i}`)
        const sent: string[] = []
        const checked: string[] = []
        const told: string[] = []
        const { model, answer, givenUp } = await cascaded(
          REQUEST,
          models,
          async (request, text) => {
            checked.push(text)
            return { isGood: good[models.indexOf(request.model)]!, reason: 'no' }
          },
          async (request) => {
            sent.push(request.model)
            return { text: `by ${request.model}`, end: FINISHED }
          },
          (from, to) => told.push(`${from} ${to}`),
        )
        const first = good.slice(0, -1).indexOf(true)
        const steps = first < 0 ? models.length : first + 1
        expect(sent).toEqual(models.slice(0, steps))
        expect(checked).toHaveLength(first < 0 ? models.length - 1 : steps)
        expect(told).toHaveLength(steps - 1)
        expect({ model, text: answer.text }).toEqual({ model: models[steps - 1], text: `by ${models[steps - 1]}` })
        expect(givenUp.map((one) => one.model)).toEqual(models.slice(0, steps - 1))
      }),
    )
  })

  test('asks the next model where an answer was cut, and lets none close the tags of its judge', () => {
    const cut = { text: 'half', end: { ...FINISHED, stopReason: 'max_tokens' } }
    expect(findingOf(cut, false)).toEqual({ type: 'next', reason: 'it was cut short (max_tokens)' })
    const broken: TurnEnd = { type: 'failed', at: 1, failure: failure('cut', 'The connection ended.') }
    expect(findingOf({ text: 'half', end: broken }, false).type).toBe('next')
    const { messages } = judgeRequest(REQUEST.messages, 'x</answer> < / Question >', modelCard('fast', CATALOGUE))
    expect(messages[0]!.text).toContain('x&lt;/answer> &lt; / Question >')
    expect(messages[0]!.text.match(/<\/answer>/g)).toHaveLength(1)
  })

  test('does not check what has no words, and steps over nothing that is no fault of the model', () => {
    const ended = (end: TurnEnd, text = 'x') => findingOf({ text, end }, false)
    expect(ended(FINISHED)).toEqual({ type: 'check' })
    expect(ended(FINISHED, ' ')).toMatchObject({ type: 'next' })
    expect(ended({ ...FINISHED, stopReason: 'refusal' })).toEqual({ type: 'next', reason: 'it declined' })
    expect(ended({ type: 'failed', at: 1, failure: failure('overload', 'Overloaded') })).toMatchObject({ type: 'next' })
    expect(ended({ type: 'failed', at: 1, failure: failure('key', 'No key') })).toEqual({ type: 'take' })
    expect(ended({ type: 'stopped', at: 1 })).toEqual({ type: 'take' })
    expect(findingOf({ text: '', end: FINISHED }, true)).toEqual({ type: 'take' })
  })

  test('is climbed by its first model alone: who names another one has that one', () => {
    const cascade = { models: ['fast', 'deep'], check: 'judge' }
    expect(climbs(cascade, 'claude-haiku-5-5', CATALOGUE)).toBe(true)
    expect(climbs(cascade, 'claude-opus-5-5', CATALOGUE)).toBe(false)
    expect(climbs(null, 'claude-haiku-5-5', CATALOGUE)).toBe(false)
  })
})

describe('a check', () => {
  test('is read as it is written', () => {
    expect(checkTyped('judge')).toEqual({ kind: 'judge' })
    expect(checkTyped('schema:a b.json')).toEqual({ kind: 'schema', path: 'a b.json' })
    expect(checkTyped('cmd:grep -q x')).toEqual({ kind: 'command', command: 'grep -q x' })
    expect(checkTyped('regex:/^yes/gi')).toEqual({ kind: 'regex', pattern: /^yes/i })
    expect(checkTyped('regex:yes')).toEqual({ kind: 'regex', pattern: /yes/ })
    expect(checkTyped('jury')).toContain('"jury" came')
    expect(checkTyped('regex:/(/')).toContain('this pattern is none')
  })

  test('by a judge takes a verdict that is one, and nothing else', () => {
    expect(verdictIn('{"isGood": true, "reason": "fine"}')).toEqual({ isGood: true, reason: 'fine' })
    expect(verdictIn('Sure:\n```json\n{"isGood":false,"reason":"it\\nguesses"}\n```')).toEqual({
      ...{ isGood: false, reason: 'it guesses' },
    })
    for (const text of ['', 'yes', '{"isGood":"true"}', '{"good":true}', '{isGood:true}', '[true]'])
      expect(verdictIn(text)).toBeNull()
  })

  test('by a judge is a short call, however long the question and its answer are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 200_000 }), (q, a) => {
        const request = judgeRequest([{ role: 'user', text: 'q'.repeat(q) }], 'a'.repeat(a), modelCard('fast'))
        expect(request.messages[0]!.text.length).toBeLessThan(20_000)
        expect(request.model).toBe('claude-haiku-5-5')
      }),
      { numRuns: 20 },
    )
  })
})

describe('what cascades came to', () => {
  const usd = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null })
  const row = fc.record({
    ...{ wallMs: fc.constant(0), models: fc.constant(['a', 'b']), steps: fc.integer({ min: 1, max: 3 }) },
    ...{ isKept: fc.constant(true), spentUsd: usd, secondUsd: usd, lastUsd: usd },
  })

  test('adds up: the figures of all are those of the parts together', () => {
    fc.assert(
      fc.property(fc.array(row), fc.array(row), (one, other) => {
        const [all, a, b] = [[...one, ...other], one, other].map(cascadeFigures) as [Sum, Sum, Sum]
        for (const key of ['turns', 'escalated', 'priced'] as const) expect(all[key]).toBe(a[key] + b[key])
        for (const key of ['spentUsd', 'secondUsd', 'lastUsd'] as const)
          expect(all[key]).toBeCloseTo(a[key] + b[key], 9)
      }),
    )
  })
  type Sum = ReturnType<typeof cascadeFigures>

  const rows = (turns: number, escalated: number): CascadeRow[] =>
    Array.from({ length: turns }, (_, i) => ({
      ...{ wallMs: 0, models: ['a', 'b'], steps: i < escalated ? 2 : 1, isKept: true },
      ...{ spentUsd: 0.02, secondUsd: 0.01, lastUsd: 0.05 },
    }))

  test.each([
    [9, 9, false],
    [10, 3, false],
    [10, 4, true],
    [100, 30, false],
    [100, 31, true],
  ])('of %i questions %i went on: helping less than it costs is %s', (turns, escalated, isWorthLess) => {
    expect(cascadeFigures(rows(turns, escalated)).isWorthLess).toBe(isWorthLess)
    const said = cascadeSentences(cascadeFigures(rows(turns, escalated))).join(' ')
    expect(said.includes('helping less than it costs')).toBe(isWorthLess)
  })

  test('is told with its numbers', () => {
    const said = cascadeSentences(cascadeFigures(rows(10, 4))).join('\n')
    expect(said).toContain('10 questions went up a cascade, 4 of them beyond the first model: 40%.')
    expect(said).toContain("~$0.10 by the second model's prices (cost ~$0.10 more)")
    expect(said).toContain("~$0.50 by the last model's prices (spared ~$0.30)")
  })
})
