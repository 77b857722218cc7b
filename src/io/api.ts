/** One attempt at the API: a request goes out, the events of a turn come in. The SDK is loaded late and once. */

import type { Stream } from '@anthropic-ai/sdk/core/streaming'
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages'
import { failure, serverFailure } from '../core/failures.ts'
import { ANTHROPIC_URL } from '../core/key-host.ts'
import type { ModelCard } from '../core/models.ts'
import type { TurnRequest } from '../core/request.ts'
import type { Failure, TurnEvent } from '../core/turn.ts'
import { connectionFailure, type ProxyTrouble, proxyFailure, strangerFailure } from '../core/unreached.ts'
import type { Spelled } from './attachments/blocks.ts'
import type { Shelf } from './attachments/shelf.ts'
import type { Batches } from './batches.ts'
import type { Credential } from './credentials.ts'
import { hideSecrets } from './credentials.ts'
import { createTransport, type Fetch, type Ours, type Transport } from './transport.ts'
import { toLimits, toParams, translator, wholeMessage } from './wire.ts'
import { textIn, wordIn } from './wire-values.ts'

export { ANTHROPIC_URL }

/** Models asked for; a server that sends more is not listened to any longer. */
const MODELS_ASKED = 100
/** What can be typed and sent as an id; a server may name its models as it likes, within reason. */
const MODEL_ID = /^[!-~]{1,200}$/
/** What the window is called: by the API, by vLLM, by OpenRouter. The list of OpenAI's own shape has none. */
const WINDOW_FIELDS = ['max_input_tokens', 'max_model_len', 'context_length'] as const
/** UTF-16 units of a display name that are worth keeping. */
const LONGEST_NAME = 100

/** Timers and JSON know no longer wait than this, in ms; whoever is asked for more waits for nothing. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/** How long a server may keep a stream open after its last event, in ms. */
const LINGER_MS = 500

export type Emit = (event: TurnEvent) => void

/** A row for the catalogue as `GET /v1/models` tells it; what a server does not tell is not in it. */
export type LearnedModel = Pick<ModelCard, 'id' | 'source'> &
  Partial<Pick<ModelCard, 'name' | 'window' | 'maxOutput' | 'retires'>>

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
  /** The same, and tells: why there is none, or null when there is one. Never rejects. */
  reach(): Promise<Failure | null>
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
  const sdk = () => import('./client.ts')
  let client: Promise<InstanceType<Awaited<ReturnType<typeof sdk>>['Client']>> | null = null

  const connect = () => {
    client ??= sdk().then(
      ({ Client }) =>
        new Client({
          // A login may name a server of its own; only a URL that somebody chose goes before it.
          ...(credential.kind === 'profile' && baseUrl === ANTHROPIC_URL ? {} : { baseURL: baseUrl }),
          ...credentialOptions(credential),
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
    const understood = await understand(error, heard, baseUrl, await sdk())
    // A server nearby that wants a key after all: there is one, and why it was not sent.
    const kept = understood.kind === 'key' && credential.kind === 'none-needed' ? credential.note : undefined
    const remedy = kept ?? understood.remedy
    return { ...understood, reason: hideSecrets(understood.reason, secrets), remedy }
  }

  return {
    baseUrl,
    async attempt(request, number, signal, emit) {
      let heard = false
      let ended = false
      let linger: NodeJS.Timeout | undefined
      try {
        const api = await connect()
        let said = 0
        const tell: Emit = (event) => {
          said++
          emit(event)
        }
        let before = 0
        // Called when a chunk of bytes has been read to its end: one that gave no event (a ping) still is a sign of life.
        const onChunk = () => {
          if (said === before && !ended) emit({ type: 'alive', at: now() })
          before = said
        }
        const onConnection = {
          onConnecting: () => emit({ type: 'connecting', at: now() }),
          onConnected: () => heard || emit({ type: 'connected', at: now() }),
        }
        if (signal.aborted) return emit({ type: 'stopped', at: now() })
        const params = await spell(request)
        if ('reason' in params) return emit({ type: 'failed', at: now(), failure: params })
        if (signal.aborted) return emit({ type: 'stopped', at: now() })
        const held = request.isHeld ? { room: request.maxTokens } : {}
        tell({ type: 'sent', at: now(), attempt: number, model: request.model, ...held })
        const { data, response } = await quietly(() =>
          api.messages
            .create(params, {
              signal,
              fetchOptions: { onChunk, ...onConnection, ...(request.isAside ? aside : {}) } as object,
            })
            .withResponse(),
        )
        heard = true
        const at = now()
        const { headers } = response
        tell({ type: 'heard', at, requestId: headers.get('request-id'), limits: toLimits(headers, at) })
        const alien = alienAnswer(response, request.stream, data)
        if (alien) return tell({ type: 'failed', at: now(), failure: alien })
        const whose = { prefill: request.prefill ?? '', model: request.model }
        if (!request.stream) {
          for (const event of wholeMessage(data, now(), whose)) tell(event)
          return
        }
        const translate = translator(whose)
        let began = false
        const stream = data as unknown as Stream<RawMessageStreamEvent>
        // Read to the body's own end, which follows the last event at once: leaving earlier would close the connection
        // that the next turn could have used.
        for await (const event of stream) {
          if (ended) continue
          const translated = translate(event, now())
          if (translated.type === 'finished') {
            ended = true
            linger = setTimeout(() => stream.controller.abort(), LINGER_MS)
          }
          if (translated.type === 'began') began = true
          if (translated.type === 'alive') emit(translated)
          else tell(translated)
        }
        if (ended) return
        if (signal.aborted) return tell({ type: 'stopped', at: now() })
        const requestId = response.headers.get('request-id')
        const cut = began
          ? failure('cut', 'The connection ended before the answer did.', { requestId })
          : failure('alien', `The event stream of ${baseUrl} has no word of the Claude Messages API in it.`, {
              requestId,
            })
        tell({ type: 'failed', at: now(), failure: cut })
      } catch (error) {
        // What breaks after the last event breaks nothing.
        if (ended) return
        if (signal.aborted) return emit({ type: 'stopped', at: now() })
        emit({ type: 'failed', at: now(), failure: await fail(error, heard) })
      } finally {
        clearTimeout(linger)
      }
    },
    async count(request, signal) {
      if (uncounted.has(request.model)) return null
      try {
        const spelled = await spell({ ...request, temperature: null, topP: null })
        if ('reason' in spelled) return null
        const { max_tokens: _, stream: __, diagnostics: ___, ...params } = spelled as never as Record<string, unknown>
        const counted = await (await connect()).messages.countTokens(params as never, {
          signal,
          fetchOptions: aside as object,
        })
        return typeof counted.input_tokens === 'number' ? counted.input_tokens : null
      } catch (error) {
        // "prompt is too long: 1560019 tokens > 1000000 maximum" is a count, too.
        const { kind, reason } = await fail(error, false)
        if (kind === 'missing' || kind === 'alien') uncounted.add(request.model)
        return kind === 'too-long' ? Number(/(\d+) tokens/.exec(reason)?.[1] ?? Number.POSITIVE_INFINITY) : null
      }
    },
    async models(signal) {
      try {
        const page = await (await connect()).models.list(
          { limit: MODELS_ASKED },
          { signal, fetchOptions: aside as object },
        )
        const learnt: LearnedModel[] = []
        for (const row of (page.data ?? []).slice(0, MODELS_ASKED) as unknown as readonly Partial<
          Record<string, unknown>
        >[]) {
          const { id, display_name: name, max_tokens: maxOutput, retires_at: retires } = row
          if (typeof id !== 'string' || !MODEL_ID.test(id)) continue
          const window = WINDOW_FIELDS.map((field) => row[field]).find((value) => typeof value === 'number')
          learnt.push({
            id,
            source: 'GET /v1/models',
            ...(typeof name === 'string' && name !== '' ? { name: name.slice(0, LONGEST_NAME) } : {}),
            ...(typeof window === 'number' ? { window } : {}),
            ...(typeof maxOutput === 'number' ? { maxOutput } : {}),
            ...(retires === null ? { retires } : typeof retires === 'string' ? { retires: retires.slice(0, 10) } : {}),
          })
        }
        return learnt
      } catch {
        return []
      }
    },
    preconnect: () => void transport.preconnect(baseUrl),
    async reach() {
      const error = await transport.preconnect(baseUrl)
      return error && fail(error, false)
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

/**
 * Calls the SDK without its word to the console: for a model that is about to retire it writes there at once, past every
 * logger, in the middle of whatever is on the screen. The catalogue knows the date; it is said in our own place.
 */
function quietly<T>(call: () => T): T {
  const { warn } = console
  console.warn = () => {}
  try {
    return call()
  } finally {
    console.warn = warn
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

/** A web page where the API should be: of a captive portal, a firewall, another program. */
const isPage = (type: string) => /\bx?html\b/i.test(type)
/** A network that wants a login first says so itself (RFC 6585). */
const LOGIN_WANTED = 511

/** An answer with status 200 that is not the API's: a captive portal, a wrong port, another server. */
function alienAnswer(response: Response, stream: boolean, data: unknown): Failure | null {
  const type = response.headers.get('content-type') ?? 'no content type'
  const fine = stream
    ? type.includes('text/event-stream')
    : typeof data === 'object' && data !== null && Array.isArray((data as { content?: unknown }).content)
  if (fine) return null
  const { status, url } = response
  if (isPage(type)) return strangerFailure(new URL(url).origin, { status, location: null })
  const expected = stream ? 'an event stream' : 'a message'
  return failure('alien', `Expected ${expected} from ${new URL(response.url).origin}, got ${type}.`, {
    status: response.status,
  })
}

/** Anything thrown, as a failure. @param heard whether response headers had come */
async function understand(
  error: unknown,
  heard: boolean,
  baseUrl: string,
  { APIError, APIConnectionError }: typeof import('./client.ts'),
): Promise<Failure> {
  const cause = deepest(error)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : null
  if (error instanceof APIError && !(error instanceof APIConnectionError)) {
    const body = error.error as { error?: unknown } | undefined
    const alien = error.status !== undefined && typeof body?.error !== 'object'
    const header = (name: string) => (error.headers as Headers | undefined)?.get(name) ?? null
    const isRedirected = alien && error.status >= 300 && error.status < 400
    const isTaken = alien && error.status < 500 && isPage(header('content-type') ?? '')
    if (isRedirected || isTaken || (alien && error.status === LOGIN_WANTED)) {
      return strangerFailure(baseUrl, { status: error.status, location: isRedirected ? header('location') : null })
    }
    const trouble = serverFailure({
      status: error.status ?? null,
      type: wordIn(error.type),
      errorCode: wordIn(error.errorCode),
      message: textIn(error.apiMessage) ?? (alien ? `an answer that is not the API's` : null),
      requestId: error.requestID ?? null,
      retryAfterMs: retryAfter(header('retry-after-ms'), header('retry-after')),
      shouldRetry: header('x-should-retry') === null ? null : header('x-should-retry') === 'true',
    })
    return alien && (trouble.kind === 'missing' || trouble.kind === 'invalid')
      ? {
          ...failure(
            'alien',
            `${baseUrl} answered HTTP ${error.status}, but not in the words of the Claude Messages API.`,
          ),
          status: trouble.status,
        }
      : trouble
  }
  if (error instanceof SyntaxError)
    return failure('cut', 'The server sent something that is not JSON in the middle of the answer.')
  if (heard) return failure('cut', 'The connection broke before the answer was whole.', { code })
  if ('trouble' in cause) return proxyFailure(baseUrl, cause.trouble as ProxyTrouble)
  if (error instanceof APIConnectionError || code) return connectionFailure(baseUrl, code, cause.message)
  return failure('invalid', error instanceof Error ? error.message : String(error))
}

function deepest(error: unknown): Error {
  let current = error instanceof Error ? error : new Error(String(error))
  while (current.cause instanceof Error) current = current.cause
  return current instanceof AggregateError && current.errors[0] instanceof Error ? current.errors[0] : current
}

/** Milliseconds the server asks us to wait: `retry-after-ms`, else `retry-after` in seconds or as a date. */
function retryAfter(milliseconds: string | null, seconds: string | null): number | null {
  const exact = Number.parseFloat(milliseconds ?? '')
  if (exact > 0) return Math.min(exact, LONGEST_WAIT_MS)
  if (seconds === null) return null
  const wait = Number.isNaN(Number(seconds)) ? Date.parse(seconds) - Date.now() : Number(seconds) * 1000
  return wait > 0 ? Math.min(wait, LONGEST_WAIT_MS) : null
}
