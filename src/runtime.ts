/**
 * Holds the state: an event goes in, `update` says what it means, effects are carried out, listeners are told.
 * Gathers the pieces of an answer for one frame; any other event lets the waiting pieces through first, so that order
 * is kept and endings are never merged away.
 */

import { type Event, type State, update } from './core/conversation.ts'
import type { TurnRequest } from './core/request.ts'
import { type Failure, isEnd, isPiece, joined, type Piece, type TurnEvent } from './core/turn.ts'
import type { Wish, Wishes } from './core/weather/resilience.ts'

/** From so many ms without an event on, a sign of life is one. */
const QUIET_MS = 1_000

export interface Runtime {
  readonly state: State
  dispatch(event: Event): void
  /** Calls the listener after every change, with the event that made it; returns how to stop listening. */
  subscribe(listener: (state: State, event: Event) => void): () => void
  /**
   * Ends what runs, in this very moment; what its request still says is not heard.
   * @param trouble why it failed; null: the user stopped it
   */
  halt(at: number, trouble?: Failure | null): void
  /** Lets gathered pieces through now. */
  flush(): void
}

export interface RuntimeOptions {
  readonly state: State
  /** Sends a request and reports its events until the last one; `signal` stops it. */
  readonly send: (
    request: TurnRequest,
    signal: AbortSignal,
    emit: (event: TurnEvent) => void,
    wishes: Wishes,
  ) => Promise<void>
  /** Calls back when the next frame is due. */
  readonly frame: (flush: () => void) => void
}

export function createRuntime({ state: initial, send, frame }: RuntimeOptions): Runtime {
  let state = initial
  let gathered: Piece | null = null
  let framed = false
  let stop: AbortController | null = null
  /** Whoever waits for the next attempt. */
  let hear: ((wish: Wish) => void) | null = null
  const listeners = new Set<(state: State, event: Event) => void>()

  const apply = (event: Event): void => {
    const step = update(state, event)
    state = step.state
    // Effects first: a request should be on its way before anybody draws.
    for (const effect of step.effects) {
      if (effect.type === 'stop') stop?.abort()
      else if (effect.type === 'send') launch(effect.request)
      else hear?.(effect.wish)
    }
    for (const listener of listeners) listener(state, event)
  }

  const launch = (request: TurnRequest): void => {
    const controller = new AbortController()
    stop = controller
    const tell = (event: TurnEvent) => {
      if (stop !== controller) return
      if (isEnd(event)) stop = null
      dispatch(event)
    }
    void send(request, controller.signal, tell, wishes)
  }

  const wishes: Wishes = {
    listen(listener) {
      hear = listener
      return () => {
        if (hear === listener) hear = null
      }
    },
  }

  /** A sign of life is worth knowing of in a silence; as part of an answer that flows it says nothing. */
  const isNews = (at: number): boolean => {
    const before = state.live?.times.lastSign ?? null
    return before !== null && at - before >= QUIET_MS
  }

  const flush = (): void => {
    framed = false
    const piece = gathered
    gathered = null
    if (piece) apply(piece)
  }

  const dispatch = (event: Event): void => {
    if (event.type === 'alive' && !isNews(event.at)) return
    if (!isPiece(event)) {
      flush()
      apply(event)
      return
    }
    if (gathered && gathered.type !== event.type) flush()
    // The first visible token is applied at once: its time is a figure of its own, and nobody should wait for it.
    if (event.type === 'delta' && state.live?.answer === '' && !gathered) {
      apply(event)
      return
    }
    gathered = gathered ? joined(gathered, event) : event
    if (framed) return
    framed = true
    frame(flush)
  }

  return {
    get state() {
      return state
    },
    dispatch,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    halt(at, trouble = null) {
      if (!state.live) return
      stop?.abort()
      stop = null
      dispatch(trouble ? { type: 'failed', at, failure: trouble } : { type: 'stopped', at })
    },
    flush,
  }
}
