/** What arrived at the server, for tests and the log: without secrets, and without bodies that have grown old. */

import type { IncomingMessage } from 'node:http'
import type { Marks } from './perform.ts'
import type { CacheUse } from './prompt-cache.ts'

/** One request. Times are milliseconds of the performance clock of the server's process; null: it has not happened. */
export interface DemoRequest extends Readonly<Marks> {
  /** Counts from 1. */
  readonly number: number
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Secret ones say `(secret)`. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed when it was JSON, else text; null when there was none, or it was let go to save memory. */
  readonly body: unknown
  readonly at: number
  readonly requestId: string
  /** Status of the response; null before its head. */
  readonly status: number | null
  /** The line of the script that answered it; null for other endpoints and refused requests. */
  readonly line: string | null
  /** The client went before the response was complete. */
  readonly aborted: boolean
  /** What a begun answer is billed for, by this server's own count, its whole output included; null: nothing. */
  readonly billed: (CacheUse & { readonly model: string; readonly output: number }) | null
  /** The same of each answer of a batch that this request has made, at half the price; absent: it has made none. */
  readonly batchBilled?: readonly NonNullable<DemoRequest['billed']>[]
}

/** The same while it is being written. */
export type RequestRecord = { -readonly [K in keyof DemoRequest]: DemoRequest[K] }

const SECRET: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'cookie', 'proxy-authorization'])

/** Bodies are kept until together they are larger than this; the newest stays in any case. */
const KEPT_BODY_BYTES = 32 * 1024 * 1024

export interface RequestLog {
  readonly requests: readonly DemoRequest[]
  open(req: IncomingMessage, requestId: string): RequestRecord
  /** Notes a body, and lets go of old ones. */
  keepBody(record: RequestRecord, body: unknown, bytes: number): void
}

export function createRequestLog(): RequestLog {
  const requests: RequestRecord[] = []
  const kept: { record: RequestRecord; bytes: number }[] = []
  let total = 0
  return {
    requests,
    open(req, requestId) {
      const record: RequestRecord = {
        number: requests.length + 1,
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers: publicHeaders(req),
        body: null,
        at: performance.now(),
        requestId,
        status: null,
        line: null,
        aborted: false,
        billed: null,
        headAt: null,
        firstDeltaAt: null,
        lastByteAt: null,
        deltas: 0,
      }
      requests.push(record)
      return record
    },
    keepBody(record, body, bytes) {
      record.body = body
      kept.push({ record, bytes })
      total += bytes
      while (kept.length > 1 && total > KEPT_BODY_BYTES) {
        const oldest = kept.shift()!
        oldest.record.body = null
        total -= oldest.bytes
      }
    },
  }
}

function publicHeaders(req: IncomingMessage): Record<string, string> {
  const entries = Object.entries(req.headers).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
    return [name, SECRET.has(name) ? '(secret)' : text]
  })
  return Object.fromEntries(entries)
}
