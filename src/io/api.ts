/** The API, made once: attempts at a turn, counts, models. What a first answer does not need is loaded late, as the SDK is. */

import type { TurnRequest } from '../core/request.ts'
import { ANTHROPIC_URL } from '../core/server/key-host.ts'
import type { Failure, TurnEvent } from '../core/turn.ts'
import { attempt } from './api/attempt.ts'
import { type Desk, understanding } from './api/desk.ts'
import type { LearnedModel } from './api/models.ts'
import type { Spelled } from './attachments/blocks.ts'
import type { Shelf } from './attachments/shelf.ts'
import type { Batches } from './batches.ts'
import type { Credential } from './credentials.ts'
import { hideSecrets } from './credentials.ts'
import { createTransport, type Fetch, type Ours, type Transport } from './transport.ts'
import { toParams } from './wire.ts'

export { ANTHROPIC_URL }

export type Emit = (event: TurnEvent) => void

export interface Api {
  readonly baseUrl: string
  /**
   * Sends one request and emits what happens, ending with `finished` or `failed`; after `signal` aborts, with
   * `stopped`. Never rejects.
   */
  attempt(request: TurnRequest, number: number, signal: AbortSignal, emit: Emit): Promise<void>
  /** Tokens of a request by the server's count; null when this server cannot count. */
  count(request: TurnRequest, signal: AbortSignal): Promise<number | null>
  /** Models the server offers; empty when it does not tell. Never rejects. */
  models(signal: AbortSignal): Promise<readonly LearnedModel[]>
  /** Opens a connection unless one is open, so that the next request need not wait for it. Cheap. */
  preconnect(): void
  /**
   * Asks without any credential whether the API itself answers, on the connection that a turn takes then: why it does
   * not, or null. Never rejects.
   */
  answers(): Promise<Failure | null>
  /** The same program in front of another server: one that needs no network, and is given no credential. */
  answeredBy(fetch: Fetch): Pick<Api, 'attempt'>
  /** The Message Batches API of the same server. */
  batches(signal: AbortSignal): Promise<Batches>
  /** Loads the SDK and opens a connection. */
  warm(): void
  close(): void
}

export function createApi(options: {
  readonly baseUrl: string
  readonly credential: Credential
  readonly now: () => number
  /** Stands between the SDK and the wire: to listen, or to answer in its place. */
  readonly around?: ((fetch: Fetch) => Fetch) | undefined
  /** Where the bytes of attachments lie. */
  readonly shelf?: Pick<Shelf, 'get'>
  /** One thing is asked after the other, so all of it goes over one connection; absent: what is asked beside the turns does not. */
  readonly inTurn?: boolean
  /** Connections that may be open already. */
  readonly transport?: Transport
  /** Names of headers in the environment that do not go to this server. */
  readonly withheld?: readonly string[]
  /** What a server may know and nobody is to read in its errors, beside the credential. */
  readonly secrets?: readonly string[]
}): Api {
  const { baseUrl, credential, now, around = (fetch) => fetch, shelf = { get: () => null } } = options
  const { transport = createTransport() } = options
  const secrets = ['secret' in credential ? credential.secret : [], options.secrets ?? []].flat()
  const fetch = around(credential.kind === 'profile' ? noting(transport.fetch, secrets) : transport.fetch)
  const aside: Ours = options.inTurn ? {} : { lane: 'side' }
  /** Models that this server has said it does not count for: it is not asked again. */
  const uncounted = new Set<string>()
  let client: ReturnType<Desk['connect']> | null = null

  const connect = () => {
    client ??= import('./client.ts').then(
      ({ Client }) =>
        new Client({
          // A login may name a server of its own; only a URL that somebody chose goes before it.
          ...(credential.kind === 'profile' && baseUrl === ANTHROPIC_URL ? {} : { baseURL: baseUrl }),
          ...credentialOptions(credential),
          // Of the SDK's own accord all of them would go to any server.
          defaultHeaders: Object.fromEntries((options.withheld ?? []).map((name) => [name, null])),
          maxRetries: 0,
          // Our own watchdog and the user's patience decide; the SDK's timer would only cover the wait for headers.
          timeout: 2 ** 31 - 1,
          fetch: fetch as unknown as typeof globalThis.fetch,
          logLevel: 'off',
          openTelemetry: false,
        }),
    )
    return client
  }

  /** At once for what is text alone: nobody waits for what would not come. */
  const spell = (request: TurnRequest): Spelled | Promise<Spelled> =>
    request.messages.some(({ attachments }) => attachments)
      ? import('./attachments/blocks.ts').then(({ spelled }) => spelled(request, shelf))
      : toParams(request)

  const fail = async (error: unknown, heard: boolean): Promise<Failure> => {
    const { understand } = await understanding()
    const understood = await understand(error, heard, baseUrl)
    // A server nearby that wants a key after all: there is one, and why it was not sent.
    const kept = understood.kind === 'key' && credential.kind === 'none-needed' ? credential.note : undefined
    const remedy = kept ?? understood.remedy
    return { ...understood, reason: hideSecrets(understood.reason, secrets), remedy }
  }

  const desk: Desk = { baseUrl, now, connect, spell, fail, aside }
  return {
    baseUrl,
    attempt: (request, number, signal, emit) => attempt(desk, request, number, signal, emit),
    async count(request, signal) {
      const { count } = await import('./api/count.ts')
      return count(desk, uncounted, request, signal)
    },
    async models(signal) {
      const { models } = await import('./api/models.ts')
      return models(desk, signal)
    },
    preconnect: () => void transport.preconnect(baseUrl),
    async answers() {
      const { answering } = await import('./api/answering.ts')
      const trouble = await answering(transport.fetch, baseUrl)
      return trouble && { ...trouble, reason: hideSecrets(trouble.reason, secrets) }
    },
    answeredBy: (other) =>
      createApi({ baseUrl, credential: { kind: 'none-needed', origin: 'no server' }, now, around: () => other }),
    async batches(signal) {
      const [{ batchesOf }, client] = await Promise.all([import('./batches.ts'), connect()])
      return batchesOf({ client, fail: (error) => fail(error, false), signal, now })
    },
    warm() {
      void transport.preconnect(baseUrl)
      void connect().catch(() => {})
    },
    close: () => transport.close(),
  }
}

/** Learns the token that the SDK got by a login, so that it can be hidden like a key. */
function noting(fetch: Fetch, secrets: string[]): Fetch {
  return (url, init) => {
    const token = new Headers(init?.headers).get('authorization')?.replace(/^\w+\s+/, '')
    if (token && !secrets.includes(token)) secrets.push(token)
    return fetch(url, init)
  }
}

/** A credential given in code stops the SDK from looking for another; a profile is left to its own chain. */
function credentialOptions(credential: Credential) {
  switch (credential.kind) {
    case 'key':
      return { apiKey: credential.secret, authToken: null }
    case 'token':
      return { apiKey: null, authToken: credential.secret }
    case 'none-needed':
      return { apiKey: 'none', authToken: null }
    case 'profile':
      return {}
  }
}
