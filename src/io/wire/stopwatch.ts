/** Times within one attempt that are too fine to be events: how its request got out, and how long reading took. */

import type { Ms, Own, Wire } from '../../core/turn.ts'
import type { Step } from '../transport.ts'

export interface Stopwatch {
  /** The request is about to be handed over. @returns when that is */
  sent(): Ms
  step(step: Step): void
  /** How the request got out, as a field of an event; empty: nobody told. */
  wire(): { readonly wire?: Wire }
  /** A chunk of the answer is about to be read; and then, it has been. */
  given(): void
  taken(): void
  /** What reading has taken, the chunk that is being read included. */
  own(at: Ms): Own
}

/** @param now in ms */
export function stopwatch(now: () => Ms): Stopwatch {
  let sentAt = 0
  let steps: Partial<Record<Step, Ms>> = {}
  let givenAt: Ms | null = null
  let parseMs = 0
  return {
    sent() {
      sentAt = now()
      return sentAt
    },
    step(step) {
      if (step === 'handed') steps = {}
      steps[step] = now()
    },
    wire() {
      const { handed, tcp, tls, uploaded } = steps
      if (handed === undefined) return {}
      const since = (from: Ms, to: Ms | undefined) => (to === undefined ? null : fine(to - from))
      return {
        wire: {
          handedMs: fine(handed - sentAt),
          connectMs: since(handed, tcp),
          tlsMs: since(tcp ?? handed, tls),
          uploadMs: since(tls ?? tcp ?? handed, uploaded),
        },
      }
    },
    given() {
      givenAt = now()
    },
    taken() {
      if (givenAt !== null) parseMs += now() - givenAt
      givenAt = null
    },
    own: (at) => ({ parseMs: fine(parseMs + (givenAt === null ? 0 : Math.max(0, at - givenAt))) }),
  }
}

/** To the microsecond, and never below nothing. */
const fine = (ms: Ms) => Math.max(0, Math.round(ms * 1000) / 1000)
