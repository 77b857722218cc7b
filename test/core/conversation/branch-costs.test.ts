import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retriedTurn, sayTally, tallies, tallyOf } from '../../../src/core/conversation/branch-costs.ts'
import { estimated, reported } from '../../../src/core/figures.ts'
import { newTurn, type Turn } from '../../../src/core/turn/turns.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'

const asked = (number: number, parent: number | null, more: Partial<Turn> = {}): Turn => ({
  ...newTurn({ number, parent, question: 'Why?', model: 'claude-sonnet-5-5', effort: null }, 0),
  usage: NO_USAGE,
  cost: reported(number),
  ...more,
})

describe('a branch', () => {
  test('came to what its turns did, those that hang off it included', () => {
    const turns = [asked(1, null), asked(2, 1), asked(3, 2), asked(4, 1, { cost: estimated(4) }), asked(5, 2)]
    const costs = tallies(turns)
    expect([1, 2, 4].map((number) => costs.get(number)?.cost)).toEqual([estimated(15), reported(10), estimated(4)])
    expect(costs.get(2)?.turns).toBe(3)
  })

  test('tells what is estimated and what is unknown; a turn that never began costs nothing', () => {
    expect(sayTally(tallyOf([asked(1, null), asked(2, 1, { usage: null, cost: null })]))).toBe('$1.00')
    expect(sayTally(tallyOf([asked(1, null), asked(2, 1, { cost: null })]))).toBe('$1.00 +?')
    expect(sayTally(tallyOf([asked(2, 1, { cost: null })]))).toBe('$?')
    expect(sayTally(tallyOf([asked(2, 1, { cost: estimated(0.5) })]))).toBe('~$0.50')
  })

  test('LAW: the first turns together came to what all turns did', () => {
    const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(parents, (picks) => {
        const turns = picks.map((pick, i) => asked(i + 1, pick % (i + 1) || null))
        const costs = tallies(turns)
        const firsts = turns.filter(({ parent }) => parent === null)
        const whole = firsts.reduce((sum, { number }) => sum + costs.get(number)!.cost.value, 0)
        expect(whole).toBe(tallyOf(turns).cost.value)
      }),
    )
  })
})

test('a turn that asks the same in the same place retries the last one that did', () => {
  const turns = [asked(1, null), asked(2, 1), asked(3, 1, { question: 'How?' }), asked(4, 1), asked(5, 2), asked(6, 1)]
  expect(turns.map((turn) => retriedTurn(turn, turns)?.number ?? null)).toEqual([null, null, null, 2, null, 4])
})
