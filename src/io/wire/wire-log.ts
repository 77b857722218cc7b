/**
 * The log of `--debug`: what the wire did, and when, a line each. Of what is said on it there are only sizes and the
 * names the API has for its events; words are what `--record` is for. Never a key.
 */

import { channel } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { quote } from '../../core/problem.ts'
import { isProtocol } from '../../core/tape/protocol.ts'
import { secretKeeper } from '../../core/tape/secrets.ts'
import { REQUEST_HEADERS, RESPONSE_HEADERS } from '../../core/tape/tape.ts'
import type { TurnEvent } from '../../core/turn.ts'
import type { Api } from '../api.ts'
import type { Fetch } from '../transport.ts'
import { type Listener, type Outgoing, tapped } from './tap.ts'
import { createTapeFile } from './tape-file.ts'

export interface WireLog {
  around(fetch: Fetch): Fetch
  /** The same, each attempt noted with how it ended. */
  attempts(api: Api): Api
  close(): void
}

export interface WireLogOptions {
  /** Of a file that is not there yet. */
  readonly path: string
  /** First lines: what runs, where it asks. */
  readonly head: readonly string[]
  readonly secrets: readonly string[]
  readonly now: () => number
}

/** Whatever comes, the disk is not filled. */
const MOST_LINES = 200_000
/** UTF-16 units of a value worth reading. */
const LONGEST = 200

const CREDENTIALS = /auth|key|token|secret|cookie|credential/
const EVENT = /^event: *(\S{1,60})/gm

/** @throws the system's error when the file cannot be made */
export function createWireLog({ path, head, secrets, now }: WireLogOptions): WireLog {
  const start = now()
  const keeper = secretKeeper(secrets)
  const file = createTapeFile(path, () => {})
  let lines = 0
  const say = (line: string) => {
    if (++lines > MOST_LINES) return
    const at = ((now() - start) / 1000).toFixed(4).padStart(10)
    file.write([`${at}  ${keeper.hide(lines === MOST_LINES ? 'Too much happens: the log ends here.' : line)}\n`])
  }
  for (const line of head) say(line)

  let exchanges = 0
  const listen = (outgoing: Outgoing): Listener => {
    const { method, url, headers, body } = outgoing
    for (const [name, value] of headers) if (CREDENTIALS.test(name)) keeper.learn(value.replace(/^\w+\s+/, ''))
    if (url.password !== '') keeper.learn(url.password)
    const name = `#${++exchanges}`
    const size = body === null ? '' : `, ${Buffer.byteLength(body)} bytes`
    say(`${name} ${method} ${shown(url.pathname)}${size}; ${picked(headers, REQUEST_HEADERS)}`)
    let last = now()
    let [chunks, bytes, silence] = [0, 0, 0]
    return {
      response(status, all) {
        last = now()
        say(`${name} HTTP ${status}; ${picked(all, RESPONSE_HEADERS)}`)
      },
      chunk(part) {
        const waited = now() - last
        last += waited
        chunks++
        bytes += part.length
        silence = Math.max(silence, waited)
        say(`${name} ${part.length} bytes after ${waited.toFixed(1)} ms${eventsIn(part)}`)
      },
      end(how, error?: unknown) {
        const why = how === 'error' ? ` (${codeOf(error)})` : ''
        say(`${name} ${how}${why}: ${chunks} chunks, ${bytes} bytes, longest silence ${silence.toFixed(1)} ms`)
      },
    }
  }

  const requests = channel('http.client.request.created')
  const sockets = new Map<Socket, number>()
  const onRequest = (message: unknown) => {
    ;(message as { request: ClientRequest }).request.once('socket', (socket) => follow(socket))
  }
  const follow = (socket: Socket) => {
    const known = sockets.get(socket)
    if (known !== undefined) return say(`connection ${known} is used again`)
    const number = sockets.size + 1
    sockets.set(socket, number)
    if (!socket.connecting) return say(`connection ${number} was open already`)
    const began = now()
    const after = () => `after ${(now() - began).toFixed(1)} ms`
    say(`connection ${number} is opened`)
    socket.once('lookup', (_error, address) => say(`connection ${number}: ${shown(String(address))} found ${after()}`))
    socket.once('connect', () => say(`connection ${number}: connected ${after()}`))
    socket.once('secureConnect', () => {
      const tls = socket as TLSSocket
      say(
        `connection ${number}: ${tls.getProtocol() ?? 'TLS'} agreed ${after()}${tls.isSessionReused() ? ', resumed' : ''}`,
      )
    })
    socket.once('close', () => say(`connection ${number} is closed`))
  }
  requests.subscribe(onRequest)

  const close = () => {
    requests.unsubscribe(onRequest)
    process.off('exit', close)
    file.close()
  }
  process.once('exit', close)

  return {
    around: (fetch) => tapped(fetch, listen),
    attempts: (api) => ({
      ...api,
      attempt(request, number, signal, emit) {
        say(`attempt ${number}: ${shown(request.model)}, ${request.messages.length} messages`)
        return api.attempt(request, number, signal, (event) => {
          const end = inWords(event)
          if (end) say(`attempt ${number}: ${end}`)
          emit(event)
        })
      },
    }),
    close,
  }
}

/** How an attempt ended; null: it goes on. */
function inWords(event: TurnEvent): string | null {
  if (event.type === 'finished') return `finished, ${shown(event.stopReason)}`
  if (event.type === 'stopped') return 'stopped'
  if (event.type !== 'failed') return null
  const { kind, status, code, transient, retryAfterMs } = event.failure
  const facts = [status && `HTTP ${status}`, code && shown(code), retryAfterMs && `retry after ${retryAfterMs} ms`]
  return [`failed: ${kind}`, ...facts, transient ? 'may pass' : 'will not pass'].filter(Boolean).join(', ')
}

/** A foreign word as it is when it is one of the API's, else in quotes. */
const shown = (word: string) => (/^[\w./:*-]{1,120}$/.test(word) ? word : quote(word, LONGEST))

const picked = (headers: Headers, wanted: RegExp) =>
  [...headers]
    .filter(([name]) => wanted.test(name))
    .map(([name, value]) => `${name}: ${shown(name === 'location' ? 'elsewhere' : value)}`)
    .join(', ')

/** The names of the events that begin in these bytes. */
function eventsIn(bytes: Uint8Array): string {
  const counts = new Map<string, number>()
  for (const [, found = ''] of Buffer.from(bytes).toString('latin1').matchAll(EVENT)) {
    const name = isProtocol(found) && /^[a-z_]+$/.test(found) ? found : 'unknown'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const names = [...counts].map(([name, times]) => (times > 1 ? `${times} ${name}` : name))
  return names.length === 0 ? '' : `: ${names.join(', ')}`
}

/** The system's code of whatever broke a connection. */
function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return shown(cause.code)
  }
  return error instanceof Error ? error.name : 'unknown'
}
