/**
 * The words of one turn: what can happen between sending a request and its last byte.
 * Knows the vocabulary only; who says these words is `io/wire`, who understands them `core/conversation`.
 *
 * One stream carries success and failure alike:
 *
 *     sent -> (connecting -> connected) -> heard -> began -> (thinking | delta | alive)* -> usage -> finished | failed | stopped
 *     failed (transient, no text yet) -> waiting -> sent ...
 *     before any text, at the user's wish: hedged -> ... -> raced -> the winner's events from there on
 *     failed (of this model, no text yet) -> fellBack -> sent ... | recalled -> delta -> finished
 *     asked of several models at once: compared -> the events of the answer that was kept | stopped
 *     in a cascade, before any text was told: escalated -> sent ...
 */

import type { ModelCard } from './models/catalogue.ts'

/** Milliseconds of a clock that never goes back, stamped at the door. Only differences mean anything. */
export type Ms = number

/** Tokens of one response by kind, as the server bills them. Every field is a cumulative total, never an increment. */
export interface Usage {
  /** Tokens after the last cache breakpoint. The whole prompt is `input + cacheRead + cacheWrite5m + cacheWrite1h`. */
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  /** Output tokens including thinking. */
  readonly output: number
  /** Thinking's share of `output`; null while the server has not said. */
  readonly thinking: number | null
}

export const NO_USAGE: Usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, thinking: null }

/** Every token of the prompt, however it was billed. */
export function promptTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
}

/** One rate limit as the response headers tell it. */
export interface Limit {
  readonly limit: number
  readonly remaining: number
  /** Wall-clock time of the refill, ISO 8601, as sent. */
  readonly reset: string | null
  /** The same on the clock of the events, whatever the two machines' clocks say; absent: it was not sent. */
  readonly refillsAt?: Ms
}

/** Rate limits by what they count. Absent: the server did not say. */
export interface Limits {
  readonly requests?: Limit
  readonly inputTokens?: Limit
  readonly outputTokens?: Limit
  readonly tokens?: Limit
}

/** How a request got to its server, in ms each, one after the other from `sent` on. */
export interface Wire {
  /** Until it was handed to a connection, or began to wait for one. */
  readonly handedMs: Ms
  /** Until the name was looked up and TCP stood, the way through a proxy included; null: a connection stood ready. */
  readonly connectMs: Ms | null
  /** Until TLS stood; null: it stood already, or there is none. */
  readonly tlsMs: Ms | null
  /** Until the system had its last byte; null: it was answered before that. */
  readonly uploadMs: Ms | null
}

/** What this program itself did while an answer came, in ms. It lies within the phases of the turn, not between them. */
export interface Own {
  /** Understanding what came, until everybody was told. */
  readonly parseMs: Ms
  /** Composing and writing frames; absent: nobody drew. */
  readonly drawMs?: Ms
}

/** What went wrong, told apart by what the user can do about it. */
export type FailureKind =
  | 'key' // 401, 403: missing, wrong or not allowed
  | 'spend' // a spend cap or billing: waiting will not help
  | 'rate' // 429 that passes with time
  | 'overload' // 529
  | 'resting' // its model was limited or overloaded too often: it was not sent
  | 'server' // 5xx and 408, 409
  | 'too-long' // the prompt does not fit
  | 'invalid' // 400 and its kin: the request itself is wrong
  | 'missing' // 404: no such model or endpoint
  | 'budget' // a budget of the user's own: it was not sent
  | 'refused' // the model declined
  | 'cut' // the stream ended without saying goodbye
  | 'stalled' // silence for too long
  | 'late' // it took longer than its caller wanted to wait
  | 'interrupted' // this program ended before the answer did
  | 'offline' // no connection could be made
  | 'alien' // the server answered, but does not speak this API

/** A failure is an event like any other. It is plain data: it can be drawn, stored and sent as JSON. */
export interface Failure {
  readonly kind: FailureKind
  /** What happened, in human words, without secrets. */
  readonly reason: string
  /** The way out, in human words; empty when there is none to offer. */
  readonly remedy: string
  /** Whether the same request may succeed when sent again. */
  readonly transient: boolean
  /** How long the server asks us to wait before another try, or (`isRest`) we leave its model alone; null: nobody says. */
  readonly retryAfterMs: number | null
  readonly isRest?: true
  readonly status: number | null
  readonly requestId: string | null
  /** The server's own type or the system's code (`overloaded_error`, `ECONNREFUSED`), for the curious. */
  readonly code: string | null
}

/** `stop_reason` of the API, or any word a later version may add. */
export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'
  | (string & {})

/** Stalls within an answer that was told elsewhere as one piece: how many, and how long they took together. */
export interface Pauses {
  readonly stalls: number
  readonly stalledMs: Ms
}

/** A request that was given up for the one beside it, by its own words. */
export interface Lost {
  readonly model: string
  readonly requestId: string | null
  readonly messageId: string | null
  /** As far as the server told it, its output as an estimate; null: it had not begun. */
  readonly usage: Usage | null
  /** What the card's prices are multiplied by; absent: 1. */
  readonly priceFactor?: number
  /** Prices as they were then, factor included, in a saved turn; absent: as they are now. */
  readonly prices?: ModelCard['prices']
  /** Why it failed; null: the other was faster. */
  readonly failure: Failure | null
  /** It was not on its way yet, and cost nothing. */
  readonly isUnsent?: true
}

/** An answer that ran beside others in a race and was not kept. */
export interface Rival {
  readonly model: string
  /** As far as it came. */
  readonly answer: string
  readonly ended: 'finished' | 'failed' | 'stopped'
  /** Why it is no whole answer; empty: it is one. */
  readonly reason: string
  readonly ttftMs: number | null
  /** Output tokens per second. */
  readonly otps: number | null
  /** US dollars; null: nothing, or the price is unknown. */
  readonly costUsd: number | null
}

export type TurnEvent =
  /** A request was handed to the socket. `attempt` counts those of the turn from 1, whatever model they went to. */
  | {
      readonly type: 'sent'
      readonly at: Ms
      readonly attempt: number
      readonly model: string
      /** Output tokens that a budget paid for; absent: it left as many as were wanted. */
      readonly room?: number
    }
  /** No connection stood ready: the request waits for one. Only whoever watches needs to know; it is not saved. */
  | { readonly type: 'connecting' | 'connected'; readonly at: Ms }
  /** Response headers arrived: the first byte. */
  | {
      readonly type: 'heard'
      readonly at: Ms
      readonly requestId: string | null
      readonly limits: Limits
      /** Absent: nobody knows, as in a replay. */
      readonly wire?: Wire
    }
  /** `message_start`: the model that answers and the prompt's tokens. */
  | {
      readonly type: 'began'
      readonly at: Ms
      readonly model: string
      readonly messageId: string
      readonly usage: Usage
      /** Why the cache missed, in the server's word; null when it did not say. */
      readonly cacheMiss: string | null
      /** What the card's prices are multiplied by for this answer, such as 0.5 in a batch; absent: 1. */
      readonly priceFactor?: number
      /** The model's prices as they were then, factor included, in a saved turn; absent: as they are now. */
      readonly prices?: ModelCard['prices']
    }
  /** A piece of thinking; `text` is empty when the server hides it. `phase` tells where the block stands. */
  | {
      readonly type: 'thinking'
      readonly at: Ms
      readonly phase: 'start' | 'more' | 'end'
      readonly text: string
      readonly since?: Ms
      readonly pauses?: Pauses
    }
  /** A piece of the visible answer, exactly as it came. `since`: when the first of several joined pieces came. */
  | {
      readonly type: 'delta'
      readonly at: Ms
      readonly text: string
      readonly since?: Ms
      readonly pauses?: Pauses
    }
  /** Bytes came that carry no content (pings, unknown events): the line is alive. */
  | { readonly type: 'alive'; readonly at: Ms }
  | { readonly type: 'usage'; readonly at: Ms; readonly usage: Usage }
  | {
      readonly type: 'finished'
      readonly at: Ms
      readonly stopReason: StopReason
      readonly explanation: string | null
      readonly own?: Own
      /** Whether the answer fits the schema it was asked for; absent: it was asked for none, or is not whole. */
      readonly fits?: boolean
    }
  | { readonly type: 'failed'; readonly at: Ms; readonly failure: Failure; readonly own?: Own }
  /** The user stopped it. What came stays. */
  | { readonly type: 'stopped'; readonly at: Ms; readonly own?: Own }
  /** The user had the same request sent a second time beside the running one: the first of them with text wins. */
  | { readonly type: 'hedged'; readonly at: Ms }
  /** One of the two goes on alone. Where the second does, its own events follow from its `sent` on. */
  | { readonly type: 'raced'; readonly at: Ms; readonly won: 'first' | 'second'; readonly lost: Lost }
  /** Several models were asked at once, and this is over: whose answer was kept as the turn's; null: nobody's. */
  | { readonly type: 'compared'; readonly at: Ms; readonly kept: string | null; readonly others: readonly Rival[] }
  /** An answer was not good enough for a cascade, and the next model is asked. What it said is not told; it is billed. */
  | {
      readonly type: 'escalated'
      readonly at: Ms
      readonly from: string
      readonly to: string
      readonly reason: string
      /** What it took; null: it never began. */
      readonly usage: Usage | null
      /** It was not finished, and its output is an estimate; absent: by the server's own count. */
      readonly isEstimate?: true
    }
  /** Another attempt of the same model follows after `delayMs`; `attempt` of at most `of` have been sent to it. */
  | {
      readonly type: 'waiting'
      readonly at: Ms
      readonly attempt: number
      readonly of: number
      readonly delayMs: number
      readonly failure: Failure
    }
  /** Another model is asked in place of the one that was. */
  | {
      readonly type: 'fellBack'
      readonly at: Ms
      readonly from: string
      readonly to: string
      /** Who wanted it: the chain of models to fall back to, or the person, by a key. */
      readonly by: 'chain' | 'person'
      /** Why the first one did not answer. */
      readonly failure: Failure
      /** What is different now, and who was passed over, in sentences. */
      readonly notes: readonly string[]
    }
  /** No model could be asked: an earlier answer to the very same request follows, from the history. */
  | {
      readonly type: 'recalled'
      readonly at: Ms
      /** Who gave it, and when, in ms since 1970. */
      readonly model: string
      readonly saidMs: number
      readonly failure: Failure
      readonly notes: readonly string[]
    }

/** Events after which nothing more comes on the turn's stream. */
export type TurnEnd = Extract<TurnEvent, { type: 'finished' | 'failed' | 'stopped' }>

export function isEnd(event: { readonly type: string }): event is TurnEnd {
  return event.type === 'finished' || event.type === 'failed' || event.type === 'stopped'
}

/** A piece of an answer or of thinking. */
export type Piece = Extract<TurnEvent, { type: 'delta' | 'thinking' }>

export function isPiece(event: { readonly type: string }): event is Piece {
  return event.type === 'delta' || (event.type === 'thinking' && (event as Piece & { phase?: string }).phase === 'more')
}

/** Two pieces of the same kind, one after the other, as one. */
export function joined<P extends Piece>(first: P, second: P): P {
  return { ...second, since: first.since ?? first.at, text: first.text + second.text }
}
