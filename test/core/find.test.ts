import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, newConversation, update } from '../../src/core/conversation.ts'
import { findInTurns } from '../../src/core/find.ts'
import { CHOICES } from '../kit/choices.ts'

/** Turns of these questions and answers. */
function turns(...said: readonly (readonly [question: string, answer: string])[]) {
  const events = said.flatMap(([text, answer]): Event[] => [
    { type: 'asked', at: 0, text },
    { type: 'delta', at: 1, text: answer },
    { type: 'finished', at: 2, stopReason: 'end_turn', explanation: null },
  ])
  return events.reduce((state, event) => update(state, event).state, newConversation(CHOICES)).turns
}

describe('a search', () => {
  test('finds questions and answers, whatever the case, and says how often', () => {
    const found = findInTurns(turns(['Which sea?', 'The Baltic. The BALTIC!'], ['why baltic', 'No idea.']), 'baltic')
    expect(found.map(({ number, from, times }) => [number, from, times])).toEqual([
      [1, 'answer', 2],
      [2, 'question', 1],
    ])
  })

  test('shows one short line around the place, cut at words', () => {
    const answer = `${'before '.repeat(40)}the\nneedle\nhere ${'behind '.repeat(40)}`
    const [found] = findInTurns(turns(['q', answer]), 'needle')
    expect(found?.context).toMatch(/^…(before )+the needle here (behind )*behind…$/)
    expect(found?.context.length).toBeLessThan(110)
  })

  test('takes signs for themselves, and any white space for a blank', () => {
    expect(findInTurns(turns(['q', 'a (b) [c] .* d']), '(b)  [c] .*')).toHaveLength(1)
    expect(findInTurns(turns(['q', 'line one\nline two']), 'one line')).toHaveLength(1)
    expect(findInTurns(turns(['q', 'abc']), '.')).toEqual([])
  })

  test('of any text in any text neither throws nor invents: what is found is there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (before, text) => {
        fc.pre(text.trim() !== '')
        expect(findInTurns(turns(['q', `${before} ${text}`]), text).map(({ from }) => from)).toContain('answer')
      }),
    )
  })
})
