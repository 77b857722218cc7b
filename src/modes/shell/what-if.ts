/** `claude-tui what-if`: prices what was asked once more, offline, as if something else had been chosen. */

import { type Args, UsageError } from '../../args.ts'
import { habitIn } from '../../core/cache/pauses.ts'
import { dayAt, dayNamed } from '../../core/lab/tally/tally.ts'
import { type Change, replayAll } from '../../core/lab/what-if/replay.ts'
import { offBy, type WhatIf, whatIfReport } from '../../core/lab/what-if/report.ts'
import { CATALOGUE, isKnown, type Models, modelCard, modelNames, overlay, suggest } from '../../core/models.ts'
import { sayProblem } from '../../core/problem.ts'
import { settingRow } from '../../core/settings.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import type { History } from '../../io/history.ts'
import { settingsOf, written } from '../lab/shell.ts'
import { sinceOf, wholeDays } from '../lab/since.ts'
import { USUAL_SPAN } from '../lab/stats.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { openIfThere } from '../sessions/found.ts'
import { inShell } from './frame.ts'
import { asJson } from './sink.ts'

/** Answers in the ledger whose pauses are looked at, as the chat does. */
const ANSWERS = 300

/** Resolves to the exit code. */
export const runWhatIf = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, { name: 'what-if', asIn: 'claude-tui what-if --model fast', work: () => tell(args, io) })

async function tell({ flags }: Args, io: SessionsIo): Promise<number> {
  const models = overlay(CATALOGUE, settingsOf(io).models)
  const change = changeOf(flags, models)
  const since = wholeDays(sinceOf((flags.since as string | undefined) ?? USUAL_SPAN, io.nowMs()))
  if (typeof since === 'string') throw new UsageError(`--since takes ${since}.`)
  const history = await openIfThere(io.path)
  try {
    const found = history && whatIf(history, models, change, since.fromMs)
    if (flags.json === true) await io.write(`${asJson(inJson(found, change))}\n`)
    else if (!found || found.again.answers === 0) {
      const demo = io.demoPath === undefined ? '' : ' What was asked of the demo: claude-tui what-if --demo'
      await io.write(`Nothing was asked in that time, so there is nothing to price.${demo}\n`)
    } else await io.write(written(whatIfReport(found, models), io))
    return EXIT.ok
  } finally {
    history?.close()
  }
}

/** @throws UsageError for what is none */
function changeOf(flags: Args['flags'], models: Models): Change {
  const { model, 'cache-ttl': ttl, 'summarise-at': share, batch } = flags
  if (typeof model === 'string' && !isKnown(model, models)) {
    const near = suggest(model, modelNames(models))
    const wayOut =
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'The setting "models" takes prices of your own.'
    throw new UsageError(`--model takes a model whose prices are known; "${model}" came. ${wayOut}`)
  }
  const reading = typeof share === 'string' ? settingRow('summariseAt').parse(share) : null
  if (reading && 'problem' in reading)
    throw new UsageError(`${sayProblem({ ...reading.problem, where: '--summarise-at' })}.`)
  const change: Change = {
    ...(typeof model === 'string' ? { model: modelCard(model, models).id } : {}),
    ...(typeof ttl === 'string' ? { cacheTtl: ttl as NonNullable<Change['cacheTtl']> } : {}),
    ...(reading ? { summariseAt: reading.value as number } : {}),
    ...(batch === true ? { batch } : {}),
  }
  if (Object.keys(change).length > 0) return change
  throw new UsageError(
    'what-if takes what is to be otherwise, and nothing came: --model fast, --cache-ttl 1h, --summarise-at 0.6 or --batch, also together.',
  )
}

export function whatIf(
  history: Pick<History, 'sent' | 'answers'>,
  models: Models,
  change: Change,
  fromMs: number | null,
): WhatIf {
  const rows = history.sent(fromMs ?? 0)
  const habit = habitIn(history.answers(ANSWERS))
  return {
    since: fromMs === null ? null : dayNamed(dayAt(fromMs)),
    conversations: new Set(rows.filter(({ purpose }) => purpose === 'turn').map(({ conversation }) => conversation))
      .size,
    batchRows: rows.filter(({ purpose }) => purpose === 'batch').length,
    billedUsd: rows.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
    billedIsEstimate: rows.some(({ costUsd, outputIsEstimate }) => costUsd !== null && outputIsEstimate),
    again: replayAll(rows, {}, models, habit),
    changed: replayAll(rows, change, models, habit),
    change,
  }
}

function inJson(found: WhatIf | null, change: Change) {
  if (!found) return { type: 'what-if', change, answers: 0 }
  const { since, conversations, batchRows, billedUsd, billedIsEstimate, again, changed } = found
  const estimate = (value: number) => ({ value: Math.round(value * 1e9) / 1e9 || 0, from: 'estimate' })
  return {
    ...{ type: 'what-if', change, since, conversations, answers: again.answers, batchRows },
    billedUsd: Math.round(billedUsd * 1e9) / 1e9,
    billedIsEstimate,
    ...{ againUsd: estimate(again.usd), offBy: offBy(found) },
    ...{ costUsd: estimate(changed.usd), savedUsd: estimate(again.usd - changed.usd) },
    ...{ readTokens: changed.readTokens, promptTokens: changed.promptTokens, summaries: changed.summaries },
    ...{ unpriced: changed.unpriced, tooLong: changed.tooLong },
  }
}
