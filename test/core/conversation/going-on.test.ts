import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold } from '../../../src/core/conversation.ts'
import { GO_ON, goingOn, isCutOff, offerInWords, sayOvertaken } from '../../../src/core/turn/going-on.ts'
import type { FailureKind, TurnEnd } from '../../../src/core/turn.ts'
import { failure, interrupted } from '../../../src/core/weather/failures.ts'
import { begun, NOON } from '../../io/history-kit.ts'
import { fresh } from '../../kit/lived.ts'

const ended = (answer: string, end: TurnEnd) => fold(fresh(), [...begun('why?', answer), end])
const failed = (kind: FailureKind): TurnEnd => ({ type: 'failed', at: NOON + 500, failure: failure(kind, 'So.') })
const at = NOON + 500

describe('going on from the last turn', () => {
  test.each([
    ['was cut off by the network', failed('cut'), true, true],
    ['fell silent', failed('stalled'), true, true],
    ['was interrupted by the end of its program', failed('interrupted'), true, false],
    ['was stopped', { type: 'stopped', at } as const, true, false],
    ['ran out of room', { type: 'finished', at, stopReason: 'max_tokens', explanation: null } as const, true, false],
    ['came to its end', { type: 'finished', at, stopReason: 'end_turn', explanation: null } as const, false, false],
    ['was refused', failed('refused'), false, false],
    ['had no connection', failed('offline'), false, false],
  ])('that %s', (_, end, goes, broke) => {
    const state = ended('half an ans', end)
    expect(goingOn(state) !== null).toBe(goes)
    expect(isCutOff(state)).toBe(broke)
  })

  test('asks for the rest when words came, and the same again when none did', () => {
    expect(goingOn(ended('half', failed('cut')))).toMatchObject({
      after: 1,
      question: expect.stringContaining('Go on'),
    })
    expect(goingOn(ended('', failed('cut')))).toMatchObject({ after: null, question: 'why?' })
  })
})

test('one that another question has overtaken is told of, and how to get back to it', () => {
  const full = ended('half', { type: 'finished', at, stopReason: 'max_tokens', explanation: null })
  expect(sayOvertaken(full)).toBeNull()
  const asked = fold(full, begun('and then?', 'So.', NOON + 900))
  expect(sayOvertaken(asked)).toMatch(/“and then\?” was asked behind it\. Wait for its answer.*\/tree/)
  // The rest of it is no other question.
  expect(sayOvertaken(fold(full, begun(GO_ON, 'So.', NOON + 900)))).toBeNull()
  const over = fold(asked, [{ type: 'finished', at: NOON + 1_500, stopReason: 'end_turn', explanation: null }])
  expect(sayOvertaken(over)).toMatch(/“and then\?” was asked behind it\. So ask .*\/tree/)
})

describe('the offer', () => {
  const { turn } = goingOn(ended('half an answer', { type: 'failed', at, failure: interrupted() }))!

  test('says how much came, what it cost by estimate, when, why, and how to go on', () => {
    expect(offerInWords({ turn, title: 'Why?', agoMs: 180_000, others: 0 }, 'Tab')).toMatch(
      /^An answer was cut off after 3 words, ~\$0\.\d+, 3 minutes ago, when claude-tui ended: “Why\?”\. Tab goes on from it\.$/,
    )
    expect(offerInWords({ turn, title: 'Why?', agoMs: 0, others: 2 }, 'Tab')).toMatch(
      /2 others wait: \/continue again\.$/,
    )
    expect(offerInWords({ turn, title: 'Why?', agoMs: 0, others: 1 }, 'Tab')).toMatch(
      /1 other waits: \/continue again\.$/,
    )
  })

  test('of a question that waited for another attempt tells of no answer that was cut off', () => {
    const refused = failure('overload', 'Overloaded (HTTP 529)', { requestId: 'req_7', status: 529 })
    const events = [
      { type: 'asked', at: NOON, text: 'why?' },
      { type: 'sent', at: NOON + 1, attempt: 1, model: 'claude-sonnet-5-5' },
      { type: 'waiting', at: NOON + 9, attempt: 1, of: 5, delayMs: 20_000, failure: refused },
      { type: 'failed', at, failure: interrupted() },
    ] as const
    const waited = goingOn(fold(fresh(), events))!
    expect(offerInWords({ turn: waited.turn, title: 'Why?', agoMs: 180_000, others: 0 }, 'Tab')).toBe(
      'A question was not answered, 3 minutes ago, when claude-tui ended: “Why?”. Overloaded (HTTP 529), request req_7. Tab asks it again.',
    )
  })

  test('LAW: is one harmless line, whatever a conversation is called', () => {
    const sign = fc.constantFrom('a', ' ', '\x1b', '[', '\n', '\t', '\x9b', '\x00', '\x7f')
    fc.assert(
      fc.property(fc.string({ unit: sign }), (title) => {
        expect(offerInWords({ turn, title, agoMs: 0, others: 0 }, 'Tab')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }),
    )
  })
})
