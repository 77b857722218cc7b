/** All rows of the input are looked at before anything is sent: bad ones are named, and its digest tells later whether it has changed. */

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UsageError } from '../../args.ts'
import { isBad } from '../../core/batch/row.ts'
import { count } from '../../core/figures/words.ts'
import { quote } from '../../core/problem.ts'
import { type RowSource, rowsOf } from '../../io/batch/rows.ts'
import type { BatchCall } from './call.ts'

export interface Input {
  readonly source: RowSource
  readonly rows: number
  readonly digest: string
  /** Forgets a copy of stdin. */
  close(): void
}

/** Bad rows that are told one by one. */
const MOST_TOLD = 10

/** @throws UsageError with the lines that nobody can send */
export async function checkedInput(call: BatchCall, stdin: NodeJS.ReadableStream): Promise<Input> {
  const folder = call.input === '-' ? mkdtempSync(join(tmpdir(), 'claude-tui-batch-')) : null
  const close = () => folder && rmSync(folder, { recursive: true, force: true })
  try {
    const path = folder ? join(folder, 'stdin') : call.input
    // It is read twice.
    if (folder) await pipeline(stdin, createWriteStream(path, { mode: 0o600 }))
    const format = call.format ?? (await sniffed(path))
    const source = { path, format, template: call.template }
    const rows = await checked(source)
    return { source, rows, digest: await digestOf(path, format), close: () => void close() }
  } catch (error) {
    close()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EISDIR' || code === 'ENOENT')
      throw new UsageError(`"${call.input}" cannot be read (${code}). Expected a file of prompts.`)
    throw error
  }
}

async function checked(source: RowSource): Promise<number> {
  const told: string[] = []
  /** The line of the row that has an id. */
  const ids = new Map<string, number>()
  let rows = 0
  let bad = 0
  let line = 1
  const at = (one: number) => {
    line = one
  }
  for await (const row of rowsOf(source, at)) {
    rows++
    const before = isBad(row) ? undefined : ids.get(row.id)
    if (!isBad(row) && before === undefined) ids.set(row.id, line)
    if (!isBad(row) && before === undefined) continue
    bad++
    const why = isBad(row)
      ? `line ${row.line}: ${row.why}`
      : `line ${line}: the id ${quote(row.id)} is that of line ${before}, too`
    if (told.length < MOST_TOLD) told.push(why)
  }
  if (rows === 0) throw new UsageError('The input has no rows; expected a prompt on each line, or in each row.')
  if (bad > 0) {
    const more = bad > told.length ? [`and ${bad - told.length} more`] : []
    const head = `${count(bad, 'row')} of ${rows.toLocaleString('en-US')} cannot be sent, so nothing was:`
    throw new UsageError([head, ...told, ...more].join('\n  '))
  }
  return rows
}

/** JSON lines begin with an object or a text in quotes. */
async function sniffed(path: string): Promise<'jsonl' | 'text'> {
  for await (const chunk of createReadStream(path, { encoding: 'utf8', end: 4_095 })) {
    return /^\ufeff?\s*["{]/.test(String(chunk)) ? 'jsonl' : 'text'
  }
  return 'text'
}

async function digestOf(path: string, format: string): Promise<string> {
  const hash = createHash('sha256').update(`${format}\0`)
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
