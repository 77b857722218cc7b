/**
 * `claude-tui import`: takes in conversations from our own exports and from Claude's, all of a file or nothing of it.
 * What the forms look like is known to `core/history/import`.
 */

import { type Args, UsageError } from '../../args.ts'
import { Unreadable } from '../../core/history/import/arrival.ts'
import { arrivalsIn } from '../../core/history/import/arrivals.ts'
import { batchesOf } from '../../core/history/import/batches.ts'
import { type Problem, sayProblem } from '../../core/problem.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { incoming } from '../../io/files/incoming.ts'
import { type Brought, HistoryTrouble, type Newcomer, type Sequel } from '../../io/history.ts'
import { newcomer } from '../history/newcomer.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { openPatiently, troubleInWords } from '../sessions/found.ts'
import { leftOutInWords, mendedLines, report } from './imported.ts'
import { asJson } from './sink.ts'

export interface ImportIo extends Pick<SessionsIo, 'write' | 'err' | 'path' | 'nowMs'> {
  readonly stdin: NodeJS.ReadStream
}

const HELP = [
  '  claude-tui import FILE    conversations as json or jsonl, as `claude-tui sessions export` writes them,',
  "                            or Claude's data export: the .zip, or the conversations.json in it",
  '  claude-tui import -       the same from stdin',
  '',
  'What is here already stays as it is and grows by what has been added to it since; what has gone another way',
  'comes as a copy. --dry-run takes nothing in; --json tells what became of each; --demo: into the history of the',
  'demo.',
].join('\n')

/** Runs `import`. Resolves to the exit code. */
export async function runImport({ flags, rest }: Args, io: ImportIo): Promise<number> {
  if (flags.help !== undefined) {
    await io.write(`${HELP}\n`)
    return EXIT.ok
  }
  try {
    await importFile(rest, flags.json === true, flags['dry-run'] === true, io)
    return EXIT.ok
  } catch (error) {
    const said = inWords(error)
    if (!said) throw error
    if (flags.json === true) await io.write(`${asJson({ error: said.message, conversations: [] })}\n`)
    io.err(said.message)
    return said.code
  }
}

function inWords(error: unknown): { readonly message: string; readonly code: number } | null {
  if (error instanceof Ending) return error
  if (error instanceof HistoryTrouble) return { message: troubleInWords(error), code: EXIT.key }
  if (!(error instanceof Unreadable)) return null
  return { message: `${sayProblem(error.problem)}. Nothing was imported.`, code: EXIT.usage }
}

async function importFile(rest: readonly string[], isJson: boolean, isTrial: boolean, io: ImportIo): Promise<void> {
  const [file, extra] = rest
  if (file === undefined || extra !== undefined) {
    const came = extra === undefined ? 'nothing came' : `"${rest.join(' ')}" came`
    throw new UsageError(
      `Expected one file, or - for stdin; ${came}. As a prompt: claude-tui -- import ${rest.join(' ')}`.trim(),
    )
  }
  const texts = await incoming(file, io.stdin)
  const leftOut = new Map<string, number>()
  const mended: Problem[] = []
  /** Turns on the branch that is shown, by the names of the conversations. */
  const shown = new Map<string, number>()
  const newcomers = function* (): Generator<Newcomer | Sequel> {
    for (const { name, text } of texts.found) {
      for (const arrival of arrivalsIn(text, name, io.nowMs())) {
        for (const problem of arrival.mended) mended.push(problem)
        for (const [what, times] of arrival.leftOut) leftOut.set(what, (leftOut.get(what) ?? 0) + times)
        yield newcomer(arrival, (uid, turns) => shown.set(uid, turns))
      }
    }
  }
  const brought = isTrial ? tried(newcomers()) : await bring(newcomers(), io)
  if (isJson) {
    const told = { leftOut: Object.fromEntries(leftOut), files: texts.others, mended: mended.map(sayProblem) }
    return io.write(`${asJson({ dryRun: isTrial, conversations: brought, ...told })}\n`)
  }
  for (const line of [...report(brought, shown, isTrial), ...mendedLines(mended)]) io.err(line)
  if (leftOut.size > 0) io.err(`Left out, and named where it stood: ${leftOutInWords(leftOut)}.`)
  if (texts.others.length > 0) io.err(`Not conversations, and left out: ${texts.others.map(sanitiseLine).join(', ')}.`)
}

async function bring(newcomers: Iterable<Newcomer | Sequel>, { path, nowMs }: ImportIo): Promise<readonly Brought[]> {
  const history = await openPatiently(path)
  try {
    const brought = history.bring(newcomers, nowMs())
    history.rest()
    return brought
  } finally {
    history.close()
  }
}

/** What would come, read to its end. */
function tried(newcomers: Iterable<Newcomer | Sequel>): readonly Brought[] {
  return Array.from(newcomers, (one) => {
    const { uid } = one
    let turns = 0
    for (const { turn } of 'after' in one ? batchesOf(one.events) : one.batches) if (turn !== null) turns++
    return { uid, fate: turns > 0 ? 'new' : 'empty', turns, isBinned: false } as const
  })
}
