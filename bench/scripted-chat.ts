/**
 * A whole chat by script, with a clock of its own: real requests to a demo server, through the planner, `update` and the
 * client's own wire. Nobody waits: an hour's pause is a number.
 */

import type { Choices } from '../src/core/conversation/choices.ts'
import { type Event, newConversation, type State } from '../src/core/conversation.ts'
import { CHAT_PATIENCE } from '../src/core/weather/resilience.ts'
import { type Demo, startDemo } from '../src/demo/server.ts'
import { createApi } from '../src/io/api.ts'
import { travel } from '../src/road.ts'
import { createRuntime } from '../src/runtime.ts'
import { CHOICES } from '../test/kit/choices.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND

export interface Script {
  readonly choices?: Partial<Choices>
  /** From the start of each request to the start of the next: one less than there are turns. */
  readonly pauses: readonly number[]
  /** Tokens of a question and of an answer, by the demo server's count. */
  readonly question: number
  readonly answer: number
  /** Events before the first question. */
  readonly before?: readonly Event[]
  /** Told after each turn. */
  readonly after?: (state: State, demo: Demo) => void
}

/** Characters a token stands for, at the demo server and in estimates. */
const CHARS = 2.5
/** When the wall clock stood at 0 of the script's. */
const DAWN = Date.UTC(2026, 10, 20, 8)
/** How long an answer takes, in ms of the script's clock. */
const ANSWER_MS = 8 * SECOND

/** The conversation after its last turn. */
export async function held({ choices = {}, pauses, question, answer, before = [], after }: Script): Promise<State> {
  let clock = 0
  const now = () => clock
  const words = 'tide '.repeat(Math.ceil((answer * CHARS) / 5)).slice(0, Math.round(answer * CHARS))
  const demo = await startDemo({
    speed: Number.POSITIVE_INFINITY,
    now: () => DAWN + clock,
    script: `text ${JSON.stringify(words)} x${pauses.length + 1}`,
  })
  const api = createApi({ baseUrl: demo.url, credential: { kind: 'key', secret: 'any-key', origin: 'bench' }, now })
  const runtime = createRuntime({
    state: newConversation({ ...CHOICES, ...choices }),
    send: (request, signal, emit) =>
      travel(request, signal, emit, { api, now, patience: CHAT_PATIENCE, stallAfterMs: 60_000, chance: Math.random }),
    frame: (flush) => void setImmediate(flush),
  })
  try {
    for (const event of before) runtime.dispatch(event)
    for (const [i, pause] of [0, ...pauses].entries()) {
      clock += pause
      const start = clock
      const text = `Question ${i + 1}. `.padEnd(Math.round(question * CHARS), 'Why do tides turn? ')
      await new Promise<void>((resolve, reject) => {
        const stop = runtime.subscribe((state, event) => {
          if (event.type === 'heard') clock = start + ANSWER_MS
          if (event.type === 'failed') reject(new Error(event.failure.reason))
          if (state.live) return
          stop()
          resolve()
        })
        runtime.dispatch({ type: 'asked', at: now(), text })
      })
      clock = start
      after?.(runtime.state, demo)
    }
    return runtime.state
  } finally {
    api.close()
    await demo.close()
  }
}
