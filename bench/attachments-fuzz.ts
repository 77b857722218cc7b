/** Two thousand damaged images and PDFs: none may end the program, hang, fill the memory, or be sent when it is not whole. */

import type { Fuzzed } from './attachments-mutants.ts'
import { bundled } from './attachments-process.ts'
import { amountFigure, countFigure, type Figure } from './measure.ts'

export const MUTANTS = 2_000
const SLOWEST_MS = 10_000
const MEMORY_MB = 1_000

/** @param count how many files are damaged */
export async function fuzzFigures(count = MUTANTS): Promise<readonly Figure[]> {
  const start = await bundled('attachments-mutants')
  const fuzzed = await start<Fuzzed>(String(count)).catch((error: { stdout?: string; message: string }) => {
    const last = error.stdout?.trimEnd().split('\n').at(-1)
    return { crashed: `${error.message.split('\n')[0]} at ${last}` }
  })
  if ('crashed' in fuzzed) return [countFigure('damaged files that ended the program', 1, 0, fuzzed.crashed)]
  const { sent, refused, wrong, slowestMs, slowest, peakMb } = fuzzed
  return [
    countFigure('damaged files that ended the program', 0, 0, `${count}: ${sent} sent, ${refused} refused`),
    countFigure('sent though not whole, or refused without a reason', wrong.length, 0, wrong.slice(0, 3).join('; ')),
    amountFigure('slowest of them', slowestMs, 'ms', SLOWEST_MS, slowest),
    amountFigure('memory at most', peakMb, 'MB', MEMORY_MB),
  ]
}
