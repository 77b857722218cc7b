/**
 * HTTP for the SDK over node:http(s), shaped like `fetch`. Knows sockets; knows nothing of the API.
 *
 * Why not the global fetch: loading it costs about 30 ms of a one-shot's start, it drops idle connections after 4 s
 * (a chat pauses longer than that between turns), it cannot open a connection ahead of a request, and it cuts a silent
 * stream after 300 s behind our watchdog's back.
 */

import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Chunks } from './transport/chunks.ts'
import { type Connections, createConnections, openedAhead, type Place } from './transport/connections.ts'
import type { Proxied } from './transport/proxied.ts'

/** What a packed answer may become, in bytes: more is no answer of the API's. */
const MOST_UNPACKED = 64 * 1024 * 1024

type Head = Pick<Response, 'status' | 'statusText' | 'headers' | 'url'>

/** What the SDK needs of a `Response`, with the body as an async iterable of bytes. */
class Answer {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly url: string
  readonly body: AsyncIterable<Uint8Array>

  constructor(head: Head, body: AsyncIterable<Uint8Array>) {
    this.status = head.status
    this.statusText = head.statusText
    this.url = head.url
    this.headers = head.headers
    this.body = body
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  async text(): Promise<string> {
    const chunks: Uint8Array[] = []
    for await (const chunk of this.body) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    if (!this.headers.has('content-encoding')) return bytes.toString('utf8')
    const { packingOf, unpacked } = await import('./transport/content-encoding.ts')
    return unpacked(bytes, packingOf(this.headers), MOST_UNPACKED).toString('utf8')
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}

/** The same response with another body: whoever stands between it and its reader. */
export function withBody(response: Response, wrap: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>) {
  return new Answer(response, wrap(response.body as unknown as AsyncIterable<Uint8Array>)) as unknown as Response
}

function headOf(message: http.IncomingMessage, url: string): Head {
  const headers = new Headers()
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    headers.append(message.rawHeaders[i]!, message.rawHeaders[i + 1]!)
  }
  return { status: message.statusCode ?? 0, statusText: message.statusMessage ?? '', headers, url }
}

/**
 * What the SDK hands through to `fetch` for us.
 * `lane`: a side request goes over connections of its own, so that the turn's own is free when the turn comes.
 */
export interface Ours {
  readonly onChunk?: () => void
  /** A chunk is about to be read; `onChunk`: it has been. */
  readonly onGiven?: () => void
  readonly lane?: 'side'
  /** No connection stood ready; and then, one does. Neither is called where one did. */
  readonly onConnecting?: () => void
  readonly onConnected?: () => void
  /**
   * How far the request is: with its connection, which may have to be made; TCP stands; TLS does; the system has its last
   * byte. Where a connection stood ready the two in the middle are not told. A request that is sent again begins anew.
   */
  readonly onStep?: (step: Step) => void
}

export type Step = 'handed' | 'tcp' | 'tls' | 'uploaded'

export type Fetch = (url: string | URL | Request, init?: RequestInit & Ours) => Promise<Response>

export interface Transport {
  /** `fetch` for the SDK: abortable, without redirects, timeouts or a body decoder of its own. */
  readonly fetch: Fetch
  /**
   * Opens a connection for a turn to this URL's host, TLS and the way through a proxy included, unless one is idle
   * already. Keeps no process alive. Never rejects.
   * @returns why there is none; null: there is one
   */
  preconnect(url: string): Promise<Error | null>
  /** Ends all connections. */
  close(): void
}

export const addressOf = (url: string | URL | Request): URL =>
  new URL(typeof url === 'object' && 'url' in url ? url.url : url)

/** How one server is reached. */
export interface Route {
  readonly connections: Connections
  /** What the sockets connect to: the server, or a proxy that passes requests on. */
  readonly place: Place
  /** The request target, and what a proxy wants to hear besides. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** What an error before the answer means; a proxy in between has its own. */
  explain(error: NodeJS.ErrnoException): Error
  /** The answer of a proxy in place of the server's; null: it is the server's. */
  refusal(status: number): Error | null
}

const placeOf = ({ protocol, hostname, port }: URL): Place => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: Number(port || (protocol === 'https:' ? 443 : 80)),
})

export function createTransport(env: Readonly<Record<string, string | undefined>> = process.env): Transport {
  const made = new Map<string, Connections>()
  const pool = (name: string, make: () => Connections): Connections => {
    const found = made.get(name) ?? make()
    made.set(name, found)
    return found
  }
  const direct = (url: URL, lane: string): Route => ({
    connections: pool(`${lane} ${url.protocol}`, () => createConnections(url.protocol as 'https:')),
    place: placeOf(url),
    path: `${url.pathname}${url.search}`,
    headers: {},
    explain: (error) => error,
    refusal: () => null,
  })
  // What knows of proxies is loaded only where there is one.
  const isProxied = ['https_proxy', 'http_proxy'].some((name) => env[name] || env[name.toUpperCase()])
  let proxied: Promise<Proxied> | null = null
  const route = (url: URL, lane = 'turn'): Route | Promise<Route> => {
    if (!isProxied) return direct(url, lane)
    proxied ??= import('./transport/proxied.ts').then(({ proxiedBy }) =>
      proxiedBy(env, { connect: createConnections, http: http.request, https: https.request }),
    )
    return proxied.then(
      ({ routeTo }) => routeTo(url, (name, make) => pool(`${lane} ${name}`, make)) ?? direct(url, lane),
    )
  }

  const send = (url: URL, to: Route, init: RequestInit & Ours, again: boolean): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { agent } = to.connections
      const { request } = agent instanceof https.Agent ? https : http
      const own = Object.fromEntries((init.headers as Headers | undefined)?.entries() ?? [])
      const outgoing = request({
        ...to.place,
        ...{ path: to.path, method: init.method ?? 'GET', agent },
        headers: { host: url.host, ...own, ...to.headers },
      })
      const { signal } = init
      let answered = false
      const abort = () => {
        const error = new DOMException('The request was aborted', 'AbortError')
        // A request that waits for its way through a proxy has no socket yet, and would say so only then.
        reject(error)
        outgoing.destroy(error)
      }
      if (signal?.aborted) abort()
      signal?.addEventListener('abort', abort, { once: true })
      outgoing.once('close', () => signal?.removeEventListener('abort', abort))
      telling(outgoing, init)
      outgoing.once('response', (message) => {
        answered = true
        const refusal = to.refusal(message.statusCode ?? 0)
        if (refusal) {
          message.destroy()
          return reject(refusal)
        }
        const cut = () => message.destroy(new DOMException('The request was aborted', 'AbortError'))
        signal?.addEventListener('abort', cut, { once: true })
        message.once('close', () => signal?.removeEventListener('abort', cut))
        const body = new Chunks(message, init.onChunk, init.onGiven)
        resolve(new Answer(headOf(message, url.href), body) as unknown as Response)
      })
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // An idle connection that the server closed while we were writing: nothing was answered, so once more is safe.
        const stale = outgoing.reusedSocket || (outgoing.socket !== null && openedAhead.has(outgoing.socket))
        const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
        if (again && stale && closed && !answered && !signal?.aborted) {
          resolve(send(url, to, init, false))
        } else reject(answered ? error : to.explain(error))
      })
      outgoing.end(init.body as string | Uint8Array | undefined)
    })

  return {
    async fetch(given, init = {}) {
      const url = addressOf(given)
      const to = route(url, init.lane)
      return send(url, to instanceof Promise ? await to : to, init, true)
    },
    async preconnect(given) {
      try {
        const to = route(new URL(given))
        const { connections, place } = to instanceof Promise ? await to : to
        return await connections.preconnect(place)
      } catch (error) {
        return error as Error
      }
    },
    close() {
      for (const one of made.values()) one.close()
    },
  }
}

/** Tells when a request has to wait for its connection, and when it stands: with TLS, that is after the handshake. */
function telling(outgoing: http.ClientRequest, { onConnecting, onConnected, onStep }: Ours): void {
  onStep?.('handed')
  if (onStep) outgoing.once('finish', () => onStep('uploaded'))
  let isTold = false
  const tell = () => {
    if (!isTold) onConnecting?.()
    isTold = true
  }
  // By then there is a socket, unless the way to one is still being asked for.
  const waiting = setImmediate(tell)
  outgoing.once('close', () => clearImmediate(waiting))
  outgoing.once('socket', (socket) => {
    clearImmediate(waiting)
    // What comes late through a proxy has its TCP already.
    if (isTold && !socket.connecting) onStep?.('tcp')
    if (isReady(socket)) return isTold && onConnected?.()
    tell()
    if (onStep && socket.connecting) socket.once('connect', () => onStep('tcp'))
    if (onStep && socket instanceof TLSSocket) socket.once('secureConnect', () => onStep('tls'))
    if (onConnected) socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', onConnected)
  })
}

/** Of a handshake that goes on through a tunnel the protocol is known before its end, so Node's own mark decides. */
const isReady = (socket: Socket & { readonly secureConnecting?: boolean }) =>
  !socket.connecting && socket.secureConnecting !== true
