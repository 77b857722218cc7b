/**
 * The attempt that runs, within reach of whoever watches: it can be given up for another one, or have a second request
 * beside it. Knows what the attempt has said before its first word; the race itself is `hedge-race`, loaded when one begins.
 */

import type { TurnRequest } from '../../core/request.ts'
import type { TurnEvent } from '../../core/turn.ts'
import { givenUp } from '../../core/weather/failures.ts'
import type { Api, Emit } from '../../io/api.ts'

/** One attempt under way. */
export interface Run {
  readonly api: Pick<Api, 'attempt'>
  readonly request: TurnRequest
  readonly number: number
  /** Aborted when all of it is to end. */
  readonly all: AbortController
  /** Ends the first request alone. */
  readonly own: AbortController
  /** To the road, until it is given up. */
  readonly emit: Emit
  /** What the first request has said so far; null: a word of the answer has come. */
  said: TurnEvent[] | null
  /** Where the events of the first request go. */
  take: Emit
  /** The second request; null: there is none. */
  beside: Promise<void> | null
  /** Nothing of it is heard any more. */
  isGivenUp: boolean
}

export interface Attempts {
  /** The same API, the attempts of which can be reached. */
  around(api: Pick<Api, 'attempt'>): Pick<Api, 'attempt'>
  /** Gives the running attempt up, before any text: the road makes the next one at once. @returns whether there was one */
  again(reason: string): boolean
  /** What runs and has not said a word yet; null: nothing. */
  readonly wordless: TurnRequest | null
  /** Sends the same request a second time beside the running one. @returns whether there was one without a word */
  hedge(): Promise<boolean>
}

export function createAttempts(now: () => number): Attempts {
  let running: Run | null = null
  const wordless = () => (running?.said && !running.beside && !running.all.signal.aborted ? running : null)
  return {
    around: (api) => ({
      async attempt(request, number, signal, emit) {
        const [all, own] = [new AbortController(), new AbortController()]
        const stopAll = () => all.abort()
        const stopOwn = () => own.abort()
        signal.addEventListener('abort', stopAll, { once: true })
        all.signal.addEventListener('abort', stopOwn, { once: true })
        if (signal.aborted) stopAll()
        const say: Emit = (event) => run.isGivenUp || emit(event)
        const take: Emit = (event) => {
          if (event.type === 'delta') run.said = null
          else if (event.type !== 'alive') run.said?.push(event)
          say(event)
        }
        const run: Run = {
          ...{ api, request, number, all, own, emit: say, said: [], take, beside: null, isGivenUp: false },
        }
        running = run
        await api.attempt(request, number, own.signal, (event) => run.take(event))
        await run.beside
        signal.removeEventListener('abort', stopAll)
        if (running === run) running = null
      },
    }),
    again(reason) {
      const run = running
      if (!run || run.all.signal.aborted) return false
      run.emit({ type: 'failed', at: now(), failure: givenUp(reason) })
      run.isGivenUp = true
      run.all.abort()
      return true
    },
    get wordless() {
      return wordless()?.request ?? null
    },
    async hedge() {
      const { race } = await import('./hedge-race.ts')
      const run = wordless()
      if (!run) return false
      run.beside = race(run, now)
      return true
    },
  }
}
