/** `claude-tui redact FILE NEW`: the same recording, its words made harmless. */

import { type Args, UsageError } from '../args.ts'
import { count } from '../core/figures/words.ts'
import { quote } from '../core/problem.ts'
import { replaced } from '../core/tape/replaced.ts'
import { secretKeeper } from '../core/tape/secrets.ts'
import type { Tape } from '../core/tape/tape.ts'
import { type TapeWriter, tapeWriter } from '../core/tape/writer.ts'
import { EXIT } from '../core/turn/outcome.ts'
import { createTapeFile, whyNot } from '../io/wire/tape-file.ts'
import { harmlessJson } from '../modes/shell/sink.ts'
import { loadTape } from './setup.ts'

export interface RedactIo {
  /** null: stdout is no terminal. */
  readonly terminal: object | null
  /** Takes a piece of stdout; resolves when the next one may come. */
  write(text: string): Promise<void> | void
  /** A line for people on stderr. */
  err(line: string): void
}

/** @throws UsageError */
export async function redactRecording({ flags, rest }: Args, io: RedactIo): Promise<number> {
  const stray = Object.keys(flags).find((name) => name !== 'quiet')
  if (stray) throw new UsageError(`redact takes no flag but --quiet; --${stray} came.`)
  const [path, place, ...more] = rest
  if (path === undefined || place === undefined || more.length > 0)
    throw new UsageError(
      'redact takes a recording and the name of the new one, either may be -: claude-tui redact FILE NEW',
    )
  const tape = await loadTape(path, 'redact')
  const lines = redacted(tape)
  if (place === '-') for (const line of lines) await io.write(io.terminal ? harmlessJson(line) : line)
  else writeNew(place, lines)
  if (flags.quiet === true) return EXIT.ok
  const { words, ids } = replaced(linesOf(tape, false), lines)
  const what = `${count(words, 'word')} and ${count(ids, 'id')} replaced in ${count(tape.exchanges.length, 'exchange')}`
  io.err(`${place === '-' ? 'Written' : `${quote(place, 200)} written`}: ${what}.`)
  return EXIT.ok
}

/** @throws UsageError */
function writeNew(place: string, lines: readonly string[]): void {
  let trouble: string | null = null
  const refuse = (why: string) => {
    trouble = why
  }
  try {
    const file = createTapeFile(place, refuse)
    file.write(lines)
    file.close()
  } catch (error) {
    refuse(whyNot(error))
  }
  if (trouble !== null) throw new UsageError(`The recording cannot be written to "${place}": ${trouble}.`)
}

/** The lines of a tape without its content, in the order in which they happened. */
export const redacted = (tape: Tape): readonly string[] => linesOf(tape, true)

function linesOf({ head, exchanges, deeds }: Tape, redact: boolean): readonly string[] {
  const jobs: { readonly at: number; readonly write: (writer: TapeWriter) => readonly string[] }[] = []
  for (const { at, deed } of deeds) jobs.push({ at, write: ({ did }) => did(at, deed) })
  for (const { number, at, request, response, chunks, end } of exchanges) {
    jobs.push({ at, write: (writer) => writer.request(number, at, request) })
    if (response) jobs.push({ at: at + response.at, write: (writer) => writer.response(number, response.at, response) })
    for (const { at: after, bytes } of chunks) {
      jobs.push({ at: at + after, write: ({ chunk }) => chunk(number, after, bytes) })
    }
    if (end) jobs.push({ at: at + end.at, write: (writer) => writer.end(number, end.at, end.how, end.code) })
  }
  const writer = tapeWriter(secretKeeper(), redact)
  return [
    ...writer.head({ ...head, redacted: true }),
    ...jobs.toSorted((a, b) => a.at - b.at).flatMap(({ write }) => write(writer)),
    ...writer.rest(),
  ]
}
