/**
 * Finds what opens the server's door: a key, a token, the SDK's own login, or the knowledge that none is needed.
 * Also keeps secrets off screen and log. Whether a credential is accepted only the server can say.
 */

import { readKey } from '../core/api-key.ts'
import { isLocalAddress } from '../core/local-address.ts'
import { type Problem, quote, sayProblem } from '../core/problem.ts'
import type { Settings } from '../core/settings.ts'
import { findProfile } from './sdk-profile.ts'

export type Credential =
  /** Both travel as `Authorization: Bearer` since version 1 of the SDK; they differ in who issued them. */
  | {
      readonly kind: 'key' | 'token'
      readonly secret: string
      /** Where it was found, in human words. */
      readonly origin: string
      /** Something the user should know about the choice. */
      readonly note?: string
    }
  /** Left to the SDK's own chain. */
  | { readonly kind: 'profile'; readonly origin: string }
  /** A server on this machine or its network that asks for nothing. */
  | { readonly kind: 'none-needed'; readonly origin: string }

/** Has the terminal as it was found for as long as `use` takes. */
export type Lend = <T>(use: () => Promise<T>) => Promise<T>

/** A credential was offered and cannot be used. Not finding any is no error. The message holds no secret. */
export class CredentialError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(sayProblem(problem))
    this.name = 'CredentialError'
    this.problem = problem
  }
}

/**
 * The credential to use, the first of: `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, the stored key, what
 * `apiKeyHelper` prints, the SDK's login, nothing at all for a server nearby. null when none of them is there.
 *
 * One rule on top: a login that merely lies on the disk is not offered to a server nearby. It belongs to Anthropic's
 * API; refreshing it through another server would hand that server the refresh token.
 *
 * Rejects with `CredentialError` when one is there and unusable: going on to the next would hide the mistake.
 */
export async function findCredential(input: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly settings: Pick<Settings, 'apiKey' | 'apiKeyHelper'>
  /** The server in use; null for Anthropic's own. */
  readonly baseUrl: string | null
  readonly readProfile?: typeof findProfile
  /** How long `apiKeyHelper` may take. */
  readonly helperLimitMs?: number
  /** Gives the terminal to the helper, which may ask for a passphrase there; absent: it is free. */
  readonly lend?: Lend | undefined
}): Promise<Credential | null> {
  const { env, settings, baseUrl, readProfile = findProfile, lend = (use) => use() } = input
  const isSet = (name: string) => (env[name] ?? '').trim() !== ''
  if (isSet('ANTHROPIC_API_KEY')) {
    const both = isSet('ANTHROPIC_AUTH_TOKEN')
    const key = found('key', env.ANTHROPIC_API_KEY!, 'ANTHROPIC_API_KEY')
    return both ? { ...key, note: 'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set; the key is used' } : key
  }
  if (isSet('ANTHROPIC_AUTH_TOKEN')) return found('token', env.ANTHROPIC_AUTH_TOKEN!, 'ANTHROPIC_AUTH_TOKEN')
  if (settings.apiKey !== null) return found('key', settings.apiKey, 'settings')
  if (settings.apiKeyHelper !== null) {
    const { runKeyHelper } = await import('./key-helper.ts')
    const command = settings.apiKeyHelper
    const answer = await lend(() => runKeyHelper(command, env, fitForScreen, input.helperLimitMs))
    if ('problem' in answer) throw new CredentialError(answer.problem)
    return found('key', answer.text, 'apiKeyHelper')
  }
  const near = baseUrl !== null && isLocalAddress(baseUrl)
  const profile = readProfile(env)
  if (profile !== null && 'problem' in profile) throw new CredentialError(profile.problem)
  if (profile !== null && (profile.named || !near)) return { kind: 'profile', origin: profile.origin }
  return near ? { kind: 'none-needed', origin: `local server at ${baseUrl}` } : null
}

function found(kind: 'key' | 'token', text: string, origin: string): Extract<Credential, { secret: string }> {
  const reading = readKey(text, origin, kind === 'key' ? 'one API key' : 'one token')
  if ('problem' in reading) throw new CredentialError(reading.problem)
  return { kind, secret: reading.value, origin }
}

/** What a helper said on stderr: one line, its end, without control characters and without anything like a key. */
function fitForScreen(stderr: string): string {
  const said = hideSecrets(stderr, []).trim().replace(/\s+/gu, ' ')
  return said === '' ? '' : quote(said.length > 300 ? `…${said.slice(-300)}` : said, 301)
}

/** A shorter text is no secret worth hiding, and hiding it would make holes in ordinary words. */
const SHORTEST_SECRET = 8

/** Stands for a secret between the two passes; no text from a server or a helper needs this character. */
const HOLE = '\0'

/**
 * A text without secrets: every known one, and whatever looks like one of Anthropic's keys or like the value of a
 * header that carries a credential. To be applied to whatever is about to reach screen or log.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
  let hidden = text
  for (const secret of known) hidden = hidden.replaceAll(secret, secret.startsWith('sk-ant-') ? `sk-ant-${HOLE}` : HOLE)
  return hidden
    .replace(/sk-ant-[\w\0-]+/g, `sk-ant-${HOLE}`)
    .replace(/\b(bearer\s+)(?!sk-ant-[\0…])[^\s"',;]{8,}/gi, `$1${HOLE}`)
    .replace(/\b(x-api-key["']?\s*[:=]\s*["']?)(?!sk-ant-[\0…])[^\s"',;]+/gi, `$1${HOLE}`)
    .replace(/\0+/g, '…(hidden)')
}
