/**
 * The legs of a connection, one by one and each with its time: name, connection, encryption, answer. A leg is tried only
 * when the one before it went well. Nothing that is asked costs anything.
 */

import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as encrypt } from 'node:tls'
import type { Leg, ServerFacts } from '../../core/doctor/server.ts'
import { rounded } from '../../core/figures/rounded.ts'
import type { ProxyAddress } from '../../core/server/proxy.ts'
import type { Failure } from '../../core/turn.ts'
import { serverFailure } from '../../core/weather/failures.ts'
import { connectionFailure, type ProxyTrouble, proxyFailure, strangerFailure } from '../../core/weather/unreached.ts'
import { alienAnswer, retryAfterOf } from '../api/understand.ts'
import { createApi } from '../api.ts'
import type { Credential } from '../credentials.ts'
import { hideSecrets } from '../credentials.ts'
import { type Fetch, withBody } from '../transport.ts'
import { fieldsOf, textIn, wordIn } from '../wire/wire-values.ts'
import { toLimits } from '../wire.ts'

type Legs = Pick<ServerFacts, 'dns' | 'tcp' | 'tls' | 'http' | 'againMs'>

/** Longest time for one leg, in ms. */
const LEG_MS = 10_000

/**
 * Goes the road to the server, or to the proxy that stands before it.
 * @param credential null: the question is asked all the same; that it is refused is an answer, too
 * @param withheld names of headers in the environment that do not go there
 */
export async function goThere(
  baseUrl: string,
  proxy: ProxyAddress | null,
  credential: Credential | null,
  withheld: readonly string[] = [],
): Promise<Legs> {
  const nothing: Legs = { dns: null, tcp: null, tls: null, http: null, againMs: null }
  const { protocol, host, port } = proxy ?? placeOf(baseUrl)
  const failed = (error: unknown) => ({ trouble: troubleOf(baseUrl, proxy, error) })

  const dns = isIP(host) ? null : await leg(async () => ({ host, addresses: await addressesOf(host) }), failed)
  if (dns && 'trouble' in dns) return { ...nothing, dns }
  const [address = host] = dns?.addresses ?? []
  let socket: Socket | null = null
  const tcp = await leg(async () => {
    socket = await opened(address, port)
    return { address: `${address.includes(':') ? `[${address}]` : address}:${port}` }
  }, failed)
  if ('trouble' in tcp || !socket) return { ...nothing, dns, tcp }
  const tls = protocol === 'https:' ? await leg(() => encrypted(socket as Socket, host), failed) : null
  ;(socket as Socket).destroy()
  if (tls && 'trouble' in tls) return { ...nothing, dns, tcp, tls }
  return { dns, tcp, tls, ...(await asked(baseUrl, credential, withheld)) }
}

/** A time to the microsecond: what is behind it is noise of the clock's own arithmetic. */
const fine = (ms: number) => rounded(ms, 3)

async function leg<T>(deed: () => Promise<T>, failed: (error: unknown) => { trouble: Trouble }): Promise<Leg<T>> {
  const startedAt = performance.now()
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), LEG_MS)
  })
  try {
    const result = await Promise.race([deed(), patience])
    return { ms: fine(performance.now() - startedAt), ...result }
  } catch (error) {
    return failed(error)
  } finally {
    clearTimeout(late)
  }
}

type Trouble = ReturnType<typeof troubleOf>

/** Why a leg failed. The legs that we go by ourselves end at the proxy, if there is one. */
function troubleOf(baseUrl: string, proxy: ProxyAddress | null, error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException
  const { reason, remedy } = proxy
    ? proxyFailure(baseUrl, { ...proxy, what: 'unreachable', why: code ?? message })
    : connectionFailure(baseUrl, code ?? null, message)
  return { reason, remedy }
}

/** Why the whole road failed, as the client says it. */
function unanswered(baseUrl: string, error: unknown) {
  if (error instanceof Error && 'trouble' in error) return proxyFailure(baseUrl, error.trouble as ProxyTrouble)
  return troubleOf(baseUrl, null, error)
}

const placeOf = (baseUrl: string) => {
  const { protocol, hostname, port } = new URL(baseUrl)
  const usual = protocol === 'https:' ? 443 : 80
  return { protocol, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual) }
}

const addressesOf = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

function encrypted(socket: Socket, servername: string): Promise<{ protocol: string; validTo: string }> {
  return new Promise((resolve, reject) => {
    const secure = encrypt({ socket, servername, ALPNProtocols: ['http/1.1'] })
    secure.once('error', reject)
    secure.once('secureConnect', () => {
      resolve({ protocol: secure.getProtocol() ?? 'TLS', validTo: secure.getPeerCertificate().valid_to })
      secure.destroy()
    })
  })
}

interface Heard {
  readonly response: Response
  readonly startedAt: number
  readonly at: number
  /** Wall clock at `at`. */
  readonly wallMs: number
  /** What it said; null: it did not come to an end. */
  readonly body: string | null
}

/** Asks for the list of models, twice, as the client itself does: through its proxy, with its key. */
async function asked(
  baseUrl: string,
  credential: Credential | null,
  withheld: readonly string[],
): Promise<Pick<Legs, 'http' | 'againMs'>> {
  const heard: Heard[] = []
  const errors: unknown[] = []
  const listening =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      const startedAt = performance.now()
      try {
        const response = await fetch(url, init)
        const [at, wallMs] = [performance.now(), Date.now()]
        const body = await response.text().catch(() => null)
        heard.push({ response, startedAt, at, wallMs, body })
        return withBody(response, async function* () {
          yield Buffer.from(body ?? '')
        })
      } catch (error) {
        errors.push(error)
        throw error
      }
    }
  const api = createApi({
    baseUrl,
    credential: credential ?? { kind: 'none-needed', origin: 'nobody has one' },
    now: () => performance.now(),
    ...{ around: listening, withheld },
  })
  try {
    const limit = AbortSignal.timeout(LEG_MS)
    const models = await api.models(limit)
    const first = heard[0]
    const body = first?.body ?? null
    if (body === null && limit.aborted) return { http: { trouble: silent(baseUrl) }, againMs: null }
    if (!first)
      return { http: { trouble: unanswered(baseUrl, errors[0] ?? new Error('nothing was heard')) }, againMs: null }
    const { response, startedAt, at, wallMs } = first
    const trouble = troubleIn(baseUrl, response, body ?? '')
    if (trouble === null) await api.models(AbortSignal.timeout(LEG_MS))
    const second = heard[1]
    const date = Date.parse(response.headers.get('date') ?? '')
    const secrets = credential && 'secret' in credential ? [credential.secret] : []
    return {
      http: {
        ms: fine(at - startedAt),
        status: response.status,
        failure: trouble && { ...trouble, reason: hideSecrets(trouble.reason, secrets) },
        // The server looked at its clock about half way, and tells whole seconds, rounded down.
        aheadMs: Number.isNaN(date) ? null : Math.round(wallMs - (at - startedAt) / 2 - (date + 500)),
        limits: toLimits(response.headers, at),
        models: models.length,
      },
      againMs: second ? fine(second.at - second.startedAt) : null,
    }
  } finally {
    api.close()
  }
}

/** Somebody is there, and says nothing. */
const silent = (baseUrl: string) => ({
  reason: `No answer from ${baseUrl} within ${LEG_MS / 1000} s: the connection stands, and nothing comes.`,
  remedy: 'Check the base URL, and the proxy if there is one; a server that is busy may answer later.',
})

/** What the answer stands for; null: for a list of models. */
function troubleIn(baseUrl: string, response: Response, body: string): Failure | null {
  const { ok, status, headers } = response
  const said = jsonIn(body)
  if (ok && Array.isArray(said?.data)) return null
  const location = headers.get('location')
  if (status >= 300 && status < 400) return strangerFailure(baseUrl, { status, location })
  if (ok)
    return said
      ? alienAnswer(response, 'a list of models', { type: 'something else in JSON' })
      : strangerFailure(baseUrl, { status, location: null })
  const error = fieldsOf(said?.error)
  return serverFailure({
    ...{ status, type: wordIn(error.type), errorCode: wordIn(error.code), message: textIn(error.message) },
    ...{ retryAfterMs: retryAfterOf(headers), shouldRetry: null, requestId: headers.get('request-id') },
  })
}

function jsonIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? fieldsOf(value) : null
  } catch {
    return null
  }
}
