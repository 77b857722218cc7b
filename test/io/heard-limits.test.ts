import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { heardLimits, keepLimits } from '../../src/io/weather/heard-limits.ts'
import { lodge } from '../kit/lodging.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const left = (remaining: number) => ({ requests: { limit: 1_000, remaining, reset: null } })

test('what differs is kept at once, of each model; what hardly does is not written again within seconds', () => {
  const place = lodge()
  const path = join(place.home, 'limits.json')
  const hear = (model: string, remaining: number, atMs: number) => {
    keepLimits(path, new Map([[model, left(remaining)]]), atMs)
    return heardLimits(path).get(model)
  }
  expect(hear('a', 900, NOON)).toMatchObject({ atMs: NOON, limits: left(900) })
  const { ino } = statSync(path)
  expect(hear('a', 891, NOON + 5_000)?.atMs).toBe(NOON)
  expect(statSync(path).ino).toBe(ino)
  expect(hear('a', 890, NOON + 5_000)).toMatchObject({ atMs: NOON + 5_000, limits: left(890) })
  expect(hear('b', 890, NOON + 5_001)?.atMs).toBe(NOON + 5_001)
  // Used up or not is no small difference, and after a while nothing is too small.
  hear('a', 3, NOON + 6_000)
  expect(hear('a', 0, NOON + 6_001)?.limits).toEqual(left(0))
  expect(hear('a', 0, NOON + 16_001)?.atMs).toBe(NOON + 16_001)
  place.remove()
})
