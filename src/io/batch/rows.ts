/** The rows of an input file, one after the other: JSON lines, a table, or a prompt on each line. */

import { createReadStream } from 'node:fs'
import { type BadRow, type Row, rowFrom } from '../../core/batch/row.ts'
import { BadLine, linesOf } from './lines.ts'

export type BatchFormat = 'jsonl' | 'csv' | 'tsv' | 'text'

export interface RowSource {
  readonly path: string
  readonly format: BatchFormat
  /** Makes the prompt of each row; null: the row brings it. */
  readonly template: string | null
}

/**
 * @param at is told the line on which each row begins, from 1, before it comes
 * @throws the system's error where the file cannot be read
 */
export async function* rowsOf(source: RowSource, at: (line: number) => void = () => {}): AsyncGenerator<Row | BadRow> {
  const { format, template } = source
  let index = 0
  try {
    if (format === 'csv' || format === 'tsv') {
      for await (const { fields, line } of recordsOf(source)) {
        at(line)
        yield rowFrom(fields, { index: ++index, line }, template)
      }
      return
    }
    for await (const { text, line } of linesOf(source.path)) {
      if (text.trim() === '') continue
      at(line)
      const place = { index: ++index, line }
      if (format === 'text') yield rowFrom(text, place, template)
      else {
        let value: unknown
        try {
          value = JSON.parse(text)
        } catch {
          yield { line, why: 'it is not JSON; a line holds one object or one text in quotes' }
          continue
        }
        yield rowFrom(value, place, template)
      }
    }
  } catch (error) {
    if (!(error instanceof BadLine)) throw error
    yield { line: error.line, why: error.message }
  }
}

interface Record {
  readonly fields: Readonly<{ [name: string]: string }>
  /** Its first one, from 1. */
  readonly line: number
}

/** @throws BadLine */
async function* recordsOf({ path, format }: RowSource): AsyncGenerator<Record> {
  const { parse, CsvError } = await import('csv-parse')
  const parser = parse({
    ...{ columns: true, bom: true, info: true, raw: true, skip_empty_lines: true },
    delimiter: format === 'tsv' ? '\t' : ',',
  })
  const file = createReadStream(path)
  file.on('error', (error) => parser.destroy(error))
  file.pipe(parser)
  /** Behind the last record. */
  let next = 1
  try {
    for await (const { record, raw, info } of parser as AsyncIterable<{
      record: Record['fields']
      raw: string
      info: { readonly lines: number }
    }>) {
      // A cell may hold several lines.
      const more = raw.replace(/^(?:\r?\n)+|\r?\n$/g, '').split('\n').length - 1
      yield { fields: record, line: info.lines - more }
      next = info.lines + 1
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines = next } = error as unknown as { readonly lines?: number }
    throw new BadLine(Math.min(next, lines), `it is no row of this table: ${error.message.replace(/\.$/, '')}`)
  } finally {
    file.destroy()
  }
}
