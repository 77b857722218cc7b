import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, newConversation, update } from '../../../src/core/conversation.ts'
import { findInTurns, MOST_FOUND } from '../../../src/core/history/find.ts'
import { CHOICES } from '../../kit/choices.ts'

/** Turns of these questions and answers. */
function turns(...said: readonly (readonly [question: string, answer: string])[]) {
  const events = said.flatMap(([text, answer]): Event[] => [
    { type: 'asked', at: 0, text },
    { type: 'delta', at: 1, text: answer },
    { type: 'finished', at: 2, stopReason: 'end_turn', explanation: null },
  ])
  return events.reduce((state, event) => update(state, event).state, newConversation(CHOICES)).turns
}

/** What is found, each with its context and the places in it. */
const search = (said: ReturnType<typeof turns>, text: string) =>
  findInTurns(said, text).found.map(({ number, from, context }) => ({
    of: `${from} ${number}`,
    context: context.text,
    places: context.places.map(({ start, end }) => context.text.slice(start, end)),
  }))

describe('a search', () => {
  test('finds every place in questions and answers, whatever the case', () => {
    expect(search(turns(['Which sea?', 'The Baltic. The BALTIC!'], ['why baltic', 'No idea.']), 'baltic')).toEqual([
      { of: 'answer 1', context: 'The Baltic. The BALTIC!', places: ['Baltic', 'BALTIC'] },
      { of: 'question 2', context: 'why baltic', places: ['baltic'] },
    ])
  })

  test('shows one short line around each place, cut at words; places close together share one', () => {
    const answer = `${'before '.repeat(40)}the\nneedle\nhere ${'behind '.repeat(40)}`
    const found = search(turns(['q', `${answer}${answer}needle needle`]), 'needle')
    expect(found.map(({ places }) => places.length)).toEqual([1, 1, 2])
    expect(found[0]?.context).toMatch(/^…(before )+the needle here (behind )*behind…$/)
    for (const { context } of found) expect(context.length).toBeLessThan(110)
  })

  test('is bounded: the last places are shown, those before are counted', () => {
    const far = ` ${'-'.repeat(80)} `
    const said = turns(
      ['q', `needle${far}`.repeat(3)],
      ['needle', `needle${far}`.repeat(2)],
      ['q', `needle${far}`.repeat(MOST_FOUND - 2)],
    )
    const { found, earlier } = findInTurns(said, 'needle')
    expect(found).toHaveLength(MOST_FOUND)
    expect(found[0]).toMatchObject({ number: 2, from: 'answer' })
    expect(earlier).toEqual({ times: 4, firstTurn: 1, lastTurn: 2 })
  })

  test('takes signs for themselves, and any white space for a blank', () => {
    expect(search(turns(['q', 'a (b) [c] .* d']), '(b)  [c] .*')).toHaveLength(1)
    expect(search(turns(['q', 'line one\nline two']), 'one line')).toHaveLength(1)
    expect(search(turns(['q', 'abc']), '.')).toEqual([])
  })

  test('of any text in any text neither throws nor invents: every place that is shown says it', () => {
    const said = (text: string) => text.replace(/\s+/g, ' ').trim()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (before, text) => {
        fc.pre(text.trim() !== '')
        const found = search(turns(['q', `${before} ${text}`]), text).filter(({ of }) => of === 'answer 1')
        expect(found.length).toBeGreaterThan(0)
        expect(found.flatMap(({ places }) => places)).toContain(said(text))
      }),
    )
  })
})
