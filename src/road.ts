/**
 * One turn from its request to its last event: attempts, the waits between them, other models in the place of one that
 * cannot answer, and the watchdog over silence. Chat, one-shot, tests and benchmarks all listen here; nobody else sends,
 * retries or times out.
 */

import { duration } from './core/figures/words.ts'
import { CATALOGUE, shortName } from './core/models.ts'
import type { TurnRequest } from './core/request.ts'
import { type Failure, isEnd, type Ms, type TurnEvent } from './core/turn.ts'
import { failure } from './core/weather/failures.ts'
import {
  afterFailure,
  hasty,
  isOfTheModel,
  isUnsent,
  type Patience,
  silenceLimit,
  type Why,
  type Wish,
  type Wishes,
} from './core/weather/resilience.ts'
import type { Api, Emit } from './io/api.ts'

export interface RoadOptions {
  readonly api: Pick<Api, 'attempt'>
  readonly patience: Patience
  /** Silence after which a turn counts as stalled, in ms. */
  readonly stallAfterMs: number
  readonly now: () => number
  /** A number from 0 to 1, for the jitter of retries. */
  readonly chance: () => number
  /** How much faster than life time passes, in a replay; 1 when absent. */
  readonly speed?: number
  /** What somebody may wish while the next attempt is waited for; absent: nobody is there. */
  readonly wishes?: Wishes
  /** Who answers when this model cannot; absent: nobody else. */
  readonly instead?: InsteadOf
}

/** What stands in for a model that cannot answer. */
export interface InsteadOf {
  /** Whether there is another model to ask. @param tried ids of those that were, the first choice first */
  hasMore(tried: readonly string[]): boolean
  next(tried: readonly string[], failure: Failure, signal: AbortSignal): Promise<Next>
}

/** `notes` are sentences: what is different with it, and who was passed over, and why. */
export type Next = { readonly notes: readonly string[] } & (
  | { readonly type: 'request'; readonly request: TurnRequest }
  /** An earlier answer to the very same request. */
  | { readonly type: 'answer'; readonly text: string; readonly model: string; readonly saidMs: number }
  | { readonly type: 'none' }
)

/** What an answer in one piece may take: the SDK's own limit for requests that do not stream. */
const WHOLE_ANSWER_MS = 600_000

/** However fast a recording is played: machines are busy. */
const SHORTEST_SILENCE_MS = 2_000

/** Travels the road. Resolves after the last event (`finished`, `failed` or `stopped`); never rejects. */
export async function travel(first: TurnRequest, signal: AbortSignal, emit: Emit, options: RoadOptions): Promise<void> {
  const { now, speed = 1, instead } = options
  const started = now()
  let saved = 0
  let request = first
  const tried = [first.model]
  /** Requests that were sent, those that went to the models before this one, and times this one was not asked at all. */
  let [sent, before, held] = [0, 0, 0]
  /** Who was thought of and cannot be asked, once that is known: from then on this model has all our patience. */
  let alone: readonly string[] | null = null
  /** Why the last attempt came to nothing; null: there was none. */
  let last: Failure | null = null
  /** What the first choice failed with, and then those that were asked in its place; empty: nobody was. */
  const stood: { readonly model: string; readonly failure: Failure }[] = []
  /** Another model is asked from now on. */
  const fallBack = (
    { request: to, notes }: Extract<Next, { type: 'request' }>,
    by: 'person' | 'chain',
    why: Failure,
  ) => {
    emit({ type: 'fellBack', at: now(), from: request.model, to: to.model, by, failure: why, notes })
    stood.push({ model: request.model, failure: why })
    request = to
    tried.push(to.model)
    before = sent
    held = 0
  }
  /** Another model may do better; a chain goes on past a name in it that nobody knows. */
  const isCurable = (why: Failure) => isOfTheModel(why) || (stood.length > 0 && why.kind === 'missing')
  const obey = (wish: Wish, why: Failure) => {
    if (wish.type === 'now') request = { ...request, isUrgent: true }
    else fallBack({ ...wish, type: 'request' }, 'person', worded(why, sent - before))
  }
  for (;;) {
    const elapsedMs = now() - started + saved
    const silenceMs = silenceLimit(options.patience, elapsedMs, request)
    // Both may be without end: who waits for ever does so at any speed.
    const playedMs = silenceMs === Number.POSITIVE_INFINITY ? silenceMs : silenceMs / speed
    const quietMs = Math.min(options.stallAfterMs, Math.max(SHORTEST_SILENCE_MS, playedMs))
    const wishes = last ? options.wishes : undefined
    const end = await watchedAttempt(request, sent + 1, signal, emit, { ...options, quietMs }, wishes)
    // Somebody was tired of the probe that comes first, or of whatever else there was to do.
    if (end.wish && last && !signal.aborted) {
      obey(end.wish, last)
      continue
    }
    const { isUrgent, ...usual } = request
    if (isUrgent) request = usual
    if (end.event.type !== 'failed') return emit(end.event)
    const { textShown } = end
    const trouble = end.event.failure
    last = trouble
    // What was not sent was no attempt, and yet nobody tries without end.
    const isHeld = isUnsent(trouble)
    if (isHeld) held++
    else sent++
    const attempts = sent - before
    const others: InsteadOf | null = !textShown && isCurable(trouble) && alone === null ? (instead ?? null) : null
    const attempt = isHeld ? held : attempts
    const known = { failure: trouble, attempt, elapsedMs: now() - started + saved, textShown }
    const chance = options.chance()
    const decide = (patience: Patience) => ({
      of: patience.attempts,
      ...afterFailure({ ...known, patience, chance }),
    })
    let way = decide(others?.hasMore(tried) ? hasty(options.patience) : options.patience)
    let next: Next | null = null
    if (way.type === 'enough' && others) {
      next = await others.next(tried, trouble, signal)
      if (signal.aborted) return emit({ type: 'stopped', at: now() })
      if (next.type === 'none') {
        alone = next.notes
        way = decide(options.patience)
      }
    }
    if (way.type === 'again') {
      const waitMs = way.delayMs / speed
      saved += way.delayMs - waitMs
      emit({ type: 'waiting', at: now(), attempt: attempts, of: way.of, delayMs: waitMs, failure: trouble })
      const wish = await waited(waitMs, signal, options.wishes)
      if (signal.aborted) return emit({ type: 'stopped', at: now() })
      if (wish) obey(wish, trouble)
      continue
    }
    const told = worded(trouble, attempts)
    if (next?.type === 'answer') {
      const { model, saidMs, text, notes } = next
      emit({ type: 'recalled', at: now(), model, saidMs, failure: told, notes })
      emit({ type: 'delta', at: now(), text })
      return emit({ type: 'finished', at: now(), stopReason: 'end_turn', explanation: null })
    }
    if (next?.type !== 'request') {
      const noted = withNotes(told, [...sayNoMore(way.why, trouble, options.patience), ...(alone ?? [])])
      const all = textShown ? [] : [...stood, { model: request.model, failure: noted }]
      return emit({ ...end.event, failure: all.length > 1 ? ofAll(all) : noted })
    }
    fallBack(next, 'chain', told)
  }
}

/** Says how often we tried, when it was more than once. */
function worded(trouble: Failure, attempts: number): Failure {
  if (attempts <= 1 || isUnsent(trouble)) return trouble
  return { ...trouble, reason: `${trouble.reason.replace(/\.$/, '')}, after ${attempts} attempts.` }
}

/** Why there is no attempt more, where it is time that is lacking. */
function sayNoMore(why: Why, { retryAfterMs, isRest }: Failure, { deadlineMs }: Patience): readonly string[] {
  const may = `the ${duration(deadlineMs)} it may take`
  if (why === 'deadline') return [`Another attempt would come too late for ${may}.`]
  if (why !== 'asked') return []
  const wait = `${isRest ? 'The model is left alone for' : 'The server asks to wait'} ${duration(retryAfterMs ?? 0)}`
  return [`${wait}: that is more than is left of ${may}.`]
}

/** The failure of the first choice, which is asked first the next time, too, with what came of the others. */
function ofAll([first, ...others]: readonly { readonly model: string; readonly failure: Failure }[]): Failure {
  const say = (model: string, reason: string) => `${shortName(model, CATALOGUE)}: ${reason.replace(/([^.])$/, '$1.')}`
  const reasons = others.map(
    ({ model, failure }, i) => `${i === 0 ? 'In its place, ' : 'Then '}${say(model, failure.reason)}`,
  )
  return { ...first!.failure, reason: [say(first!.model, first!.failure.reason), ...reasons].join(' ') }
}

const withNotes = (trouble: Failure, notes: readonly string[]): Failure =>
  notes.length === 0 ? trouble : { ...trouble, reason: [trouble.reason.replace(/([^.])$/, '$1.'), ...notes].join(' ') }

/** Waits; returns early when the signal aborts, or with what somebody wishes meanwhile. */
function waited(ms: Ms, signal: AbortSignal, wishes?: Wishes): Promise<Wish | null> {
  return new Promise((resolve) => {
    const done = (wish: Wish | null) => {
      clearTimeout(timer)
      deaf?.()
      signal.removeEventListener('abort', stop)
      resolve(wish)
    }
    const stop = () => done(null)
    const timer = setTimeout(stop, ms)
    const deaf = wishes?.listen(done)
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** One attempt under the watchdog. The end is handed back, everything before it is emitted. @param wishes heard until it is sent */
async function watchedAttempt(
  request: TurnRequest,
  attempt: number,
  signal: AbortSignal,
  emit: Emit,
  { api, now, quietMs, ...options }: RoadOptions & { readonly quietMs: Ms },
  wishes: Wishes | undefined,
): Promise<{
  readonly event: Extract<TurnEvent, { type: 'finished' | 'failed' | 'stopped' }>
  readonly textShown: boolean
  /** What was wished before it was sent: it was given up for that. */
  readonly wish?: Wish
}> {
  // An answer in one piece is silent until it is whole.
  const stallAfterMs = request.stream ? options.stallAfterMs : Math.max(options.stallAfterMs, WHOLE_ANSWER_MS)
  const own = new AbortController()
  const stop = () => own.abort()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  /** Silence before the first word may count as a stall sooner: it can be tried again. */
  const limit = () => (textShown || !request.stream ? stallAfterMs : quietMs)
  let lastSign = now()
  let stalled = false
  let textShown = false
  let wish: Wish | null = null
  // Once it is sent nobody waits for it to be.
  let deaf = wishes?.listen((what) => {
    wish = what
    own.abort()
  })
  let end: Extract<TurnEvent, { type: 'finished' | 'failed' | 'stopped' }> | null = null

  // One timer for the whole attempt: it looks when the last sign of life came and sleeps for what is left.
  let timer: NodeJS.Timeout
  const watch = (after: number) => {
    timer = setTimeout(() => {
      const silence = now() - lastSign
      if (silence < limit()) return watch(limit() - silence + 1)
      stalled = true
      own.abort()
    }, after)
  }
  watch(limit())
  try {
    await api.attempt(request, attempt, own.signal, (event) => {
      lastSign = event.at
      if (isEnd(event)) end = event
      else {
        if (event.type === 'delta') textShown = true
        if (event.type === 'sent') {
          deaf?.()
          deaf = undefined
        }
        emit(event)
      }
    })
  } finally {
    clearTimeout(timer!)
    deaf?.()
    signal.removeEventListener('abort', stop)
  }
  if (wish) return { event: { type: 'stopped', at: now() }, textShown, wish }
  const last = end ?? { type: 'stopped', at: now() }
  if (stalled && !signal.aborted && (last as TurnEvent).type !== 'finished') {
    const seconds = Math.round(limit() / 1000)
    return {
      event: { type: 'failed', at: now(), failure: failure('stalled', `Nothing came for ${seconds} s.`) },
      textShown,
    }
  }
  return { event: last as never, textShown }
}
