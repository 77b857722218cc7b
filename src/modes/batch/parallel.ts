/**
 * Rows sent from here, many at a time. The first one of each model goes alone: it tells the limits, and writes what all rows share into
 * the cache. The others follow as the limits let them. One that fails before it has begun leaves the lead to the next.
 */

import PQueue from 'p-queue'
import { answerLine, failedLine, inVain, paidFor, spentOn } from '../../core/batch/answer.ts'
import type { Need } from '../../core/batch/pacing.ts'
import { createPurse } from '../../core/batch/purse.ts'
import { limitedTokens, requestOf } from '../../core/batch/request.ts'
import { isBad, type Row } from '../../core/batch/row.ts'
import { addPaid, countVain } from '../../core/batch/tally.ts'
import { billed, type SideCallEvent } from '../../core/conversation/side-calls.ts'
import { USUAL_OUTPUT } from '../../core/figures/pace.ts'
import { percent } from '../../core/figures/words.ts'
import { rowOfSideCall } from '../../core/money/ledger.ts'
import type { TurnRequest } from '../../core/request.ts'
import { cutShort } from '../../core/turn/outcome.ts'
import type { Failure, FailureKind } from '../../core/turn.ts'
import { alertsOf, type Told } from '../../core/weather/limits.ts'
import { patienceFor } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { rowsOf } from '../../io/batch/rows.ts'
import { guarded } from '../late/weather.ts'
import { type AskingParts, askRow } from './asking.ts'
import { createLane, type Lane } from './lanes.ts'
import { pause } from './stopping.ts'
import type { Work } from './work.ts'

/** What is wrong with all rows, and not with one: going on would only make failures. */
const OF_ALL: ReadonlySet<FailureKind> = new Set(['key', 'spend', 'alien', 'offline'])

/** A row that is on its way. */
interface Begun {
  readonly row: Row
  readonly request: TurnRequest
  readonly heldUsd: number
  readonly need: Need
  readonly lane: Lane
  readonly seated: () => void
  readonly led: () => void
}

/** Answers that may wait for one before them. */
const MOST_EARLY = 10_000
/** Rows that may wait to be sent again beside those that are under way: each is in memory. */
const MOST_RESTING = 500
/** How much of what is expected of the next answer the last one says. */
const NEWEST = 0.05

/** @returns why it ended before its end; null: it did not, or somebody stopped it */
export async function runParallel(work: Work): Promise<Failure | 'over' | null> {
  const { call, setup, shared, outbox, tally, stopping, telling, telemetry, now } = work
  const { settings, state, api } = setup
  const { models } = state
  const patience = patienceFor(call.kind.patience, state.choices.waitsMs ?? null)
  const purse = createPurse(work.mostUsd, models)
  const seats = new PQueue({ concurrency: call.parallel })
  const lanes = new Map<string, Lane>()
  const laneOf = (model: string): Lane => {
    const lane = lanes.get(model) ?? createLane(seats, call.kind.share)
    lanes.set(model, lane)
    return lane
  }
  const underWay = new Set<Promise<void>>()
  let over: Failure | 'over' | null = null
  let told: Told = new Set()
  let outputTokens: number = USUAL_OUTPUT
  /** Resolves whenever a row is over. */
  let next = Promise.withResolvers<void>()

  const pay = (rows: Parameters<typeof addPaid>[1]) => {
    addPaid(tally, rows)
    work.paying.pay(rows)
  }
  const aside = (bill: SideCallEvent) => {
    const rows = [rowOfSideCall(billed(bill, models))]
    pay(rows)
    telemetry?.paid(rows)
  }
  // Nothing else waits for a batch: what is left alone is waited for.
  const waiting = { ...state, choices: { ...state.choices, waitsMs: patience.deadlineMs } }
  const unlessStopped: Pick<Api, 'attempt'> = {
    attempt(request, number, within, emit) {
      if (stopping.polite.aborted) return Promise.resolve(emit({ type: 'stopped', at: now() }))
      tally.requests++
      return api.attempt(request, number, within, emit)
    },
  }
  const parts: Omit<AskingParts, 'lane'> = {
    api: guarded(
      unlessStopped,
      { ...setup, state: waiting },
      {
        now,
        tell(event, said) {
          if (event.type === 'billed') aside(event)
          else if (said !== null) telling.note(said)
        },
      },
    ),
    ...{ models, patience, now, stallAfterMs: settings.stallAfterMs },
    paid: pay,
    limited: () => void tally.limited++,
    heard(limits) {
      const alerts = alertsOf(limits, now(), told)
      told = new Set([...told, ...alerts.told])
      for (const { counts, used, limit } of alerts.fresh)
        telling.note(
          `${percent(used)} of the ${limit.toLocaleString('en-US')} ${counts} a minute are used: from here on it goes as fast as they come back.`,
        )
    },
  }

  const ask = async ({ row, heldUsd, lane, ...asked }: Begun) => {
    const { request } = asked
    let isResting = false
    const rests = (is: boolean) => {
      if (is !== isResting) tally.resting += is ? 1 : -1
      isResting = is
    }
    const turn = await askRow(row.index, { ...asked, rests }, { ...parts, lane }, stopping)
    telemetry?.turn(turn, request.model, paidFor(turn))
    const { end } = turn
    const vain = inVain(turn)
    if (vain) {
      // Nothing else tells that it was paid for.
      work.paying.flush()
      outbox.failed(row.index, failedLine(row, vain, turn.attempt))
      countVain(tally, vain)
      lane.pacing.answered(lane.isBusy())
    } else if (end?.type === 'finished') {
      outbox.answered(answerLine(row, turn))
      tally.answered++
      if (cutShort(end.stopReason)) tally.cut++
      outputTokens += (turn.usage!.output - outputTokens) * NEWEST
      lane.pacing.answered(lane.isBusy())
    } else if (end?.type === 'failed') {
      if (OF_ALL.has(end.failure.kind)) {
        over ??= end.failure
        stopping.halt()
      } else {
        outbox.failed(row.index, failedLine(row, end.failure, turn.attempt))
        tally.failed++
      }
    }
    purse.give(heldUsd, spentOn(turn) ?? 0)
    telling.progress(work.sayProgress)
  }

  /** @returns when it is over */
  const begin = (begun: Begun): Promise<void> => {
    const going = ask(begun)
      .catch((error: unknown) => {
        work.broken(error)
        stopping.halt()
      })
      .finally(() => {
        underWay.delete(going)
        next.resolve()
        next = Promise.withResolvers()
      })
    underWay.add(going)
    return going
  }

  /** What a row may cost is kept for it; null: there is no more money, or it is to end. */
  const paidFrom = async (row: Row) => {
    for (;;) {
      const taken = purse.take(requestOf(row, shared))
      if (typeof taken === 'object') return taken
      if (taken === 'over' && underWay.size === 0) {
        over = 'over'
        return null
      }
      await next.promise
      if (stopping.polite.aborted) return null
    }
  }

  for await (const row of rowsOf(work.source)) {
    if (isBad(row) || stopping.polite.aborted) break
    if (outbox.done.has(row.id)) {
      outbox.passed(row.index, row.id)
      continue
    }
    while ((outbox.early >= MOST_EARLY || tally.resting >= MOST_RESTING) && !stopping.polite.aborted) await next.promise
    const taken = await paidFrom(row)
    if (!taken) break
    const lane = laneOf(taken.request.model)
    const { pacing } = lane
    const need = {
      inputTokens: limitedTokens(taken.request, shared),
      outputTokens: Math.min(taken.request.maxTokens, outputTokens),
    }
    await lane.calm(stopping.polite)
    await pause(pacing.delayMs(need, now()), stopping.polite)
    if (stopping.polite.aborted) break
    const [seated, led] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const whole = { ...taken, row, need, lane, seated: seated.resolve, led: led.resolve }
    // One that has no seat yet is enough: what comes behind it stays in its file.
    await Promise.race([begin(whole), lane.isKnown ? seated.promise : led.promise])
  }
  await Promise.all(underWay)
  return over
}
