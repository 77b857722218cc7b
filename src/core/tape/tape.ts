/**
 * A tape: what a session sent and heard, and what the person did, with the times of it all, as lines of JSON. The person
 * calls it a recording. Enough to play the session through the whole client again, without a network.
 */

import type { Asking } from '../attachments.ts'
import type { Choices } from '../conversation/choices.ts'
import type { State } from '../conversation.ts'
import type { ModelCard } from '../models.ts'
import type { Ms, TurnEvent } from '../turn.ts'
import type { WindowEvent } from '../window/window.ts'

/** Changes when older programs could not play what is written. */
export const TAPE_FORMAT = 1

/** The first line. */
export interface Head {
  readonly type: 'claude-tui-recording'
  readonly format: number
  /** Version of claude-tui that recorded it. */
  readonly version: string
  /** ISO 8601. */
  readonly started: string
  /** Whether content was replaced. */
  readonly redacted: boolean
  /** `single`: one question, its answer printed. */
  readonly mode: 'chat' | 'single'
  /** What held when it began. */
  readonly choices: Choices
  readonly stallAfterMs: Ms
  /** The user's own rows over the catalogue. */
  readonly models: readonly (Partial<ModelCard> & { readonly id: string })[]
}

/** What a person did that matters to the conversation, and what became of it that the wire has not seen. */
export type Deed =
  /** `queued`: while an answer ran. */
  | ({ readonly type: 'asked'; readonly queued: boolean } & Asking)
  | { readonly type: 'stopped' }
  /** A silent answer, for another try. */
  | { readonly type: 'gaveUp'; readonly reason: string }
  /** A second request beside the running one. */
  | { readonly type: 'hedgeAsked' }
  | { readonly type: 'chosen'; readonly choices: Partial<Choices> }
  | { readonly type: 'cleared' }
  | { readonly type: 'moved'; readonly to: number | null }
  | { readonly type: 'titled'; readonly title: string }
  | { readonly type: 'resumed'; readonly past: Past }
  /** What is sent of the conversation is another part of it: also what happened so by itself, as a summary does. */
  | { readonly type: 'reviewed'; readonly event: WindowEvent }
  /** An attempt of this turn was not sent, and why: no exchange tells of it. */
  | {
      readonly type: 'unsent'
      readonly turn: number
      readonly model: string
      readonly event: Extract<TurnEvent, { type: 'failed' }>
    }
  /** An earlier answer, of the history, stands for that of this turn. */
  | {
      readonly type: 'recalled'
      readonly turn: number
      readonly text: string
      readonly event: Extract<TurnEvent, { type: 'recalled' }>
    }
  /** `unfinished`: in the middle of an answer. */
  | { readonly type: 'left'; readonly unfinished: boolean }

/** A conversation that was gone on with. */
export type Past = Pick<State, 'choices' | 'turns' | 'branches' | 'title' | 'sideCalls' | 'next' | 'spent'> &
  Partial<Pick<State, 'summaries' | 'marks'>>

export interface RequestHead {
  readonly method: string
  /** From `/v1/` on: what a server has before it is its own business. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface ResponseHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** What is worth a look on another machine. Everything else may hold credentials, cookies, hosts or accounts. */
export const REQUEST_HEADERS = /^(?:accept|content-type|user-agent|anthropic-version|anthropic-beta)$/

/** Headers of a response that mean something to the client. All others stay off the tape, and off the wire. */
export const RESPONSE_HEADERS =
  /^(?:content-type|location|request-id|retry-after|retry-after-ms|x-should-retry|anthropic-ratelimit-[a-z-]+)$/

/** `aborted`: by us. */
export type How = 'complete' | 'error' | 'aborted'

/** One line after the head. `at` is in ms: since the exchange began in its own lines, else since the recording began. */
export type TapeLine =
  | { readonly type: 'did'; readonly at: Ms; readonly deed: Deed }
  | ({ readonly type: 'request'; readonly exchange: number; readonly at: Ms } & RequestHead)
  | ({ readonly type: 'response'; readonly exchange: number; readonly at: Ms } & ResponseHead)
  /** What one read from the socket gave. */
  | { readonly type: 'chunk'; readonly exchange: number; readonly at: Ms; readonly text: string }
  | { readonly type: 'chunk'; readonly exchange: number; readonly at: Ms; readonly base64: string }
  | {
      readonly type: 'end'
      readonly exchange: number
      readonly at: Ms
      readonly how: How
      /** The system's code of an error, such as ECONNREFUSED. */
      readonly code: string | null
    }

/** A request and what came of it. */
export interface Exchange {
  readonly number: number
  /** Since the recording began; all other times are since the exchange began. */
  readonly at: Ms
  readonly request: RequestHead
  readonly response: (ResponseHead & { readonly at: Ms }) | null
  readonly chunks: readonly { readonly at: Ms; readonly bytes: Uint8Array }[]
  /** null: the recording ends before. */
  readonly end: { readonly at: Ms; readonly how: How; readonly code: string | null } | null
}

export interface Tape {
  readonly head: Head
  readonly exchanges: readonly Exchange[]
  readonly deeds: readonly { readonly at: Ms; readonly deed: Deed }[]
  /** Its last line is not whole: the program that wrote it was killed, or the file was cut. */
  readonly cut: boolean
}

/** The exchanges that answered what the person asked; others were a count, a list, or a call for a title. */
export function answersOf({ exchanges, deeds }: Tape): readonly Exchange[] {
  const asked = new Set(deeds.map(({ deed }) => (deed.type === 'asked' ? deed.text : null)))
  return exchanges.filter(({ request: { path, body } }) => {
    const said = (body as { readonly messages?: readonly { readonly content?: unknown }[] } | null)?.messages?.at?.(-1)
    if (endpoint(path) !== '/v1/messages' || !Array.isArray(said?.content)) return false
    // What is attached comes before the words, and may be all there is.
    const blocks = said.content as readonly ({ readonly type?: unknown; readonly text?: unknown } | null)[]
    const words = blocks.findLast((block) => block?.type === 'text')?.text ?? ''
    return typeof words === 'string' && asked.has(words)
  })
}

/** A path without its query. */
export const endpoint = (path: string): string => path.replace(/[?#].*$/, '')
