/** `--timing=FORMAT` and `--metrics-fd`: the figures of a call for whoever called. */

import { fstatSync, readlinkSync, writeSync } from 'node:fs'
import { type Args, UsageError } from '../../args.ts'
import { timingLine } from '../../core/figures/why.ts'
import { timingFields } from '../../core/scripting/timing-fields.ts'
import { type Fields, timed, timingFormat } from '../../core/scripting/timing-format.ts'
import { newTurn, type Turn, totalUsd } from '../../core/turn/turns.ts'
import { asJson } from '../shell/sink.ts'

export interface Figures {
  told(turn: Turn, code: number, beside: Beside): void
  /** The call ended before its question was sent. Only a program is told: a person reads why. */
  unasked(code: number, beside: Beside): void
}

/** What the call came to, besides its last answer. */
export interface Beside {
  /**
   * US dollars of whatever else was asked: summaries, parts of a long text, an answer that did not fit or was not good
   * enough, its judge, attempts in vain.
   */
  readonly paidUsd: number
}

/** @param err takes text for stderr as it is @throws UsageError when nobody could be told */
export function figuresFor({ flags }: Args, err: (text: string) => void): Figures | null {
  const { timing } = flags
  const format = typeof timing === 'string' ? formatOf(timing) : null
  const fd = flags['metrics-fd'] === undefined ? null : openFd(String(flags['metrics-fd']))
  if (timing === undefined && fd === null) return null
  const write = (fields: Fields) => {
    if (fd === null) return
    try {
      writeAll(fd, `${asJson({ type: 'metrics', ...fields })}\n`)
    } catch (error) {
      err(`--metrics-fd ${fd} could not be written: ${(error as Error).message}\n`)
    }
  }
  return {
    told(turn, code, beside) {
      const fields = callFields(turn, code, beside)
      if (format) err(timed(format, fields))
      else if (timing === true) err(`${timingLine(turn)}\n`)
      write(fields)
    },
    unasked: (code, beside) => write(callFields(NO_TURN, code, beside)),
  }
}

/** The figures of a call: those of its last answer, and what it came to altogether. */
function callFields(turn: Turn, code: number, { paidUsd }: Beside): Fields {
  const total = totalUsd(turn, paidUsd)
  return { exit_code: code, ...timingFields(turn), cost_before_usd: paidUsd, cost_total_usd: total }
}

function formatOf(text: string) {
  const format = timingFormat(text, Object.keys(callFields(NO_TURN, 0, { paidUsd: 0 })))
  if ('problem' in format) throw new UsageError(format.problem)
  return format
}

/** Nothing has happened in it: it lends the names of the figures. */
const NO_TURN = newTurn({ number: 1, parent: null, question: '', model: '', effort: null }, 0)

const HOW = 'Open it in the shell: claude-tui --metrics-fd 3 "question" 3> figures.jsonl'

/** A descriptor that the caller has opened to be written to. @throws UsageError */
function openFd(given: string): number {
  const fd = Number(given)
  if (!/^\d+$/.test(given) || fd === 0)
    throw new UsageError(`--metrics-fd takes the number of a file descriptor, from 2; "${given}" came. ${HOW}`)
  if (fd === 1)
    throw new UsageError('--metrics-fd 1 is stdout, which is for the answer: --output-format json has both.')
  try {
    fstatSync(fd)
    if (isOurOwn(fd)) throw new Error('it is not open')
    // Nothing is written, but a descriptor that can only be read says so.
    writeSync(fd, '')
  } catch (error) {
    // A full disk is open all the same: what becomes of the line is told when it is written.
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return fd
    throw new UsageError(`--metrics-fd ${fd}: nothing is open there to be written to. ${HOW}`)
  }
  return fd
}

/** What nobody has opened for us may be in use by Node itself. */
function isOurOwn(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('anon_inode:')
  } catch {
    return false
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
