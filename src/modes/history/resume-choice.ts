/** Which earlier conversation a person means by `--continue`, `--resume` or a word. */

import type { Args } from '../../args.ts'
import { LONGEST } from '../../core/conversation/title.ts'
import { quote } from '../../core/problem.ts'
import type { History, Listed } from '../../io/history.ts'

/** One conversation; or several it could be, and what to say about that. */
export type Meant =
  | { readonly type: 'one'; readonly conversation: Listed }
  | {
      readonly type: 'choose'
      readonly typed: string
      readonly problem: string | null
      readonly matches: readonly Listed[]
    }
  | { readonly type: 'none'; readonly problem: string }

export const NONE_YET = { type: 'none', problem: 'There is no earlier conversation yet.' } as const

/** @throws HistoryTrouble */
export function meantBy({ flags }: Args, history: Pick<History, 'list' | 'meant'>): Meant {
  const [latest] = history.list({ limit: 1 })
  if (!latest) return NONE_YET
  if (flags.continue === true) return { type: 'one', conversation: latest }
  if (typeof flags.resume !== 'string') return { type: 'choose', typed: '', problem: null, matches: [] }
  return named(flags.resume, history)
}

/** @throws HistoryTrouble */
export function named(typed: string, history: Pick<History, 'meant'>): Meant {
  const matches = meantAmong(typed, history.meant(typed))
  const [first, ...others] = matches
  const said = quote(typed, LONGEST)
  if (!first) return { type: 'choose', typed, problem: `No conversation has the id or the title ${said}.`, matches }
  if (others.length === 0) return { type: 'one', conversation: first }
  return { type: 'choose', typed, problem: `${matches.length} conversations could be meant by ${said}.`, matches }
}

/** Of several that could be meant the one whose whole title was given, if there is just one. */
export function meantAmong(typed: string, found: readonly Listed[]): readonly Listed[] {
  const whole = found.filter(({ title }) => title.toLowerCase() === typed.trim().toLowerCase())
  return whole.length === 1 ? whole : found
}
