import { describe, expect, test } from 'vitest'
import { type Event, newConversation, update } from '../../src/core/conversation.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { plainLines } from '../../src/glass/plain-lines.ts'
import { CHOICES } from '../kit/choices.ts'

/** Every line that these events lead to. */
function linesOf(...events: readonly Event[]): readonly string[] {
  const lines = plainLines(() => 60)
  let state = newConversation(CHOICES)
  return events.flatMap((event) => {
    state = update(state, event).state
    return lines.follow(state, event, 'at' in event ? event.at : 0)
  })
}

const asked = (text: string): Event => ({ type: 'asked', at: 0, text })
const sent: Event = { type: 'sent', at: 10, attempt: 1, model: 'claude-sonnet-5-5' }
const began: Event = {
  type: 'began',
  at: 20,
  model: 'claude-sonnet-5-5',
  messageId: 'm',
  cacheMiss: null,
  usage: { ...NO_USAGE, input: 40 },
}
const delta = (text: string): Event => ({ type: 'delta', at: 1_010, text })
const finished: Event = { type: 'finished', at: 3_010, stopReason: 'end_turn', explanation: null }

describe('a turn in plain lines', () => {
  test('says who speaks, once, and closes with its figures', () => {
    const lines = linesOf(asked('Hi?'), sent, began, delta('One.\n\nTwo'), delta(' and a half.'), finished)
    expect(lines.slice(0, -3)).toEqual([
      'Waiting for the answer. Ctrl+C stops it.',
      'Claude:',
      'One.',
      '',
      'Two and a half.',
      '',
    ])
    expect(lines.slice(-3, -1).join(' ')).toMatch(/^Sonnet 5\.5, ttft 1\.0s, .*turn <?\$.*, ctx <?\d[^─━┼]*%$/)
  })

  test('never breaks within a word, and says tables as pairs, headings as what they are', () => {
    const table = '## Seas\n\n| Sea | Depth |\n|---|---|\n| Baltic | 459 m |\n\n'
    const lines = linesOf(asked('Hi?'), sent, began, delta(table), finished)
    expect(lines.slice(2, 6)).toEqual(['Heading 2: Seas', '', 'Sea: Baltic', 'Depth: 459 m'])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
  })

  test('is written block by block: what may still change is held back', () => {
    expect(linesOf(asked('Hi?'), sent, began, delta('One.\n\nTwo is op')).at(-1)).not.toContain('Two')
  })

  test('an answer of a single open block says who speaks, too', () => {
    expect(linesOf(asked('Hi?'), sent, began, delta('short'), finished).slice(1, 3)).toEqual(['Claude:', 'short'])
  })

  test('repeats a question that waited, for it was typed a while ago', () => {
    const lines = linesOf(asked('One?'), sent, asked('Two?'), delta('x'), finished)
    expect(lines.filter((line) => line.startsWith('You:'))).toEqual(['You: Two?'])
    expect(lines.filter((line) => line === 'Claude:')).toHaveLength(1)
  })

  test('names attempts and ends, without colour and without anything that steers a terminal', () => {
    const trouble = { ...failure('overload', 'Busy\x1b[2J.'), remedy: 'Wait.' }
    const lines = linesOf(
      asked('Hi?'),
      sent,
      { type: 'waiting', at: 20, attempt: 1, of: 5, delayMs: 1_200, failure: trouble },
      { type: 'failed', at: 30, failure: trouble },
    )
    expect(lines.join(' ')).toContain('Busy␛[2J. Attempt 2 of 5 follows in 1.2s. /now tries at once')
    expect(lines).toContain('Busy␛[2J. Wait.')
    expect(lines.join('')).not.toMatch(/\p{Cc}/u)
  })
})
