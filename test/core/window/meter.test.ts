import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State, update } from '../../../src/core/conversation.ts'
import { modelCard } from '../../../src/core/models.ts'
import { promptTokens } from '../../../src/core/turn.ts'
import { linesOf } from '../../../src/core/window/alerts.ts'
import { charsPerToken } from '../../../src/core/window/chars-per-token.ts'
import { worthCounting } from '../../../src/core/window/counting.ts'
import { contextUsed, nextPrompt, promptSize } from '../../../src/core/window/meter.ts'
import { PHOTO } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh } from '../../kit/lived.ts'
import { turn } from '../../kit/told-turns.ts'

const told = (...events: readonly (readonly Event[])[]): State => fold(newConversation(CHOICES), events.flat())
const then = (state: State, ...events: readonly Event[]): State => fold(state, events)
const DRAFT = 'A draft of forty characters, more or less'
/** Three turns as the server would count them: 400, 1,000 and 1,600 tokens of prompt, 100 of answer, 40 of them thought. */
const three = () =>
  told(
    turn(0, { input: 400, thinking: 40 }),
    turn(1_000, { cacheRead: 400, input: 600, thinking: 40 }),
    turn(2_000, { cacheRead: 1_000, cacheWrite1h: 500, input: 100, thinking: 40 }),
  )

describe('the meter', () => {
  test('of one character is one token, and of none none', () => {
    expect([nextPrompt(fresh(), 'x').value, nextPrompt(fresh(), '').value]).toEqual([1, 0])
  })

  test("after a turn is the server's count: input, cache and output of the last answer, thinking included", () => {
    expect(contextUsed(three(), '')).toEqual({ value: 1_700, from: 'server' })
    // What is sent next goes without that thinking, and is a guess.
    expect(nextPrompt(three(), 'x'.repeat(25))).toEqual({ value: 1_660 + 10, from: 'estimate' })
  })

  test('with a draft is an estimate, and the count again once the draft is gone', () => {
    expect(contextUsed(three(), DRAFT)).toEqual({ value: 1_700 + 17, from: 'estimate' })
    expect(contextUsed(then(three(), { type: 'counted', draft: DRAFT, tokens: 1_673 }), DRAFT)).toEqual({
      value: 1_673,
      from: 'server',
    })
  })

  test.each([
    ['a turn is dropped', { type: 'marked', turn: 1, as: 'dropped' }],
    [
      'something is summarised',
      { ...{ type: 'summarised', at: 9, upTo: 2, of: null }, kind: 'summary', text: 's', facts: [] },
    ],
    ['another model is chosen', { type: 'chosen', choices: { model: 'claude-opus-4-5' } }],
    ['the system prompt is another', { type: 'chosen', choices: { system: 'Be brief.' } }],
  ] as readonly (readonly [string, Event])[])(
    'is an estimate once %s, and exact where that is taken back',
    (_, event) => {
      const after = then(three(), event)
      expect(contextUsed(after, '').from).toBe('estimate')
      const back: readonly Event[] =
        event.type === 'summarised'
          ? [{ type: 'unsummarised', id: 1, isUndone: true }]
          : [
              { type: 'marked', turn: 1, as: null },
              { type: 'chosen', choices: CHOICES },
            ]
      expect(contextUsed(then(after, ...back), '')).toEqual(contextUsed(three(), ''))
    },
  )

  test('what changes nothing of what is sent leaves the count alone', () => {
    expect(contextUsed(then(three(), { type: 'marked', turn: 2, as: 'pinned' }), '')).toEqual(contextUsed(three(), ''))
    expect(contextUsed(then(three(), { type: 'chosen', choices: { model: 'sonnet' } }), '').from).toBe('server')
    // Without the last turn, what the server counted of the one before it holds; a turn that was moved to as well.
    const [dropped, moved] = [{ type: 'marked', turn: 3, as: 'dropped' } as const, { type: 'moved', to: 2 } as const]
    expect(contextUsed(then(three(), dropped), '')).toEqual({ value: 1_100, from: 'server' })
    expect(contextUsed(then(three(), moved), '')).toEqual({ value: 1_100, from: 'server' })
  })

  test('leaves out of the count what the texts say is gone', () => {
    const { value } = contextUsed(then(three(), { type: 'marked', turn: 1, as: 'dropped' }), '')
    expect(value).toBeCloseTo(1_660 - (250 + 'question at 0'.length) / 2.5, -1)
  })

  test('while an answer runs is an estimate, the question included', () => {
    const asked = then(three(), { type: 'asked', at: 3_000, text: 'x'.repeat(250) })
    expect(contextUsed(asked, '')).toEqual({ value: 1_800, from: 'estimate' })
  })

  test('counts as many characters to a token as this conversation had, within bounds', () => {
    const long = (tokens: number) =>
      told(turn(0, { input: tokens }, { text: 'word '.repeat(4_000) }), turn(1_000, { input: tokens + 150 }))
    expect(charsPerToken(three())).toBe(2.5)
    expect(charsPerToken(long(5_000))).toBeCloseTo(20_260 / 5_150, 1)
    expect(charsPerToken(long(100))).toBe(6)
    expect(charsPerToken(long(90_000))).toBe(0.7)
    // The tokens of an older model are larger.
    const older = then(long(5_000), { type: 'chosen', choices: { model: 'claude-opus-4-5' } })
    expect(charsPerToken(older)).toBeCloseTo((charsPerToken(long(5_000)) * 3.25) / 2.5, 6)
  })

  test('a count is for what was counted: it is forgotten with the next question, and holds for no other prompt', () => {
    const counted = then(three(), { type: 'counted', draft: DRAFT, tokens: 5_000 })
    expect(contextUsed(then(counted, { type: 'marked', turn: 1, as: 'dropped' }), DRAFT).from).toBe('estimate')
    expect(contextUsed(then(counted, { type: 'moved', to: 2 }), DRAFT).from).toBe('estimate')
    expect(then(counted, { type: 'asked', at: 3_000, text: DRAFT }).counted).toBeNull()
    expect(contextUsed(counted, '')).toEqual(contextUsed(three(), ''))
  })
})

describe('laws of the meter', () => {
  test('after any conversation: the count of the last answer that is sent, or an estimate', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const state = fold(fresh(), events)
        if (state.live) return
        const { value, from } = contextUsed(state, '')
        const counts = state.turns.map(({ usage }) => (usage ? promptTokens(usage) + usage.output : Number.NaN))
        // Where nothing is sent at all, that is none for sure.
        if (from === 'server') expect([0, ...counts]).toContain(value)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(contextUsed(state, DRAFT).from).toBe('estimate')
      }),
    )
  })

  test('never less for a longer draft, whatever was counted', () => {
    const text = fc.string({ maxLength: 60 })
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1_660, max: 4_000 }), (first, more, other, tokens) => {
        for (const draft of [first, first + more, other].filter((one) => one !== '')) {
          const state = update(three(), { type: 'counted', draft, tokens }).state
          const [short, long] = [contextUsed(state, first), contextUsed(state, first + more)]
          if (first !== '') expect(long.value).toBeGreaterThanOrEqual(short.value)
        }
        expect(contextUsed(three(), first + more).value).toBeGreaterThanOrEqual(contextUsed(three(), first).value)
      }),
    )
  })
})

describe('asking the server', () => {
  const small = { ...three(), models: [{ ...modelCard('balanced'), window: 2_000 }] }

  test('is for large drafts, attachments, and where there is little room', () => {
    expect(worthCounting(three(), DRAFT)).toBe(false)
    expect(worthCounting(three(), 'x'.repeat(5_000))).toBe(true)
    expect(worthCounting(three(), { text: DRAFT, attachments: [PHOTO] })).toBe(true)
    const counted = { type: 'counted', draft: DRAFT, attachments: [PHOTO], tokens: 2_000 } as const
    expect(worthCounting(then(three(), counted), { text: `${DRAFT}!`, attachments: [PHOTO] })).toBe(false)
    expect(worthCounting(small, DRAFT)).toBe(true)
  })

  test('is not for what it has counted, nor while an answer runs', () => {
    expect(worthCounting(small, '')).toBe(false)
    expect(worthCounting(then(small, { type: 'counted', draft: DRAFT, tokens: 1_680 }), DRAFT)).toBe(false)
    expect(worthCounting(then(small, { type: 'asked', at: 3_000, text: 'q' }), DRAFT)).toBe(false)
    expect(promptSize(small).from).toBe('server')
  })
})

test('lines: at 80% and 85% of the window, and before a price step', () => {
  expect(linesOf(modelCard('balanced')).map(({ at }) => at)).toEqual([800_000, 850_000])
  expect(linesOf(modelCard('fast')).map(({ at }) => at)).toEqual([90_000, 800_000, 850_000])
  expect(linesOf(modelCard('somebody-elses'))).toEqual([])
})
