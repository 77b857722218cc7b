/**
 * Conducts a bench: one call after the other, the arms of a block in an order of chance, so that what changes with time
 * falls on all of them alike. Every attempt is billed, and none is sent that could pass the ceiling.
 */

import { billed, type SideCall, type SideCallEvent } from '../../core/conversation/side-calls.ts'
import { heard, type Run, runOf, silent } from '../../core/lab/bench/run.ts'
import { shuffled } from '../../core/lab/stats/seeded.ts'
import { type Models, modelCard } from '../../core/models.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Failure, FailureKind } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import { type Patience, SCRIPT_PATIENCE } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { travel } from '../../road.ts'
import { within } from '../thrift/allowance.ts'
import { askAside } from '../thrift/aside.ts'

export interface Plan {
  readonly arms: number
  readonly prompts: number
  /** Runs of each arm and prompt that come first and count for nothing. */
  readonly warmUps: number
  /** Blocks wanted by what is known so far; a block has each arm once for each prompt. Asked when those are done. */
  blocks(runs: readonly Run[]): number
  /** What is sent for a run, in order: the last one is measured. */
  requests(arm: number, prompt: number): readonly TurnRequest[]
  readonly models: Models
  /** The same with what an arm really pays, such as twice as much in fast mode. */
  modelsOf(arm: number): Models
}

export interface Conducting {
  readonly api: Pick<Api, 'attempt' | 'count'>
  readonly now: () => number
  readonly chance: () => number
  readonly stallAfterMs: number
  /** Failed calls are sent again; what was is left out of the times. */
  readonly isRetried: boolean
  readonly signal: AbortSignal
  /** US dollars that are left to be spent; infinite: as many as it takes. */
  left(): number
  /** Takes what an attempt in vain may have cost beyond what is known of it, in US dollars. */
  doubt(usd: number): void
  /** Takes what an attempt has cost. @param run absent for what is no measured run */
  paid(one: Billed, run: Run | null): void
  progress(told: Progress): void
}

/** What an attempt has cost: as an event, and priced. */
export interface Billed {
  readonly event: SideCallEvent
  readonly call: SideCall
}

export interface Progress {
  readonly done: number
  /** As far as is known. */
  readonly total: number
  readonly elapsedMs: number
  /** Likely ms until the last run, each arm at its own pace; null: not every arm was heard yet. */
  readonly leftMs: number | null
}

export interface Conducted {
  readonly runs: readonly Run[]
  readonly warmUps: readonly Run[]
  /** Why it ended before its end; null: it did not. */
  readonly stopped:
    | { readonly why: 'signal' | 'budget' }
    | { readonly why: 'failures'; readonly failure: Failure }
    | null
}

/** What no repetition cures. */
const LASTING: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'key',
  'alien',
  'spend',
  'missing',
  'invalid',
  'too-long',
])
/** Failures in a row after which nothing more is to be learnt. */
const MOST_IN_A_ROW = 10

interface Place {
  readonly arm: number
  readonly prompt: number
  readonly block: number
}

export async function conduct(plan: Plan, parts: Conducting): Promise<Conducted> {
  const { signal, now, chance, progress } = parts
  const runs: Run[] = []
  const warmUps: Run[] = []
  const started = now()
  let inARow = 0
  let stopped: Conducted['stopped'] = null
  let blocks = plan.blocks(runs)
  // An arm's first run opens connections and fills caches: it counts only until there is another.
  const spans = upTo(plan.arms).map((): number[] => [])
  const tell = () => {
    const each = (plan.warmUps + blocks) * plan.prompts
    const lefts = spans.map((took) => {
      const counted = took.length > 1 ? took.slice(1) : took
      return (counted.reduce((sum, ms) => sum + ms, 0) / counted.length) * (each - took.length)
    })
    const leftMs = spans.every(({ length }) => length > 0) ? lefts.reduce((sum, ms) => sum + ms, 0) : null
    const done = runs.length + warmUps.length
    progress({ done, total: each * plan.arms, elapsedMs: now() - started, leftMs })
  }

  const conductBlock = async (block: number, into: Run[]): Promise<boolean> => {
    for (const prompt of shuffled(upTo(plan.prompts), chance)) {
      for (const arm of shuffled(upTo(plan.arms), chance)) {
        const from = now()
        const found = await oneRun(plan, { arm, prompt, block }, parts)
        if (found === 'budget') {
          stopped = { why: 'budget' }
          return false
        }
        if (signal.aborted) {
          stopped = { why: 'signal' }
          return false
        }
        into.push(found.run)
        spans[arm]!.push(now() - from)
        tell()
        inARow = found.failure ? inARow + 1 : 0
        if (!found.failure || (!LASTING.has(found.failure.kind) && inARow < MOST_IN_A_ROW)) continue
        stopped = { why: 'failures', failure: found.failure }
        return false
      }
    }
    return true
  }

  tell()
  let goesOn = true
  for (let block = 0; goesOn && block < plan.warmUps; block++) goesOn = await conductBlock(block, warmUps)
  for (let block = 0; goesOn; block++) {
    if (block >= blocks) blocks = Math.max(blocks, plan.blocks(runs))
    if (block >= blocks) break
    goesOn = await conductBlock(block, runs)
  }
  return { runs, warmUps, stopped }
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

async function oneRun(
  plan: Plan,
  place: Place,
  parts: Conducting,
): Promise<{ readonly run: Run; readonly failure: Failure | null } | 'budget'> {
  const requests = plan.requests(place.arm, place.prompt)
  let before: number | null = 0
  for (const [i, request] of requests.entries()) {
    const { heard: said, calls, isHeld } = await call(request, plan, place.arm, parts)
    const costs = calls.reduce<number | null>((sum, one) => plus(sum, one.call.cost?.value ?? null), 0)
    if (i < requests.length - 1 && said.end?.type === 'finished') {
      before = plus(before, costs)
      for (const one of calls) parts.paid(one, null)
      continue
    }
    const run = runOf(said, place, plus(before, costs))
    for (const [n, one] of calls.entries()) parts.paid(one, n === calls.length - 1 ? run : null)
    // The ceiling has cut it short: what was measured is not what was asked for.
    if (run.failure?.kind === 'budget' || (isHeld && run.stopReason === 'max_tokens')) return 'budget'
    return { run, failure: said.end?.type === 'failed' ? said.end.failure : null }
  }
  throw new RangeError('A run needs a request to measure, but there is none.')
}

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)

const OVER = failure('budget', 'What is left of the ceiling does not pay for another run.')

/** One call on the road: each attempt is looked at before it is sent, and billed. */
async function call(request: TurnRequest, { models, modelsOf }: Plan, arm: number, parts: Conducting) {
  const { api, now, chance, stallAfterMs, isRetried, signal } = parts
  let said = silent(modelCard(request.model, models).id)
  const calls: Billed[] = []
  let isHeld = false
  const bill = (event: SideCallEvent) => void calls.push({ event, call: billed(event, models) })
  const attempt: Api['attempt'] = async (asked, number, stop, emit) => {
    const spent = calls.reduce((sum, one) => sum + (one.call.cost?.value ?? 0), 0)
    // What asks for no answer at all is looked at as if it asked for the shortest.
    const isWordless = asked.maxTokens === 0
    const looked = isWordless ? { ...asked, maxTokens: 1 } : asked
    const found = await within(looked, parts.left() - spent, { models: modelsOf(arm), api })
    if ('promptUsd' in found) return emit({ type: 'failed', at: now(), failure: OVER })
    isHeld = found.request.isHeld === true
    const onTheWay: Pick<Api, 'attempt'> = {
      // It is what is measured: it goes the way of a turn.
      attempt: ({ isAside: _, ...own }, __, stopAttempt, tell) =>
        api.attempt(own, number, stopAttempt, (event) => {
          tell(event)
          emit(event)
        }),
    }
    const { bill: known, end } = await askAside(isWordless ? asked : found.request, 'bench', onTheWay, stop, bill)
    if (known) bill(known)
    if (end.type === 'finished' || calls.length === 0 || found.mostUsd === null) return
    parts.doubt(Math.max(0, found.mostUsd - (calls.at(-1)!.call.cost?.value ?? 0)))
  }
  const patience: Patience = isRetried ? SCRIPT_PATIENCE : { ...SCRIPT_PATIENCE, attempts: 1 }
  await travel(
    request,
    signal,
    (event) => {
      said = heard(said, event)
    },
    { api: { attempt }, patience, stallAfterMs, now, chance },
  )
  return { heard: said, calls, isHeld }
}
