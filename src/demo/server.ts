/**
 * The demo server: an HTTP server on the loopback address that speaks the Messages API, version 2026-10-21, without a
 * model behind it. Knows addresses, keys and life time; what each endpoint answers is told in files of its own.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findModel } from './abilities.ts'
import { type BatchesEndpoint, createBatchesEndpoint } from './batches-endpoint.ts'
import { type ApiError, invalid, notFound, unauthorised } from './errors.ts'
import { answerError, answerJson, type Exchange } from './exchange.ts'
import { createGate } from './gate.ts'
import type { Kind } from './limits.ts'
import { createLineUp } from './line-up.ts'
import { createMessagesEndpoint, type MessagesEndpoint } from './messages-endpoint.ts'
import { listModels, toModelInfo } from './model-info.ts'
import { createRequestLog, type DemoRequest, type RequestLog } from './request-log.ts'
import { Gone } from './waits.ts'

export type { DemoRequest } from './request-log.ts'
export { ScriptError } from './script.ts'

export interface DemoOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** A line per request; the grammar stands at the head of `script.ts`. */
  readonly script?: string
  /** 1, the default: as fast as the model's class; 10: ten times as fast; Infinity: without any waiting. */
  readonly speed?: number
  /** Wall-clock milliseconds, for the lifetimes of cache entries and the refill of rate limits. Default: `Date.now`. */
  readonly now?: () => number
  /** Rate limits a minute in the place of the usual ones. */
  readonly limits?: Partial<Readonly<Record<Kind, number>>>
  /** Takes requests without a key. Otherwise any key will do that does not begin with `bad`. */
  readonly unguarded?: boolean
  /** Called when a request is over, complete or not. */
  readonly onRequest?: (request: DemoRequest) => void
  /** Called when a delta of text is handed to the socket; its number, from 1, is `request.deltas`. */
  readonly onDelta?: (request: DemoRequest) => void
}

export interface Demo {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** What arrived, in order; entries change while their response goes on. */
  readonly requests: readonly DemoRequest[]
  /** Adds lines to the script. @throws ScriptError */
  enqueue(script: string): void
  /** Resolves when a request waits at a `hold`, at once if one does. */
  held(): Promise<void>
  /**
   * Lets the request that has been held longest go on: its next `deltas` without delay, after which it is held again
   * (also before its end), or everything. @throws Error when none is held
   */
  release(deltas?: number): void
  /** Ends open connections too. */
  close(): Promise<void>
}

/** Longer than any client keeps an idle connection: the server must not be the one that hangs up. */
const KEEP_ALIVE_MS = 10 * 60_000

/**
 * Starts a demo server. @throws ScriptError, RangeError for a speed that is not positive, or the system's error for a
 * port that cannot be had
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { port = 0, script, speed = 1, now = Date.now, unguarded = false, limits, onRequest, onDelta } = options
  if (!(speed > 0)) throw new RangeError(`speed: expected a positive number, got ${speed}`)
  const lines = createLineUp()
  if (script !== undefined) lines.enqueue(script)
  const gate = createGate()
  const log = createRequestLog()
  const origin = now().toString(36)
  const messages = createMessagesEndpoint({ speed, now, lines, gate, log, limits, origin, onDelta })
  const batches = createBatchesEndpoint({ speed, now, lines, log, origin, answerWhole: messages.answerWhole })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (req, res) => {
    void receive({ req, res, log, origin, messages, batches, unguarded, onRequest })
  })
  await listen(server, port)
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests: log.requests,
    enqueue: (more) => lines.enqueue(more),
    held: () => gate.held(),
    release: (deltas = Number.POSITIVE_INFINITY) => gate.release(deltas),
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

interface Arrival {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly log: RequestLog
  readonly origin: string
  readonly messages: MessagesEndpoint
  readonly batches: BatchesEndpoint
  readonly unguarded: boolean
  readonly onRequest: DemoOptions['onRequest']
}

async function receive(arrival: Arrival): Promise<void> {
  const { req, res, log, origin, onRequest } = arrival
  const requestId = `req_demo_${origin}_${log.requests.length + 1}`
  const record = log.open(req, requestId)
  const leaving = new AbortController()
  res.on('close', () => {
    record.aborted = record.lastByteAt === null
    record.status = res.headersSent ? res.statusCode : null
    leaving.abort()
    onRequest?.(record)
  })
  // A client that goes while it is written to is no error of the server's.
  res.on('error', () => {})
  req.on('error', () => {})
  const url = new URL(req.url ?? '/', 'http://127.0.0.1')
  const exchange: Exchange = { req, res, url, requestId, record, signal: leaving.signal }
  try {
    await route(exchange, arrival)
  } catch (error) {
    if (error instanceof Gone || leaving.signal.aborted) return
    if (res.headersSent) res.destroy()
    else
      answerError(exchange, {
        status: 500,
        type: 'api_error',
        message: `The demo server has a fault of its own: ${(error as Error).message}`,
      })
  }
}

async function route(exchange: Exchange, { messages, batches, unguarded }: Arrival): Promise<void> {
  const { req, url } = exchange
  const path = url.pathname.replace(/(.)\/$/, '$1')
  const endpoint = endpointOf(`${req.method === 'HEAD' ? 'GET' : req.method} ${path}`, messages, batches)
  const error = endpoint ? (unguarded ? null : doorProblem(req)) : notFound(`Not found: ${req.method} ${path}`)
  if (!error && endpoint) return endpoint(exchange)
  // An unread body would keep the connection from its next request.
  req.resume()
  answerError(exchange, error ?? notFound('Not found'))
}

type Endpoint = (exchange: Exchange) => Promise<void> | void

function endpointOf(request: string, messages: MessagesEndpoint, batches: BatchesEndpoint): Endpoint | null {
  if (request === 'POST /v1/messages') return messages.create
  if (request === 'POST /v1/messages/count_tokens') return messages.count
  if (request === 'GET /v1/models') return modelList
  const batch = batchEndpointOf(request, batches)
  if (batch) return batch
  const one = /^GET \/v1\/models\/([^/]+)$/.exec(request)
  return one ? (exchange) => oneModel(exchange, decoded(one[1]!)) : null
}

function batchEndpointOf(request: string, batches: BatchesEndpoint): Endpoint | null {
  if (request === 'POST /v1/messages/batches') return batches.create
  if (request === 'GET /v1/messages/batches') return batches.list
  const [, method, id, deed] = /^(GET|POST|DELETE) \/v1\/messages\/batches\/([^/]+)(?:\/(\w+))?$/.exec(request) ?? []
  const of = {
    GET: batches.retrieve,
    DELETE: batches.remove,
    'GET results': batches.results,
    'POST cancel': batches.cancel,
  }[[method, deed].filter(Boolean).join(' ')]
  return of && id !== undefined ? (exchange) => of(exchange, decoded(id)) : null
}

function modelList(exchange: Exchange): void {
  const page = listModels(exchange.url.searchParams)
  if ('status' in page) answerError(exchange, page)
  else answerJson(exchange, 200, page)
}

function oneModel(exchange: Exchange, id: string): void {
  const model = findModel(id)
  if (model) answerJson(exchange, 200, toModelInfo(model))
  else answerError(exchange, notFound(`model: ${id}`))
}

/** A path segment may hold escapes that are none; then it is taken as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Whether a request may come in: a key, and the version header the API asks of everyone. */
function doorProblem({ headers }: IncomingMessage): ApiError | null {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]
  const key = (bearer ?? String(headers['x-api-key'] ?? '')).trim()
  if (key === '')
    return unauthorised('authentication is required: send an Authorization: Bearer or an x-api-key header')
  if (key.startsWith('bad')) return unauthorised('invalid x-api-key')
  return headers['anthropic-version'] ? null : invalid('anthropic-version: header is required')
}
