/** Which earlier conversation a person means by `--continue`, `--resume` or a word. */

import type { Args } from '../args.ts'
import { sanitiseLine } from '../core/sanitise.ts'
import type { History, Listed } from '../io/history.ts'

/** One conversation; or several it could be, and what to say about that. */
export type Meant =
  | { readonly type: 'one'; readonly conversation: Listed }
  | { readonly type: 'choose'; readonly typed: string; readonly problem: string | null }
  | { readonly type: 'none'; readonly problem: string }

export const wantsPast = ({ flags }: Args): boolean => flags.continue === true || flags.resume !== undefined

/** @throws HistoryTrouble */
export function meantBy({ flags }: Args, history: Pick<History, 'list' | 'meant'>): Meant {
  const [latest] = history.list({ limit: 1 })
  if (!latest) return { type: 'none', problem: 'There is no earlier conversation yet.' }
  if (flags.continue === true) return { type: 'one', conversation: latest }
  if (typeof flags.resume !== 'string') return { type: 'choose', typed: '', problem: null }
  return named(flags.resume, history)
}

/** @throws HistoryTrouble */
export function named(typed: string, history: Pick<History, 'meant'>): Meant {
  const [first, ...others] = history.meant(typed)
  const said = `"${sanitiseLine(typed)}"`
  if (!first) return { type: 'choose', typed, problem: `No conversation has the id or the title ${said}.` }
  if (others.length === 0) return { type: 'one', conversation: first }
  const count = others.length + 1
  return { type: 'choose', typed, problem: `${count} conversations have ${said} in their titles.` }
}
