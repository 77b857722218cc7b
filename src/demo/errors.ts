/** Errors in the API's shape: a status, a documented type, a message. Who meets them is told elsewhere. */

export interface ApiError {
  readonly status: number
  readonly type: string
  readonly message: string
  /** `error.details.error_code`, where the API has one. */
  readonly code?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const invalid = (message: string): ApiError => ({ status: 400, type: 'invalid_request_error', message })
export const unauthorised = (message: string): ApiError => ({ status: 401, type: 'authentication_error', message })
export const notFound = (message: string): ApiError => ({ status: 404, type: 'not_found_error', message })
export const tooLarge = (): ApiError => ({
  status: 413,
  type: 'request_too_large',
  message: 'Request exceeds the maximum size of 32 MB.',
})

/** The message the API begins with these words when a prompt is longer than the window (source: errors page). */
export const tooLong = (tokens: number, window: number): ApiError =>
  invalid(`prompt is too long: ${tokens} tokens > ${window} maximum`)

/** The errors a script can ask for by status. Types as in the API's error page of 2026-10-08. */
const BY_STATUS: Readonly<Record<number, { type: string; message: string }>> = {
  400: { type: 'invalid_request_error', message: 'The request was refused by the script of this demo server.' },
  401: { type: 'authentication_error', message: 'invalid x-api-key' },
  402: { type: 'billing_error', message: 'Your credit balance is too low to use the API.' },
  403: { type: 'permission_error', message: 'Your API key may not use this model.' },
  404: { type: 'not_found_error', message: 'The requested resource could not be found.' },
  409: { type: 'conflict_error', message: 'The resource was changed by another request.' },
  413: { type: 'request_too_large', message: 'Request exceeds the maximum size of 32 MB.' },
  429: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
  500: { type: 'api_error', message: 'Internal server error' },
  503: { type: 'api_error', message: 'Service unavailable' },
  504: { type: 'timeout_error', message: 'The request took too long.' },
  529: { type: 'overloaded_error', message: 'Overloaded' },
}

export const STATUSES: readonly string[] = Object.keys(BY_STATUS)

export function errorOf(status: number): ApiError {
  const known = BY_STATUS[status] ?? { type: 'api_error', message: `HTTP ${status}` }
  return { status, ...known }
}

/** Types that may arrive inside a stream, and the status they would have had outside one. */
export const STREAM_ERRORS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(BY_STATUS)
    .reverse()
    .map(([status, { type }]) => [type, Number(status)]),
)

/** A spend cap: a 429 that no waiting cures, so it has a code and no `retry-after` (source: SDK 1.11 error details). */
export const SPEND_CAP: ApiError = {
  status: 429,
  type: 'rate_limit_error',
  message: 'You have reached the monthly usage threshold of your tier.',
  code: 'enforced_spend_limit_reached',
}

/** The body of an error response, and of an `error` event. */
export function errorBody(
  { type, message, code }: Pick<ApiError, 'type' | 'message' | 'code'>,
  requestId: string,
): object {
  const details = code === undefined ? {} : { details: { error_code: code } }
  return { type: 'error', error: { type, message, ...details }, request_id: requestId }
}
