/** A visit to a demo server of the test's own, by the official SDK or by bare HTTP. */

import { request } from 'node:http'
import { Anthropic } from '@anthropic-ai/sdk'
import type {
  MessageCreateParamsNonStreaming,
  RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages/messages'
import { type Demo, type DemoOptions, startDemo } from '../../src/demo/server.ts'

export type Params = Omit<MessageCreateParamsNonStreaming, 'stream'>

export interface Heard {
  readonly events: readonly RawMessageStreamEvent[]
  readonly text: string
  readonly thinking: string
  readonly error: unknown
  readonly headers: Headers | null
}

export interface Visit extends AsyncDisposable {
  readonly demo: Demo
  readonly client: Anthropic
  /** Streams one answer to its end, whatever that is. */
  hear(params?: Partial<Params>, options?: { signal?: AbortSignal; onText?: (text: string) => void }): Promise<Heard>
  /** Bare HTTP with a key and a version; `headers` with null leave one out. */
  raw(method: string, path: string, body?: string, headers?: Readonly<Record<string, string | null>>): Promise<Raw>
}

export interface Raw {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The body as it came off the socket. */
  readonly chunks: readonly Buffer[]
}

/** For `expect.poll`: a busy machine is no failure. */
export const PATIENT = { timeout: 10_000 }

export const HELLO: Params = {
  model: 'claude-haiku-5-5',
  max_tokens: 4000,
  messages: [{ role: 'user', content: 'hello' }],
}

/** A server that waits for nothing, unless told otherwise, and a client that never tries twice. */
export async function visit(script = '', options: DemoOptions = {}): Promise<Visit> {
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY, script, ...options })
  const client = new Anthropic({ apiKey: 'any-key', baseURL: demo.url, maxRetries: 0, logLevel: 'off' })
  return {
    demo,
    client,
    hear: (params = {}, options = {}) => hear(client, { ...HELLO, ...params }, options),
    raw: (method, path, body, headers = {}) => raw(demo.port, method, path, body, headers),
    [Symbol.asyncDispose]: () => demo.close(),
  }
}

async function hear(
  client: Anthropic,
  params: Params,
  options: { signal?: AbortSignal; onText?: (text: string) => void },
): Promise<Heard> {
  const events: RawMessageStreamEvent[] = []
  let [text, thinking] = ['', '']
  let headers: Headers | null = null
  const result = (error: unknown): Heard => ({ events, text, thinking, error, headers })
  try {
    const { signal, onText } = options
    const { data, response } = await client.messages
      .create({ ...params, stream: true }, signal ? { signal } : {})
      .withResponse()
    headers = response.headers
    for await (const event of data) {
      events.push(event)
      if (event.type !== 'content_block_delta') continue
      if (event.delta.type === 'thinking_delta') thinking += event.delta.thinking
      if (event.delta.type !== 'text_delta') continue
      text += event.delta.text
      onText?.(text)
    }
    return result(null)
  } catch (error) {
    return result(error)
  }
}

function raw(
  port: number,
  method: string,
  path: string,
  body: string | undefined,
  headers: Readonly<Record<string, string | null>>,
): Promise<Raw> {
  const all = {
    'x-api-key': 'any-key',
    'anthropic-version': '2026-10-21',
    'content-type': 'application/json',
    ...headers,
  }
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null))
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          chunks,
        })
      })
    })
    req.on('error', reject)
    req.end(body)
  })
}

/** The names of the events, neighbours of one name as one. */
export function course(events: readonly { readonly type: string }[]): readonly string[] {
  return events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1])
}

export function stopOf({ events }: Heard): { reason: string | null; usage: Record<string, unknown> } {
  const end = events.find((event) => event.type === 'message_delta')
  return { reason: end?.delta.stop_reason ?? null, usage: { ...end?.usage } }
}
