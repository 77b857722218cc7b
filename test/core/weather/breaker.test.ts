import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Breaker,
  FORGET_MS,
  failed,
  gate,
  OPENS_AFTER,
  probing,
  REST_MS,
  unprobed,
} from '../../../src/core/weather/breaker.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
/** After so many failures in a row, a second apart. */
const following = (failures: number, from: Breaker | null = null, start = NOON) =>
  Array.from({ length: failures }).reduce<Breaker | null>(
    (now, _, i) => failed(now, 'overload', null, start + i * 1_000),
    from,
  )

describe('a breaker', () => {
  test('opens with the fifth failure in a row, and not before', () => {
    for (let failures = 0; failures < OPENS_AFTER; failures++)
      expect(gate(following(failures), NOON + 4_000)).toEqual({ type: 'closed' })
    expect(gate(following(OPENS_AFTER), NOON + 4_000)).toEqual({ type: 'open', untilMs: NOON + 4_000 + REST_MS })
  })

  test('is half-open when its time is over, for one probe at a time', () => {
    const open = following(OPENS_AFTER)!
    const then = open.untilMs!
    expect(gate(open, then - 1).type).toBe('open')
    expect(gate(open, then)).toEqual({ type: 'half-open' })
    const probed = probing(open, then)
    expect(gate(probed, then + 1).type).toBe('open')
    // Whoever probed is gone; or could not find out.
    expect(gate(probed, then + 30_000).type).toBe('half-open')
    expect(gate(unprobed(probed), then + 1).type).toBe('half-open')
  })

  test('stays open twice as long after each probe in vain, five minutes at most', () => {
    let breaker = following(OPENS_AFTER)!
    const rests: number[] = []
    for (let i = 0; i < 5; i++) {
      const at = breaker.untilMs!
      breaker = failed(breaker, 'rate', null, at)
      rests.push(breaker.untilMs! - at)
    }
    expect(rests).toEqual([60_000, 120_000, 240_000, 300_000, 300_000])
  })

  test('believes a server that asks for more', () => {
    expect(failed(following(4), 'rate', 90_000, NOON).untilMs).toBe(NOON + 90_000)
    expect(failed(following(4), 'rate', 1_000, NOON).untilMs).toBe(NOON + REST_MS)
    expect(failed(following(4), 'rate', 86_400_000, NOON).untilMs).toBe(NOON + 900_000)
  })

  test('forgets what is long ago, and what a clock that was set back or a damaged file makes of it', () => {
    expect(failed(following(4), 'rate', null, NOON + FORGET_MS + 5_000).failures).toBe(1)
    expect(gate(following(9), NOON + 2 * FORGET_MS).type).toBe('closed')
    expect(gate(following(5), NOON - 86_400_000).type).toBe('closed')
    expect(gate({ ...following(5)!, untilMs: NOON * 2 }, NOON + 5_000).type).toBe('closed')
  })

  test('LAW: whatever happens, it lets requests through again within a bounded time', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 1_000_000 }),
      kind: fc.constantFrom('rate' as const, 'overload' as const),
      asked: fc.option(fc.integer({ min: 0, max: 1e9 })),
      probes: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        let now = NOON
        let breaker: Breaker | null = null
        for (const { wait, kind, asked, probes } of steps) {
          now += wait
          breaker = failed(breaker, kind, asked, now)
          if (probes) breaker = probing(breaker, now)
          // Open only after five in a row.
          if (gate(breaker, now).type !== 'closed') expect(breaker.failures).toBeGreaterThanOrEqual(OPENS_AFTER)
        }
        expect(gate(breaker, now + 15 * 60_000 + 30_000).type).not.toBe('open')
      }),
    )
  })
})
