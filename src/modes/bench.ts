/**
 * `claude-tui bench`: the same prompts again and again, by models, efforts, states of the cache and sizes, or by one
 * thing changed. Here is what a call does from its flags to its exit code; how runs follow each other is in
 * `bench/conduct`, what they come to in `core/lab/bench`.
 */

import { accessSync, constants, statSync } from 'node:fs'
import { type Args, UsageError } from '../args.ts'
import { type Arm, armsOf, versus } from '../core/lab/bench/arms.ts'
import { type BenchDocument, benchDocument } from '../core/lab/bench/document.ts'
import { asCsv, asMarkdown, type Format } from '../core/lab/bench/export.ts'
import { sizePlot } from '../core/lab/bench/plots.ts'
import { benchReport, sayCost, shortTable } from '../core/lab/bench/report.ts'
import { savedBench } from '../core/lab/bench/saved.ts'
import { seeded } from '../core/lab/stats/seeded.ts'
import { modelCard, resolveModel } from '../core/models.ts'
import { quote } from '../core/problem.ts'
import { usualEffort } from '../core/request/manner.ts'
import { remarkRows } from '../core/text/remark.ts'
import { sanitise } from '../core/text/sanitise.ts'
import { type Theme, theme } from '../core/text/theme.ts'
import { Ending, EXIT, exitCode, NO_KEY, sayInAScript } from '../core/turn/outcome.ts'
import { type Benches, createBenches } from '../io/benches.ts'
import { newFile } from '../io/files/new-file.ts'
import { setUp } from '../setup.ts'
import { VERSION } from '../version.ts'
import { agreed } from './bench/agreed.ts'
import { type BenchAsked, benchAsked } from './bench/asked.ts'
import { type Conducted, conduct } from './bench/conduct.ts'
import { planOf } from './bench/plan.ts'
import { sayProgress } from './bench/progress.ts'
import { openPurse } from './bench/purse.ts'
import { untilSignalled } from './bench/signals.ts'
import type { SessionsIo } from './sessions/call.ts'
import { inShell } from './shell/frame.ts'
import { asJson } from './shell/sink.ts'
import { createTelling } from './telling.ts'

export interface BenchIo extends SessionsIo {
  readonly stdin: NodeJS.ReadStream
  readonly stderr: NodeJS.WriteStream
}

/** Columns of a page that is no terminal. */
const PAGE = 80

/** Resolves to the exit code. */
export const runBench = (args: Args, io: BenchIo): Promise<number> => {
  const flags = args.flags.format === 'json' ? { ...args.flags, json: true as const } : args.flags
  return inShell({ ...args, flags }, io, { name: 'bench', work: () => bench({ ...args, flags }, io) })
}

async function bench(args: Args, io: BenchIo): Promise<number> {
  const { flags } = args
  const { models, effort: _, ...others } = flags
  const first = typeof models === 'string' ? models.split(',')[0]!.trim() : undefined
  const setup = await setUp(
    { command: 'chat', flags: { ...others, ...(first ? { model: first } : {}) }, rest: [] },
    process.env,
    { kind: 'single' },
  )
  const signalled = untilSignalled()
  try {
    const { api } = setup
    if (!api) throw new Ending(EXIT.key, NO_KEY)
    const asked = await benchAsked(args, io.stdin, setup.origin.model === 'default' ? null : setup.settings.model)
    const benches = createBenches(process.env)
    const against = asked.against === null ? null : { name: asked.against, document: saved(asked.against, benches) }
    const { arms, isVersus } = armsAsked(asked, setup.state, setup.settings.presets, args)
    if (asked.output) checkOutput(asked.output.path)
    // Behind what is asked wrongly: nobody reads of a server that is not called.
    if (flags.quiet !== true) for (const note of setup.notes) io.err(sanitise(note))
    const plan = await planOf(args, { ...setup, api }, asked, arms, { note: io.err, signal: signalled.signal })
    if (setup.isDemo && flags.speed === undefined && flags.quiet !== true)
      io.err('The demo server takes its time, as the models do: --speed 8 is over in an eighth of it.')
    const telling = createTelling(io.stderr, flags.quiet === true, () => performance.now())
    const purse = await openPurse(setup, telling.note)
    try {
      await agreed({ args, setup, plan, purse, io, asked, signal: signalled.signal })
      const conducted = await conduct(plan, {
        ...{ api, now: () => performance.now(), chance: seeded(asked.seed), stallAfterMs: setup.settings.stallAfterMs },
        ...{ isRetried: flags.retry === true, signal: signalled.signal, ...purse },
        progress: (told) => telling.progress(() => sayProgress(told, purse.spentUsd())),
      })
      telling.close()
      const document = benchDocument({
        ...{ at: new Date(io.nowMs()).toISOString(), program: VERSION, server: setup.isDemo ? 'demo' : setup.baseUrl },
        ...{ prompts: asked.prompts.length, warmUps: asked.warmUps, seed: asked.seed, runs: conducted.runs },
        spentUsd: purse.spent(),
        stopped: sayStopped(conducted),
        error: conducted.stopped?.why === 'failures' ? sayInAScript(conducted.stopped.failure) : null,
        arms: arms.map((arm) => {
          const card = modelCard(resolveModel(arm.choices.model), setup.state.models)
          const effort = arm.choices.effort ?? usualEffort(arm.choices, card)
          return { name: arm.name, model: card.id, effort, cache: arm.cache, padding: arm.padding }
        }),
        ...{ isVersus, against, limits: asked.limits },
      })
      if (document.error !== null) {
        const spent = document.spentUsd?.value === 0 ? '' : ` ${sayCost(document)}`
        io.err(sanitise(`${document.error}${spent}`))
      }
      // Tables without a figure say nothing.
      const isBare = document.error !== null && document.runs.every(({ end }) => end !== 'finished')
      if (!isBare || asked.format !== 'text') await tell(document, asked, flags, io)
      for (const line of plan.afterwards(document)) io.err(line)
      if (asked.save !== null) keep(asked.save, document, benches, io)
      return signalled.code() ?? codeOf(document, conducted)
    } finally {
      await purse.close()
    }
  } finally {
    signalled.done()
    setup.close()
  }
}

/** @throws UsageError */
function armsAsked(
  { grid, vs }: BenchAsked,
  state: Parameters<typeof armsOf>[0],
  rows: Parameters<typeof armsOf>[2],
  { many }: Args,
): { readonly arms: readonly Arm[]; readonly isVersus: boolean } {
  const arms = armsOf(state, grid, rows)
  if (typeof arms === 'string') throw new UsageError(arms)
  if (vs === null) return { arms, isVersus: false }
  const found = versus(state, arms[0]!, vs, rows, (many?.attach ?? []).length > 0)
  if (typeof found === 'string') throw new UsageError(found)
  return { arms: [found.baseline, ...found.others], isVersus: true }
}

/** @throws UsageError */
function saved(name: string, benches: Benches): Pick<BenchDocument, 'arms' | 'runs'> {
  const json = benches.read(name)
  if (json === null) {
    const names = benches.names()
    const known =
      names.length > 0 ? `Kept are ${names.join(', ')}.` : `None is kept yet: claude-tui bench --save ${name}`
    throw new UsageError(`No bench is kept under the name ${quote(name)}. ${known}`)
  }
  const document = savedBench(json)
  if (typeof document !== 'string') return document
  throw new UsageError(
    `The bench ${quote(name)} cannot be read: ${document}. Measure it anew: claude-tui bench --save ${name}`,
  )
}

function sayStopped({ stopped }: Conducted): string | null {
  switch (stopped?.why) {
    case undefined:
      return null
    case 'signal':
      return 'Stopped before its end: these are the runs that were measured until then.'
    case 'budget':
      return 'Stopped: another run could have passed the budget. These are the runs until then.'
    case 'failures':
      return `Stopped, for going on would have changed nothing: ${sayInAScript(stopped.failure)}`
  }
}

async function tell(document: BenchDocument, asked: BenchAsked, flags: Args['flags'], io: BenchIo): Promise<void> {
  const { columns, theme: look } = io.terminal?.() ?? { columns: PAGE, theme: plain() }
  await io.write(written(document, asked.format, { columns, look, isShort: flags.table === true }))
  if (!asked.output) return
  const { path, format } = asked.output
  try {
    const file = newFile(path, true)
    file.write(written(document, format, { columns: PAGE, look: plain(), isShort: false }))
    file.done()
    io.err(`Written to ${quote(path)}.`)
  } catch (error) {
    throw new Ending(
      EXIT.usage,
      `${quote(path)} could not be written: ${(error as Error).message}. Expected a file in a folder that is there.`,
    )
  }
}

const plain = () => theme({ colour: 'none', links: false })

interface Page {
  readonly columns: number
  readonly look: Theme
  readonly isShort: boolean
}

function written(document: BenchDocument, format: Format, { columns, look, isShort }: Page): string {
  switch (format) {
    case 'json':
      return `${asJson(document)}\n`
    case 'md':
      return asMarkdown(document)
    case 'csv':
      return asCsv(document)
    case 'text': {
      const remark = isShort ? shortTable(document) : benchReport(document, columns)
      const rows = remarkRows(remark, columns, look)
      const chart = isShort ? null : sizePlot(document, columns)
      return `${[...rows, ...(chart === null ? [] : ['', chart])].join('\n')}\n`
    }
  }
}

/** Whether the runs that are paid for will find their place. @throws UsageError */
function checkOutput(path: string): void {
  try {
    const there = statSync(path, { throwIfNoEntry: false })
    if (!there || there.isFile() || there.isDirectory()) newFile(path, true).drop()
    else accessSync(path, constants.W_OK)
  } catch (error) {
    throw new UsageError(
      `Not begun: ${quote(path)} cannot be written: ${(error as Error).message}. Expected a file in a folder that is there.`,
    )
  }
}

function keep(name: string, document: BenchDocument, benches: Benches, { err }: BenchIo): void {
  try {
    benches.write(name, `${JSON.stringify(document)}\n`)
  } catch (error) {
    throw new Ending(EXIT.unexpected, `The bench could not be kept as ${quote(name)}: ${(error as Error).message}.`)
  }
  err(`Kept as ${quote(name)}: claude-tui bench --against ${name} compares with it.`)
}

/** What went wrong, the gravest first. */
function codeOf({ runs, limits }: BenchDocument, { stopped }: Conducted): number {
  if (stopped?.why === 'budget') return EXIT.overBudget
  if (stopped?.why === 'failures')
    return exitCode({ end: { type: 'failed', at: 0, failure: stopped.failure }, answer: '' })
  if (runs.length > 0 && runs.every(({ end }) => end !== 'finished')) return EXIT.unexpected
  const missed = new Set(limits.filter(({ isMissed }) => isMissed).map(({ of }) => of))
  if (missed.has('ttft') || missed.has('ttlt') || missed.has('otps')) return EXIT.late
  if (missed.has('cost')) return EXIT.overBudget
  return missed.has('failures') ? EXIT.unexpected : EXIT.ok
}
