/**
 * The way through a proxy: CONNECT, and what it means when that fails. By ourselves, since the agents of Node before
 * 22.21 and 24.5 know no `proxyEnv`, and none tells which of the two, proxy or server, could not be reached.
 */

import type { request } from 'node:http'
import type { Socket } from 'node:net'
import type { ProxyAddress, UnusableProxy } from '../../core/server/proxy.ts'
import { isGarbled, type ProxyTrouble } from '../../core/weather/unreached.ts'

/** How long a proxy may take to open a way, in ms. */
const TUNNEL_WITHIN_MS = 15_000

/** A proxy stands in the way. Its `code` is one of `unreached`'s own. */
export class ProxyError extends Error {
  readonly code = 'PROXY'
  readonly trouble: ProxyTrouble

  constructor(trouble: ProxyTrouble) {
    super(`The proxy: ${trouble.what}`)
    this.trouble = trouble
  }
}

export const unusable = ({ variable, unusable: why }: UnusableProxy) =>
  new ProxyError({ what: 'unusable', shown: null, variable, why })

/** The proxy itself could not be reached, broke off, or answered in something that is not HTTP. */
export function unreachable({ shown, variable }: ProxyAddress, { code, message }: NodeJS.ErrnoException) {
  const what = isGarbled(code) ? 'garbled' : 'unreachable'
  return new ProxyError({ what, shown, variable, why: code ?? message })
}

/** The proxy answered in place of the server. */
export const refusing = ({ shown, variable }: ProxyAddress, status: number) =>
  new ProxyError({ what: status === 407 ? 'wants-password' : 'refuses', shown, variable, why: `HTTP ${status}` })

export const authorizing = ({ user }: ProxyAddress): Record<string, string> =>
  user === null ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user, 'utf8').toString('base64')}` }

/**
 * Asks the proxy for a way to a server; calls back once, with a socket that reaches it.
 * @param ask makes requests in the words of the proxy itself, http or https
 */
export function openTunnel(
  proxy: ProxyAddress,
  ask: typeof request,
  { host, port }: { readonly host: string; readonly port: number },
  done: (error: Error | null, socket?: Socket) => void,
): void {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const asking = ask({
    ...{ host: proxy.host, port: proxy.port, method: 'CONNECT', path: target, agent: false },
    headers: { host: target, ...authorizing(proxy) },
  })
  asking.setTimeout(TUNNEL_WITHIN_MS, () => asking.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  asking.once('connect', ({ statusCode = 0 }, socket, head) => {
    ;(socket as Socket).setTimeout(0)
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy()
      return done(refusing(proxy, statusCode))
    }
    if (head.length > 0) socket.unshift(head)
    done(null, socket as Socket)
  })
  // Some refuse with an answer like any other.
  asking.once('response', (answer) => {
    answer.destroy()
    done(refusing(proxy, answer.statusCode ?? 0))
  })
  asking.once('error', (error) => done(unreachable(proxy, error)))
  asking.end()
}
