import { describe, expect, test } from 'vitest'
import { fold, newConversation } from '../../../src/core/conversation.ts'
import { fitted } from '../../../src/core/text/steps.ts'
import { NO_USAGE, type TurnEvent } from '../../../src/core/turn.ts'
import { sayAwaited, saySilence, silenceOf } from '../../../src/core/weather/silence.ts'
import { CHOICES } from '../../kit/choices.ts'

const sent: TurnEvent = { type: 'sent', at: 0, attempt: 1, model: 'm' }
const heard: TurnEvent = { type: 'heard', at: 1_000, requestId: 'r', limits: {} }
const began: TurnEvent = { type: 'began', at: 2_000, model: 'm', messageId: 'i', usage: NO_USAGE, cacheMiss: null }
const thought: TurnEvent = { type: 'thinking', at: 3_000, phase: 'more', text: 'hm' }
const word: TurnEvent = { type: 'delta', at: 4_000, text: 'word' }
const ping = (at: number): TurnEvent => ({ type: 'alive', at })

/** The running turn after these events. */
const live = (...events: TurnEvent[]) =>
  fold(newConversation(CHOICES), [{ type: 'asked', at: 0, text: 'q' }, ...events]).live!

/** The row at its longest. */
const awaited = (turn: ReturnType<typeof live>, now: number) => sayAwaited(turn, now)?.[0] ?? null

describe('silence is told apart', () => {
  test.each<[string, readonly TurnEvent[], number, string]>([
    ['connecting', [sent, { type: 'connecting', at: 1 }], 5_000, '5s · no connection yet'],
    ['sent, and nothing heard', [sent], 5_000, '5s · sent, and nothing heard yet'],
    [
      'connected, and nothing heard',
      [sent, { type: 'connecting', at: 1 }, { type: 'connected', at: 900 }],
      4_000,
      '4s · sent, and nothing heard yet',
    ],
    ['headers, but no event', [sent, heard], 5_000, '5s · accepted, but silent for 4s'],
    ['before the first token', [sent, heard, began], 7_000, '7s · begun, but silent for 5s'],
    [
      'the same with pings',
      [sent, heard, began, ping(6_000)],
      8_500,
      '8s · begun, but silent for 6s, a sign of life 2s ago',
    ],
  ])('%s', (_, events, now, line) => {
    expect(awaited(live(...events), now)).toBe(`Waiting for the first token… ${line} · esc stops`)
  })

  test('two requests are spoken of at every width', () => {
    const turn = live(sent, heard, { type: 'hedged', at: 5_000 })
    const rows = sayAwaited(turn, 38_000)!
    expect(fitted(rows, 120)).toBe(
      'Waiting for the first token… 38s · two requests run · accepted, but silent for 37s · esc stops',
    )
    expect(fitted(rows, 80)).toBe('Waiting for the first token… 38s · two requests run · esc stops')
    expect(fitted(rows, 40)).toBe('Two requests run, 38s · esc stops')
    expect(fitted(rows, 22)).toBe('Two requests run, 38s')
  })

  test('while it thinks', () => {
    const turn = live(sent, heard, began, thought)
    expect(awaited(turn, 5_000)).toBe('Thinking… 2s · ~1 tokens · esc stops')
    expect(awaited(turn, 9_000)).toBe('Thinking… 6s · ~1 tokens · silent for 6s · esc stops')
  })

  test('between two words of the answer', () => {
    const turn = live(sent, heard, began, word)
    expect(awaited(turn, 6_900)).toBeNull()
    expect(awaited(turn, 9_100)).toBe('Silent for 5s in the middle of the answer · esc stops')
  })

  test('is not spoken of before it is noticeable, nor once it is over', () => {
    expect(awaited(live(sent), 2_999)).toBe('Waiting for the first token… 2s · esc stops')
    expect(saySilence(silenceOf(live(sent), 2_999)!)).toBe('')
    const [over] = fold(newConversation(CHOICES), [
      { type: 'asked', at: 0, text: 'q' },
      sent,
      heard,
      began,
      word,
      { type: 'stopped', at: 9 },
    ]).turns
    expect(silenceOf(over!, 99_000)).toBeNull()
  })

  test('in a narrow window what it is goes before what could be pressed', () => {
    expect(sayAwaited(live(sent, heard, began), 7_000)).toEqual([
      'Waiting for the first token… 7s · begun, but silent for 5s · esc stops',
      'Waiting for the first token… 7s · begun, but silent for 5s · esc stops',
      'Begun, but silent for 5s · esc stops',
      'Begun, but silent for 5s',
    ])
  })
})
