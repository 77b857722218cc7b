/**
 * The rows of one model, which has limits of its own. A seat is held by a request and not by its row: one that waits to be sent
 * again leaves it to others, so that rows that fail for ever keep nobody waiting.
 */

import PQueue from 'p-queue'
import { createPacing, type Pacing } from '../../core/batch/pacing.ts'
import type { Failure } from '../../core/turn.ts'
import { isLimiting } from '../../core/weather/resilience.ts'
import { pause } from './stopping.ts'

export interface Lane {
  readonly pacing: Pacing
  /** An answer has begun: the limits are told, and what rows share is in the cache. Until then rows go one by one. */
  isKnown: boolean
  /** Runs a request as soon as it has its seat. */
  seated(work: () => Promise<void>): Promise<void>
  /** Whether all seats are taken, that of who asks among them. */
  isBusy(): boolean
  began(): void
  failed(failure: Failure): void
  /** Resolves when another row may be begun, as far as failures are concerned. */
  calm(signal: AbortSignal): Promise<void>
}

/** Failures in a row, of any rows, that are no longer taken for theirs: it may be the server. */
const FEW_FAILURES = 5
/** After these, each row begins so much later, in ms, and twice that after each failure more. */
const FIRST_BRAKE_MS = 1_000
const LONGEST_BRAKE_MS = 10_000

/** How long nothing new begins after so many failures in a row, in ms. */
export const brakeMs = (failures: number): number =>
  failures < FEW_FAILURES ? 0 : Math.min(LONGEST_BRAKE_MS, FIRST_BRAKE_MS * 2 ** Math.min(failures - FEW_FAILURES, 10))

/** @param all the seats of all lanes together, as many as requests may run at once */
export function createLane(all: PQueue, share: number): Lane {
  const pacing = createPacing(all.concurrency, share)
  const seats = new PQueue({ concurrency: pacing.parallel })
  let failures = 0
  return {
    pacing,
    isKnown: false,
    seated(work) {
      seats.concurrency = Math.max(1, pacing.parallel)
      return seats
        .add(() => all.add(work))
        .finally(() => {
          seats.concurrency = Math.max(1, pacing.parallel)
        })
    },
    isBusy: () => seats.pending + 1 >= pacing.parallel,
    began() {
      this.isKnown = true
      failures = 0
    },
    failed(failure) {
      // What says "too much" is the pacing's business, and the breaker's.
      if (failure.transient && !isLimiting(failure) && failure.kind !== 'resting') failures++
    },
    async calm(signal) {
      for (let waited = 0; waited < brakeMs(failures) && !signal.aborted; waited += FIRST_BRAKE_MS)
        await pause(FIRST_BRAKE_MS, signal)
    },
  }
}
