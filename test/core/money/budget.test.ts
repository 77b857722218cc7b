import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { estimated, reported } from '../../../src/core/figures.ts'
import { CATALOGUE, priceFor } from '../../../src/core/models.ts'
import { type Budgets, leftOf, passed, payable, sayBudgets, sayOver } from '../../../src/core/money/budget.ts'
import { dearest, mostTokens } from '../../../src/core/money/quote.ts'
import { textTokens } from '../../../src/demo/tokens.ts'

const spent = (turn: number, session: number, day: number) => ({
  ...{ turn: reported(turn), session: reported(session), day: reported(day) },
})
const usd = fc.double({ min: 0, max: 50, noNaN: true })
const budgets: fc.Arbitrary<Budgets> = fc.record({ turn: usd, session: usd, day: usd }, { requiredKeys: [] })

describe('a budget', () => {
  test('lets pass exactly what is left of the tightest one', () => {
    fc.assert(
      fc.property(budgets, usd, usd, usd, (all, session, day, cost) => {
        const so = spent(0, session, day)
        const over = passed(cost, all, so)
        if (cost < leftOf(all, so) - 1e-9) expect(over).toBeNull()
        if (cost > leftOf(all, so) + 1e-9) expect(over).not.toBeNull()
        if (over) expect(over.would).toBeGreaterThan(over.most)
      }),
    )
  })

  test('pays for no token too many, and for all that it can', () => {
    const priced = CATALOGUE.filter(({ prices }) => prices !== null)
    fc.assert(
      fc.property(fc.constantFrom(...priced), usd, fc.nat({ max: 900_000 }), (card, left, prompt) => {
        const price = priceFor(card, prompt)!
        const promptUsd = dearest({ system: 'Be kind.', cache: { system: '5m', end: '1h' } }, prompt, price)
        expect(promptUsd).toBeCloseTo((prompt * price.write1h) / 1e6, 9)
        const limit = payable(left, promptUsd, price)
        const costs = (output: number) => promptUsd + (output * price.output) / 1e6
        if (limit > 0) expect(costs(limit)).toBeLessThanOrEqual(left)
        if (limit > 0) expect(costs(limit + 2)).toBeGreaterThan(left)
      }),
    )
  })

  test('takes a text for at least as many tokens as it has', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(mostTokens(text)).toBeGreaterThanOrEqual(textTokens(text, 'new'))
      }),
    )
    expect(mostTokens('日本語のテキスト'.repeat(10))).toBeGreaterThanOrEqual(80)
  })

  test('says its numbers', () => {
    const over = passed(0.42, { turn: 1, session: 2, day: 5 }, spent(0, 0.5, 4.68))
    expect(over && sayOver(over)).toBe(
      'This turn (~$0.42) would bring today to ~$5.10 of $5.00 (the setting maxCostDay).',
    )
    const dear = passed(0.42, { turn: 0.036 }, spent(0, 0, 0))
    expect(dear && sayOver(dear)).toBe(
      'This turn (~$0.42) is more than the $0.036 a turn may cost (the setting maxCostTurn).',
    )
    const run = passed(0.42, { session: 0.5 }, spent(0, 0.2, 0))
    expect(run && sayOver(run, 'this call', 'session')).toBe(
      'this call (~$0.42) would bring this session to ~$0.62 of $0.50 (--max-cost).',
    )
    expect(run && sayOver(run, 'this call', 'turn')).toContain('(the setting maxCostSession)')
    const so = { turn: reported(0), session: estimated(0.2), day: reported(1.5) }
    expect(sayBudgets({ turn: 0.1, session: 1, day: 5 }, so)).toBe(
      'up to $0.10 a turn · this session ~$0.20 of $1.00 · today $1.50 of $5.00',
    )
  })
})
