/** Waiting for the network with a message in hand: how often to look, and what is said meanwhile. */

import { type Question, spelledOut } from './attachments.ts'
import type { State } from './conversation.ts'
import type { Key } from './keys.ts'
import type { Failure, Ms } from './turn.ts'
import { questionIn } from './turns.ts'
import { ago } from './words.ts'

/** Times between two looks; the last one goes on. A look opens a connection, and sends nothing. */
const LOOKS_MS: readonly Ms[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/** @param looks how often one has looked already */
export const untilNextLook = (looks: number): Ms => LOOKS_MS[Math.min(looks, LOOKS_MS.length - 1)]!

/** Codes that last, and yet go when the network, the server or a login page's visitor comes back. */
const GO_ALONE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ERR_TLS_CERT_ALTNAME_INVALID'])

/** Whether waiting for the network may help. */
function mayPass({ kind, transient, code }: Failure): boolean {
  return kind === 'offline' && (transient || GO_ALONE.has(code ?? ''))
}

/** The question that did not go out for want of a network; null: there is none, or something came of it. */
export function unsentQuestion({ live, turns }: Pick<State, 'live' | 'turns'>): Question | null {
  const turn = turns.at(-1)
  if (live || turn?.end?.type !== 'failed' || turn.answer !== '') return null
  return mayPass(turn.end.failure) ? questionIn(turn) : null
}

/** Whether two questions read the same: one of them may have been through the composer. */
export const isSame = (one: Question, other: Question) => spelledOut(one).trim() === spelledOut(other).trim()

export const OFFER = 'Ctrl+S sends it by itself as soon as the network is back.'
export const OFFER_IN_LINES = '/wait sends it by itself as soon as the network is back.'
export const NOTHING_WAITS =
  'Nothing waits for the network: /wait is for a message that could not be sent because there was none.'
export const NOT_ANY_MORE = 'Not waiting for the network any more: what you wrote is yours to send.'

/** @param leftMs until the next look; null: one is under way */
export function sayWaiting(leftMs: Ms | null): string {
  const next = leftMs === null ? 'looking' : `next look in ${Math.max(1, Math.ceil(leftMs / 1_000))}s`
  return `Waiting for the network, ${next}. It is sent by itself then; Enter sends now, Esc stops waiting.`
}

export const sayWaitingInLines = (reason: string) =>
  `Waiting for the network; the message is sent by itself then. Type anything else to leave it. ${reason}`

export const saySent = (waitedMs: Ms) => `The network is back after ${ago(waitedMs)}: sent.`

export const isWaitKey = (key: Key) => key.type === 'chord' && key.ctrl && !key.alt && !key.shift && key.char === 's'
