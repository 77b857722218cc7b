/** How a batch ends: its exit code, what is said of it, and what is wrong with its files in words. */

import { UsageError } from '../../args.ts'
import { type Progress, ratePerSecond } from '../../core/batch/progress.ts'
import { sayTally, type Tally } from '../../core/batch/tally.ts'
import { rounded } from '../../core/figures/rounded.ts'
import { count, money } from '../../core/figures/words.ts'
import { Ending, EXIT, endNote, exitCode } from '../../core/turn/outcome.ts'
import type { Turn } from '../../core/turn/turns.ts'
import type { Failure } from '../../core/turn.ts'
import { BadLine } from '../../io/batch/lines.ts'
import { failedPath } from '../../io/batch/outbox.ts'
import type { Telling } from '../telling.ts'
import type { BatchCall } from './call.ts'

/** Why a run has ended before its end. `at the server`: the rest comes later. */
export type Over = Failure | 'over' | 'at the server' | null

/** A run that ended before its end, as a turn that did. */
const endedBy = (failure: Failure): Pick<Turn, 'end' | 'answer'> => ({
  end: { type: 'failed', at: 0, failure },
  answer: '',
})

export function codeOf(over: Over, signal: number | null, { rows, answered, failed }: Progress): number {
  if (over === 'over') return EXIT.overBudget
  if (over !== null && over !== 'at the server') return exitCode(endedBy(over))
  if (signal !== null && answered + failed < rows) return signal
  return failed > 0 ? EXIT.limited : EXIT.ok
}

/** What is said at the end. */
export function tell(
  telling: Telling,
  tally: Tally,
  progress: Progress,
  call: BatchCall,
  over: Over,
  mostUsd: number | null,
): void {
  if (over === 'over')
    telling.note(
      `Stopped at the budget: ${money(mostUsd ?? 0)} would not pay for another answer. Raise --max-cost, or lower --max-tokens, which is what each is taken to cost.`,
    )
  else if (over !== null && over !== 'at the server') telling.note(`Stopped: ${endNote(endedBy(over), 'script')}`)
  if (progress.answeredNow === 0 && progress.answered === progress.rows && tally.failed === 0) {
    telling.note(`All ${count(progress.rows, 'row')} were answered before: nothing was sent.`)
    return
  }
  if (over === 'at the server' && tally.answered === 0 && tally.failed === 0) return
  for (const line of sayTally(tally, progress, failedPath(call.out))) telling.note(line)
}

/** The summary as JSON. */
export function summaryOf(tally: Tally, progress: Progress, call: BatchCall, over: Over, code: number): object {
  const { rows, answered, failed, answeredNow, elapsedMs, usd } = progress
  const { requests, limited, refused, empty, cut, promptTokens, cacheRead, cacheWritten, outputTokens } = tally
  return {
    ...{ type: 'batch', rows, answered, answeredNow, failed, left: rows - answered - failed },
    ...{
      refused,
      empty,
      cutShort: cut,
      requests,
      limited,
      elapsedMs: Math.round(elapsedMs),
      perSecond: rounded(ratePerSecond(progress), 3),
    },
    ...{ costUsd: rounded(usd, 9), costIsEstimate: tally.isEstimate },
    savedUsd: rounded(tally.isPriced ? tally.savedUsd : null, 9),
    tokens: { prompt: promptTokens, cacheRead, cacheWritten, output: outputTokens },
    ...{ output: call.out, failures: failed > 0 ? failedPath(call.out) : null },
    ended: over === null ? null : over === 'over' ? 'budget' : over === 'at the server' ? 'at the server' : over,
    exitCode: code,
  }
}

/** A file that cannot be read or written, in words. @throws Ending */
export function inWords({ out }: BatchCall): (error: unknown) => never {
  return (error) => {
    if (error instanceof BadLine)
      throw new UsageError(
        `Line ${error.line} of "${out}": ${error.message}. Name another file with -o, or take that line away.`,
      )
    throw unwritten(error, out)
  }
}

/** A disk's own trouble in words; anything else is a mistake of ours. */
export function unwritten(error: unknown, out: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string') return error
  const why = code === 'ENOSPC' ? 'no space is left on the device' : code
  return new Ending(
    EXIT.unexpected,
    `"${out}" could not be written: ${why}. What is in it stays; the same command goes on with it.`,
  )
}
