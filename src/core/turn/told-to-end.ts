/** How a turn ends when its program does: what a person stops is stopped, everything else cuts it off. */

import type { Ms, TurnEvent } from '../turn.ts'
import { failure } from '../weather/failures.ts'
import { BY_SIGNAL, EXIT } from './outcome.ts'

/** @param code what the program ends with: 0 when its reader has seen enough, 130 after Ctrl+C */
export function endedWith(code: number, at: Ms): Extract<TurnEvent, { type: 'stopped' | 'failed' }> {
  if (code === EXIT.ok || code === EXIT.sigint) return { type: 'stopped', at }
  const [signal] = Object.entries(BY_SIGNAL).find(([, one]) => one === code) ?? []
  const why = signal === undefined ? 'ended' : `was told to end (${signal})`
  return { type: 'failed', at, failure: failure('interrupted', `claude-tui ${why} before this answer did.`) }
}
