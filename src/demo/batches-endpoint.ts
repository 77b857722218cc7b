/**
 * `/v1/messages/batches`: takes many requests at once, has them answered when their time has come, and hands out the
 * results in an order of its own. A line of the script with `batch` is for the next batch that is made.
 */

import type { MessageBatch, MessageBatchResult } from '@anthropic-ai/sdk/resources/messages/batches'
import type { Whole } from './answers/whole-answer.ts'
import { errorBody, invalid, notFound } from './errors.ts'
import { answerError, answerJson, type Exchange, readBody } from './exchange.ts'
import type { LineUp } from './line-up.ts'
import type { DemoRequest, RequestLog, RequestRecord } from './request-log.ts'
import { isObject } from './validate/fields.ts'

export interface BatchesDesk {
  readonly speed: number
  /** Wall-clock time, ms. */
  now(): number
  readonly lines: Pick<LineUp, 'nextBatch'>
  readonly log: RequestLog
  readonly origin: string
  answerWhole(params: unknown, id: string, at: number): Whole
}

export interface BatchesEndpoint {
  create(exchange: Exchange): Promise<void>
  list(exchange: Exchange): void
  retrieve(exchange: Exchange, id: string): void
  cancel(exchange: Exchange, id: string): void
  remove(exchange: Exchange, id: string): void
  results(exchange: Exchange, id: string): void
}

/** Source: batch processing, 2026-08-22. */
const MOST_REQUESTS = 100_000
const MOST_BYTES = 256 * 1024 * 1024
const EXPIRES_MS = 24 * 60 * 60_000
const KEPT_MS = 29 * EXPIRES_MS
const CUSTOM_ID = /^[A-Za-z0-9_-]{1,64}$/
/** How long a batch takes at the usual speed, ms. */
const TAKES_MS = 20_000

interface Item {
  readonly custom_id: string
  readonly params: unknown
}

interface Kept {
  readonly id: string
  readonly number: number
  readonly createdAt: number
  readonly size: number
  readonly record: RequestRecord
  /** So often it says that it goes on; null: until its time is over. */
  polls: number | null
  /** Of its last requests, so many are not reached in time. */
  readonly expired: number
  canceledAt: number | null
  endedAt: number | null
  items: readonly Item[]
  results: readonly { readonly custom_id: string; readonly result: MessageBatchResult }[]
}

export function createBatchesEndpoint(desk: BatchesDesk): BatchesEndpoint {
  const kept = new Map<string, Kept>()

  const end = (batch: Kept, reached: number, rest: 'expired' | 'canceled') => {
    const billed: NonNullable<DemoRequest['billed']>[] = []
    const results = batch.items.map(({ custom_id, params }, i) => {
      if (i >= reached) return { custom_id, result: { type: rest } }
      const answered = desk.answerWhole(params, `msg_demo_${desk.origin}_${batch.number}_${i + 1}`, desk.now())
      if ('error' in answered) {
        const error = errorBody(answered.error, `req_demo_${desk.origin}_${batch.number}_${i + 1}`)
        return { custom_id, result: { type: 'errored' as const, error: error as never } }
      }
      billed.push(answered.billed)
      return { custom_id, result: { type: 'succeeded' as const, message: answered.message } }
    })
    // Not the order in which they came: whoever relies on that is to notice.
    batch.results = results.reverse()
    batch.record.batchBilled = billed
    batch.items = []
    batch.endedAt = desk.now()
  }

  /** Lets pass what has passed since somebody looked. */
  const look = (batch: Kept) => {
    if (batch.endedAt !== null) return
    const age = desk.now() - batch.createdAt
    if (batch.canceledAt !== null) return end(batch, Math.ceil(batch.size / 2), 'canceled')
    if (age >= EXPIRES_MS) return end(batch, 0, 'expired')
    const isOver = batch.polls === null ? age >= TAKES_MS / desk.speed : batch.polls-- <= 0
    if (isOver) end(batch, batch.size - batch.expired, 'expired')
  }

  const found = (exchange: Exchange, id: string): Kept | null => {
    const batch = kept.get(id)
    if (!batch) answerError(exchange, notFound(`message_batch: ${id}`))
    return batch ?? null
  }
  const show = (exchange: Exchange, batch: Kept) =>
    answerJson(exchange, 200, toBatch(batch, desk.now(), `http://${exchange.req.headers.host ?? '127.0.0.1'}`))

  return {
    async create(exchange) {
      const bytes = await readBody(exchange.req, MOST_BYTES)
      if (bytes === null)
        return answerError(exchange, {
          ...{ status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size of 256 MB.' },
        })
      let body: unknown
      try {
        body = JSON.parse(bytes.toString('utf8'))
      } catch (error) {
        return answerError(exchange, invalid(`The request body is not valid JSON: ${(error as Error).message}`))
      }
      desk.log.keepBody(exchange.record, body, bytes.length)
      const problem = batchProblem(body)
      if (problem !== null) return answerError(exchange, invalid(problem))
      const { requests } = body as { readonly requests: readonly Item[] }
      const { polls = null, expired = 0 } = desk.lines.nextBatch() ?? {}
      const { number } = exchange.record
      const batch: Kept = {
        ...{ id: `msgbatch_demo_${desk.origin}_${number}`, number, createdAt: desk.now(), size: requests.length },
        ...{ record: exchange.record, polls, expired, canceledAt: null, endedAt: null, items: requests, results: [] },
      }
      kept.set(batch.id, batch)
      show(exchange, batch)
    },
    list(exchange) {
      const limit = Number(exchange.url.searchParams.get('limit') ?? 20)
      const after = exchange.url.searchParams.get('after_id')
      const all = [...kept.values()].reverse()
      const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
      const data = all.slice(from, from + limit).map((batch) => toBatch(batch, desk.now(), ''))
      answerJson(exchange, 200, {
        ...{ data, has_more: from + limit < all.length },
        ...{ first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null },
      })
    },
    retrieve(exchange, id) {
      const batch = found(exchange, id)
      if (!batch) return
      look(batch)
      show(exchange, batch)
    },
    cancel(exchange, id) {
      const batch = found(exchange, id)
      if (!batch) return
      if (batch.endedAt === null) batch.canceledAt ??= desk.now()
      show(exchange, batch)
    },
    remove(exchange, id) {
      const batch = found(exchange, id)
      if (!batch) return
      if (batch.endedAt === null)
        return answerError(exchange, invalid('A batch can be deleted once it has ended; cancel it first.'))
      kept.delete(id)
      answerJson(exchange, 200, { id, type: 'message_batch_deleted' })
    },
    results(exchange, id) {
      const batch = found(exchange, id)
      if (!batch) return
      if (batch.endedAt === null) return answerError(exchange, notFound(`The batch ${id} has no results yet.`))
      if (desk.now() >= batch.createdAt + KEPT_MS)
        return answerError(exchange, notFound(`The results of ${id} are gone.`))
      const { res, requestId, record } = exchange
      res.writeHead(200, { 'content-type': 'application/binary', 'request-id': requestId })
      record.headAt = performance.now()
      for (const result of batch.results) res.write(`${JSON.stringify(result)}\n`)
      record.lastByteAt = performance.now()
      res.end()
    },
  }
}

function batchProblem(body: unknown): string | null {
  if (!isObject(body)) return 'The request body must be a JSON object.'
  const { requests } = body
  if (!Array.isArray(requests) || requests.length === 0) return 'requests: List should have at least 1 item'
  if (requests.length > MOST_REQUESTS) return `requests: List should have at most ${MOST_REQUESTS} items`
  const ids = new Set<unknown>()
  for (const [i, one] of requests.entries()) {
    const { custom_id: id, params } = (isObject(one) ? one : {}) as { custom_id?: unknown; params?: unknown }
    if (typeof id !== 'string' || !CUSTOM_ID.test(id))
      return `requests.${i}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`
    if (ids.has(id)) return `requests.${i}.custom_id: must be unique within a batch`
    if (!isObject(params)) return `requests.${i}.params: Input should be an object`
    ids.add(id)
  }
  return null
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function toBatch(batch: Kept, now: number, url: string): MessageBatch {
  const { id, createdAt, canceledAt, endedAt, results, size } = batch
  const of = (type: MessageBatchResult['type']) => results.filter(({ result }) => result.type === type).length
  const isArchived = now >= createdAt + KEPT_MS
  return {
    ...{ id, type: 'message_batch' },
    processing_status: endedAt !== null ? 'ended' : canceledAt !== null ? 'canceling' : 'in_progress',
    request_counts: {
      processing: endedAt === null ? size : 0,
      ...{ succeeded: of('succeeded'), errored: of('errored'), canceled: of('canceled'), expired: of('expired') },
    },
    ...{ created_at: iso(createdAt)!, expires_at: iso(createdAt + EXPIRES_MS)!, ended_at: iso(endedAt) },
    ...{ cancel_initiated_at: iso(canceledAt), archived_at: isArchived ? iso(createdAt + KEPT_MS) : null },
    results_url: endedAt === null || isArchived ? null : `${url}/v1/messages/batches/${id}/results`,
  }
}
