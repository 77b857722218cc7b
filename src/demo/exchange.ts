/**
 * One request and its response: reading the body, answering with JSON or an error. What is answered is told elsewhere.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ApiError, errorBody } from './errors.ts'
import type { RequestRecord } from './request-log.ts'

export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: URL
  readonly requestId: string
  readonly record: RequestRecord
  /** Aborted when the client goes. */
  readonly signal: AbortSignal
}

/** Largest body the API takes (source: API errors page, 2026-10-08). */
export const MAX_BODY_BYTES = 32 * 1024 * 1024

/**
 * The body; null when it is too large. That one is read to its end all the same, or the client would not hear the
 * answer.
 */
export async function readBody(req: IncomingMessage, most = MAX_BODY_BYTES): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= most) chunks.push(chunk)
    else chunks.length = 0
  }
  return bytes > most ? null : Buffer.concat(chunks)
}

export function answerJson(
  { res, requestId, req, record }: Exchange,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'request-id': requestId,
    ...headers,
  })
  record.headAt = record.lastByteAt = performance.now()
  res.end(req.method === 'HEAD' ? undefined : text)
}

export function answerError(exchange: Exchange, error: ApiError, headers: Readonly<Record<string, string>> = {}): void {
  answerJson(exchange, error.status, errorBody(error, exchange.requestId), { ...headers, ...error.headers })
}

export function answerHtml({ res, requestId, record }: Exchange): void {
  res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'request-id': requestId })
  record.headAt = record.lastByteAt = performance.now()
  res.end('<!doctype html>\n<title>It works</title>\n<p>This is a web page, and no API.</p>\n')
}
