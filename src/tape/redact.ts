/** `claude-tui redact FILE NEW`: the same recording, its words made harmless. */

import { type Args, UsageError } from '../args.ts'
import { EXIT } from '../core/outcome.ts'
import { secretKeeper } from '../core/tape/secrets.ts'
import type { Tape } from '../core/tape/tape.ts'
import { type TapeWriter, tapeWriter } from '../core/tape/writer.ts'
import { createTapeFile, whyNot } from '../io/tape-file.ts'
import { loadTape } from './setup.ts'

/** @throws UsageError */
export function redactRecording(flags: Args['flags'], [path, place, ...more]: readonly string[]): number {
  const stray = Object.keys(flags)[0]
  if (stray) throw new UsageError(`redact takes no flags, but --${stray} came.`)
  if (path === undefined || place === undefined || more.length > 0)
    throw new UsageError('redact takes a recording and the name of the new one: claude-tui redact FILE NEW')
  const lines = redacted(loadTape(path))
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
  return EXIT.ok
}

/** The lines of a tape without its content, in the order in which they happened. */
export function redacted({ head, exchanges, deeds }: Tape): readonly string[] {
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
  const writer = tapeWriter(secretKeeper(), true)
  return [
    ...writer.head(head),
    ...jobs.toSorted((a, b) => a.at - b.at).flatMap(({ write }) => write(writer)),
    ...writer.rest(),
  ]
}
