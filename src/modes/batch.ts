/**
 * `claude-tui batch`: many prompts, each answered exactly once. The answers are in a file the moment they come, so the same
 * command goes on after any end; what is done there stays done.
 */

import type { Args } from '../args.ts'
import type { AnswerLine } from '../core/batch/answer.ts'
import { type Progress, progressLine } from '../core/batch/progress.ts'
import { isBad } from '../core/batch/row.ts'
import { newTally } from '../core/batch/tally.ts'
import { count } from '../core/figures/words.ts'
import { Ending, EXIT, NO_KEY } from '../core/turn/outcome.ts'
import { type Outbox, openOutbox } from '../io/batch/outbox.ts'
import { rowsOf } from '../io/batch/rows.ts'
import { dayStart } from '../io/process/wall-clock.ts'
import { setUp } from '../setup.ts'
import { begun, locked, mostUsdOf, sharedOf } from './batch/beginning.ts'
import { type BatchCall, readCall } from './batch/call.ts'
import { codeOf, inWords, summaryOf, tell, unwritten } from './batch/ending.ts'
import { checkedInput, type Input } from './batch/input.ts'
import { openPaying } from './batch/paying.ts'
import { createStopping } from './batch/stopping.ts'
import type { Work } from './batch/work.ts'
import { isWatched } from './late/quality.ts'
import { telemetryFor } from './late/telemetry.ts'
import { keepHeapLean } from './lean-heap.ts'
import type { SessionsIo } from './sessions/call.ts'
import { inShell } from './shell/frame.ts'
import { asJson } from './shell/sink.ts'
import { createTelling, type Telling } from './telling.ts'

/** Resolves to the exit code. */
export const runBatch = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, { name: 'batch', work: () => batch(args, io) })

async function batch(args: Args, io: SessionsIo): Promise<number> {
  const call = readCall(args)
  keepHeapLean()
  const telling = createTelling(process.stderr, args.flags.quiet === true, () => performance.now())
  const letGo = locked(call.out)
  try {
    const input = await checkedInput(call, process.stdin)
    try {
      return await withSetup(args, call, input, telling, io)
    } finally {
      input.close()
    }
  } finally {
    letGo()
  }
}

async function withSetup(args: Args, call: BatchCall, input: Input, telling: Telling, io: SessionsIo): Promise<number> {
  const setup = await setUp(args, process.env, { kind: 'single', mode: 'single' })
  const { api, state } = setup
  const now = () => performance.now()
  try {
    if (!api) throw new Ending(EXIT.key, NO_KEY)
    api.warm()
    for (const line of setup.notes) telling.note(line)
    const shared = sharedOf(call, setup)
    const run = begun(call, input, shared)
    const paying = await openPaying(setup, { startedMs: run.startedMs, models: state.models, note: telling.note })
    const found: AnswerLine[] = []
    const outbox = await openOutbox(call.out, call.order, (line) => found.push({ ...line, answer: '' })).catch(
      inWords(call),
    )
    paying.catchUp(found.splice(0))
    const tally = newTally()
    const before = await answeredBefore(outbox, input)
    const startedAt = now()
    const progress = (): Progress => ({
      ...{ rows: input.rows, answered: before + tally.answered, failed: tally.failed, answeredNow: tally.answered },
      resting: tally.resting,
      ...{ elapsedMs: now() - startedAt, usd: tally.isPriced ? tally.usd : null, isEstimate: tally.isEstimate },
    })
    const stopping = createStopping(() =>
      telling.note('Stopping: what is under way comes to its end first. Once more stops at once.'),
    )
    const telemetry = await telemetryFor(setup, telling.note)
    let trouble: unknown = null
    try {
      if (before > 0 && before < input.rows)
        telling.note(`Going on: ${count(before, 'row')} of ${input.rows.toLocaleString('en-US')} were answered before.`)
      if (call.kind.suggestsOffload && !call.offload && state.choices.features === 'full')
        telling.note('Nobody waits for an overnight batch: --offload does it for half the price, within 24 hours.')
      const work: Work = {
        ...{ call, setup: { ...setup, api }, shared, source: input.source, run },
        ...{ outbox, paying, tally, stopping, telling, telemetry, now },
        mostUsd: mostUsdOf(args, setup, paying.spentSince(dayStart(Date.now()))),
        sayProgress: () => progressLine(progress()),
        broken: (error) => {
          trouble ??= error
        },
      }
      const over = call.offload
        ? await (await import('./batch/offload.ts')).runOffloaded(work, call.offload)
        : await (await import('./batch/parallel.ts')).runParallel(work)
      outbox.close()
      paying.close()
      telling.close()
      if (trouble) throw unwritten(trouble, call.out)
      // One look at the clock: the words and the JSON tell the same time.
      const whole = progress()
      const code = codeOf(over, stopping.code(), whole)
      if (args.flags.quiet !== true) tell(telling, tally, whole, call, over, work.mostUsd)
      if (tally.refused + tally.cut > 0 && isWatched(setup.settings))
        for (const line of await (await import('./lab/quality-watch.ts')).lately(setup)) telling.note(line)
      if (args.flags.json === true) await io.write(`${asJson(summaryOf(tally, whole, call, over, code))}\n`)
      return code
    } finally {
      stopping.close()
      await telemetry?.close()
    }
  } finally {
    setup.close()
  }
}

/** Rows of this input that have their answer; with --force others may have one, too. */
async function answeredBefore({ done }: Outbox, { source }: Input): Promise<number> {
  let rows = 0
  if (done.size > 0) for await (const row of rowsOf(source)) if (!isBad(row) && done.has(row.id)) rows++
  return rows
}
