import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { modelCard } from '../../../src/core/models.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { carriedFacts, keptFacts } from '../../../src/core/window/compaction/kept-facts.ts'
import { expectedSize, type Offers, offersFor } from '../../../src/core/window/compaction/offers.ts'
import { askBelow, focusOf, piecesOf } from '../../../src/core/window/compaction/prompts.ts'
import { sayHolds, sayKept, saySummarised } from '../../../src/core/window/compaction/say.ts'
import { omittedUpTo, spanOf, standsFor, toldIn, turnTokens } from '../../../src/core/window/compaction/span.ts'
import { restored, takenBack } from '../../../src/core/window/compaction/taking-back.ts'
import { roomIn, summariseFrom } from '../../../src/core/window/compaction/when.ts'
import { sendingCost, worthOf } from '../../../src/core/window/compaction/worth.ts'
import { promptSize } from '../../../src/core/window/meter.ts'
import { type Mark, messagesOf, windowOf } from '../../../src/core/window/window.ts'
import { CHOICES } from '../../kit/choices.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh } from '../../kit/lived.ts'

/** Turns whose answers take so many tokens each; the server counts what was sent. */
function held(sizes: readonly number[], choices: Partial<Choices> = {}): State {
  let state = newConversation({ ...CHOICES, ...choices })
  let prompt = 0
  for (const [i, size] of sizes.entries()) {
    const at = (i + 1) * 1_000
    const answer = 'word '.repeat(size / 2)
    const usage = { ...NO_USAGE, cacheRead: prompt, cacheWrite1h: 4 }
    const { id: model } = modelCard(state.choices.model)
    prompt += size + 4
    state = fold(state, [
      { type: 'asked', at, text: `question ${i + 1}` },
      { type: 'sent', at, attempt: 1, model },
      { type: 'began', at, model, messageId: `m${i}`, usage, cacheMiss: null },
      { type: 'delta', at, text: answer },
      { type: 'usage', at, usage: { ...usage, output: size } },
      { type: 'finished', at, stopReason: 'end_turn', explanation: null },
    ])
  }
  return state
}
const summarised = (upTo: number, of: number | null = null): Event => ({
  ...{ type: 'summarised', at: 1e6, upTo, of, kind: 'summary', text: 'in short', facts: [] },
})
const sent = (state: State) => messagesOf(windowOf(state))
const numbers = (turns: readonly { readonly number: number }[]) => turns.map(({ number }) => number)
const offers = (state: State, focus = '', now = 60_000): Offers => offersFor(state, spanOf(state)!, focus, now)

describe('when a summary is due', () => {
  test('at a share of the window, and below a price step', () => {
    const at = (model: string, summariseAt: number) => summariseFrom(modelCard(model), { summariseAt })
    expect(at('balanced', 0.8)).toBe(800_000)
    expect(at('fast', 0.8)).toBe(95_000)
    expect(at('fast', 0.05)).toBe(50_000)
    expect(at('somebody-elses', 0.8)).toBeNull()
  })

  test('by what the server counted, until something else would be sent: then by an estimate, at once', () => {
    const state = held([30_000, 40_000, 30_000], { model: 'fast' })
    expect(promptSize(state)).toEqual({ value: 100_012, from: 'server' })
    expect(roomIn(state)).toMatchObject({ isDue: true, isFull: false })
    const short = fold(state, [summarised(2)])
    expect(promptSize(short)).toMatchObject({ from: 'estimate' })
    expect(roomIn(short).isDue).toBe(false)
    expect(promptSize(fold(short, [{ type: 'unsummarised', id: 1, isUndone: true }])).value).toBeGreaterThan(95_000)
    // On a branch that the summary does not reach the server's count still holds.
    expect(promptSize(fold(short, [{ type: 'moved', to: 1 }]))).toEqual({ value: 30_004, from: 'server' })
  })

  test('a question that was on its way when the summary came was asked without it', () => {
    const asking = fold(held([30_000, 40_000, 30_000]), [{ type: 'asked', at: 5_000, text: 'next' }, summarised(2)])
    const { id: model } = modelCard('balanced')
    const usage = { ...NO_USAGE, cacheRead: 100_000, output: 10 }
    const after = fold(asking, [
      { type: 'began', at: 5_000, model, messageId: 'm', usage, cacheMiss: null },
      { type: 'delta', at: 5_000, text: 'answer' },
      { type: 'usage', at: 5_000, usage },
      { type: 'finished', at: 5_000, stopReason: 'end_turn', explanation: null },
    ])
    expect(promptSize(after)).toMatchObject({ from: 'estimate' })
    expect(promptSize(after).value).toBeLessThan(40_000)
  })
})

describe('what is summarised', () => {
  test('is all but the recent turns, by a budget of tokens', () => {
    const span = spanOf(held([50_000, 50_000, 12_000, 6_000]))!
    expect([span.first, span.upTo, numbers(span.recent)]).toEqual([1, 2, [3, 4]])
    expect(span.tokens).toBe(100_008)
  })

  test('is the last turn as well only when it is most of the conversation', () => {
    expect(numbers(spanOf(held([2_000, 2_000, 3_000]))!.recent)).toEqual([3])
    expect(spanOf(held([2_000, 200_000]))).toMatchObject({ upTo: 2, recent: [] })
    expect(spanOf(held([]))).toBeNull()
  })

  test('leaves pinned turns where they are, and what is left when all are pinned is nothing', () => {
    const pin = (turn: number): Event => ({ type: 'marked', turn, as: 'pinned' })
    const state = fold(held([5_000, 5_000, 5_000, 1_000]), [pin(2)])
    const span = spanOf(state)!
    expect([numbers(span.covered), numbers(span.pinned), span.spared]).toEqual([[1, 3], [2], [2]])
    expect(numbers(windowOf(fold(state, [summarised(span.upTo)])).turns)).toEqual([2, 4])
    expect(spanOf(fold(state, [pin(1), pin(3)]))).toBeNull()
  })

  test('is never a pinned turn, nor one without an answer: what is sent beside it would be told twice', () => {
    const at = 0
    const unheard: Event[] = [
      { type: 'asked', at, text: 'short one' },
      { type: 'stopped', at },
    ]
    const pin: Event = { type: 'marked', turn: 2, as: 'pinned' }
    const later = held([6_500, 20, 20, 20])
    const turns = later.turns.map((turn) => ({ ...turn, number: turn.number + 1 }))
    const begun = fold(newConversation({ ...CHOICES }), unheard)
    const state = fold({ ...later, turns: [...begun.turns, ...turns], next: 6 }, [pin])
    expect(numbers(windowOf(state).turns)).toContain(2)
    expect(spanOf(state)).toBeNull()
    expect(JSON.stringify(toldIn(spanOf(fold(held([5_000, 5_000, 900]), [pin]))!))).not.toContain('question 2')
  })

  test('a turn that was pinned or dropped meanwhile is sent as before once it is neither, and summarised next', () => {
    const mark = (turn: number, as: Mark | null): Event => ({ type: 'marked', turn, as })
    const before = fold(held([5_000, 5_000, 5_000, 5_000, 500]), [mark(1, 'dropped'), mark(2, 'pinned')])
    const span = spanOf(before)!
    expect([numbers(span.covered), span.spared]).toEqual([
      [3, 4],
      [1, 2],
    ])
    const made = { ...summarised(span.upTo), spared: span.spared } as Event
    const after = fold(before, [made, mark(1, null), mark(2, null)])
    expect(numbers(windowOf(after).turns)).toEqual([1, 2, 5])
    expect(standsFor(after, span.upTo, span.spared)).toEqual([[3, 4]])
    const next = spanOf(after)!
    expect([numbers(next.covered), next.spared]).toEqual([[1, 2], []])
    expect(numbers(windowOf(fold(after, [{ ...summarised(next.upTo, 1), spared: [] } as Event])).turns)).toEqual([5])
  })

  test('a summary that is asked for below the conversation is told which turns to leave out', () => {
    const pin: Event = { type: 'marked', turn: 2, as: 'pinned' }
    const span = spanOf(fold(held([5_000, 5_000, 5_000, 500]), [pin]))!
    expect(askBelow(span.tokens, 1, span.pinned, '')).toContain('whose question begins with "question 2" stays')
    expect(askBelow(span.tokens, 1, [], '')).not.toContain('begins with')
  })

  test('what would free nothing is known before it is asked', () => {
    const span = spanOf(held([1_400, 500]))!
    expect(expectedSize(span, [])).toBeLessThan(span.tokens)
    expect(expectedSize(span, ['kept word for word '.repeat(200)])).toBeGreaterThanOrEqual(span.tokens)
  })

  test('goes on from the summary before it', () => {
    const state = fold(held([5_000, 5_000, 5_000, 5_000, 1_000]), [summarised(2)])
    const span = spanOf(state)!
    expect([span.of?.id, numbers(span.covered), span.first, span.upTo]).toEqual([1, [3, 4], 1, 4])
    expect(spanOf(fold(held([5_000, 1_000]), [summarised(1)]))).toBeNull()
  })

  test('what does not fit is left out from the front, never the last turn', () => {
    const state = held([5_000, 5_000, 5_000, 5_000])
    expect(omittedUpTo(state, 11_000)).toBe(2)
    expect(omittedUpTo(state, 10)).toBe(3)
    expect(omittedUpTo(state, 1e6)).toBeNull()
  })
})

describe('how it is asked for', () => {
  test('over the conversation that the cache holds, when that is the cheaper way', () => {
    const state = held([80_000, 80_000, 1_000])
    const { chosen, other } = offers(state, 'the port', 4_000)
    expect(chosen).toMatchObject({ way: 'below', isCached: true, card: { id: 'claude-sonnet-5-5' } })
    expect(other).toMatchObject({ way: 'fresh', isCached: false, card: { id: 'claude-haiku-5-5' } })
    expect(chosen.cost!.value).toBeLessThan(other!.cost!.value)
    expect([chosen.cost?.from, other?.cost?.from]).toEqual(['estimate', 'estimate'])
    // The same bytes as for a next question, up to that: else nothing would be read from the cache.
    const { messages, maxTokens: _, previousMessageId: __, ...rest } = planRequest(state, 'next')
    expect(chosen.requests).toHaveLength(1)
    expect(chosen.requests[0]).toMatchObject({ ...rest, messages: [...messages.slice(0, -1), {}] })
    expect(focusOf(chosen.requests[0]!.messages.at(-1)!.text)).toBe('the port')
  })

  test('afresh by the fast model when that is cheaper: a small conversation, or one that went cold', () => {
    expect(offers(held([8_000, 8_000, 1_000])).chosen).toMatchObject({ way: 'fresh', card: { id: 'claude-haiku-5-5' } })
    const cold = offers(held([80_000, 80_000, 1_000]), '', 1e9)
    expect(cold.chosen).toMatchObject({ way: 'fresh' })
    expect(cold.other).toMatchObject({ way: 'below', isCached: false })
  })

  test('by its own model where there is no other, or no price', () => {
    const state = held([8_000, 8_000, 1_000], { model: 'llama-9', features: 'plain' })
    expect(offers(state).chosen).toMatchObject({ way: 'below', card: { id: 'llama-9' }, cost: null })
  })

  test('piece by piece when it fits no window', () => {
    const small = { window: 10_000, maxOutput: 2_000 }
    const state = fold(held([30_000, 100]), [
      { type: 'modelsLearned', rows: ['claude-sonnet-5-5', 'claude-haiku-5-5'].map((id) => ({ id, ...small })) },
    ])
    const { chosen, other } = offers(state)
    expect([chosen.way, other]).toEqual(['pieces', null])
    expect(chosen.requests.length).toBeGreaterThan(5)
    for (const { messages } of chosen.requests) expect(messages[0]!.text.length / 2.5).toBeLessThan(6_000)
  })

  test('law: pieces are the text, none too long, none cut in the middle of a sign', () => {
    const text = fc
      .array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constant('\n')))
      .map((all) => all.join(''))
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (whole, most) => {
        const pieces = piecesOf(whole, most)
        expect(pieces.join('')).toBe(whole)
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(most)
        if (whole.isWellFormed()) for (const piece of pieces) expect(piece.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('what it is worth', () => {
  test('is earned back by turns that read less', () => {
    const before = held([80_000, 80_000, 1_000])
    const after = fold(before, [summarised(2)])
    const worth = worthOf(after, before, 0.05)
    expect(worth.before).toEqual({ value: 161_012, from: 'server' })
    expect(worth.after.from).toBe('estimate')
    const { read, write1h, write5m } = modelCard('balanced').prices![0]!.card
    const write = planRequest(after, '').cache.end === '1h' ? write1h : write5m
    const rebuild = (worth.after.value * (write - read)) / 1e6
    expect(worth.rebuild!.value).toBeCloseTo(rebuild, 12)
    const saved = ((worth.before.value - worth.after.value) * read) / 1e6
    expect(worth.turns).toBe(Math.ceil((0.05 + rebuild) / saved))
    expect(sendingCost(before)!.cold.value).toBeGreaterThan(sendingCost(before)!.warm.value)
  })

  test('is not known where the price is not, and is said without one', () => {
    const before = held([8_000, 1_000], { model: 'llama-9', features: 'plain' })
    const after = fold(before, [summarised(1)])
    const worth = worthOf(after, before, null)
    expect(worth).toMatchObject({ rebuild: null, turns: null })
    expect(sendingCost(after)).toBeNull()
    const told = {
      span: spanOf(before)!,
      offers: offers(before),
      worth,
      cost: null,
      kept: 0,
      lost: [],
      isByHand: false,
    }
    expect(JSON.stringify(saySummarised(told))).not.toMatch(/\$0|pays off/)
  })
})

describe('what is said of one that stands', () => {
  const said = (state: State, isByHand: boolean) => {
    const span = spanOf(state)!
    const after = fold(state, [summarised(span.upTo)])
    const worth = worthOf(after, state, 0.05)
    const told = { span, offers: offers(state), worth, cost: { value: 0.05, from: 'server' } as const }
    return { worth, text: JSON.stringify(saySummarised({ ...told, kept: 0, lost: [], isByHand })) }
  }

  test('by itself it makes room, and whether it saves money is said apart', () => {
    const state = held([40_000, 3_000, 1_000])
    const { text, worth } = said(state, false)
    expect(text).toContain(`$0.05, to make room; in money it is even after ${worth.turns} turns. /uncompact`)
    expect(said(state, true).text).toContain(`$0.05, pays off after ${worth.turns} turns. /uncompact`)
    expect(text).toContain('Writing the new beginning into the cache costs ~$0.')
  })

  test('writing the new beginning is not spoken of where nothing is written', () => {
    const { text } = said(held([40_000, 3_000, 1_000], { cacheTtl: 'off' }), false)
    expect(text).not.toMatch(/Writing|\$0,/)
  })

  test('names the turns it stands for: neither pinned nor dropped ones', () => {
    const marks: Event[] = [
      { type: 'marked', turn: 2, as: 'pinned' },
      { type: 'marked', turn: 5, as: 'dropped' },
    ]
    const state = fold(held([5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 12_000]), marks)
    expect(said(state, true).text).toContain('Summarised turns 1, 3–4 and 6: ')
    expect(said(held([5_000, 1_000]), true).text).toContain('Summarised turn 1: ')
    const after = fold(state, [summarised(6)])
    expect(sayHolds(standsFor(after, 6), promptSize(after))).toContain('A summary stands for turns 1, 3–4 and 6 again')
  })
})

describe('taking it back', () => {
  test('brings every turn back, those of earlier summaries too, and again the summary', () => {
    const state = held([5_000, 5_000, 5_000, 5_000, 1_000])
    const twice = fold(state, [summarised(2), summarised(4, 1)])
    const taken = takenBack(twice)!
    const back = fold(twice, taken.events)
    expect([taken.isBack, taken.first, taken.upTo]).toEqual([true, 1, 4])
    expect(sent(back)).toEqual(sent(state))
    expect([restored(twice), restored(back)]).toEqual([false, true])
    const again = takenBack(back)!
    expect(again.isBack).toBe(false)
    expect(sent(fold(back, again.events))).toEqual(sent(twice))
  })

  test('is nothing where no summary holds, as on another branch', () => {
    const state = fold(held([5_000, 5_000, 1_000]), [summarised(2), { type: 'moved', to: 1 }])
    expect(takenBack(state)).toBeNull()
    expect(takenBack(held([5_000]))).toBeNull()
  })

  test('law: whatever happened, a summary deletes nothing, drops no pinned turn, and can be taken back', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 1, max: 9 }), (events, pinned) => {
        const turns = fold(fresh(), events)
        // Taken back first: what is compared is the whole.
        const before = fold(turns, takenBack(turns)?.isBack ? takenBack(turns)!.events : [])
        const state = fold(before, [{ type: 'marked', turn: pinned, as: 'pinned' }])
        const span = spanOf(state)
        if (!span) return
        const after = fold(state, [{ ...summarised(span.upTo, span.of?.id ?? null) }])
        expect([after.turns, after.branches]).toEqual([state.turns, state.branches])
        const left = numbers(windowOf(after).turns)
        expect(left).toEqual([...numbers(span.pinned), ...numbers(span.recent)])
        for (const { number } of state.turns) if (state.marks[number] === 'pinned') expect(left).toContain(number)
        const back = fold(after, takenBack(after)!.events)
        expect(sent(back)).toEqual(sent(state))
        expect(span.tokens).toBeGreaterThanOrEqual(span.covered.reduce((sum, turn) => sum + turnTokens(turn), 0))
      }),
      { numRuns: 300 },
    )
  })
})

describe('facts that are kept', () => {
  const fact = (text: string, line = text) => ({ kind: 'name', text, line, weight: 3 }) as const

  test('are the lines they stand in, each once, added to those of before', () => {
    const lines = keptFacts(['port 8080'], [fact('8081', 'use port 8081'), fact('use', 'use port 8081'), fact('8080')])
    expect(lines).toEqual(['port 8080', 'use port 8081'])
  })

  test('go along into each further summary, also when the one they stood beside was taken back', () => {
    const amended: Event = { type: 'amended', id: 1, facts: ['port 8080'] }
    const kept = fold(held([5_000, 5_000, 5_000, 5_000, 1_000]), [summarised(2), amended])
    const again = carriedFacts(kept, spanOf(kept)!.upTo)
    expect(again).toEqual(['port 8080'])
    const back = fold(kept, takenBack(kept)!.events)
    const anew = spanOf(back)!
    expect([anew.of, carriedFacts(back, anew.upTo)]).toEqual([null, ['port 8080']])
    // A stretch that ends before it does not tell of it: those turns are sent word for word.
    expect(carriedFacts(back, 1)).toEqual([])
    expect(carriedFacts(fold(back, [{ type: 'moved', to: 1 }]), 1)).toEqual([])
  })

  test('those that find no room stay known, and are named', () => {
    const fact = (text: string) => ({ kind: 'name', text, line: text, weight: 3 }) as const
    expect(sayKept(2, [])).toBe('Kept beside the summary, word for word: 2 lines, where the missing facts stand.')
    expect(sayKept(0, [fact('Anna'), fact('Bo')])).toMatch(
      /^2 facts found no room and are missing still, .*: Anna · Bo\./,
    )
    expect(sayKept(1, [fact('Bo')])).toContain('1 fact found no room and is missing still')
    expect(sayKept(0, [])).toContain('kept already')
  })

  test('law: never more than there is room for', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 })), (texts) => {
        const size = keptFacts(
          [],
          texts.map((text) => fact(text)),
        ).reduce((sum, { length }) => sum + Math.ceil(length / 2.5), 0)
        expect(size).toBeLessThanOrEqual(2_000)
      }),
    )
  })
})
