import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { USUAL_PACE } from '../../../src/core/figures/pace.ts'
import { estimated } from '../../../src/core/figures.ts'
import { roomLooks, roomRows } from '../../../src/core/picker/room.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { alerted, type Crossed } from '../../../src/core/window/alerts.ts'
import { saySwitched, sayTooLarge } from '../../../src/core/window/counting.ts'
import { markingOf, markTurns, sayMarking, turnsNamed } from '../../../src/core/window/marking.ts'
import { contextUsed, nextPrompt } from '../../../src/core/window/meter.ts'
import { rentOf, roomOf } from '../../../src/core/window/room.ts'
import { roomReport } from '../../../src/core/window/room-report.ts'
import { SPOKEN } from '../../../src/glass/plain-lines.ts'
import { photo } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh } from '../../kit/lived.ts'
import { turn } from '../../kit/told-turns.ts'

const told = (...events: readonly (readonly Event[])[]): State =>
  fold(newConversation({ ...CHOICES, cacheTtl: '5m' }), events.flat())
const cached = (at: number, read: number, written: number) => turn(at, { cacheRead: read, cacheWrite5m: written })
/** Three turns; the second is the large one: its question takes 9,000 tokens, each answer 100. */
const three = () => told(cached(0, 0, 1_000), cached(1_000, 1_000, 9_100), cached(2_000, 10_100, 1_100))

describe('what fills the window', () => {
  test('is told turn by turn, by how the prompt grew with each', () => {
    const { parts, whole, used, thinking } = roomOf(three())
    expect(parts.map(({ id, place }) => [id, place])).toEqual([
      [1, 'sent'],
      [2, 'sent'],
      [3, 'sent'],
    ])
    expect(whole).toEqual({ value: 11_300, from: 'server' })
    expect([used.value, thinking]).toEqual([11_300, 0])
    expect(Math.round(parts[1]!.tokens.value / 100)).toBe(91)
  })

  test('thinking of the last answer is in the meter, and in no part', () => {
    const { whole, used, thinking } = roomOf(told(turn(0, { input: 500, thinking: 60 })))
    expect([whole.value, used.value, thinking]).toEqual([540, 600, 60])
  })

  test('a dropped turn is there with what it would take, and so are turns a summary stands for', () => {
    const summary: Event = {
      ...{ type: 'summarised', at: 9, upTo: 1, of: null },
      kind: 'summary',
      text: 's',
      facts: [],
    }
    const { parts } = roomOf(fold(three(), [summary, { type: 'marked', turn: 2, as: 'dropped' }]))
    expect(parts.map(({ kind, place }) => [kind, place])).toEqual([
      ['summary', 'sent'],
      ['turn', 'summarised'],
      ['turn', 'dropped'],
      ['turn', 'sent'],
    ])
    expect(parts[2]!.tokens.value).toBeGreaterThan(9_000)
  })

  test('law: the parts that are sent add up to the whole, whatever happened', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { parts, whole } = roomOf(fold(fresh(), events))
        const sent = parts.filter(({ place }) => place === 'sent')
        const sum = sent.reduce((total, { tokens }) => total + tokens.value, 0)
        if (sent.some(({ tokens }) => tokens.value > 0)) expect(sum).toBeCloseTo(whole.value, 3)
        for (const { tokens } of parts) expect(tokens.value).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('rent is what it costs to read with each turn: from the cache, and anew', () => {
    // Sonnet 5.5: $0.10 read, $2.50 written for five minutes; 0.09 ms a token anew, a fifth of that from the cache.
    const rent = rentOf(three(), 11_300)(10_000, USUAL_PACE)
    expect(rent.warm).toEqual({ value: 0.001, from: 'estimate' })
    expect(rent.cold?.value).toBeCloseTo(0.025, 9)
    expect([rent.warmMs, rent.coldMs]).toEqual([180, 900])
    const foreign = fold(three(), [{ type: 'chosen', choices: { model: 'somebody-elses' } }])
    expect(rentOf(foreign, 11_300)(10_000, USUAL_PACE)).toMatchObject({ warm: null, cold: null })
  })
})

describe('leaving a turn out', () => {
  test('costs the cache behind it once, saves its rent, and pays off after some turns', () => {
    const { before, after, held, next, instead, saved, turns } = markingOf(three(), [2], 'dropped', 10_000)
    expect([before.value, Math.round(after.value / 100)]).toEqual([11_300, 22])
    // Turn 1 up to its question is all that the cache holds of what is left.
    expect(held).toBe(1_000)
    expect(next?.value).toBeCloseTo((1_000 * 0.1 + (after.value - 1_000) * 2.5) / 1e6, 9)
    expect(instead?.value).toBeCloseTo((11_200 * 0.1 + 100 * 2.5) / 1e6, 9)
    expect(saved).toBeCloseTo(((11_300 - after.value) * 0.1) / 1e6, 9)
    expect(turns).toBe(Math.ceil((next!.value - instead!.value) / saved!))
  })

  test('of the only turn leaves nothing that could cost anything', () => {
    const one = told(cached(0, 0, 1_000))
    const { remark } = markTurns(one, [1], 'drop', 10_000)
    expect(remark).toMatch(
      /Nothing of the conversation is sent from here on: the next question would have cost ~?\$0\.\d+ more\./,
    )
    expect(remark).not.toMatch(/\$0[ ,.](?!\d)/)
  })

  test('prices that look alike are told apart, or said to be about the same', () => {
    const [next, instead] = [estimated(0.00071), estimated(0.00069)]
    const marking = { before: estimated(900), after: estimated(700), held: 0, next, instead, saved: 0, turns: null }
    expect(sayMarking(marking)).toContain('~$0.00071, not ~$0.00069')
    expect(sayMarking({ ...marking, instead: next })).toContain('~$0.0007, about the same as without')
  })

  test('costs nothing once the cache is cold', () => {
    expect(markingOf(three(), [2], 'dropped', 3_600_000)).toMatchObject({ held: 0, turns: 0 })
  })

  test('pinning what is sent anyway changes nothing', () => {
    const { events, remark } = markTurns(three(), [1, 2], 'pin', 10_000)
    expect(events).toHaveLength(2)
    expect(remark).toContain('Turns 1, 2 stay word for word, whatever is summarised. What is sent stays as it is.')
    expect(markTurns(fold(three(), events), [1], 'pin', 10_000)).toMatchObject({ events: [] })
  })

  test('takes numbers and ranges of this branch', () => {
    expect(turnsNamed(three(), ['3', '1-2'])).toEqual([1, 2, 3])
    expect(turnsNamed(three(), ['2–9'])).toEqual([2, 3])
    expect(turnsNamed(three(), ['9'])).toBe(
      'Expected the number of a turn, or several as 3-7; "9" came, there are turns 1 to 3 on this branch.',
    )
    expect(turnsNamed(three(), [])).toMatch(/none came, there are turns 1 to 3/)
  })

  test('law: what is dropped and kept again is sent as before, by the same count', () => {
    fc.assert(
      fc.property(fc.subarray([1, 2, 3], { minLength: 1 }), (turns) => {
        const dropped = fold(three(), markTurns(three(), turns, 'drop', 10_000).events)
        const kept = fold(dropped, markTurns(dropped, turns, 'keep', 10_000).events)
        expect(contextUsed(kept, '')).toEqual(contextUsed(three(), ''))
        expect(contextUsed(dropped, '').value).toBeLessThan(contextUsed(three(), '').value)
      }),
    )
  })
})

describe('words about the window', () => {
  const full = (tokens: number, model = 'haiku-4-5') =>
    fold(
      newConversation({ ...CHOICES, model: `claude-${model}` }),
      turn(0, { input: tokens }, { model: `claude-${model}` }),
    )
  const none: Crossed = new Set()

  test('come once for each line that is crossed, with the ways out, and again only after it was left', () => {
    const first = alerted(full(161_000), none)
    expect(first.alert).toBe(
      'The context window is 81% full: 161k of the 200k tokens that Haiku 4.5 takes, ~39k are left. /context shows what fills it and leaves turns out, /compact summarises it, /model takes one with a larger window.',
    )
    expect(alerted(full(165_000), first.crossed).alert).toBeNull()
    const second = alerted(full(172_000), first.crossed)
    expect(second.alert).toContain('86% full')
    expect(alerted(full(20_000), second.crossed).crossed.size).toBe(0)
    expect(alerted(full(172_000), none).alert).toContain('86% full')
  })

  test('come before a price step', () => {
    const { alert } = alerted(full(91_000, 'haiku-5-5'), none)
    expect(alert).toContain('from 100k on, a whole prompt costs $0.50 per million tokens, not $0.10 (Haiku 5.5).')
  })

  test('say what a conversation is for another model, and whether it fits', () => {
    const chosen = fold(full(900_000, 'sonnet-5-5'), [{ type: 'chosen', choices: { model: 'claude-haiku-4-5' } }])
    expect(saySwitched(chosen, 700_000)).toMatch(
      /^The conversation has ~700k tokens for Haiku 4\.5 .*It does not fit: Haiku 4\.5 takes 200k\./,
    )
    expect(saySwitched(chosen, null)).toContain('tokens, by their length, for Haiku 4.5')
    const long = told(turn(0, { input: 9_000 }, { text: 'long '.repeat(4_500) }))
    expect(saySwitched(long, 70_000)).toMatch(/to read anew, then ~\$0\.\d+ a turn from the cache\./)
    const off = fold(long, [{ type: 'chosen', choices: { cacheTtl: 'off' } }])
    expect(saySwitched(off, 70_000)).toContain('~$0.14 with every turn: none of it is cached.')
  })

  test('say by how much a question does not fit', () => {
    const state = full(199_990)
    expect(sayTooLarge(state, nextPrompt(state, 'x'.repeat(250)))).toContain(
      'it makes ~200,167 tokens, and Haiku 4.5 takes 200,000.',
    )
  })

  test('say what Enter would do to a turn, in whole sentences however little room there is', () => {
    const said = (state: State, width: number, rows: number) => {
      const row = roomRows(state, '', USUAL_PACE)[1]!
      const looks = roomLooks(
        () => state,
        () => 10_000,
      )
      return looks.preview(row, '', { width, rows }).map((spans) => spans.map(({ text }) => text).join(''))
    }
    for (const [width, rows] of [
      [76, 3],
      [76, 7],
      [37, 3],
      [37, 7],
    ] as const) {
      const told = said(three(), width, rows)
      expect(told.length).toBeLessThanOrEqual(rows)
      expect(told.join(' ')).toContain('Enter drops it: ~9.1k tokens less.')
      expect(told.at(-1)).toMatch(/\.$/)
    }
    const dropped = fold(three(), [{ type: 'marked', turn: 2, as: 'dropped' }])
    expect(said(dropped, 76, 7).join(' ')).toContain('Enter keeps it: ~9.1k tokens more.')
  })

  test('say what Enter would do also to a turn with many files, before the files', () => {
    const attachments = Array.from({ length: 5 }, (_, i) => photo(`${i}.png`, 600, 400, i).attachment)
    const state = told(
      cached(0, 0, 1_000),
      turn(1_000, { cacheRead: 1_000, cacheWrite5m: 9_100 }, { attachments }),
      cached(2_000, 10_100, 1_100),
    )
    const said = (rows: number) =>
      roomLooks(
        () => state,
        () => 10_000,
      )
        .preview(roomRows(state, '', USUAL_PACE)[1]!, '', { width: 76, rows })
        .map((spans) => spans.map(({ text }) => text).join(''))
    for (const rows of [4, 7]) {
      const lines = said(rows)
      const first = lines.findIndex((line) => line.startsWith('With it: 0.png · ') || line.startsWith('With it: 5 '))
      expect(lines.slice(0, first).join(' ')).toMatch(/Enter drops it: ~9\.1k tokens less\. Next:? .*\$/)
      expect(lines.at(-1)).toMatch(/^(?:… \d more|With it: 5 attachments) · ~[\d.]+k? tokens$/)
      expect(lines.length).toBeLessThanOrEqual(rows)
    }
    const named = said(16).filter((line) => line.startsWith('With it: '))
    expect(named).toHaveLength(5)
    expect(named[0]).toMatch(/^With it: 0\.png · 600x400 · .* · ~\d+ tokens · [~<]\$0\.\d+\/turn$/)
  })

  test('list what fills it, aloud as well', () => {
    const rows = remarkRows(roomReport(three(), USUAL_PACE), 80, SPOKEN)
    expect(rows[0]).toBe('Context: 11k of 1M tokens (1%).')
    expect(rows.join('\n')).toContain('2 question at 1000: ~9.1k tokens, 81% · ~$0.0009 and ~164ms a turn, ~$0.02 cold')
  })
})
