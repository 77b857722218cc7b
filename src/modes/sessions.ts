/**
 * `claude-tui sessions`: finds, shows, exports and tends what was said. Which verb means what is known here; what each
 * does stands in `modes/sessions/`.
 */

import { SUBCOMMANDS } from '../args/subcommands.ts'
import { type Args, UsageError } from '../args.ts'
import { LONGEST } from '../core/conversation/title.ts'
import { suggest } from '../core/models.ts'
import { quote } from '../core/problem.ts'
import { called } from '../core/text/called.ts'
import { sanitiseLine } from '../core/text/sanitise.ts'
import { clip } from '../core/text/wrap.ts'
import { Ending, EXIT } from '../core/turn/outcome.ts'
import { HistoryTrouble } from '../io/history.ts'
import type { Call, SessionsIo } from './sessions/call.ts'
import { Ambiguous, matchLines, openIfThere, troubleInWords } from './sessions/found.ts'
import { conversationInJson, documentOf } from './sessions/json.ts'

export type { SessionsIo } from './sessions/call.ts'

interface Verb {
  readonly takes: string
  readonly tells: string
  /** Flags it knows besides `--json` and `--demo`. */
  readonly flags: readonly string[]
  run(call: Call): Promise<void>
}

const VERBS: Readonly<Record<string, Verb>> = {
  list: {
    takes: '[--limit N] [--deleted]',
    tells: 'earlier conversations, the latest first; with --deleted those in the bin',
    flags: ['limit', 'deleted'],
    run: async (call) => (await import('./sessions/list.ts')).list(call),
  },
  search: {
    takes: 'WORDS [--limit N]',
    tells: 'where all these words were said; the last one may be a beginning',
    flags: ['limit'],
    run: async (call) => (await import('./sessions/list.ts')).search(call),
  },
  show: {
    takes: 'ID',
    tells: 'the whole conversation: rendered on a terminal, Markdown in a pipe',
    flags: [],
    run: async (call) => (await import('./sessions/export.ts')).show(call),
  },
  export: {
    takes: 'ID [-o FILE] [--format md|json|jsonl|html]',
    tells: 'the form by the ending of FILE, else Markdown; --branches, --force; --all: everything, as jsonl',
    flags: ['format', 'output', 'branches', 'all', 'force'],
    run: async (call) => (await import('./sessions/export.ts')).exportOne(call),
  },
  rename: {
    takes: 'ID TITLE',
    tells: 'another name',
    flags: [],
    run: async (call) => (await import('./sessions/tend.ts')).rename(call),
  },
  delete: {
    takes: 'ID...',
    tells: 'into the bin',
    flags: [],
    run: async (call) => (await import('./sessions/tend.ts')).remove(call),
  },
  restore: {
    takes: 'ID...',
    tells: 'out of the bin again',
    flags: [],
    run: async (call) => (await import('./sessions/tend.ts')).restore(call),
  },
  prune: {
    takes: '[--older-than 90d] [--bin]',
    tells: 'remove for good what is older, and what has been in the bin too long (--bin: all of it); --dry-run',
    flags: ['older-than', 'bin', 'dry-run'],
    run: async (call) => (await import('./sessions/tend.ts')).prune(call),
  },
}

const EVERYWHERE = ['json', 'demo', 'help']

/** Runs `sessions` with the words after it. Resolves to the exit code. */
export async function runSessions({ flags, rest: [name = 'list', ...rest] }: Args, io: SessionsIo): Promise<number> {
  const isJson = flags.json === true
  const program = called(flags.demo === true)
  try {
    if (flags.help !== undefined || name === 'help') {
      await io.write(`${help()}\n`)
      return EXIT.ok
    }
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name]! : null
    if (!verb) throw unknownVerb(name, rest, program)
    const stray = Object.keys(flags).find((flag) => !verb.flags.includes(flag) && !EVERYWHERE.includes(flag))
    if (stray)
      throw new UsageError(`\`sessions ${name}\` takes no --${stray}: ${program} sessions ${name} ${verb.takes}`)
    const history = await openIfThere(io.path)
    try {
      await verb.run({ history, flags, rest, io, program })
    } finally {
      history?.close()
    }
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof Ending) && !(error instanceof HistoryTrouble)) throw error
    const matches = error instanceof Ambiguous ? error.matches : []
    const message = error instanceof HistoryTrouble ? troubleInWords(error) : error.message
    if (isJson) {
      for (const piece of documentOf(matches.map(conversationInJson), { error: message })) await io.write(piece)
    }
    io.err(message)
    for (const line of matchLines(matches, io.nowMs(), io.errColumns)) io.err(line)
    return error instanceof Ending ? error.code : EXIT.key
  }
}

function unknownVerb(name: string, rest: readonly string[], program: string): UsageError {
  const near = suggest(name, Object.keys(VERBS))
  const hint = near.length > 0 ? ` Did you mean ${near[0]}?` : ''
  const words = clip(sanitiseLine(['sessions', name, ...rest].join(' ')), 2 * LONGEST)
  return new UsageError(
    `sessions: expected one of ${Object.keys(VERBS).join(', ')}; ${quote(name, LONGEST)} came.${hint} As a prompt: ${program} -- ${words}`,
  )
}

function help(): string {
  const rows = Object.entries(VERBS).flatMap(([name, { takes, tells }]) => [
    `  claude-tui sessions ${name}${takes === '' ? '' : ` ${takes}`}`,
    `      ${tells}`,
  ])
  const flags = SUBCOMMANDS.find(({ name }) => name === 'sessions')?.flags ?? []
  const json = flags.find(({ name }) => name === 'json')?.tells
  return [
    ...rows,
    '',
    `ID: the beginning of an id, or words of the title. --json: ${json}. --demo: what was said to the demo.`,
  ].join('\n')
}
