/**
 * Breakers that other programs of ours open or close: what they learn of a model holds here, too. Looks at the file they
 * share every few seconds, by its date alone; it is read when it has changed.
 */

import { unwatchFile, watchFile } from 'node:fs'
import type { Event, State } from '../../core/conversation.ts'
import type { Ms } from '../../core/turn.ts'
import { openBreakers } from '../../io/weather/breakers.ts'
import { breakerName } from '../late/weather.ts'

/** How often the file's date is looked at, in ms: one system call, so that idling stays free. */
const EVERY_MS = 5_000
/** Two clocks are read for a time: less than this apart, in ms, it is the same. */
const SAME_MS = 1_000

export interface OthersParts {
  readonly path: string
  /** Whose models they are. */
  readonly baseUrl: string
  readonly resting: () => State['resting']
  /** The clock of the turns. */
  readonly now: () => Ms
  readonly tell: (event: Extract<Event, { type: 'rested' }>) => void
  readonly everyMs?: Ms
}

/** Tells what is known already, and then what becomes known. @returns how to stop */
export function followOthers({ path, baseUrl, resting, now, tell, everyMs = EVERY_MS }: OthersParts): () => void {
  const breakers = openBreakers(path, Date.now)
  const prefix = breakerName(baseUrl, '')

  const look = () => {
    const at = now()
    const known = new Map<string, { readonly until: Ms; readonly failures: number }>()
    for (const [name, { untilMs, failures }] of breakers.all())
      if (name.startsWith(prefix) && untilMs !== null)
        known.set(name.slice(prefix.length), { until: at + untilMs - Date.now(), failures })
    const before = resting()
    for (const [model, { until, failures }] of known) {
      const isNews = Math.abs((before[model] ?? Number.NEGATIVE_INFINITY) - until) > SAME_MS
      // One whose time is over says nothing to somebody who has not heard of it: who asks it next finds out.
      if (isNews && until > at) tell({ type: 'rested', at, model, until, failures })
    }
    for (const model of Object.keys(before))
      if (!known.has(model)) tell({ type: 'rested', at, model, until: null, failures: 0 })
  }

  watchFile(path, { persistent: false, interval: everyMs }, look)
  look()
  return () => unwatchFile(path, look)
}
