/** One attempt at a turn: a request goes out, its events come in. What has failed is understood elsewhere. */

import type { Stream } from '@anthropic-ai/sdk/core/streaming'
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages'
import type { TurnRequest } from '../../core/request.ts'
import { type Failure, isEnd } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import type { Emit } from '../api.ts'
import { stopwatch } from '../wire/stopwatch.ts'
import { toLimits, translator, wholeMessage } from '../wire.ts'
import { type Desk, understanding } from './desk.ts'

/** How long a server may keep a stream open after its last event, in ms. */
const LINGER_MS = 500

/**
 * Sends one request and emits what happens, ending with `finished` or `failed`; after `signal` aborts, with `stopped`.
 * Never rejects.
 */
export async function attempt(
  { baseUrl, connect, spell, fail, now, aside }: Desk,
  request: TurnRequest,
  number: number,
  signal: AbortSignal,
  emit: Emit,
): Promise<void> {
  let heard = false
  /** As the headers told it: an error that comes later does not. */
  let requestId: string | null = null
  let ended = false
  let linger: NodeJS.Timeout | undefined
  const watch = stopwatch(now)
  try {
    const api = await connect()
    let said = 0
    const tell: Emit = (event) => {
      said++
      emit(isEnd(event) ? { ...event, own: watch.own(event.at) } : event)
    }
    let before = 0
    // Called when a chunk of bytes has been read to its end: one that gave no event (a ping) still is a sign of life.
    const onChunk = () => {
      if (said === before && !ended) emit({ type: 'alive', at: now() })
      before = said
      watch.taken()
    }
    const onConnection = {
      onConnecting: () => emit({ type: 'connecting', at: now() }),
      onConnected: () => heard || emit({ type: 'connected', at: now() }),
      onStep: watch.step,
      onGiven: watch.given,
    }
    if (signal.aborted) return emit({ type: 'stopped', at: now() })
    const params = await spell(request)
    if ('reason' in params) return emit({ type: 'failed', at: now(), failure: params })
    if (signal.aborted) return emit({ type: 'stopped', at: now() })
    const held = request.isHeld ? { room: request.maxTokens } : {}
    tell({ type: 'sent', at: watch.sent(), attempt: number, model: request.model, ...held })
    const { data, response } = await quietly(() =>
      api.messages
        .create(params, {
          signal,
          fetchOptions: { onChunk, ...onConnection, ...(request.isAside ? aside : {}) } as object,
        })
        .withResponse(),
    )
    heard = true
    const at = now()
    const { headers } = response
    requestId = headers.get('request-id')
    tell({ type: 'heard', at, requestId, limits: toLimits(headers, at), ...watch.wire() })
    if (!isOurs(response, request.stream, data)) {
      const [{ alienAnswer }, { openingOf }] = await Promise.all([understanding(), import('./opening.ts')])
      const opening = typeof data === 'string' ? data : request.stream ? await openingOf(response) : ''
      const alien = alienAnswer(response, request.stream ? 'an event stream' : 'a message', { opening })
      return tell({ type: 'failed', at: now(), failure: alien })
    }
    const whose = { prefill: request.prefill ?? '', model: request.model }
    if (!request.stream) {
      for (const event of wholeMessage(data, now(), whose)) tell(event)
      return
    }
    const translate = translator(whose)
    let began = false
    const stream = data as unknown as Stream<RawMessageStreamEvent>
    // Read to the body's own end, which follows the last event at once: leaving earlier would close the connection
    // that the next turn could have used.
    for await (const event of stream) {
      if (ended) continue
      const translated = translate(event, now())
      if (translated.type === 'finished') {
        ended = true
        linger = setTimeout(() => stream.controller.abort(), LINGER_MS)
      }
      if (translated.type === 'began') began = true
      if (translated.type === 'alive') emit(translated)
      else tell(translated)
    }
    if (ended) return
    if (signal.aborted) return tell({ type: 'stopped', at: now() })
    const cut = began
      ? failure('cut', 'The connection ended before the answer did.', { requestId })
      : failure('alien', `The event stream of ${baseUrl} has no word of the Claude Messages API in it.`, {
          requestId,
        })
    tell({ type: 'failed', at: now(), failure: cut })
  } catch (error) {
    // What breaks after the last event breaks nothing.
    if (ended) return
    if (signal.aborted) return emit({ type: 'stopped', at: now() })
    emit({ type: 'failed', at: now(), failure: named(await fail(error, heard), requestId) })
  } finally {
    clearTimeout(linger)
  }
}

/** By the name under which the server knows the request. */
const named = (failure: Failure, requestId: string | null): Failure => ({
  ...failure,
  requestId: failure.requestId ?? requestId,
})

/** Whether an answer has the shape of the API's: another server may send anything with status 200. */
function isOurs({ headers }: Response, stream: boolean, data: unknown): boolean {
  if (stream) return headers.get('content-type')?.includes('text/event-stream') === true
  return typeof data === 'object' && data !== null && Array.isArray((data as { content?: unknown }).content)
}

/**
 * Calls the SDK without its word to the console: for a model that is about to retire it writes there at once, past every
 * logger, in the middle of whatever is on the screen. The catalogue knows the date; it is said in our own place.
 */
function quietly<T>(call: () => T): T {
  const { warn } = console
  console.warn = () => {}
  try {
    return call()
  } finally {
    console.warn = warn
  }
}
