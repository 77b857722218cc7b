import { expect, test } from 'vitest'
import { createLimits } from '../../src/demo/limits.ts'
import { visit } from './visit.ts'

const START = Date.UTC(2026, 10, 20, 12)
const left = (headers: Record<string, string>, kind: string) => Number(headers[`anthropic-ratelimit-${kind}-remaining`])

test('buckets empty with use and refill with time, up to their size', () => {
  const limits = createLimits()
  limits.take('haiku', 100_000, START)
  const used = limits.headers('haiku', START)
  expect([left(used, 'requests'), left(used, 'input-tokens')]).toEqual([4999, 4_900_000])
  expect(used['anthropic-ratelimit-input-tokens-reset']).toBe('2026-11-20T12:00:02Z')
  expect(left(limits.headers('haiku', START + 600), 'input-tokens')).toBe(4_950_000)
  expect(left(limits.headers('haiku', START + 60_000), 'input-tokens')).toBe(5_000_000)
})

test('the tokens rows show the tighter of input and output', () => {
  const limits = createLimits()
  limits.take('haiku', 0, START)
  limits.spend('haiku', 500_000, START)
  const headers = limits.headers('haiku', START)
  expect(headers['anthropic-ratelimit-tokens-limit']).toBe(headers['anthropic-ratelimit-output-tokens-limit'])
})

test('classes of models have buckets of their own', () => {
  const limits = createLimits()
  limits.take('opus', 1_000_000, START)
  expect(left(limits.headers('sonnet', START), 'input-tokens')).toBe(5_000_000)
})

test('an empty bucket is a 429 that says when to come back, and then it is not', () => {
  const limits = createLimits()
  expect(limits.take('haiku', 4_000_000, START)).toBeNull()
  const error = limits.take('haiku', 2_000_000, START)
  expect(error).toMatchObject({ status: 429, type: 'rate_limit_error', headers: { 'retry-after': '12' } })
  expect(limits.take('haiku', 2_000_000, START + 12_000)).toBeNull()
})

test('over the wire, the headers count down with each answer and come back with the clock', async () => {
  let at = START
  await using here = await visit('', { now: () => at })
  const remaining = async () => Number((await here.hear()).headers?.get('anthropic-ratelimit-requests-remaining'))
  expect([await remaining(), await remaining(), await remaining()]).toEqual([4999, 4998, 4997])
  at += 60_000
  expect(await remaining()).toBe(4999)
})

test('a line of the script uses them up, as others would', async () => {
  const limits = createLimits()
  limits.crowd('haiku', 0.85, START)
  expect(left(limits.headers('haiku', START), 'requests')).toBe(750)
  limits.crowd('haiku', 0.5, START)
  expect(left(limits.headers('haiku', START), 'requests')).toBe(750)
  expect(limits.take('haiku', 4_000_000, START)).toMatchObject({ status: 429 })
})
