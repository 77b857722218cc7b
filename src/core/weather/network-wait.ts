/** Waiting for the network with a message in hand: how often to look, and what is said meanwhile. */

import { type Question, spelledOut } from '../attachments.ts'
import type { Key } from '../chat/keys.ts'
import type { State } from '../conversation.ts'
import { ago } from '../figures/words.ts'
import type { Steps } from '../text/steps.ts'
import { questionIn } from '../turn/turns.ts'
import type { Failure, Ms } from '../turn.ts'
import { STRANGER } from './unreached.ts'

/** Times between two looks; the last one goes on. A look opens a connection, and sends nothing. */
const LOOKS_MS: readonly Ms[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/** @param looks how often one has looked already */
export const untilNextLook = (looks: number): Ms => LOOKS_MS[Math.min(looks, LOOKS_MS.length - 1)]!

/** Codes that last, and yet go when the network, the server or a login page's visitor comes back. */
const GO_ALONE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ERR_TLS_CERT_ALTNAME_INVALID'])

/** Somebody else answers in the API's place, as a network does that wants a login first. */
const isTaken = ({ kind, code }: Failure): boolean => kind === 'alien' && code === STRANGER

/** Whether waiting for the network may help. */
function mayPass(failure: Failure): boolean {
  const { kind, transient, code } = failure
  if (isTaken(failure)) return true
  return kind === 'offline' && (transient || GO_ALONE.has(code ?? ''))
}

export interface Unsent {
  readonly question: Question
  readonly trouble: Failure
}

/** The question that did not go out for want of a network, and why; null: there is none, or something came of it. */
export function unsentQuestion({ live, turns }: Pick<State, 'live' | 'turns'>): Unsent | null {
  const turn = turns.at(-1)
  if (live || turn?.end?.type !== 'failed' || turn.answer !== '') return null
  const { failure } = turn.end
  return mayPass(failure) ? { question: questionIn(turn), trouble: failure } : null
}

/** Whether two questions read the same: one of them may have been through the composer. */
export const isSame = (one: Question, other: Question) => spelledOut(one).trim() === spelledOut(other).trim()

/** @param way the key or the command that takes the offer. @param trouble why it was not sent */
export const sayOffer = (way: string, trouble: Failure): string =>
  `${way} sends it by itself as soon as ${isTaken(trouble) ? 'the API itself answers' : 'the network is back'}.`

export const NOTHING_WAITS =
  'Nothing waits for the network: /wait is for a message that could not be sent because there was none.'
export const NOT_ANY_MORE = 'No longer waiting for the network: what you wrote is yours to send.'

/** What is waited for. */
const awaited = (trouble: Failure) => (isTaken(trouble) ? 'the API itself' : 'the network')

/** @param leftMs until the next look; null: one is under way */
export function sayWaiting(trouble: Failure, leftMs: Ms | null): Steps {
  const next = leftMs === null ? 'looking' : `next look in ${Math.max(1, Math.ceil(leftMs / 1_000))}s`
  const head = `Waiting for ${awaited(trouble)}, ${next}.`
  const soon = leftMs === null ? 'looking' : `look in ${Math.max(1, Math.ceil(leftMs / 1_000))}s`
  const short = isTaken(trouble) ? 'No API yet' : 'No network'
  return [
    `${head} It is sent by itself then; Enter sends now, Esc stops waiting.`,
    `${head} Enter sends now, Esc stops waiting.`,
    `${head} Esc stops.`,
    `Waiting for ${awaited(trouble)}, ${soon} · esc stops`,
    `${short}, ${soon} · esc stops`,
    `${soon} · esc stops`,
  ]
}

export const sayWaitingInLines = (trouble: Failure) =>
  `Waiting for ${awaited(trouble)}; the message is sent by itself then. Type anything else to leave it. ${trouble.reason}`

export const saySent = (trouble: Failure, waitedMs: Ms) =>
  `${isTaken(trouble) ? 'The API answers' : 'The network is back'} after ${ago(waitedMs)}: sent.`

export const isWaitKey = (key: Key) => key.type === 'chord' && key.ctrl && !key.alt && !key.shift && key.char === 's'
