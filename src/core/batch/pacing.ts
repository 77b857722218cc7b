/**
 * When the next request of a batch may go, and how many may run beside each other. The server's own buckets are mirrored
 * from the limits its answers tell: they empty with what is sent and refill with time. What lies in them is used up
 * evenly over the next twenty seconds, never in a burst. How many run at once follows AIMD (Chiu and Jain, 1989): a server
 * that says "too much" halves it, answers let it grow. The time, in ms, comes in with each question.
 */

import type { Limits, Ms, Usage } from '../turn.ts'
import type { Limiting } from '../weather/resilience.ts'

/** What one request takes of the limits, as far as is known before it is answered. */
export interface Need {
  /** Tokens that are not read from the prompt cache. */
  readonly inputTokens: number
  readonly outputTokens: number
}

/** One request that has started. */
export interface Ticket {
  /** Its headers have come. */
  heard(limits: Limits, now: Ms): void
  /** It is over, by the server's own count; null: nothing of it was billed. */
  ended(usage: Pick<Usage, 'input' | 'cacheWrite5m' | 'cacheWrite1h' | 'output'> | null, now: Ms): void
}

export interface Pacing {
  /** Requests that may run at once now. */
  readonly parallel: number
  /** Milliseconds until a request may start; 0: at once. */
  delayMs(need: Need, now: Ms): Ms
  start(need: Need, now: Ms): Ticket
  /** The server has said "too much". @param retryAfterMs what it asked for; null: it did not say */
  limited(kind: Limiting, retryAfterMs: Ms | null, now: Ms): void
  /** A request was answered. @param isBusy whether all that may run do */
  answered(isBusy: boolean): void
  /** Requests a second that the limits let through for good; null: none is known. */
  perSecond(need: Need): number | null
}

type Kind = 'requests' | 'inputTokens' | 'outputTokens'

const KINDS: readonly Kind[] = ['requests', 'inputTokens', 'outputTokens']
const MINUTE_MS = 60_000

/** What lies in a bucket is used up over so long, in ms. */
const DRAIN_MS = 20_000
/** Timers are late; so much of what was missed is made up for, in ms. */
const CATCH_UP_MS = 200
/** Share of a limit that stays in the bucket: the server's clock and ours are not the same. */
const MARGIN = 0.005
/** Headers tell tokens in whole thousands. */
const ROUNDED: Readonly<Record<Kind, number>> = { requests: 1, inputTokens: 1_000, outputTokens: 1_000 }
/** Requests at once before anything is known. */
const FIRST_PARALLEL = 8
/** "Too much" said by several requests at once is one word of the server. */
const ONE_WORD_MS = 1_000
/** How long the rate takes to grow from nothing to all, in ms. */
const REGROW_MS = 20_000
const LEAST_RATE = 1 / 64

interface Bucket {
  readonly limit: number
  level: number
  at: Ms
  /** When the next request may start for its sake. */
  nextAt: Ms
}

/**
 * @param most requests at once, at most
 * @param share of each limit that may be used up, 0 to 1
 */
export function createPacing(most: number, share: number): Pacing {
  const buckets = new Map<Kind, Bucket>()
  /** What has been sent and is in no figure the server has told yet. */
  const owed: Record<Kind, number> = { requests: 0, inputTokens: 0, outputTokens: 0 }
  let parallel = Math.min(most, FIRST_PARALLEL)
  /** Up to here it grows by one with each answer; above, by one with each round of answers. */
  let quickTo = most
  let rate = 1
  let rateAt = 0
  let pausedUntil = 0
  let halvedAt = Number.NEGATIVE_INFINITY

  const amounts = (need: Need): Readonly<Record<Kind, number>> => ({ requests: 1, ...need })
  const refillOf = ({ limit }: Bucket) => (limit * share) / MINUTE_MS
  /** What may be taken of a bucket now. */
  const room = (bucket: Bucket, now: Ms): number => {
    bucket.level = Math.min(bucket.limit, bucket.level + (bucket.limit * Math.max(0, now - bucket.at)) / MINUTE_MS)
    bucket.at = Math.max(bucket.at, now)
    return bucket.level - bucket.limit * (1 - share + MARGIN)
  }
  const regrow = (now: Ms) => {
    rate = Math.min(1, rate + Math.max(0, now - rateAt) / REGROW_MS)
    rateAt = Math.max(rateAt, now)
  }
  /** A request that is larger than a whole limit passes once that is full, as it does on the server. */
  const within = ({ limit }: Bucket, amount: number) => Math.min(amount, limit * (share - MARGIN) * 0.99)

  const learn = (kind: Kind, { limit, remaining }: { readonly limit: number; readonly remaining: number }, now: Ms) => {
    const known = buckets.get(kind)
    if (known?.limit !== limit) {
      buckets.set(kind, { limit, level: remaining - owed[kind], at: now, nextAt: known?.nextAt ?? now })
      return
    }
    room(known, now)
    // Others may have taken from it; and what was expected of ours may have been more than it was.
    known.level = Math.max(Math.min(known.level, remaining + ROUNDED[kind]), remaining - owed[kind])
  }

  return {
    get parallel() {
      return Math.max(1, Math.floor(parallel))
    },
    delayMs(need, now) {
      let wait = pausedUntil - now
      const wanted = amounts(need)
      for (const [kind, bucket] of buckets) {
        const missing = within(bucket, wanted[kind]) - room(bucket, now)
        wait = Math.max(wait, bucket.nextAt - now, missing > 0 ? missing / refillOf(bucket) : 0)
      }
      return Math.max(0, wait)
    },
    start(need, now) {
      const wanted = amounts(need)
      regrow(now)
      for (const [kind, bucket] of buckets) {
        const left = Math.max(0, room(bucket, now))
        const perMs = rate * (refillOf(bucket) + left / DRAIN_MS)
        bucket.nextAt = Math.max(bucket.nextAt, now - CATCH_UP_MS) + within(bucket, wanted[kind]) / perMs
        bucket.level -= wanted[kind]
      }
      for (const kind of KINDS) owed[kind] += wanted[kind]
      let isHeard = false
      const hear = () => {
        if (isHeard) return
        isHeard = true
        owed.requests -= 1
        owed.inputTokens -= wanted.inputTokens
      }
      return {
        heard(limits, at) {
          hear()
          for (const kind of KINDS) {
            const told = limits[kind]
            if (told && told.limit > 0) learn(kind, told, at)
          }
        },
        ended(usage) {
          hear()
          owed.outputTokens -= wanted.outputTokens
          const real = usage ? usage.input + usage.cacheWrite5m + usage.cacheWrite1h : 0
          const input = buckets.get('inputTokens')
          const output = buckets.get('outputTokens')
          if (input) input.level = Math.min(input.limit, input.level + wanted.inputTokens - real)
          if (output) output.level = Math.min(output.limit, output.level + wanted.outputTokens - (usage?.output ?? 0))
        },
      }
    },
    limited(kind, retryAfterMs, now) {
      if (retryAfterMs !== null) pausedUntil = Math.max(pausedUntil, now + retryAfterMs)
      if (now - halvedAt < ONE_WORD_MS) return
      halvedAt = now
      quickTo = parallel
      parallel = Math.max(1, parallel / 2)
      if (kind !== 'rate') return
      regrow(now)
      rate = Math.max(LEAST_RATE, rate / 2)
    },
    answered(isBusy) {
      if (isBusy) parallel = Math.min(most, parallel + (parallel < quickTo ? 1 : 1 / parallel))
    },
    perSecond(need) {
      const wanted = amounts(need)
      const each = [...buckets].map(([kind, bucket]) => (refillOf(bucket) * 1_000) / Math.max(1, wanted[kind]))
      return each.length === 0 ? null : Math.min(...each)
    },
  }
}
