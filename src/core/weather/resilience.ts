/**
 * After a failure: wait and try again, ask another model, or stop. Decides; waiting and asking are the road's.
 *
 * The law is ours and not a policy library's (cockatiel was looked at): what is decided here depends on what the server
 * said and on what was shown, has to be told before it is waited for, and must be the same for the same values, so that
 * a recording plays as it was. What a library would carry of it is one line, the doubling.
 */

import type { Choices } from '../conversation/choices.ts'
import { type Models, modelCard, resolveModel } from '../models.ts'
import type { TurnRequest } from '../request.ts'
import type { Failure, FailureKind, Ms } from '../turn.ts'
import { GIVEN_UP } from './failures.ts'

export interface Patience {
  /** Attempts in all, the first one included. */
  readonly attempts: number
  /** Longest time from the first attempt to the start of the last one. */
  readonly deadlineMs: Ms
  readonly firstDelayMs: Ms
  readonly maxDelayMs: Ms
  /** Whoever waits for the deadline alone gives up an attempt that is silent before its first word, after no less than this; absent: somebody watches. */
  readonly leastSilenceMs?: Ms
}

const PACE = { firstDelayMs: 1_000, maxDelayMs: 60_000 } as const

/** A person is watching and can stop it at any time. */
export const CHAT_PATIENCE: Patience = { attempts: 5, deadlineMs: 180_000, ...PACE }

/** A script waits for us: a minute in all. */
export const SCRIPT_PATIENCE: Patience = { attempts: 4, deadlineMs: 60_000, leastSilenceMs: 10_000, ...PACE }

/** While another model can answer, nobody waits long for the first one. */
const BEFORE_ANOTHER = { attempts: 3, deadlineMs: 15_000 } as const

export const hasty = (patience: Patience): Patience => ({
  ...patience,
  attempts: Math.min(patience.attempts, BEFORE_ANOTHER.attempts),
  deadlineMs: Math.min(patience.deadlineMs, BEFORE_ANOTHER.deadlineMs),
})

/** More attempts than anybody counts. */
const MOST_ATTEMPTS = 1_000
/** Share of a wait that chance may take off, so that clients spread out. */
const JITTER = 0.25

/** The wait behind so many attempts, before chance takes some of it off. */
const backoff = ({ firstDelayMs, maxDelayMs }: Patience, attempt: number): Ms =>
  Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1))

/** The usual patience, or that of somebody who waits for so long: with as many attempts as may fit. null: the usual. */
export function patienceFor(usual: Patience, waitsMs: Ms | null): Patience {
  if (waitsMs === null) return usual
  let attempts = 1
  for (let left = waitsMs; attempts < MOST_ATTEMPTS; attempts++) {
    left -= backoff(usual, attempts) * (1 - JITTER)
    if (left < 0) break
  }
  return { ...usual, attempts, deadlineMs: waitsMs }
}

/** Silence before the first word is part of the deadline, so that there is time for attempts behind it. */
const SHARE_OF_SILENCE = 1 / 3
/** A long prompt is read for a while before anything can be said: what that may take, in ms per character. */
const READING_MS = 1 / 20
/** What an image or a page may take, in characters. */
const PAGE_CHARS = 10_000

/**
 * Silence before the first word of an answer after which an attempt is given up, in ms, if that is less than what
 * counts as a stall everywhere: a third of the deadline or what is left of it, and the time to read the prompt; without
 * end where somebody watches, or only one attempt is made. Pings are signs of life: a model that thinks for long is not silent.
 * @param elapsedMs since the first attempt began
 */
export function silenceLimit(
  { attempts, deadlineMs, leastSilenceMs }: Patience,
  elapsedMs: Ms,
  { system, messages }: Pick<TurnRequest, 'system' | 'messages'>,
): Ms {
  if (leastSilenceMs === undefined || attempts === 1) return Number.POSITIVE_INFINITY
  const chars = messages.reduce(
    (sum, { text, attachments = [] }) =>
      attachments.reduce((all, one) => all + (one.chars ?? PAGE_CHARS * (one.pages ?? 1)), sum + text.length),
    system?.length ?? 0,
  )
  const share = Math.min(deadlineMs * SHARE_OF_SILENCE, deadlineMs - elapsedMs)
  return Math.max(leastSilenceMs, share) + chars * READING_MS
}

/** Units of a setting such as `90s`, in ms. A bare number is seconds. */
const UNITS: Readonly<Record<string, number>> = { '': 1_000, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** How long a person waits, in ms, by the setting `retryFor`; null for `auto`: as usual. */
export function waitsFor(setting: string): Ms | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(setting) ?? []
  return amount === undefined ? null : Number(amount) * UNITS[unit]!
}

/** Why nothing is sent again. `asked`: the server wants more time than there is. */
export type Why = 'lasting' | 'shown' | 'attempts' | 'deadline' | 'asked'

export type Decision = { readonly type: 'again'; readonly delayMs: Ms } | { readonly type: 'enough'; readonly why: Why }

const enough = (why: Why): Decision => ({ type: 'enough', why })

/**
 * Whether there is another attempt, and after which wait.
 * Backoff doubles from the first delay, less what chance (0 to 1) takes off; a `retry-after` of the server is obeyed to
 * the full, and when it asks for more than our patience we stop at once. Nothing is sent again once text has been shown.
 */
export function afterFailure(input: {
  readonly failure: Failure
  readonly attempt: number
  readonly elapsedMs: Ms
  readonly textShown: boolean
  readonly patience: Patience
  readonly chance: number
}): Decision {
  const { failure, attempt, patience, elapsedMs } = input
  if (!failure.transient) return enough('lasting')
  if (input.textShown) return enough('shown')
  if (attempt >= patience.attempts) return enough('attempts')
  const delayMs = failure.retryAfterMs ?? backoff(patience, attempt) * (1 - JITTER * input.chance)
  // Whoever gives an attempt up for another one has patience left, whatever the clock says.
  if (failure.code === GIVEN_UP || elapsedMs + delayMs <= patience.deadlineMs) return { type: 'again', delayMs }
  return enough(failure.retryAfterMs === null ? 'deadline' : 'asked')
}

/** Kinds of failures that say: too much. */
export type Limiting = 'rate' | 'overload'

export const isLimiting = <F extends Pick<Failure, 'kind'>>(failure: F): failure is F & { readonly kind: Limiting } =>
  failure.kind === 'rate' || failure.kind === 'overload'

/** Whether the request was not sent at all: what was not sent was no attempt. */
export const isUnsent = ({ kind }: Pick<Failure, 'kind'>): boolean => kind === 'budget' || kind === 'resting'

/** What another model may be spared: this one cannot just now, whatever it is asked. */
const OF_THE_MODEL: ReadonlySet<FailureKind> = new Set(['rate', 'overload', 'server', 'resting'])

/** Whether another model may do better. */
export const isOfTheModel = ({ kind }: Pick<Failure, 'kind'>): boolean => OF_THE_MODEL.has(kind)

/** Whether an answer broke off that had more to say: the line did, or a server that gave up in the middle of it. */
export function isBroken({ kind }: Pick<Failure, 'kind'>, answer: string): boolean {
  if (kind === 'cut' || kind === 'stalled') return true
  return answer.trim() !== '' && (kind === 'rate' || kind === 'overload' || kind === 'server')
}

/** The models of the chain where nobody has named one, the best first. */
const USUAL_CHAIN = ['deep', 'balanced', 'fast'] as const

export type Fallback = NonNullable<Choices['fallback']>

/** The setting `fallback` as choices have it: names in order, or on, ask, off. @param asker who asks: `chat` is `on` there alone */
export function fallbackOf(setting: string, asker: 'chat' | 'script' = 'chat'): Fallback {
  if (setting === 'chat') return asker === 'chat' ? 'on' : 'off'
  return setting === 'on' || setting === 'ask' || setting === 'off' ? setting : setting.split(',')
}

type Asked = Pick<Choices, 'model' | 'features' | 'fallback'>

/** The chain that may be gone along without asking anybody; empty: there is none. */
export const chainOf = (choices: Asked): readonly string[] =>
  choices.fallback === 'on' || typeof choices.fallback === 'object' ? offered(choices) : []

/** Who may be asked by a key, or once the person agrees: the chain that was named, else the usual one from the model on. */
export function offered({ model, features, fallback }: Asked): readonly string[] {
  if (typeof fallback === 'object') return fallback
  // A server of one's own has models of its own.
  if (features === 'plain') return []
  const at = USUAL_CHAIN.findIndex((name) => resolveModel(name) === resolveModel(model))
  return [...USUAL_CHAIN.slice(at + 1), ...USUAL_CHAIN.slice(0, at + 1)]
}

/** Ids of those in the chain that were not asked, in order. */
export function untried(chain: readonly string[], tried: readonly string[], models: Models): readonly string[] {
  const ids = new Set(chain.map((name) => modelCard(name, models).id))
  return [...ids].filter((id) => !tried.includes(id))
}

/** What somebody may wish while the next attempt is waited for: it now, or another request in its place. */
export type Wish =
  | { readonly type: 'now' }
  | { readonly type: 'other'; readonly request: TurnRequest; readonly notes: readonly string[] }

/** Hands on what is wished, to whoever listens just then. */
export interface Wishes {
  /** @returns how to stop listening */
  listen(hear: (wish: Wish) => void): () => void
}
