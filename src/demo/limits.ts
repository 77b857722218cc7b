/**
 * Rate limits: token buckets per model class that empty with use and refill with time, and the headers that tell of
 * them. The time comes in with each question.
 *
 * Sizes of the Build tier (source: rate limits page, 2026-08-22): 5,000 requests and 5M input tokens a minute, 4,000
 * counts. The page's figure for output was not at hand; a fifth of the input is an assumption.
 */

import type { ApiError } from './errors.ts'

export type Kind = 'requests' | 'input-tokens' | 'output-tokens'

export const PER_MINUTE: Readonly<Record<Kind, number>> = {
  requests: 5000,
  'input-tokens': 5_000_000,
  'output-tokens': 1_000_000,
}
const COUNTS_PER_MINUTE = 4000
const MINUTE_MS = 60_000

interface Bucket {
  readonly size: number
  level: number
  at: number
}

export interface Limits {
  /**
   * Takes a request and its input tokens; the error when the buckets cannot give them. Cache reads cost nothing here.
   */
  take(line: string, inputTokens: number, at: number): ApiError | null
  /** Takes output tokens afterwards: they may draw the level below zero, which later requests wait out. */
  spend(line: string, outputTokens: number, at: number): void
  /** Others have used a share of every limit; what is used already counts as theirs. */
  crowd(line: string, share: number, at: number): void
  /** Takes one of the token counts, which have a limit of their own. */
  takeCount(at: number): ApiError | null
  headers(line: string, at: number): Record<string, string>
  countHeaders(at: number): Record<string, string>
}

/** @param own limits a minute in the place of the usual ones */
export function createLimits(own: Partial<Readonly<Record<Kind, number>>> = {}): Limits {
  const perMinute = { ...PER_MINUTE, ...own }
  const buckets = new Map<string, Bucket>()
  const bucket = (line: string, kind: Kind | 'counts', at: number): Bucket => {
    const name = `${line} ${kind}`
    const size = kind === 'counts' ? COUNTS_PER_MINUTE : perMinute[kind]
    const found = buckets.get(name) ?? { size, level: size, at }
    found.level = Math.min(size, found.level + (size * Math.max(0, at - found.at)) / MINUTE_MS)
    found.at = at
    buckets.set(name, found)
    return found
  }
  const draw = (wanted: readonly (readonly [Bucket, number])[]): ApiError | null => {
    const short = wanted.find(([{ level }, amount]) => level < amount)
    if (!short) {
      for (const [from, amount] of wanted) from.level -= amount
      return null
    }
    return exhausted(short[0], Math.min(short[1], short[0].size))
  }
  return {
    take(line, inputTokens, at) {
      const input = bucket(line, 'input-tokens', at)
      // A prompt larger than the bucket passes when the bucket is full: the limit is on the minute, not on one prompt.
      return draw([
        [bucket(line, 'requests', at), 1],
        [input, Math.min(inputTokens, input.size)],
        [bucket(line, 'output-tokens', at), 1],
      ])
    },
    spend(line, outputTokens, at) {
      bucket(line, 'output-tokens', at).level -= outputTokens
    },
    crowd(line, share, at) {
      for (const kind of Object.keys(perMinute) as Kind[]) {
        const one = bucket(line, kind, at)
        one.level = Math.min(one.level, one.size * (1 - share))
      }
    },
    takeCount: (at) => draw([[bucket('any', 'counts', at), 1]]),
    headers(line, at) {
      const requests = bucket(line, 'requests', at)
      const [input, output] = [bucket(line, 'input-tokens', at), bucket(line, 'output-tokens', at)]
      const tightest = input.level / input.size <= output.level / output.size ? input : output
      return {
        ...rows('requests', requests, 1),
        ...rows('input-tokens', input, 1000),
        ...rows('output-tokens', output, 1000),
        ...rows('tokens', tightest, 1000),
      }
    },
    countHeaders: (at) => rows('requests', bucket('any', 'counts', at), 1),
  }
}

/** Remaining tokens are told in whole thousands; reset is when the bucket would be full again. */
function rows(name: string, { size, level, at }: Bucket, unit: number): Record<string, string> {
  const remaining = Math.max(0, Math.floor(level / unit) * unit)
  const full = at + ((size - level) / size) * MINUTE_MS
  return {
    [`anthropic-ratelimit-${name}-limit`]: String(size),
    [`anthropic-ratelimit-${name}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${name}-reset`]: new Date(Math.ceil(full / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
  }
}

function exhausted({ size, level }: Bucket, amount: number): ApiError {
  const seconds = Math.max(1, Math.ceil(((amount - level) / size) * 60))
  return {
    status: 429,
    type: 'rate_limit_error',
    message: `This request would exceed the rate limit of this demo server (${size} a minute). Try again in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  }
}
