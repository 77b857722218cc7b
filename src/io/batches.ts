/**
 * The Message Batches API in our words: requests go in, messages come out, each as the events of a turn. Loaded late, and
 * only for `--offload`.
 */

import type { TurnRequest } from '../core/request.ts'
import type { Failure, TurnEvent } from '../core/turn.ts'
import { serverFailure } from '../core/weather/failures.ts'
import { linesIn } from './batch/lines.ts'
import type { Client } from './client.ts'
import { countIn, fieldsOf, textIn, wordIn } from './wire/wire-values.ts'
import { toParams, wholeMessage } from './wire.ts'

/** One of the server's own batches, as it stands. */
export interface ServerBatch {
  readonly id: string
  readonly status: 'in_progress' | 'canceling' | 'ended'
  /** Requests in it. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly createdMs: number
  readonly expiresMs: number
  /** The results are not kept any longer. */
  readonly isGone: boolean
}

/** What became of one request. */
export type BatchResult =
  | { readonly customId: string; readonly type: 'succeeded'; readonly events: readonly TurnEvent[] }
  | { readonly customId: string; readonly type: 'errored'; readonly failure: Failure }
  | { readonly customId: string; readonly type: 'canceled' | 'expired' }

export interface Batches {
  /** All of them reject with a `BatchTrouble`. */
  create(requests: readonly { readonly customId: string; readonly request: TurnRequest }[]): Promise<ServerBatch>
  retrieve(id: string): Promise<ServerBatch>
  /** The latest ones of this key, the newest first. */
  latest(): Promise<readonly ServerBatch[]>
  cancel(id: string): Promise<ServerBatch>
  /** Once it has ended; in no order. */
  results(id: string): AsyncGenerator<BatchResult>
}

/** A request to the server that came to nothing. */
export class BatchTrouble extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.reason)
    this.failure = failure
  }
}

export interface BatchesParts {
  readonly client: InstanceType<typeof Client>
  /** Anything thrown, in words. */
  readonly fail: (error: unknown) => Promise<Failure>
  readonly signal: AbortSignal
  readonly now: () => number
}

/** Whatever the server says of it, a batch costs half of the card (source: batch processing, 2026-08-22). */
export const BATCH_FACTOR = 0.5
const LATEST = 20
/** A name the server gives; it becomes part of an address. */
const ID = /^[\w-]{1,200}$/

export function batchesOf({ client, fail, signal, now }: BatchesParts): Batches {
  const told = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw error instanceof BatchTrouble ? error : new BatchTrouble(await fail(error))
    }
  }
  const { batches } = client.messages
  return {
    create: (requests) =>
      told(async () => {
        const body = requests.map(({ customId, request }) => {
          const { stream: _, ...params } = toParams(request)
          return { custom_id: customId, params }
        })
        return toServerBatch(await batches.create({ requests: body as never }, { signal }))
      }),
    retrieve: (id) => told(async () => toServerBatch(await batches.retrieve(id, {}, { signal }))),
    latest: () =>
      told(async () => {
        const page = await batches.list({ limit: LATEST }, { signal })
        return (page.data ?? []).map(toServerBatch)
      }),
    cancel: (id) => told(async () => toServerBatch(await batches.cancel(id, {}, { signal }))),
    async *results(id) {
      // The address that the server tells may be that of another one, to which no key of ours goes.
      const response = await told(() =>
        client
          .get(`/v1/messages/batches/${id}/results`, {
            ...{ signal, stream: true, __binaryResponse: true },
            headers: { accept: 'application/binary' },
          } as never)
          .asResponse(),
      )
      const lines = linesIn(response.body as unknown as AsyncIterable<Uint8Array>)
      for (;;) {
        const line = await told(() => lines.next())
        if (line.done) return
        const result =
          line.value.text.trim() === '' ? null : toResult(await told(async () => JSON.parse(line.value.text)), now())
        if (result) yield result
      }
    },
  }
}

function toServerBatch(value: unknown): ServerBatch {
  const {
    id,
    processing_status: status,
    request_counts: counts,
    created_at: at,
    expires_at: until,
    archived_at: gone,
  } = fieldsOf(value)
  const name = wordIn(id)
  if (name === null || !ID.test(name) || (status !== 'in_progress' && status !== 'canceling' && status !== 'ended'))
    throw new BatchTrouble(serverFailure({ ...NO_ANSWER, message: 'an answer that tells of no batch' }))
  const size = Object.values(fieldsOf(counts)).reduce<number>((sum, n) => sum + (countIn(n) ?? 0), 0)
  const time = (text: unknown) => Date.parse(textIn(text) ?? '') || 0
  return { id: name, status, size, createdMs: time(at), expiresMs: time(until), isGone: typeof gone === 'string' }
}

const NO_ANSWER = { status: null, type: null, errorCode: null, requestId: null, retryAfterMs: null, shouldRetry: null }

/** null: it is none. */
function toResult(value: unknown, at: number): BatchResult | null {
  const { custom_id: id, result } = fieldsOf(value)
  const customId = wordIn(id)
  const { type, message, error } = fieldsOf(result)
  if (customId === null) return null
  if (type === 'canceled' || type === 'expired') return { customId, type }
  if (type === 'succeeded') {
    const model = wordIn(fieldsOf(message).model) ?? ''
    return { customId, type, events: wholeMessage(message, at, { model }).map(halved) }
  }
  const inner = fieldsOf(fieldsOf(error).error)
  const failure = serverFailure({
    ...NO_ANSWER,
    ...{ type: wordIn(inner.type), message: textIn(inner.message) },
    requestId: wordIn(fieldsOf(error).request_id),
  })
  // Nothing broke off: it never began.
  return { customId, type: 'errored', failure: { ...failure, reason: textIn(inner.message) ?? failure.reason } }
}

/** A server that does not say that it was a batch has billed one all the same. */
function halved(event: TurnEvent): TurnEvent {
  if (event.type !== 'began') return event
  const factor = event.priceFactor ?? 1
  const isHalved = [BATCH_FACTOR, BATCH_FACTOR * 1.1].some((known) => Math.abs(factor - known) < 1e-9)
  return isHalved ? event : { ...event, priceFactor: factor * BATCH_FACTOR }
}
