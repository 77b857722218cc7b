/** The chat's side of the road: requests go out through the server of the moment, and what it offers is learnt. */

import type { Event } from '../../core/conversation.ts'
import type { Perf } from '../../core/figures/perf.ts'
import { thousandths } from '../../core/history/record.ts'
import { isEnd } from '../../core/turn.ts'
import { CHAT_PATIENCE, patienceFor } from '../../core/weather/resilience.ts'
import type { Api, Emit } from '../../io/api.ts'
import { type InsteadOf, travel } from '../../road.ts'
import type { RuntimeOptions } from '../../runtime.ts'
import type { Setup } from '../../setup.ts'
import { guarded } from '../late/weather.ts'
import { type Allow, heldTo } from '../thrift/allowance.ts'
import { type Attempts, createAttempts } from '../weather/attempts.ts'
import { rehearse } from './rehearsing.ts'

/** How long the list of models may take, in ms; nobody waits for it. */
const MODELS_WITHIN_MS = 10_000

/** When a first turn is rehearsed, in ms after the models are known: the first keys come first. */
const REHEARSED_AFTER_MS = 700

export interface SenderParts {
  readonly setup: () => Setup
  readonly now: () => number
  /** Told of every piece of an answer as it comes; knows how long frames took. */
  readonly perf: Pick<Perf, 'pieceCame' | 'drawnMs'>
  /** Looks at every request before it is sent, and hears what becomes known of its model. */
  readonly beside: () => {
    readonly allow: Allow
    readonly instead: InsteadOf
    /** The road of a turn; absent: the straight one. */
    readonly travel?: typeof travel
    tell(event: Event): void
  }
}

export interface Sender {
  readonly send: RuntimeOptions['send']
  /** What is on its way, for whoever watches it. */
  readonly attempts: Attempts
}

/** A sender for the runtime. The setup is asked for each time: the first screen may bring another one. */
export function createSender(parts: SenderParts): Sender {
  const attempts = createAttempts(parts.now)
  const allow: Allow = (request) => parts.beside().allow(request)
  const tell = (event: Event) => parts.beside().tell(event)
  let way: { readonly setup: Setup; readonly api: Pick<Api, 'attempt'> } | null = null
  /** The API of the moment: held to the budget, behind its breakers. One for each setup, as it remembers. */
  const wayTo = (setup: Setup & { readonly api: Api }) => {
    if (way?.setup !== setup)
      way = { setup, api: guarded(heldTo(setup.api, allow, parts.now), setup, { now: parts.now, tell }) }
    return way.api
  }
  const send: Sender['send'] = async (request, signal, emit, wishes) => {
    const setup = parts.setup()
    const { settings, state, road } = setup
    if (!hasApi(setup)) return
    await (parts.beside().travel ?? travel)(request, signal, besideDrawing(parts.perf, emit), {
      api: attempts.around(wayTo(setup)),
      now: parts.now,
      patience: patienceFor(CHAT_PATIENCE, state.choices.waitsMs ?? null),
      wishes,
      instead: parts.beside().instead,
      stallAfterMs: settings.stallAfterMs,
      chance: Math.random,
      ...road,
    })
  }
  return { send, attempts }
}

/** What this program did for the answer, its frames told apart from its reading. */
function besideDrawing(perf: SenderParts['perf'], emit: Emit): Emit {
  const start = perf.drawnMs
  /** Frames that were drawn while an event was told, and so within the time that reading took. */
  let within = 0
  return (event) => {
    if (event.type === 'delta') perf.pieceCame()
    const before = perf.drawnMs
    if (isEnd(event) && event.own) {
      const parseMs = thousandths(Math.max(0, event.own.parseMs - within))
      emit({ ...event, own: { parseMs, drawMs: thousandths(before - start) } })
    } else emit(event)
    within += perf.drawnMs - before
  }
}

const hasApi = (setup: Setup): setup is Setup & { readonly api: Api } => setup.api !== null

/** Asks the server which models it has; says nothing when it does not tell. */
export async function learnModels({ api, state, replay }: Setup, dispatch: (event: Event) => void): Promise<void> {
  const rows = (await api?.models(AbortSignal.timeout(MODELS_WITHIN_MS))) ?? []
  if (rows.length > 0) dispatch({ type: 'modelsLearned', rows })
  if (!api || replay) return
  setTimeout(() => void rehearse(state, api, () => performance.now()), REHEARSED_AFTER_MS).unref()
}
