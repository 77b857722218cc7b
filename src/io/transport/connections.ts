/**
 * The connections of one kind, http or https: kept while nobody uses them, opened ahead of the request that will need
 * them, and opened anew when nobody can say any more whether they still live.
 */

import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'

export interface Place {
  readonly host: string
  readonly port: number
}

/** Opens the way to a place through another one. `done` is called once. */
export type Way = (place: Place, done: (error: Error | null, socket?: Socket) => void) => void

type Done = (error: Error | null, socket?: Socket) => void
type Options = https.AgentOptions & Place

/** Sockets that were opened ahead of their request: like a reused one, the server may have closed it meanwhile. */
export const openedAhead = new WeakSet<object>()

/** How long one may take to be made, TLS included, in ms. The kernel alone would try for two minutes. */
const CONNECT_WITHIN_MS = 15_000
/**
 * After so long without use, in ms, one is opened anew: the machine may have slept, or a router forgotten about it, and
 * what is written to such a connection is answered by nobody.
 */
const TRUSTED_MS = 120_000
/** How often the kernel asks an idle peer for a sign of life, in ms: routers keep what is used, and the dead are noticed. */
const PROBE_MS = 15_000

/** How often it is worth looking which addresses this machine has, in ms. */
const SWEEP_MS = 1_000

/** Addresses have no place where TLS tells the server's name (RFC 6066). */
const IS_ADDRESS = /^[\d.]+$|:/

/** A connection opened ahead of its request, kept until the agent asks for one. */
interface Ahead {
  readonly key: string
  readonly since: number
  /** null: the way to it is still being asked for. */
  socket: Socket | null
  isConnected: boolean
  /** An older one, for as long as this one is not connected. */
  former: Ahead | null
  /** Who waits for it. */
  taker: Done | null
  /** How it went. */
  readonly outcome: Promise<Error | null>
}

/** Not the monotonic clock: that one stands still while the machine sleeps. */
const wall = () => Date.now()

const keyOf = ({ host, port }: Place) => `${host}:${port}`

const THERE = Promise.resolve(null)

const isOld = (since: number) => wall() - since > TRUSTED_MS

export interface Connections {
  readonly agent: http.Agent
  /** Opens one unless one lies ready. Keeps no process alive. @returns why there is none; null: there is one. Never rejects */
  preconnect(place: Place): Promise<Error | null>
  close(): void
}

/** @param way how a place is reached when not straight */
export function createConnections(protocol: 'http:' | 'https:', way: Way | null = null): Connections {
  const isSecure = protocol === 'https:'
  const connected = isSecure ? 'secureConnect' : 'connect'
  const Base = (isSecure ? https.Agent : http.Agent) as typeof http.Agent
  let ahead: Ahead | null = null

  /** The one opened ahead, if it is for this place; an older one when that is all there is yet. */
  const take = (key: string): Ahead | null => {
    const first = ahead
    if (first?.key !== key || first.socket?.destroyed) return null
    const { former } = first
    first.former = null
    if (!first.isConnected && former?.socket && !former.socket.destroyed) return former
    former?.socket?.destroy()
    ahead = null
    return first
  }

  class Connecting extends Base {
    /** A socket, handed out while it connects: what is written waits in it. */
    open(options: Options, done: Done): void {
      const dial = (tunnel?: Socket) => {
        const socket = super.createConnection({ ...options, ...(tunnel && { socket: tunnel }) } as never) as Socket
        limited(socket, connected)
        done(null, socket)
      }
      if (way) way(options, (error, tunnel) => (error ? done(error) : dial(tunnel)))
      else dial()
    }

    override createConnection(...[options, callback]: Parameters<http.Agent['createConnection']>) {
      const done = callback as unknown as Done
      const kept = take(keyOf(options as Options))
      if (!kept) this.open(options as Options, done)
      else if (kept.socket) {
        kept.socket.ref()
        done(null, kept.socket)
      } else kept.taker = done
      return undefined
    }
  }

  // An idle connection stays until the server closes it.
  const asked = { keepAlive: true, keepAliveMsecs: PROBE_MS, keepAliveInitialDelay: PROBE_MS, noDelay: true }
  const agent = new Connecting(asked)
  const idleSince = new WeakMap<object, number>()
  agent.on('free', (socket) => idleSince.set(socket, wall()))
  const idle = (key: string): readonly Socket[] =>
    Object.entries(agent.freeSockets).flatMap(([name, sockets]) => (name.startsWith(`${key}:`) ? (sockets ?? []) : []))

  /** Gives up what is bound to an address that this machine has left, with its network: nobody would ever say so. */
  let sweptAt = 0
  const sweep = () => {
    if (wall() - sweptAt < SWEEP_MS) return
    sweptAt = wall()
    const resting = [...Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []), ahead?.socket]
    if (!resting.some((socket) => socket?.localAddress)) return
    const own = new Set(Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []))
    for (const socket of resting) {
      const address = socket?.localAddress?.replace(/^::ffff:|%.*$/g, '')
      if (address && !own.has(address)) socket!.destroy()
    }
  }

  return {
    agent,
    preconnect(place) {
      const key = keyOf(place)
      sweep()
      const resting = idle(key)
      if (resting.some((socket) => !isOld(idleSince.get(socket) ?? 0))) return THERE
      if (ahead?.key === key && !isOld(ahead.since)) return ahead.outcome
      const { promise: outcome, resolve: settle } = Promise.withResolvers<Error | null>()
      // Never one to another place: what is meant for this server is for nobody else.
      const former = ahead?.key === key ? ahead : null
      if (!former) ahead?.socket?.destroy()
      const next: Ahead = { key, since: wall(), socket: null, isConnected: false, former, taker: null, outcome }
      ahead = next
      // The request that comes later reports its own failure to connect; this one only steps aside.
      const forget = () => {
        if (ahead === next) ahead = next.former
      }
      const options = {
        ...asked,
        ...place,
        ...(isSecure ? { servername: IS_ADDRESS.test(place.host) ? '' : place.host } : {}),
      }
      agent.open(options as Options, (error, socket) => {
        const { taker } = next
        if (taker) taker(error, socket)
        if (!socket) {
          settle(error)
          return forget()
        }
        socket.once('error', settle)
        socket.once('close', () => settle(new Error('The connection was closed')))
        socket.once(connected, () => settle(null))
        if (taker) return
        openedAhead.add(socket)
        next.socket = socket
        socket.unref()
        socket.once('error', forget)
        socket.once('close', forget)
        socket.once(connected, () => {
          next.isConnected = true
          next.former?.socket?.destroy()
          next.former = null
          // The agent would go on taking the old ones first.
          for (const one of idle(key)) if (resting.includes(one)) one.destroy()
        })
      })
      return outcome
    },
    close() {
      ahead?.former?.socket?.destroy()
      ahead?.socket?.destroy()
      ahead = null
      agent.destroy()
    },
  }
}

/** Gives up on a socket that does not get through. */
function limited(socket: Socket, connected: 'connect' | 'secureConnect'): void {
  const timer = setTimeout(() => {
    socket.destroy(
      Object.assign(new Error(`No connection within ${CONNECT_WITHIN_MS / 1000} s`), { code: 'ETIMEDOUT' }),
    )
  }, CONNECT_WITHIN_MS)
  timer.unref()
  const done = () => clearTimeout(timer)
  socket.once(connected, done)
  socket.once('close', done)
}
