/**
 * `claude-tui batch`: many prompts, each answered exactly once. The answers are in a file the moment they come, so the same
 * command goes on after any end; what is done there stays done.
 */

import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { type Args, UsageError } from '../args.ts'
import type { AnswerLine } from '../core/batch/answer.ts'
import { type Progress, progressLine, ratePerSecond } from '../core/batch/progress.ts'
import type { Shared } from '../core/batch/request.ts'
import { changedSince, type RunFile } from '../core/batch/run-file.ts'
import { newTally, sayTally, type Tally } from '../core/batch/tally.ts'
import { Ending, EXIT, exitCode, NO_KEY } from '../core/outcome.ts'
import type { Failure } from '../core/turn.ts'
import { count, money } from '../core/words.ts'
import { lock, readRun, runPath, writeRun } from '../io/batch/beside.ts'
import { BadLine } from '../io/batch/lines.ts'
import { failedPath, openOutbox } from '../io/batch/outbox.ts'
import { dayStart } from '../io/wall-clock.ts'
import { type Setup, setUp } from '../setup.ts'
import { type BatchCall, readCall } from './batch/call.ts'
import { checkedInput, type Input } from './batch/input.ts'
import { openPaying } from './batch/paying.ts'
import { createStopping } from './batch/stopping.ts'
import { createTelling, type Telling } from './batch/telling.ts'
import type { Work } from './batch/work.ts'
import { keepHeapLean } from './lean-heap.ts'
import type { SessionsIo } from './sessions/call.ts'
import { inShell } from './shell-frame.ts'
import { asJson } from './sink.ts'

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

/** @throws Ending */
function locked(out: string): () => void {
  let letGo: (() => void) | null
  try {
    letGo = lock(out)
  } catch (error) {
    throw new UsageError(
      `The answers cannot be written to "${out}" (${(error as NodeJS.ErrnoException).code}). Name another file with -o.`,
    )
  }
  if (letGo) return letGo
  throw new UsageError(`Another program is writing "${out}" just now. Wait for it, or name another file with -o.`)
}

async function withSetup(args: Args, call: BatchCall, input: Input, telling: Telling, io: SessionsIo): Promise<number> {
  const setup = await setUp(args, process.env, { kind: 'single', mode: 'single' })
  const { api, state, settings } = setup
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
    const before = outbox.done.size
    const startedAt = now()
    const progress = (): Progress => ({
      ...{ rows: input.rows, answered: before + tally.answered, failed: tally.failed, answeredNow: tally.answered },
      ...{ elapsedMs: now() - startedAt, usd: tally.isPriced ? tally.usd : null, isEstimate: tally.isEstimate },
    })
    const stopping = createStopping(() =>
      telling.note('Stopping: what is under way comes to its end first. Once more stops at once.'),
    )
    let trouble: unknown = null
    try {
      if (before > 0 && before < input.rows)
        telling.note(`Going on: ${count(before, 'row')} of ${input.rows.toLocaleString('en-US')} were answered before.`)
      if (call.kind.suggestsOffload && !call.offload)
        telling.note('Nobody waits for an overnight batch: --offload does it for half the price, within 24 hours.')
      const work: Work = {
        ...{
          call,
          setup: { ...setup, api },
          shared,
          source: input.source,
          run,
          outbox,
          paying,
          tally,
          stopping,
          telling,
          now,
        },
        mostUsd: mostUsdOf(args, settings, paying.spentSince(dayStart(Date.now()))),
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
      const code = codeOf(over, stopping.code(), progress())
      if (args.flags.quiet !== true) tell(telling, tally, progress(), call, over, work.mostUsd)
      if (args.flags.json === true) await io.write(`${asJson(summaryOf(tally, progress(), call, over, code))}\n`)
      return code
    } finally {
      stopping.close()
    }
  } finally {
    setup.close()
  }
}

/** Why a run has ended before its end. `at the server`: the rest comes later. */
export type Over = Failure | 'over' | 'at the server' | null

function codeOf(over: Over, signal: number | null, { rows, answered, failed }: Progress): number {
  if (over === 'over') return EXIT.overBudget
  if (over !== null && over !== 'at the server')
    return exitCode({ end: { type: 'failed', at: 0, failure: over }, answer: '' })
  if (signal !== null && answered + failed < rows) return signal
  return failed > 0 ? EXIT.limited : EXIT.ok
}

function tell(
  telling: Telling,
  tally: Tally,
  progress: Progress,
  call: BatchCall,
  over: Over,
  mostUsd: number | null,
): void {
  if (over === 'over')
    telling.note(
      `Stopped at the budget: ${money(mostUsd ?? 0)} would not pay for another answer. Raise --max-cost, or lower --max-tokens, which is what each is taken to cost.`,
    )
  else if (over !== null && over !== 'at the server') telling.note(`Stopped: ${over.reason} ${over.remedy}`)
  if (progress.answeredNow === 0 && progress.answered === progress.rows && tally.failed === 0) {
    telling.note(`All ${count(progress.rows, 'row')} were answered before: nothing was sent.`)
    return
  }
  if (over === 'at the server' && tally.answered === 0 && tally.failed === 0) return
  for (const line of sayTally(tally, progress, failedPath(call.out))) telling.note(line)
}

function summaryOf(tally: Tally, progress: Progress, call: BatchCall, over: Over, code: number): object {
  const { rows, answered, failed, answeredNow, elapsedMs, usd } = progress
  const { requests, limited, refused, cut, promptTokens, cacheRead, cacheWritten, outputTokens } = tally
  return {
    ...{ type: 'batch', rows, answered, answeredNow, failed, left: rows - answered - failed },
    ...{
      refused,
      cutShort: cut,
      requests,
      limited,
      elapsedMs: Math.round(elapsedMs),
      perSecond: ratePerSecond(progress),
    },
    ...{ costUsd: usd, costIsEstimate: tally.isEstimate, savedUsd: tally.isPriced ? tally.savedUsd : null },
    tokens: { prompt: promptTokens, cacheRead, cacheWritten, output: outputTokens },
    ...{ output: call.out, failures: failed > 0 ? failedPath(call.out) : null },
    ended: over === null ? null : over === 'over' ? 'budget' : over === 'at the server' ? 'at the server' : over,
    exitCode: code,
  }
}

/** What `--max-cost` and the budgets of a session and a day leave; null: there are none. */
function mostUsdOf({ flags }: Args, settings: Setup['settings'], todayUsd: number): number | null {
  const most = [
    flags['max-cost'] === undefined ? null : settings.maxCostTurn,
    settings.maxCostSession,
    settings.maxCostDay === null ? null : Math.max(0, settings.maxCostDay - todayUsd),
  ].filter((usd) => usd !== null)
  return most.length === 0 ? null : Math.min(...most)
}

function sharedOf({ prefix, offload }: BatchCall, { state }: Setup): Shared {
  // At the server a row may be done an hour after the first.
  const cacheTtl = offload && (state.choices.cacheTtl ?? 'auto') === 'auto' ? '1h' : state.choices.cacheTtl
  const choices = { ...state.choices, stream: offload === null, ...(cacheTtl === undefined ? {} : { cacheTtl }) }
  return { choices, models: state.models, ...prefix }
}

/** The run as it stands beside its answers, begun now if it was not before. @throws UsageError when it cannot go on */
function begun(call: BatchCall, input: Input, shared: Shared): RunFile {
  const { model, system, maxTokens, effort, concise = false } = shared.choices
  const chosen = JSON.stringify([model, system, maxTokens, effort, concise, call.template, call.prefix])
  const choices = createHash('sha256').update(chosen).digest('hex')
  const isOffloaded = call.offload !== null
  const before = readRun(call.out)
  const wayOut =
    'Name another file with -o, or go on all the same with --force: what is answered there stays, and is told by its id.'
  if (before === 'damaged' && !call.isForced)
    throw new UsageError(`"${runPath(call.out)}" is not what a batch has left there. ${wayOut}`)
  if (before === null && !call.isForced && (statSync(call.out, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new UsageError(`"${call.out}" is there already, and no batch has left word beside it. ${wayOut}`)
  const earlier = before === 'damaged' ? null : before
  const why = earlier && changedSince(earlier, { input: input.digest, choices, isOffloaded })
  if (why && !call.isForced) throw new UsageError(`${why} ${wayOut}`)
  if (earlier && !why) return earlier
  const fresh = { format: 'claude-tui batch', version: 1, input: input.digest, choices, rows: input.rows } as const
  const token = createHash('sha256').update(`${input.digest}${Date.now()}${process.pid}`).digest('hex').slice(0, 12)
  const offloaded = isOffloaded ? { token, upTo: 0, asked: null, batches: [] } : null
  const run: RunFile = { ...fresh, startedMs: earlier?.startedMs ?? Date.now(), offloaded }
  writeRun(call.out, run)
  return run
}

/** @throws UsageError */
function inWords({ out }: BatchCall): (error: unknown) => never {
  return (error) => {
    if (error instanceof BadLine)
      throw new UsageError(
        `Line ${error.line} of "${out}": ${error.message}. Name another file with -o, or take that line away.`,
      )
    throw unwritten(error, out)
  }
}

/** A disk's own trouble in words; anything else is a mistake of ours. */
function unwritten(error: unknown, out: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string') return error
  const why = code === 'ENOSPC' ? 'no space is left on the device' : code
  return new Ending(
    EXIT.unexpected,
    `"${out}" could not be written: ${why}. What is in it stays; the same command goes on with it.`,
  )
}
