/** The command line of a batch, understood and checked. */

import { existsSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { type Args, UsageError } from '../../args.ts'
import { type BatchClass, batchClass, USUAL_CLASS } from '../../core/batch/classes.ts'
import { messagesFrom } from '../../core/batch/row.ts'
import type { Message } from '../../core/request.ts'
import { waitsFor } from '../../core/weather/resilience.ts'
import { failedPath, type Order } from '../../io/batch/outbox.ts'
import type { BatchFormat } from '../../io/batch/rows.ts'
import { readText } from '../../setup-texts.ts'

export interface BatchCall {
  /** `-`: stdin. */
  readonly input: string
  /** null: stdin, whose first character tells. */
  readonly format: BatchFormat | null
  readonly template: string | null
  readonly prefix: { readonly text: string | null; readonly messages: readonly Message[] }
  readonly out: string
  readonly order: Order
  readonly kind: BatchClass
  /** Requests at once, at most. */
  readonly parallel: number
  readonly offload: { readonly detaches: boolean; readonly cancels: boolean; readonly pollMs: number | null } | null
  readonly isForced: boolean
}

const EXAMPLE = 'As in: claude-tui batch prompts.jsonl -o answers.jsonl'
const MOST_PARALLEL = 1_000

/** @throws UsageError */
export function readCall({ flags, rest }: Args): BatchCall {
  const [input, ...more] = rest
  if (input === undefined)
    throw new UsageError(`batch takes a file of prompts, or - for stdin, and none came. ${EXAMPLE}`)
  if (more.length > 0) throw new UsageError(`batch takes one file, but "${more[0]}" came behind it. ${EXAMPLE}`)
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : null)
  const out = text('output')
  if (out === null || out === '-')
    throw new UsageError(
      `batch writes its answers to a file, so that it can go on after an end: -o OUT.jsonl. ${EXAMPLE}`,
    )
  if (input !== '-' && !existsSync(input)) throw new UsageError(`There is no file "${input}". ${EXAMPLE}`)
  if (input !== '-' && !statSync(input).isFile() && statSync(input).isDirectory())
    throw new UsageError(`"${input}" is a folder; batch takes a file of prompts. ${EXAMPLE}`)
  if (input !== '-' && resolve(input) === resolve(out))
    throw new UsageError('The answers cannot go into the file of the prompts: name another one with -o.')
  if (input !== '-' && resolve(input) === resolve(failedPath(out)))
    throw new UsageError(
      'What failed goes out again with the same command as before; fed in by itself, it needs a file of answers of its own: -o OTHER.jsonl.',
    )
  const stray = ['detach', 'cancel', 'poll'].find((name) => flags[name] !== undefined)
  if (stray && flags.offload !== true) throw new UsageError(`--${stray} goes with --offload.`)
  const kind = batchClass(text('class') ?? USUAL_CLASS)
  return {
    ...{ input, out, kind, isForced: flags.force === true },
    format: (text('format') as BatchFormat | null) ?? (input === '-' ? null : formatOf(input)),
    template: templateIn(text('template')),
    prefix: prefixIn(text('prefix')),
    order: (text('order') as Order | null) ?? 'done',
    parallel: parallelIn(text('concurrency')) ?? kind.parallel,
    offload:
      flags.offload === true
        ? { detaches: flags.detach === true, cancels: flags.cancel === true, pollMs: pollIn(text('poll')) }
        : null,
  }
}

const FORMATS: Readonly<Record<string, BatchFormat>> = {
  ...{ '.jsonl': 'jsonl', '.ndjson': 'jsonl', '.csv': 'csv', '.tsv': 'tsv', '.txt': 'text' },
}

function formatOf(path: string): BatchFormat {
  const known = FORMATS[extname(path).toLowerCase()]
  if (known) return known
  if (extname(path).toLowerCase() === '.json')
    throw new UsageError(
      `"${path}" looks like one JSON document; batch takes JSON lines (.jsonl), a value on each. --format jsonl says it is.`,
    )
  return 'text'
}

/** A text has places in it; anything else is the name of a file that has. @throws UsageError */
function templateIn(given: string | null): string | null {
  if (given === null) return null
  const text = given.includes('{{') ? given : readText(given, 'The template')
  if (!text.includes('{{'))
    throw new UsageError(
      'The template has no place for a field of the row, such as {{text}}: every prompt would be the same.',
    )
  return text.replace(/\n$/, '')
}

/** @throws UsageError */
function prefixIn(path: string | null): BatchCall['prefix'] {
  if (path === null) return { text: null, messages: [] }
  const text = readText(path, 'The prefix')
  if (text.trim() === '') throw new UsageError(`The prefix "${path}" is empty; expected what all rows share.`)
  if (extname(path).toLowerCase() !== '.json') return { text: text.trimEnd(), messages: [] }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError(`The prefix "${path}" is not JSON; expected a list of messages, or a text under another name.`)
  }
  // The row's own question follows: what goes before it may end with an answer.
  const closed = Array.isArray(value) ? [...value, { role: 'user', content: '.' }] : value
  const read = messagesFrom(closed)
  if ('why' in read) throw new UsageError(`The prefix "${path}": ${read.why}.`)
  return { text: null, messages: read.messages.slice(0, -1) }
}

function parallelIn(given: string | null): number | null {
  if (given === null) return null
  const n = Number(given)
  if (Number.isInteger(n) && n >= 1 && n <= MOST_PARALLEL) return n
  throw new UsageError(`--concurrency takes a whole number from 1 to ${MOST_PARALLEL}; "${given}" came.`)
}

function pollIn(given: string | null): number | null {
  if (given === null) return null
  const ms = waitsFor(given)
  if (ms !== null && ms >= 1) return ms
  throw new UsageError(`--poll takes a time, such as 30s or 2m; "${given}" came.`)
}
