/** What a turn has cost where nothing came of it: nothing, where the server refused it or was never reached. */

import { type Figure, measured } from '../figures.ts'
import type { Turn } from '../turn/turns.ts'
import type { Failure } from '../turn.ts'

type Ended = Pick<Turn, 'cost' | 'usage' | 'end' | 'times' | 'vain'>

/** Codes of connections that broke once they stood: what had gone out until then may have been read, and billed. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])

/** Statuses of a server, or of a gateway before it, that has worked on a request for too long. */
const TIMED_OUT: ReadonlySet<number> = new Set([408, 504])

/** Whether an attempt that failed before it was answered cannot be on any bill. */
function isRefused({ kind, status, code }: Failure): boolean {
  // A refusal of the server's, or an answer of somebody else in its place.
  if (kind === 'alien' || status !== null) return status === null || !TIMED_OUT.has(status)
  return kind === 'offline' && code !== null && !BROKEN.has(code)
}

/** Whether nothing of a turn can be on a bill, though it was sent. */
export const isUnbilled = ({ usage, end, times, vain }: Ended): boolean => {
  // Whatever ended it while nothing was on its way.
  const last = vain ?? (end?.type === 'failed' ? end.failure : null)
  return times.sent !== null && usage === null && end !== null && last !== null && isRefused(last)
}

/** US dollars of a turn's answer; null: the price is unknown, or how far the server came. */
export function costIn(turn: Ended): Figure | null {
  const isNothing = turn.usage === null && turn.end !== null && turn.times.sent === null
  return turn.cost ?? (isNothing || isUnbilled(turn) ? measured(0) : null)
}
