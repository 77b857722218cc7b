/** How a batch begins: alone with its files, with what its rows share and may cost, and as the one that was begun before. */

import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { type Args, UsageError } from '../../args.ts'
import type { Shared } from '../../core/batch/request.ts'
import { changedSince, type RunFile } from '../../core/batch/run-file.ts'
import { modelCard, shortName } from '../../core/models.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { lock, readRun, runPath, writeRun } from '../../io/batch/beside.ts'
import { failedPath } from '../../io/batch/outbox.ts'
import type { Setup } from '../../setup.ts'
import type { BatchCall } from './call.ts'
import type { Input } from './input.ts'

/** @throws Ending */
export function locked(out: string): () => void {
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

export function sharedOf({ prefix, offload }: BatchCall, { state }: Setup): Shared {
  // At the server a row may be done an hour after the first.
  const cacheTtl = offload && (state.choices.cacheTtl ?? 'auto') === 'auto' ? '1h' : state.choices.cacheTtl
  const choices = { ...state.choices, stream: offload === null, ...(cacheTtl === undefined ? {} : { cacheTtl }) }
  return { choices, models: state.models, ...prefix }
}

/** What `--max-cost` and the budgets of a session and a day leave; null: there are none. @throws Ending */
export function mostUsdOf({ flags }: Args, { settings, state }: Setup, todayUsd: number): number | null {
  const most = [
    flags['max-cost'] === undefined ? null : settings.maxCostTurn,
    settings.maxCostSession,
    settings.maxCostDay === null ? null : Math.max(0, settings.maxCostDay - todayUsd),
  ].filter((usd) => usd !== null)
  if (most.length === 0) return null
  const { prices } = modelCard(state.choices.model, state.models)
  if (prices) return Math.min(...most)
  throw new Ending(
    EXIT.overBudget,
    `The price of ${shortName(state.choices.model, state.models)} is unknown: no budget can hold it. The setting "models" takes prices of your own.`,
  )
}

/** The run as it stands beside its answers, begun now if it was not before. @throws UsageError when it cannot go on */
export function begun(call: BatchCall, input: Input, shared: Shared): RunFile {
  const { model, system, maxTokens, effort, concise = false } = shared.choices
  const chosen = JSON.stringify([model, system, maxTokens, effort, concise, call.template, call.prefix])
  const choices = createHash('sha256').update(chosen).digest('hex')
  const isOffloaded = call.offload !== null
  const before = readRun(call.out)
  const wayOut =
    'Name another file with -o, or go on all the same with --force: what is answered there stays, and is told by its id.'
  if (before === 'damaged' && !call.isForced)
    throw new UsageError(`"${runPath(call.out)}" is not what a batch has left there. ${wayOut}`)
  const stray = before === null && [call.out, failedPath(call.out)].find((path) => sizeOf(path) > 0)
  if (stray && !call.isForced)
    throw new UsageError(`"${stray}" is there already, and no batch has left word beside it. ${wayOut}`)
  const earlier = before === 'damaged' ? null : before
  const why = earlier && changedSince(earlier, { input: input.digest, choices, isOffloaded })
  if (why && !call.isForced) throw new UsageError(`${why} ${wayOut}`)
  if (earlier && !why) return earlier
  if (earlier?.offloaded?.batches.some(({ isCollected }) => !isCollected))
    throw new UsageError(
      `${why} And some of it is at the server, paid for: fetch that first with the command as it was, or name another file with -o.`,
    )
  const fresh = { format: 'claude-tui batch', version: 1, input: input.digest, choices, rows: input.rows } as const
  const token = createHash('sha256').update(`${input.digest}${Date.now()}${process.pid}`).digest('hex').slice(0, 12)
  const offloaded = isOffloaded ? { token, upTo: 0, asked: null, batches: [] } : null
  const run: RunFile = { ...fresh, startedMs: earlier?.startedMs ?? Date.now(), offloaded }
  writeRun(call.out, run)
  return run
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
