/**
 * The files of a batch: answers in `OUT`, failures in `OUT.failed.jsonl`, and, where answers are wanted in the order of the
 * input, those that came too early in `OUT.early.jsonl`. Every answer is in one of them the moment it has come. What is
 * found there is not asked for again.
 */

import { existsSync, rmSync, statSync } from 'node:fs'
import { type AnswerLine, answerLineIn } from '../../core/batch/answer.ts'
import { type Appending, appendTo } from './append.ts'
import { BadLine, linesOf } from './lines.ts'

export type Order = 'input' | 'done'

export const failedPath = (out: string) => `${out.replace(/\.jsonl$/, '')}.failed.jsonl`
const earlyPath = (out: string) => `${out.replace(/\.jsonl$/, '')}.early.jsonl`

export interface Outbox {
  /** Ids of the rows that were answered before this run. */
  readonly done: ReadonlySet<string>
  /** Answers that wait for those before them. */
  readonly early: number
  answered(line: AnswerLine): void
  failed(index: number, line: object): void
  /** A row that was answered before this run has been reached. */
  passed(index: number, id: string): void
  close(): void
}

/** Where an early answer lies in its file; null: nothing is to be written for this row. */
type Early = { readonly at: number; readonly bytes: number } | null

/**
 * Opens the files, mends their last line where a power cut has torn it, and tells what they hold.
 * @param found is told every answer that is there
 * @throws BadLine, with a line of OUT that is none of ours, or the system's error
 */
export async function openOutbox(out: string, order: Order, found: (line: AnswerLine) => void): Promise<Outbox> {
  const done = new Set<string>()
  const kept = await answersIn(out, (line) => {
    if (!done.has(line.id)) found(line)
    done.add(line.id)
  })
  /** Early answers of an earlier run, by id. */
  const waiting = new Map<string, NonNullable<Early>>()
  const early = await answersIn(earlyPath(out), (line, place) => {
    if (done.has(line.id)) return
    done.add(line.id)
    waiting.set(line.id, place)
    found(line)
  })
  const answers = appendTo(out, kept)
  const failures = appendTo(failedPath(out), 0)
  let earlies: Appending | null = early > 0 ? appendTo(earlyPath(out), early) : null
  /** What is known of rows ahead of the next one, by their place. */
  const ahead = new Map<number, Early>()
  let next = 1
  let stored = waiting.size

  const settle = (index: number, place: Early) => {
    ahead.set(index, place)
    for (let found = ahead.get(next); found !== undefined; found = ahead.get(next)) {
      if (found) {
        answers.add(earlies!.read(found.at, found.bytes))
        stored--
      }
      ahead.delete(next++)
    }
    if (stored === 0) earlies?.empty()
  }

  return {
    done,
    get early() {
      return stored
    },
    answered(line) {
      const text = JSON.stringify(line)
      if (order === 'done') return void answers.add(text)
      if (line.index === next) {
        answers.add(text)
        return settle(line.index, null)
      }
      earlies ??= appendTo(earlyPath(out), 0)
      stored++
      settle(line.index, { at: earlies.add(text), bytes: Buffer.byteLength(text) })
    },
    failed(index, line) {
      failures.add(JSON.stringify(line))
      if (order === 'input') settle(index, null)
    },
    passed(index, id) {
      if (order === 'input') return settle(index, waiting.get(id) ?? null)
      // The order was another one when it came.
      const place = waiting.get(id)
      if (!place) return
      waiting.delete(id)
      answers.add(earlies!.read(place.at, place.bytes))
      stored--
      if (stored === 0) earlies!.empty()
    },
    close() {
      answers.close()
      failures.close()
      earlies?.close()
      if (stored === 0) rmSync(earlyPath(out), { force: true })
      if (isEmpty(failedPath(out))) rmSync(failedPath(out), { force: true })
    },
  }
}

/** Tells the answers of a file; resolves to the bytes of it that are whole lines. @throws BadLine */
async function answersIn(path: string, told: (line: AnswerLine, place: NonNullable<Early>) => void): Promise<number> {
  if (!existsSync(path)) return 0
  let whole = 0
  for await (const { text, line, at, isEnded } of linesOf(path)) {
    const read = answerLineIn(text)
    // Only the last line can have been torn: it is written anew.
    if (!read && !isEnded) return at
    const bytes = Buffer.byteLength(text)
    whole = at + bytes + (isEnded ? 1 : 0)
    if (!read) throw new BadLine(line, 'it is no answer of a batch')
    told(read, { at, bytes })
  }
  return whole
}

const isEmpty = (path: string): boolean => statSync(path).size === 0
