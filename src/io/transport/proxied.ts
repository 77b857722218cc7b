/** The routes through a proxy: a tunnel to what is https, requests handed to it for what is http. Loaded where there is one. */

import type { request } from 'node:http'
import { type ProxyAddress, proxyFor } from '../../core/server/proxy.ts'
import type { Route } from '../transport.ts'
import type { Connections, createConnections, Way } from './connections.ts'
import { authorizing, openTunnel, ProxyError, refusing, unreachable, unusable } from './proxy-tunnel.ts'

export interface Proxied {
  /** null: this server is asked itself. @param pool finds connections by name, or keeps those that are made */
  routeTo(url: URL, pool: (name: string, make: () => Connections) => Connections): Route | null
}

/** What makes connections and requests: handed in, so that what every start needs stays in one file when bundled. */
export interface Tools {
  readonly connect: typeof createConnections
  readonly http: typeof request
  readonly https: typeof request
}

export function proxiedBy(env: Readonly<Record<string, string | undefined>>, tools: Tools): Proxied {
  return {
    routeTo(url, pool) {
      const proxy = proxyFor(url, env)
      if (proxy === null) return null
      if ('unusable' in proxy) throw unusable(proxy)
      const isTunnelled = url.protocol === 'https:'
      const way: Way = (place, done) =>
        openTunnel(proxy, proxy.protocol === 'https:' ? tools.https : tools.http, place, done)
      const own = { host: proxy.host, port: proxy.port }
      return {
        connections: pool(`${url.protocol} through ${proxy.shown}`, () =>
          isTunnelled ? tools.connect('https:', way) : tools.connect(proxy.protocol),
        ),
        place: isTunnelled ? { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 443) } : own,
        path: isTunnelled ? `${url.pathname}${url.search}` : `${url.origin}${url.pathname}${url.search}`,
        headers: isTunnelled ? {} : authorizing(proxy),
        explain: (error) => (isTunnelled || error instanceof ProxyError ? error : handedOn(proxy, error)),
        refusal: (status) => (!isTunnelled && status === 407 ? refusing(proxy, status) : null),
      }
    },
  }
}

/** A request that the proxy was to pass on broke before there was an answer: it is the proxy that we were talking to. */
function handedOn(proxy: ProxyAddress, error: NodeJS.ErrnoException): Error {
  return error.name === 'AbortError' ? error : unreachable(proxy, error)
}
