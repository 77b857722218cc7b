/** What is said while the next attempt is waited for: which one, in how many seconds, why, and what a key would do. */

import type { Key } from '../chat/keys.ts'
import type { State } from '../conversation.ts'
import { shortName } from '../models.ts'
import { fitted } from '../text/steps.ts'
import { roomOf } from '../text/width.ts'
import { sayNext, standInOf } from '../turn/outcome.ts'
import type { Turn } from '../turn/turns.ts'
import type { FailureKind, Ms } from '../turn.ts'
import { elsewhere } from './other-model.ts'
import { offered, untried } from './resilience.ts'

/** The keys beside a draft: neither of them types or moves anything there. */
export const NOW_KEY = 'Ctrl+X'
export const OTHER_KEY = 'Ctrl+S'

/** @param name such as `Ctrl+X` */
export const isChord = (key: Key, name: string): boolean =>
  key.type === 'chord' && key.ctrl && !key.alt && !key.shift && `Ctrl+${key.char.toUpperCase()}` === name

/** Reasons where there is no room for the server's own words. */
const IN_SHORT: Readonly<Partial<Record<FailureKind, string>>> = {
  rate: 'rate limit',
  overload: 'overloaded',
  server: 'server error',
  offline: 'no connection',
  cut: 'connection lost',
  stalled: 'silence',
  resting: 'left alone',
}

/** Who was found for a turn, while nothing that it follows from has changed: a long prompt takes time to measure. */
const found = new WeakMap<Turn, Pick<State, 'choices' | 'models'> & { readonly other: string | null }>()

/** The model that one key asks in the place of the one that is waited for; null: there is no other that can hold the prompt. */
export function otherModel(state: State, turn: Turn): string | null {
  const { choices, models } = state
  const known = found.get(turn)
  if (known?.choices === choices && known.models === models) return known.other
  const tried = [turn.model, ...(turn.instead ?? []).map(({ from }) => from)]
  const other = untried(offered(choices), tried, models).find((name) => elsewhere(state, turn, name).fits !== 'no')
  found.set(turn, { choices, models, other: other ?? null })
  return other ?? null
}

/** Whether a wait is that of a model that is left alone: it begins with a probe then, before the next attempt. */
export function isResting(
  { resting }: Pick<State, 'resting'>,
  { model, retry }: Pick<Turn, 'model' | 'retry'>,
): boolean {
  const until = resting[model]
  return retry?.failure.kind === 'resting' || (until !== undefined && retry !== null && retry.until >= until - SAME_MS)
}

/** Two clocks are read for the end of a rest: less than this apart, in ms, it is the same. */
const SAME_MS = 1_000

/**
 * In one row where there is room, else in two: what is known, and below it what a key would do; in three where two would leave
 * something out. null: nothing is waited
 * for. @param now on the clock of the turns' times
 */
export function countdown(state: State, turn: Turn, now: Ms, width: number): readonly string[] | null {
  const { retry } = turn
  if (!retry) return null
  const { failure } = retry
  const left = Math.max(0, Math.ceil((retry.until - now) / 1000))
  const isRest = isResting(state, turn)
  const time = isRest && left === 0 ? 'now' : `in ${left}s`
  const standIn = standInOf(turn)
  const head = sayNext({ ...retry, isRest }, time, standIn, state.models)
  const reason = failure.reason.replace(/\.$/, '')
  const short = IN_SHORT[failure.kind] ?? reason
  const other = otherModel(state, turn)
  const name = other === null ? null : shortName(other, state.models)
  const [soon, esc] = [`${NOW_KEY} now`, 'esc stops']
  const keys = [[soon, ...(name === null ? [] : [`${OTHER_KEY} ${name}`]), esc], [soon, esc], [esc]]
  const id = failure.requestId === null ? [] : [failure.requestId]
  const whose = standIn === null ? '' : ` of ${shortName(standIn, state.models)}`
  const inShort = isRest
    ? `${short}: probe ${time}, then ${retry.attempt} of ${retry.of}${whose}`
    : `${short}: ${retry.attempt} of ${retry.of}${whose} ${time}`
  const whole = [[head, reason, ...id].join(' · '), ...keys[0]!].join(' · ')
  if (roomOf(whole) <= width) return [whole]
  // Where something would be left out, a third row has room for it.
  const cramped = roomOf(keys[0]!.join(' · ')) > width || roomOf([inShort, ...id].join(' · ')) > width
  const packed = cramped ? packedIn([inShort, esc, ...id, ...keys[0]!.slice(0, -1)], width) : []
  if (packed.length > 0 && packed.length <= 3) return packed
  const known = [
    [head, reason, ...id],
    ...(isRest ? [] : [[head, short, ...id]]),
    [inShort, ...id],
    [head, reason],
    [inShort],
    [head],
  ]
  return [known, keys].map((rows) =>
    fitted(
      rows.map((parts) => parts.join(' · ')),
      width,
    ),
  )
}

/** Pieces in as few rows as hold them, in their order; empty: one is wider than a row. */
function packedIn(pieces: readonly string[], width: number): readonly string[] {
  const rows: string[] = []
  for (const piece of pieces) {
    if (roomOf(piece) > width) return []
    const longer = rows.length === 0 ? piece : `${rows.at(-1)} · ${piece}`
    if (rows.length > 0 && roomOf(longer) <= width) rows[rows.length - 1] = longer
    else rows.push(piece)
  }
  return rows
}
