/** How a turn ended: its exit code, and what is said of its end, in a chat and in a script. */

import { duration, tokens } from '../figures/words.ts'
import { type Models, shortName } from '../models.ts'
import type { Failure, FailureKind, Ms } from '../turn.ts'
import { GIVEN_UP, lacksRoom, usualRemedy } from '../weather/failures.ts'
import { isBroken } from '../weather/resilience.ts'
import type { Escalation, Instead, Turn } from './turns.ts'

/** Exit codes of the program. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  key: 3,
  limited: 4,
  refused: 5,
  cut: 6,
  overBudget: 7,
  late: 8,
  tooLarge: 9,
  uncached: 10,
  sigint: 130,
  sigterm: 143,
} as const

export const NO_KEY =
  'No API key. Set ANTHROPIC_API_KEY, store one with `claude-tui config set apiKey`, or try it without: claude-tui --demo'

/** Signals that ask us to go, with the exit code of each: as a shell counts a death by signal, 128 and its number. */
export const BY_SIGNAL = { SIGHUP: 129, SIGINT: EXIT.sigint, SIGQUIT: 131, SIGTERM: EXIT.sigterm } as const

export type EndingSignal = keyof typeof BY_SIGNAL

const OF_FAILURE: Readonly<Record<FailureKind, number>> = {
  key: EXIT.key,
  alien: EXIT.key,
  spend: EXIT.limited,
  budget: EXIT.overBudget,
  late: EXIT.late,
  rate: EXIT.limited,
  overload: EXIT.limited,
  resting: EXIT.limited,
  refused: EXIT.refused,
  cut: EXIT.cut,
  stalled: EXIT.cut,
  interrupted: EXIT.cut,
  'too-long': EXIT.tooLarge,
  missing: EXIT.usage,
  server: EXIT.unexpected,
  offline: EXIT.unexpected,
  invalid: EXIT.unexpected,
}

/** The exit code of a turn that is over. @param stopped the code of one that a signal ended: which one did it */
export function exitCode({ end, answer }: Pick<Turn, 'end' | 'answer'>, stopped: number = EXIT.sigint): number {
  if (end?.type === 'failed' && end.failure.kind === 'interrupted') return stopped
  if (end?.type === 'failed' && end.failure.kind === 'late') return EXIT.late
  // Once text is out, what matters to a script is that it is not the whole of it, whatever broke it off.
  if (end?.type === 'failed') return answer.trim() === '' ? OF_FAILURE[end.failure.kind] : EXIT.cut
  if (end?.type !== 'finished') return stopped
  if (end.stopReason === 'refusal') return EXIT.refused
  return answer.trim() === '' || cutShort(end.stopReason) ? EXIT.cut : EXIT.ok
}

/** A reason to end before anything was sent: a sentence, and the exit code it stands for. */
export class Ending extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Whether the answer ended for want of room and not because it was done. */
export function cutShort(stopReason: string): boolean {
  return stopReason === 'max_tokens' || stopReason === 'model_context_window_exceeded'
}

/** Where a sentence is read: advice that names a slash command is of no use in a script, nor a flag in a chat. */
export type Place = 'chat' | 'script'

/** Ways out that differ in a script; the others hold in both. */
const IN_A_SCRIPT: Readonly<Partial<Record<FailureKind, string>>> = {
  rate: 'Wait a moment and call again, or choose another model with --model.',
  overload: 'Call again in a moment, or choose another model with --model.',
  resting:
    'Call again then, or name another model (--model, --fallback); CLAUDE_TUI_BREAKER=off sends it all the same.',
  server: 'Call again; if it keeps failing, look at the API status page.',
  cut: 'Call again for the whole answer.',
  stalled: 'Call again, or wait longer: --retry-for for the first word, the setting stallAfterMs between words.',
  interrupted: 'Call again for the whole answer.',
  'too-long': 'Send less, or choose a model with a larger window.',
  missing: 'Check the model name (--model) and the base URL.',
  refused: 'Rephrase it, or ask another model with --model.',
}

const FEWER_BYTES = 'Send less: fewer or smaller files, or a new conversation.'

const isUsualOf = (kind: FailureKind, remedy: string) => remedy === usualRemedy(kind)

/** One sentence or two on an end that is not simply the end of the answer; null when there is nothing to say. */
export function endNote(
  { end, answer, room, race }: Pick<Turn, 'end' | 'answer' | 'room' | 'race'>,
  place: Place,
): string | null {
  const nothing = answer.trim() === ''
  if (end?.type === 'failed') {
    const { reason, code } = end.failure
    const goesOn = place === 'chat' && !nothing && code !== GIVEN_UP && isBroken(end.failure, answer)
    const wayOut = goesOn ? GOES_ON : wayOutOf(end.failure, place)
    return [sentence(reason), nothing ? '' : 'What came is kept.', wayOut].filter(Boolean).join(' ')
  }
  if (end?.type === 'stopped' && race?.kept === null) return 'None of the answers was kept.'
  if (end?.type === 'stopped') return nothing ? 'Stopped before anything came.' : 'Stopped. What came is kept.'
  if (end?.type !== 'finished') return null
  if (end.stopReason === 'refusal') {
    const why = end.explanation ? `The model declined: ${sentence(end.explanation)}` : 'The model declined.'
    return place === 'chat' ? `${why} The exchange is left out of what is sent next.` : why
  }
  if (end.stopReason === 'max_tokens' && room !== undefined) {
    const cut = `cut after ${tokens(room)} tokens${nothing ? ', before any text came' : ''}: the budget paid for no more.`
    return `The answer was ${cut} ${place === 'chat' ? 'Raise it, and ask it to go on.' : 'Raise it to have a longer one.'}`
  }
  if (end.stopReason === 'max_tokens') {
    return nothing
      ? 'The limit of output tokens was used up before any text came: raise --max-tokens or lower --effort.'
      : 'Cut short at the limit of output tokens. Ask it to go on, or raise --max-tokens.'
  }
  if (end.stopReason === 'model_context_window_exceeded') {
    return `Cut short: the context window is full.${place === 'chat' ? ' Start afresh with /clear.' : ''}`
  }
  return nothing ? 'The model answered without any text.' : null
}

/** What was shown is never asked for again in silence. */
const GOES_ON = '/continue goes on from there, in a new request.'

/** A time that somebody else has to wait, in whole seconds while it is short. */
export const inTime = (ms: Ms): string => (ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : duration(ms))

/** What may be done about it, in one sentence. A server that says when to come back is taken at its word. */
export function wayOutOf(
  {
    kind,
    remedy,
    retryAfterMs,
    status = null,
  }: Pick<Failure, 'kind' | 'remedy' | 'retryAfterMs'> & Partial<Pick<Failure, 'status'>>,
  place: Place,
): string {
  // The end of a recording: there is none.
  if (remedy === '') return ''
  const isUsual = place === 'script' || isUsualOf(kind, remedy)
  if (retryAfterMs !== null && isUsual && (kind === 'rate' || kind === 'overload')) {
    return place === 'script'
      ? `Call again in ${inTime(retryAfterMs)}, let the call wait (--retry-for), or choose another model with --model.`
      : `Send again in ${inTime(retryAfterMs)}, or choose another model with /model.`
  }
  // Bytes, not tokens: no model's window helps.
  if (place === 'script' && kind === 'too-long' && !lacksRoom({ kind, status, remedy })) return FEWER_BYTES
  return (place === 'script' ? IN_A_SCRIPT[kind] : undefined) ?? remedy
}

/** A failure as a script reads it: its way out names flags, and no command of the chat. */
export const inAScript = (failure: Failure): Failure => ({ ...failure, remedy: wayOutOf(failure, 'script') })

/** What failed and the way out of it, in sentences for a script. */
export const sayInAScript = (failure: Failure): string =>
  [sentence(failure.reason), wayOutOf(failure, 'script')].filter(Boolean).join(' ')

/** A server's words rarely end with a full stop; what follows them needs one. */
const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`)

/** Why an attempt failed, as a sentence, with the name by which the server knows it. */
export const sayFailed = ({ reason, requestId }: Failure): string =>
  requestId === null ? sentence(reason) : sentence(`${reason.replace(/\.$/, '')}, request ${requestId}`)

/**
 * What comes once a wait is over: the next attempt, or a probe before it where the model is left alone.
 * @param time until then, such as `in 5s`. @param standIn as in `sayAttempt`
 */
export function sayNext(
  next: { readonly attempt: number; readonly of: number; readonly isRest: boolean },
  time: string,
  standIn: string | null,
  models: Models,
): string {
  const attempt = sayAttempt(next, standIn, models)
  return next.isRest ? `A probe ${time}, then ${attempt[0]!.toLowerCase()}${attempt.slice(1)}` : `${attempt} ${time}`
}

/**
 * Which attempt is next, of as many as this model has; where it stands in for another one, it is named.
 * @param standIn its id; null: it is the one that was asked first
 */
export function sayAttempt(
  { attempt, of }: { readonly attempt: number; readonly of: number },
  standIn: string | null,
  models: Models,
): string {
  return `Attempt ${attempt} of ${of}${standIn === null ? '' : ` of ${shortName(standIn, models)}`}`
}

/** The id of a model that was asked in another one's place; null: it was not. */
export const standInOf = ({ instead, model }: Pick<Turn, 'instead' | 'model'>): string | null =>
  instead === undefined ? null : model

/** One model in the place of another, announced. */
export function sayInstead({ from, to, failure, notes }: Instead, models: Models): string {
  const head = `${shortName(to, models)} is asked in place of ${shortName(from, models)}: ${sayFailed(failure)}`
  return [head, ...notes].join(' ')
}

/** A step up a cascade, announced. */
export const sayEscalated = ({ from, to, reason }: Escalation, models: Models): string =>
  `${shortName(from, models)}: not good enough (${reason.replace(/[.]$/, '')}) → ${shortName(to, models)}.`

/** An earlier answer, marked and dated. */
export function sayRecalled({ model, recalled }: Pick<Turn, 'model' | 'recalled'>, models: Models): string {
  const { saidMs, failure, notes } = recalled!
  const day = new Date(saidMs).toISOString().slice(0, 16).replace('T', ' ')
  const head = `An earlier answer to this very request, by ${shortName(model, models)} on ${day} UTC, from the history; it costs nothing.`
  return [head, `None could be had now: ${sayFailed(failure)}`, ...notes].join(' ')
}

/** Events after which there is more to announce. */
export const ANNOUNCED: ReadonlySet<string> = new Set(['fellBack', 'escalated', 'recalled'])

/** All that is to be said of a turn before its answer, a paragraph each. */
export function announced(
  turn: Pick<Turn, 'instead' | 'escalations' | 'recalled' | 'model'>,
  models: Models,
): readonly string[] {
  const instead = [
    ...(turn.instead ?? []).map((one) => sayInstead(one, models)),
    ...(turn.escalations ?? []).map((one) => sayEscalated(one, models)),
  ]
  return turn.recalled ? [...instead, sayRecalled(turn, models)] : instead
}
