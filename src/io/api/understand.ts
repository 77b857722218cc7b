/** What an attempt threw, or a server answered in place of the API, as a failure. Loaded once something has failed. */

import type { Failure } from '../../core/turn.ts'
import { failure, serverFailure } from '../../core/weather/failures.ts'
import { connectionFailure, type ProxyTrouble, proxyFailure, strangerFailure } from '../../core/weather/unreached.ts'
import { textIn, wordIn } from '../wire/wire-values.ts'

/** Timers and JSON know no longer wait than this, in ms; whoever is asked for more waits for nothing. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

export const contentType = ({ headers }: Pick<Response, 'headers'>) => headers.get('content-type') ?? 'no content type'

/** A web page where the API should be: of a captive portal, a firewall, another program. */
export const isPage = (type: string) => /\bx?html\b/i.test(type)
/** How a page begins, whatever it was said to be. */
export const PAGE = /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|!--|html|head|body|title|meta|script)(?![a-z])/i
/** A network that wants a login first says so itself (RFC 6585). */
const LOGIN_WANTED = 511

/**
 * An answer that is not the API's: of a captive portal, a wrong port, another server.
 * @param expected such as `a message`
 * @param came what came instead: its kind in words, if not by its header, and how it begins
 */
export function alienAnswer(
  response: Pick<Response, 'headers' | 'status' | 'url'>,
  expected: string,
  came: { readonly type?: string; readonly opening?: string } = {},
): Failure {
  const { status, url } = response
  const { type = contentType(response), opening = '' } = came
  if (isPage(type) || PAGE.test(opening)) return strangerFailure(new URL(url).origin, { status, location: null })
  return failure('alien', `Expected ${expected} from ${new URL(response.url).origin}, got ${type}.`, {
    status: response.status,
  })
}

/** Anything thrown, as a failure. @param heard whether response headers had come */
export async function understand(error: unknown, heard: boolean, baseUrl: string): Promise<Failure> {
  const { APIError, APIConnectionError } = await import('../client.ts')
  const cause = deepest(error)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : null
  if (error instanceof APIError && !(error instanceof APIConnectionError)) {
    const body = error.error as { error?: unknown } | undefined
    const alien = error.status !== undefined && typeof body?.error !== 'object'
    const header = (name: string) => (error.headers as Headers | undefined)?.get(name) ?? null
    const isRedirected = alien && error.status >= 300 && error.status < 400
    // What is not JSON is the error's message, behind its status.
    const isNamed = alien && (isPage(header('content-type') ?? '') || PAGE.test(error.message.replace(/^\d+ /, '')))
    const isTaken = isNamed && error.status < 500
    if (isRedirected || isTaken || (alien && error.status === LOGIN_WANTED)) {
      return strangerFailure(baseUrl, { status: error.status, location: isRedirected ? header('location') : null })
    }
    const trouble = serverFailure({
      status: error.status ?? null,
      type: wordIn(error.type),
      errorCode: wordIn(error.errorCode),
      message: textIn(error.apiMessage) ?? (alien ? `An answer that is not the API's` : null),
      requestId: error.requestID ?? null,
      retryAfterMs: retryAfterOf(error.headers as Headers | undefined),
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
export const retryAfterOf = (headers: Pick<Headers, 'get'> | undefined): number | null =>
  retryAfter(headers?.get('retry-after-ms') ?? null, headers?.get('retry-after') ?? null)

function retryAfter(milliseconds: string | null, seconds: string | null): number | null {
  const exact = Number.parseFloat(milliseconds ?? '')
  if (exact > 0) return Math.min(exact, LONGEST_WAIT_MS)
  if (seconds === null) return null
  const wait = Number.isNaN(Number(seconds)) ? Date.parse(seconds) - Date.now() : Number(seconds) * 1000
  return wait > 0 ? Math.min(wait, LONGEST_WAIT_MS) : null
}
