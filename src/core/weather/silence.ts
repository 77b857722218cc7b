/** Silence of a running turn, told apart by how far its request has come: what to say of it, and since when. */

import { STALL_MS } from '../figures/metrics.ts'
import { tokens } from '../figures/words.ts'
import type { Steps } from '../text/steps.ts'
import { attemptsOf, type Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import { estimateTokens } from '../window/context.ts'

/**
 * connecting: no connection stands yet; unheard: sent, and no headers; unbegun: headers, and no event; unspoken: begun,
 * and no token; thinking: between two signs of its thoughts; between: in the middle of the visible answer.
 */
export type SilenceKind = 'connecting' | 'unheard' | 'unbegun' | 'unspoken' | 'thinking' | 'between'

export interface Silence {
  readonly kind: SilenceKind
  /** Since the last word of content, or since the step before it. */
  readonly sinceMs: Ms
  /** Since anything came, a ping included; null: nothing has since the silence began. */
  readonly signMs: Ms | null
}

/** From this length on, in ms, it is noticeable, and said. */
export const NOTICEABLE_MS = STALL_MS

/** The silence a turn is in; null: it is over, or waits for its next attempt. */
export function silenceOf({ phase, times }: Pick<Turn, 'phase' | 'times'>, now: Ms): Silence | null {
  const { sent, heard, began, lastOutput, connecting, lastSign } = times
  if (phase === 'done' || phase === 'waiting' || sent === null) return null
  const kind = kindOf()
  const from = lastOutput ?? began ?? heard ?? connecting ?? sent
  const sinceMs = Math.max(0, now - from)
  return { kind, sinceMs, signMs: lastSign !== null && lastSign > from ? Math.max(0, now - lastSign) : null }

  function kindOf(): SilenceKind {
    if (phase === 'answering') return 'between'
    if (phase === 'thinking') return 'thinking'
    if (began !== null) return 'unspoken'
    if (heard !== null) return 'unbegun'
    return connecting === null ? 'unheard' : 'connecting'
  }
}

const seconds = (ms: Ms) => `${Math.max(0, Math.floor(ms / 1000))}s`

/**
 * What is said while a turn is waited for, in one row, the longest first; null: its answer flows, or there is nothing to
 * wait for.
 */
export function sayAwaited(turn: Turn, now: Ms): Steps | null {
  const silence = silenceOf(turn, now)
  if (!silence) return null
  const silent = saySilence(silence)
  const stops = 'esc stops'
  if (silence.kind === 'between') return silent === '' ? null : joined([silent, stops], [silent])
  const { sent, asked, firstThinking } = turn.times
  const thinks = silence.kind === 'thinking'
  const since = seconds(now - ((thinks ? firstThinking : (sent ?? asked)) ?? now))
  const head = thinks ? `Thinking… ${since}` : `Waiting for the first token… ${since}`
  const two = turn.hedge?.won === null ? 'two requests run' : ''
  const more = [
    turn.thinking === '' ? '' : `~${tokens(estimateTokens(turn.thinking))} tokens`,
    attemptsOf(turn) > 1 && !thinks ? `attempt ${attemptsOf(turn)}` : '',
    two,
  ]
  const isTimed = silence.kind !== 'connecting' && silence.kind !== 'unheard'
  const short = silent === '' ? head : isTimed ? capital(silent) : `${capital(silent)}, ${since}`
  // That both are paid is more than where one of them stands.
  if (two)
    return joined(
      [head, ...more, silent, stops],
      [head, two, stops],
      [`${capital(two)}, ${since}`, stops],
      [`${capital(two)}, ${since}`],
    )
  return joined([head, ...more, silent, stops], [head, silent, stops], [short, stops], [short])
}

const joined = (...rows: readonly (readonly string[])[]): Steps =>
  rows.map((parts) => parts.filter((part) => part !== '').join(' · '))

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1)

/** Where it stands, in a few words; empty while it is not noticeable. */
export function saySilence(silence: Silence): string {
  if (silence.sinceMs < NOTICEABLE_MS) return ''
  const since = seconds(silence.sinceMs)
  const alive = silence.signMs === null ? '' : `, a sign of life ${seconds(silence.signMs)} ago`
  switch (silence.kind) {
    case 'connecting':
      return 'no connection yet'
    case 'unheard':
      return 'sent, and nothing heard yet'
    case 'unbegun':
      return `accepted, but silent for ${since}${alive}`
    case 'unspoken':
      return `begun, but silent for ${since}${alive}`
    case 'thinking':
      return `silent for ${since}${alive}`
    case 'between':
      return `Silent for ${since} in the middle of the answer${alive}`
  }
}

/** The same as the reason of giving up on it, in a sentence. */
export function sayGivenUp({ kind, sinceMs }: Silence): string {
  const since = sinceMs < 1000 ? `${Math.round(sinceMs)} ms` : `${Math.round(sinceMs / 1000)} s`
  switch (kind) {
    case 'connecting':
      return `No connection for ${since}.`
    case 'unheard':
      return `Sent, and nothing heard for ${since}.`
    case 'unbegun':
      return `Accepted, but no event came for ${since}.`
    case 'unspoken':
      return `Begun, but nothing came for ${since}.`
    case 'thinking':
      return `No sign of thinking for ${since}.`
    case 'between':
      return `Nothing came for ${since} in the middle of the answer.`
  }
}
