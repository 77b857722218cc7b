/** `claude-tui quality`: whether answers fit, how long they were, what was declined or cut, and how that has changed. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Args, UsageError } from '../../args.ts'
import {
  type Condition,
  conditionIn,
  conditionsOf,
  needsBaseline,
  passedBy,
  unmeasured,
} from '../../core/lab/quality/limits.ts'
import { type Baseline, type Look, qualityInJson, qualityReport } from '../../core/lab/quality/report.ts'
import { type Answered, type Quality, qualityOf, sampled } from '../../core/lab/quality.ts'
import { resolveModel } from '../../core/models.ts'
import { remarkRows } from '../../core/text/remark.ts'
import { theme } from '../../core/text/theme.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import { sinceOf } from '../lab/since.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { openIfThere } from '../sessions/found.ts'
import { inShell } from './frame.ts'
import { asJson } from './sink.ts'

/** How far back it looks when nobody says. */
const SINCE = '7d'
/** Columns of a page that is no terminal. */
const PAGE = 100
/** Something is not as it may be. */
const FAILED = 1

/** Resolves to the exit code. */
export const runQuality = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, { name: 'quality', asIn: 'claude-tui quality --since 7d', work: () => tell(args, io) })

async function tell({ flags, many }: Args, io: SessionsIo): Promise<number> {
  const since = sinceOf((flags.since as string | undefined) ?? SINCE, io.nowMs())
  if (typeof since === 'string') throw new UsageError(`--since takes ${since}.`)
  const { when } = since
  const fromMs = since.fromMs ?? 0
  const baseline = typeof flags.against === 'string' ? loaded(flags.against, io.path) : null
  const asked = (many?.['fail-if'] ?? []).map(conditionGiven)
  const lacking = asked.find(needsBaseline)
  if (lacking && !baseline)
    throw new UsageError(`--fail-if '${lacking.said}' compares with a baseline: add --against NAME.`)
  const saving = flags.save === undefined ? null : nameOf('--save', flags.save)
  const settings = io.settings?.()
  const history = await openIfThere(io.path)
  const answers = history?.answered(fromMs) ?? []
  history?.close()
  const wanted = typeof flags.model === 'string' ? resolveModel(flags.model) : ''
  const mine = answers.filter(({ model }) => model.includes(wanted))
  const all = qualityOf(mine)
  const conditions = [...asked, ...(settings ? conditionsOf(settings) : [])]
  const alerts = [...passedBy(all, conditions, baseline?.quality ?? null), ...unmeasured(all, asked)]
  const look: Look = { when, all, byModel: byModel(mine), baseline, alerts }
  if (saving !== null) save(saving, all, io)
  if (flags.json === true) await io.write(`${asJson(qualityInJson(look, new Date(fromMs).toISOString()))}\n`)
  else if (all.answers === 0) await io.write(`${[`No answer ${when}.`, ...alerts].join('\n')}\n`)
  else {
    const { columns, theme: look2 } = io.terminal?.() ?? {
      columns: PAGE,
      theme: theme({ colour: 'none', links: false }),
    }
    await io.write(`${remarkRows(qualityReport(look), columns, look2).join('\n')}\n`)
  }
  if (saving !== null && flags.json !== true)
    io.err(`Saved as ${saving}: \`claude-tui quality --against ${saving}\` compares with it.`)
  return alerts.length > 0 ? FAILED : EXIT.ok
}

function conditionGiven(text: string): Condition {
  const condition = conditionIn(text)
  if (typeof condition === 'string') throw new UsageError(condition)
  return condition
}

const byModel = (answers: readonly Answered[]): readonly (readonly [string, Quality])[] =>
  [...Map.groupBy(answers, ({ model }) => model)]
    .map(([model, those]) => [model, qualityOf(those)] as const)
    .sort(([, a], [, b]) => b.answers - a.answers)

/** @throws UsageError */
function nameOf(flag: string, given: string | true): string {
  if (typeof given === 'string' && /^[\w-][\w.-]{0,63}$/.test(given)) return given
  throw new UsageError(`${flag} takes a name of letters, digits, - and _, such as release-1; "${given}" came.`)
}

const fileOf = (name: string, history: string) => join(dirname(history), 'quality', `${name}.json`)

function save(name: string, quality: Quality, { path, nowMs }: SessionsIo): void {
  const kept = { ...quality, lengths: sampled(quality.lengths) }
  const file = fileOf(name, path)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const baseline: Baseline = { name, saved: new Date(nowMs()).toISOString(), quality: kept }
  writeFileSync(file, `${JSON.stringify(baseline)}\n`, { mode: 0o600 })
}

/** @throws UsageError when there is none, or it is none */
function loaded(given: string, history: string): Baseline {
  const name = nameOf('--against', given)
  let text: string
  try {
    text = readFileSync(fileOf(name, history), 'utf8')
  } catch {
    throw new UsageError(
      `--against ${name}: nothing was saved under that name. \`claude-tui quality --save ${name}\` does.`,
    )
  }
  const baseline = baselineIn(text)
  if (baseline) return { ...baseline, name }
  throw new UsageError(`--against ${name}: ${fileOf(name, history)} is damaged. Save it anew with --save ${name}.`)
}

function baselineIn(text: string): Baseline | null {
  try {
    const { saved, quality } = JSON.parse(text) as Baseline
    const isShare = (one: unknown) =>
      Number.isFinite((one as Quality['invalid']).of) && Number.isFinite((one as Quality['invalid']).count)
    const isFine =
      typeof saved === 'string' &&
      Number.isFinite(quality.answers) &&
      quality.lengths.every((one) => Number.isFinite(one)) &&
      [quality.invalid, quality.refused, quality.truncated].every(isShare)
    return isFine
      ? { name: '', saved, quality: { ...quality, lengths: [...quality.lengths].sort((a, b) => a - b) } }
      : null
  } catch {
    return null
  }
}
