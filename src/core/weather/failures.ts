/** What went wrong, as sentences: from a status, a type or a system code to a failure with a way out. */

import type { Failure, FailureKind } from '../turn.ts'

export interface HttpTrouble {
  /** HTTP status; null when the error came inside a stream. */
  readonly status: number | null
  /** `error.type` of the body, e.g. `overloaded_error`. */
  readonly type: string | null
  /** `error.details.error_code` of the body. */
  readonly errorCode: string | null
  /** `error.message` of the body, or null when the body was not the API's. */
  readonly message: string | null
  readonly requestId: string | null
  readonly retryAfterMs: number | null
  /** The `x-should-retry` header. */
  readonly shouldRetry: boolean | null
}

/** Error codes of a 429 that no waiting cures (source: SDK 1.11 error classes). */
const SPEND_CODES = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached'])
/** A 400 that is really the account's own spend limit has no code; the API says it in these words (API errors page). */
const SPEND_WORDS = /specified API usage limits|credit balance is too low/i
/** "prompt is too long" has no code either (source: API errors page, 2026-10-08). */
const TOO_LONG_WORDS = /prompt is too long|exceeds? the (?:maximum )?context/i

function kindOf({ status, type, errorCode, message }: HttpTrouble): FailureKind {
  if ((errorCode && SPEND_CODES.has(errorCode)) || SPEND_WORDS.test(message ?? '') || status === 402) return 'spend'
  if (TOO_LONG_WORDS.test(message ?? '') || status === 413 || type === 'request_too_large') return 'too-long'
  if (type === 'overloaded_error' || status === 529) return 'overload'
  if (type === 'rate_limit_error' || status === 429) return 'rate'
  if (type === 'billing_error') return 'spend'
  if (type === 'authentication_error' || type === 'permission_error' || status === 401 || status === 403) return 'key'
  if (status === 404 || type === 'not_found_error') return 'missing'
  if (type === 'api_error' || type === 'timeout_error') return 'server'
  if (status !== null && (status >= 500 || status === 408 || status === 409)) return 'server'
  return 'invalid'
}

const TRANSIENT: ReadonlySet<FailureKind> = new Set(['rate', 'overload', 'server', 'offline', 'cut', 'stalled'])

const REMEDIES: Readonly<Record<FailureKind, string>> = {
  key: 'Check the key: `claude-tui config set apiKey`, or set ANTHROPIC_API_KEY.',
  spend: 'Waiting will not help: raise the spend limit or add credit in the Claude Console.',
  budget: 'Raise the budget, or send less.',
  rate: 'Wait a moment and send again, or choose another model with /model.',
  overload: 'Send again in a moment, or choose another model with /model.',
  resting: 'Send it again unchanged to go ahead anyway, or choose another model with /model.',
  server: 'Send again; if it keeps failing, look at the API status page.',
  'too-long': 'Start afresh with /clear, or send less.',
  invalid: 'The request was not accepted as it is.',
  missing: 'Check the model name with /model, and the base URL.',
  refused: 'Rephrase it, or ask another model with /model.',
  cut: 'Send again for the whole answer.',
  late: 'Allow it more time, or ask a faster model (--model fast, --effort low).',
  interrupted: 'Ask it to go on, or send again.',
  stalled: 'Send again, or wait longer with the stallAfterMs setting.',
  offline: 'Check the network and the base URL, then send again.',
  alien: 'Check the base URL: it must be a server that speaks the Claude Messages API.',
}

/** The way out of most failures of a kind. */
export const usualRemedy = (kind: FailureKind): string => REMEDIES[kind]

/**
 * Whether a prompt has too many tokens, which a summary mends; else a request is too large in another way: by its bytes,
 * or by the images and pages in it, and its own way out says so.
 */
export const lacksRoom = ({ kind, status, remedy }: Pick<Failure, 'kind' | 'remedy'> & Partial<Failure>): boolean =>
  kind === 'too-long' && status !== 413 && remedy === REMEDIES[kind]

export function failure(kind: FailureKind, reason: string, more: Partial<Failure> = {}): Failure {
  return {
    kind,
    reason,
    remedy: REMEDIES[kind],
    transient: TRANSIENT.has(kind),
    retryAfterMs: null,
    status: null,
    requestId: null,
    code: null,
    ...more,
  }
}

/** The code of a silent answer that its user gave up: what follows is on its way already. */
export const GIVEN_UP = 'given_up'

/** @param reason how long it was silent, as a sentence */
export function givenUp(reason: string): Failure {
  // No wait before the next attempt: whoever asks for it has waited.
  return failure('stalled', reason, { remedy: '', code: GIVEN_UP, retryAfterMs: 0 })
}

/** Why a turn ended that was under way when this program was: by a signal, a crash, a lost terminal. */
export function interrupted(): Failure {
  return failure('interrupted', 'claude-tui ended before this answer did.')
}

/** Characters of a server's own words worth repeating. */
const LONGEST_REASON = 400

/** A failure from what the server answered, by status or, inside a stream, by type alone. */
export function serverFailure(trouble: HttpTrouble): Failure {
  const kind = kindOf(trouble)
  const whole = trouble.message?.trim() || trouble.type || 'no reason given'
  const said = whole.length > LONGEST_REASON ? `${whole.slice(0, LONGEST_REASON)}…` : whole
  const reason =
    trouble.status === null ? `The server broke off: ${said}` : `${said.replace(/\.$/, '')} (HTTP ${trouble.status})`
  // The server's own word goes before what its errors usually mean (API errors page, as the SDK does); but no word of it
  // makes a spend limit go away.
  const transient = kind !== 'spend' && (trouble.shouldRetry ?? TRANSIENT.has(kind))
  return failure(kind, reason, {
    transient,
    retryAfterMs: trouble.retryAfterMs,
    status: trouble.status,
    requestId: trouble.requestId,
    code: trouble.errorCode ?? trouble.type,
  })
}
