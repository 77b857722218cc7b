/**
 * Whether the API answers, or a login page in its place: a connection alone does not tell. It is asked without any
 * credential, since nobody knows yet who is there; that it refuses is an answer.
 */

import type { Failure } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import type { Fetch } from '../transport.ts'
import { alienAnswer, understand } from './understand.ts'

/** The one that the SDK asks for, too (source: SDK 1.11 `buildHeaders`). */
const API_VERSION = '2026-10-21'
/** How long an answer may take, in ms. */
const WITHIN_MS = 10_000

/** @returns why it does not; null: it answers, on a connection that is open now. Never rejects */
export async function answering(fetch: Fetch, baseUrl: string): Promise<Failure | null> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/v1/models`, {
      headers: new Headers({ accept: 'application/json', 'anthropic-version': API_VERSION }),
      signal: AbortSignal.timeout(WITHIN_MS),
    })
    const text = await response.text()
    return isOurs(text) ? null : alienAnswer(response, 'an answer in JSON', { opening: text })
  } catch (error) {
    if (error instanceof DOMException) return failure('offline', `No answer from ${baseUrl}.`, { code: 'ETIMEDOUT' })
    return understand(error, false, baseUrl)
  }
}

/** An error as the API words it, or a list of models: other servers have the same, in fewer words. */
function isOurs(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && ('error' in value || 'data' in value)
  } catch {
    return false
  }
}
