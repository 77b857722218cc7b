/** A recording being played: its server, its person, and what stands between the client and the wire meanwhile. */

import type { RequestHead, Tape } from '../core/tape/tape.ts'
import { endOf, playable } from '../core/tape/torn.ts'
import type { Failure } from '../core/turn.ts'
import type { Api } from '../io/api.ts'
import { addressOf, type Fetch, withBody } from '../io/transport.ts'
import { type Listener, tapped } from '../io/wire/tap.ts'
import { createDeck } from './deck.ts'
import { perform, type Stage } from './person.ts'
import { EXCHANGE_HEADER, serveTape } from './server.ts'

export interface Replay {
  readonly tape: Tape
  /** The file's name, for people. */
  readonly name: string
  readonly speed: number
  readonly url: string
  /** Gives each request its recorded answer. */
  around(fetch: Fetch): Fetch
  /** The client, to which the end of the tape is the end of the answer. */
  endingWithTape(api: Api): Api
  /** The earlier answer that stood for that of a turn; null: none did. */
  recalledIn(turn: number): { readonly text: string; readonly model: string; readonly saidMs: number } | null
  /** Does what the recorded person did; resolves when all of it is over. */
  perform(stage: Stage): Promise<void>
  /** Says what is not as it was; until somebody listens it waits. */
  onNote(say: (line: string) => void): void
  /** Answers nobody asked for. */
  readonly left: number
  close(): void
}

export async function openReplay(recorded: Tape, name: string, speed: number): Promise<Replay> {
  const tape = playable(recorded)
  const now = () => performance.now()
  const leaving = new AbortController()
  const server = await serveTape(tape, speed)
  let say: ((line: string) => void) | null = null
  const untold: string[] = []
  const note = (line: string) => void (say ? say(line) : untold.push(line))
  const deck = createDeck(tape, now, note)
  const deeds = tape.deeds.map(({ deed }) => deed)
  const unsent = deeds.filter((deed) => deed.type === 'unsent')
  /** Whose turns these are. */
  let stage: Stage | null = null
  /** Why an attempt is not sent this time either; null: it is. */
  const whyUnsent = (model: string): Failure | null => {
    const turn = stage?.state.live?.number
    const at = unsent.findIndex((deed) => deed.turn === turn && deed.model === model)
    return at < 0 ? null : unsent.splice(at, 1)[0]!.event.failure
  }

  return {
    tape,
    name,
    speed,
    url: server.url,
    around: (fetch) => async (url, init) => {
      const exchange = deck.take(requestHead(url, init))
      const headers = new Headers(init?.headers)
      if (!exchange) throw tapeEnds()
      if (!exchange.response && !exchange.end) {
        deck.heard(exchange.number, Number.POSITIVE_INFINITY)
        throw tapeEnds()
      }
      if (!exchange.response && exchange.end) {
        const { at, how, code } = exchange.end
        await waited(how === 'aborted' ? Number.POSITIVE_INFINITY : at / speed, init?.signal)
        deck.heard(exchange.number, Number.POSITIVE_INFINITY)
        throw Object.assign(new Error(code ?? 'aborted'), { code })
      }
      headers.set(EXCHANGE_HEADER, String(exchange.number))
      const response = await tapped(fetch, () => hearing(exchange.number, deck.heard))(url, { ...init, headers })
      return exchange.end ? response : withBody(response, brokenOff)
    },
    endingWithTape: (api) => ({
      ...api,
      async attempt(request, number, signal, emit) {
        const why = request.isAside ? null : whyUnsent(request.model)
        if (why) return emit({ type: 'failed', at: now(), failure: why })
        await api.attempt(request, number, signal, (event) => {
          const isHere = event.type === 'failed' && event.failure.code === TAPE_ENDS
          emit(isHere ? { ...event, failure: endOf(tape) } : event)
        })
      },
    }),
    recalledIn(turn) {
      const deed = deeds.find((one) => one.type === 'recalled' && one.turn === turn)
      if (deed?.type !== 'recalled') return null
      const { model, saidMs } = deed.event
      return { text: deed.text, model, saidMs }
    },
    perform(given) {
      stage = given
      return perform(tape, given, deck, { speed, now, signal: leaving.signal })
    },
    onNote(tell) {
      say = tell
      for (const line of untold.splice(0)) tell(line)
    },
    get left() {
      return deck.left
    },
    close() {
      leaving.abort()
      server.close()
    },
  }
}

/** The code of what a client finds behind the end of a tape. */
const TAPE_ENDS = 'TAPE_ENDS'

const tapeEnds = () => Object.assign(new Error('The recording ends here.'), { code: TAPE_ENDS })

/** All of it, and then no end. */
async function* brokenOff(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* body
  throw tapeEnds()
}

function requestHead(url: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): RequestHead {
  const { pathname, search } = addressOf(url)
  const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : null
  return { method: init?.method ?? 'GET', path: pathname + search, headers: {}, body }
}

/** Reports how much of an exchange has been read. */
function hearing(number: number, heard: (exchange: number, bytes: number) => void): Listener {
  let bytes = 0
  return {
    response: () => heard(number, 0),
    chunk: ({ length }) => {
      bytes += length
    },
    read: () => heard(number, bytes),
    end: () => heard(number, Number.POSITIVE_INFINITY),
  }
}

/** Waits; Infinity: until it is aborted. @throws AbortError */
function waited(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(new DOMException('The request was aborted', 'AbortError'))
    }
    const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
  })
}
