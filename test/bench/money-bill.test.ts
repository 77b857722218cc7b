import { describe, expect, test } from 'vitest'
import { differences, session } from '../../bench/money-bill.ts'

describe('the bill of a session of thirty turns, with stops, a broken attempt, pauses and a summary', () => {
  // A step in the price, a price nobody knows, and a model that caches late.
  test.each([
    ['claude-haiku-5-5', '1h'],
    ['claude-mythos-5-2', '5m'],
    ['claude-sonnet-4-5', '5m'],
  ] as const)('is the server’s own: %s, %s', async (model, ttl) => {
    const held = await session(model, ttl)
    expect(held.ledger.map(({ purpose }) => purpose).filter((purpose) => purpose !== 'turn')).toEqual([
      ...['title', 'retry', 'summary'],
    ])
    const { usd, shownUsd, answers, marks } = differences(held)
    expect({ answers, marks }).toEqual({ answers: 0, marks: 0 })
    expect(usd).toBeLessThan(5e-7)
    expect(shownUsd).toBeLessThan(5e-7)
  })

  test('is told from one that is off', async () => {
    const held = await session('claude-haiku-4-5', '5m')
    const [first, ...others] = held.ledger
    expect(differences({ ...held, ledger: others }).answers).toBeGreaterThan(0)
    const dearer = {
      ...first!,
      cacheWrite5m: first!.cacheWrite5m - 1,
      cacheWrite1h: 1,
      costUsd: first!.costUsd! + 1e-6,
    }
    expect(differences({ ...held, ledger: [dearer, ...others] })).toMatchObject({ answers: 1 })
    expect(differences({ ...held, ledger: [dearer, ...others] }).usd).toBeGreaterThan(5e-7)
  })
})
