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
import { Chunks } from './chunks.ts'

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
    return Buffer.concat(chunks).toString('utf8')
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

/** Sockets that were opened ahead of their request: like a reused one, the server may have closed it meanwhile. */
const openedAhead = new WeakSet<object>()

/** A connection opened ahead of its request, kept until the agent asks for one. */
interface Warm {
  readonly socket: Socket
  readonly key: string
}

/** Adds one thing to Node's agents: `preconnect`. The socket is handed out by `createConnection`, documented as ours to override. */
function warming<A extends typeof http.Agent>(Base: A) {
  return class extends (Base as typeof http.Agent) {
    #warm: Warm | null = null

    preconnect(options: https.AgentOptions & { host: string; port: number }): void {
      const key = `${options.host}:${options.port}`
      const idle = Object.values(this.freeSockets).some((sockets) => sockets && sockets.length > 0)
      if (idle || this.#warm?.key === key) return
      const socket = super.createConnection({ ...options } as never) as Socket
      this.#warm = { socket, key }
      openedAhead.add(socket)
      socket.unref()
      const forget = () => {
        if (this.#warm?.socket === socket) this.#warm = null
      }
      // The request that comes later reports its own failure to connect; this one only steps aside.
      socket.once('error', forget)
      socket.once('close', forget)
    }

    override createConnection(...args: Parameters<http.Agent['createConnection']>) {
      const { host, port } = args[0] as { host?: string; port?: number }
      const warm = this.#warm
      if (warm && warm.key === `${host}:${port}` && !warm.socket.destroyed) {
        this.#warm = null
        warm.socket.ref()
        return warm.socket
      }
      return super.createConnection(...args)
    }
  }
}

/** What a caller may want to be told on the way. */
export interface Told {
  /** A chunk of the body has been read to its end. */
  readonly onChunk?: () => void
  /** No connection stood ready; and then, one does. Neither is called where one did. */
  readonly onConnecting?: () => void
  readonly onConnected?: () => void
}

export type Fetch = (url: string | URL | Request, init?: RequestInit & Told) => Promise<Response>

export interface Transport {
  /** `fetch` for the SDK: abortable, without redirects, timeouts or a body decoder of its own. */
  readonly fetch: Fetch
  /** Opens a connection to this URL's host unless one is idle already. Never throws, never keeps the process alive. */
  preconnect(url: string): void
  /** Ends all connections. */
  close(): void
}

/** Tells when a socket is not ready yet, and when it is: with TLS, that is after its handshake. */
function telling(socket: Socket, { onConnecting, onConnected }: Told): void {
  const shakes = socket instanceof TLSSocket && (socket.getProtocol() ?? 'unknown') === 'unknown'
  if (!socket.connecting && !shakes) return
  onConnecting?.()
  if (onConnected) socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', onConnected)
}

/** No proxy is asked for a server on this very machine, such as the demo's: it could not reach that. */
function pastProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const direct = [env.no_proxy ?? env.NO_PROXY, '127.0.0.1', 'localhost', '::1'].filter(Boolean).join(',')
  return { no_proxy: direct, NO_PROXY: direct }
}

export const addressOf = (url: string | URL | Request): URL =>
  new URL(typeof url === 'object' && 'url' in url ? url.url : url)

export function createTransport(): Transport {
  // An idle connection stays until the server closes it. `proxyEnv` reads HTTP(S)_PROXY and NO_PROXY on Nodes that know it.
  const options = { keepAlive: true, proxyEnv: { ...process.env, ...pastProxies(process.env) } } as http.AgentOptions
  const plain = new (warming(http.Agent))(options)
  const secure = new (warming(https.Agent as unknown as typeof http.Agent))(options)
  const proxied = Boolean(
    process.env.HTTPS_PROXY ?? process.env.https_proxy ?? process.env.HTTP_PROXY ?? process.env.http_proxy,
  )

  const send = (url: URL, init: RequestInit & Told, again: boolean): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { request, agent } =
        url.protocol === 'https:' ? { request: https.request, agent: secure } : { request: http.request, agent: plain }
      const headers = Object.fromEntries((init.headers as Headers | undefined)?.entries() ?? [])
      const outgoing = request(url, { method: init.method ?? 'GET', headers, agent })
      const { signal } = init
      let answered = false
      const abort = () => outgoing.destroy(new DOMException('The request was aborted', 'AbortError'))
      if (signal?.aborted) abort()
      signal?.addEventListener('abort', abort, { once: true })
      outgoing.once('close', () => signal?.removeEventListener('abort', abort))
      outgoing.once('socket', (socket: Socket) => telling(socket, init))
      outgoing.once('response', (message) => {
        answered = true
        const cut = () => message.destroy(new DOMException('The request was aborted', 'AbortError'))
        signal?.addEventListener('abort', cut, { once: true })
        message.once('close', () => signal?.removeEventListener('abort', cut))
        const body = new Chunks(message, init.onChunk)
        resolve(new Answer(headOf(message, url.href), body) as unknown as Response)
      })
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // An idle connection that the server closed while we were writing: nothing was answered, so once more is safe.
        const stale = outgoing.reusedSocket || (outgoing.socket !== null && openedAhead.has(outgoing.socket))
        const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
        if (again && stale && closed && !answered && !signal?.aborted) {
          resolve(send(url, init, false))
        } else reject(error)
      })
      outgoing.end(init.body as string | Uint8Array | undefined)
    })

  return {
    fetch: (url, init = {}) => send(addressOf(url), init, true),
    preconnect(url) {
      if (proxied) return
      try {
        const { protocol, hostname, port } = new URL(url)
        const host = hostname.replace(/^\[|\]$/g, '')
        if (protocol === 'https:') secure.preconnect({ host, port: Number(port || 443), servername: host })
        else plain.preconnect({ host, port: Number(port || 80) })
      } catch {
        // A malformed URL is reported by the request itself.
      }
    },
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}
