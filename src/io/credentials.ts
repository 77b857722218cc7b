/**
 * Finds what opens the server's door: a key, a token, the SDK's own login, or the knowledge that none is needed.
 * Also keeps secrets off screen and log. Whether a credential is accepted only the server can say.
 */

import { type Problem, quote, sayProblem } from '../core/problem.ts'
import { readKey } from '../core/server/api-key.ts'
import { headersProblem } from '../core/server/custom-headers.ts'
import { ANTHROPIC_URL, isAnthropicKey, isAnthropicUrl, isSameServer } from '../core/server/key-host.ts'
import { isLocalAddress } from '../core/server/local-address.ts'
import type { Settings } from '../core/settings.ts'
import type { openKeychain } from './credentials/keychain.ts'
import { findProfile } from './credentials/sdk-profile.ts'

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
  | {
      readonly kind: 'none-needed'
      readonly origin: string
      /** Why a key that is there was not taken. */
      readonly note?: string
    }

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
 * The credential to use, the first of: `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, the stored key (in
 * the file or the keychain), what `apiKeyHelper` prints, the SDK's login, nothing at all for a server nearby. null when none of them is there.
 *
 * One rule on top: a key goes to the server it was set for. The stored one and the helper's have a setting that names
 * it (`apiKeyFor`). One of Anthropic's in the environment goes to another server only when that stands in the
 * environment beside it; so does a login, whose refreshing would hand over the refresh token, too. What a gateway has
 * issued is told by its look: it goes to the server that stands beside it, or wherever it is pointed to where none does.
 * Whatever may not be sent is passed over.
 *
 * Rejects with `CredentialError` when one is there and unusable: going on to the next would hide the mistake; when headers
 * of the environment are none; and when there are only such as may not be sent to this server.
 */
export async function findCredential(input: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly settings: Pick<Settings, 'apiKey' | 'apiKeyStore' | 'apiKeyHelper' | 'apiKeyFor'>
  /** The server in use; null for Anthropic's own. */
  readonly baseUrl: string | null
  /** The server stands in the environment. */
  readonly isFromEnv?: boolean
  readonly readProfile?: typeof findProfile
  /** Opens the keychain; absent: the system's. */
  readonly keychain?: typeof openKeychain
  /** How long `apiKeyHelper` may take. */
  readonly helperLimitMs?: number
  /** Gives the terminal to the helper, which may ask for a passphrase there; absent: it is free. */
  readonly lend?: Lend | undefined
}): Promise<Credential | null> {
  const { env, settings, isFromEnv = false, readProfile = findProfile, lend = (use) => use() } = input
  const baseUrl = input.baseUrl ?? ANTHROPIC_URL
  const slip = headersProblem(env.ANTHROPIC_CUSTOM_HEADERS)
  if (slip) throw new CredentialError(slip)
  const beside = env.ANTHROPIC_BASE_URL?.trim() || null
  const isBeside = isFromEnv || (beside !== null && isSameServer(beside, baseUrl))
  const kept: Problem[] = []
  const isSet = (name: string) => (env[name] ?? '').trim() !== ''
  const inEnv = (kind: 'key' | 'token', name: string) => {
    if (!isSet(name)) return null
    const key = found(kind, env[name]!, name)
    const isOwn = isAnthropicKey(key.secret)
    if (isBeside || (isOwn ? isAnthropicUrl(baseUrl) : beside === null)) return key
    kept.push(
      withheld(
        name,
        isOwn ? ANTHROPIC_URL : beside!,
        baseUrl,
        `set ANTHROPIC_BASE_URL=${baseUrl} beside it if it is meant for it`,
      ),
    )
    return null
  }
  const key = inEnv('key', 'ANTHROPIC_API_KEY')
  if (key && isSet('ANTHROPIC_AUTH_TOKEN'))
    return { ...key, note: 'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set; the key is used' }
  const fromEnv = key ?? inEnv('token', 'ANTHROPIC_AUTH_TOKEN')
  if (fromEnv) return fromEnv
  const { apiKey, apiKeyHelper } = settings
  const belongsTo = settings.apiKeyFor ?? ANTHROPIC_URL
  const isStored = apiKey !== null || settings.apiKeyStore === 'keychain'
  if (isStored || apiKeyHelper !== null) {
    if (isSameServer(belongsTo, baseUrl)) {
      if (apiKey !== null) return found('key', apiKey, 'settings')
      return isStored ? fromKeychain(belongsTo) : helped(apiKeyHelper!)
    }
    const name = isStored ? 'The stored key' : 'The key of apiKeyHelper'
    const wayOut = `give ${new URL(baseUrl).host} its own in ANTHROPIC_API_KEY, or \`claude-tui config set apiKeyFor ${baseUrl}\` if this one is for it`
    kept.push(withheld(name, belongsTo, baseUrl, wayOut))
  }
  const profile = readProfile(env)
  if (profile !== null && 'problem' in profile) throw new CredentialError(profile.problem)
  if (profile !== null) {
    if (isAnthropicUrl(baseUrl) || (profile.named && isFromEnv)) return { kind: 'profile', origin: profile.origin }
    const wayOut = `give ${new URL(baseUrl).host} a key of its own in ANTHROPIC_API_KEY`
    kept.push(withheld(`The login (${profile.origin})`, ANTHROPIC_URL, baseUrl, wayOut))
  }
  const [first] = kept
  if (isLocalAddress(baseUrl)) {
    const note = first ? { note: `${sayProblem(first)}.` } : {}
    return { kind: 'none-needed', origin: `local server at ${baseUrl}`, ...note }
  }
  if (first) throw new CredentialError(first)
  return null

  async function fromKeychain(server: string): Promise<Credential> {
    const { keyInKeychain } = await import('./credentials/stored-key.ts')
    const answer = await lend(() => keyInKeychain(server, input.keychain))
    if ('key' in answer) return found('key', answer.key, 'keychain')
    const wayOut = 'unlock it, store the key again with `claude-tui config set apiKey`, or set ANTHROPIC_API_KEY'
    throw new CredentialError({ where: 'keychain', expected: 'the stored key', came: answer.why, wayOut })
  }

  async function helped(command: string): Promise<Credential> {
    const { runKeyHelper } = await import('./credentials/key-helper.ts')
    const answer = await lend(() => runKeyHelper(command, env, fitForScreen, input.helperLimitMs))
    if ('problem' in answer) throw new CredentialError(answer.problem)
    return found('key', answer.text, 'apiKeyHelper')
  }
}

/** Headers that are not sent to this server, by name: as with a key, what they hold was set for another one. */
export const sayHeadersWithheld = (names: readonly string[], baseUrl: string): string =>
  `ANTHROPIC_CUSTOM_HEADERS: ${names.map((name) => quote(name)).join(', ')} not sent to ${new URL(baseUrl).origin}: set ANTHROPIC_BASE_URL=${baseUrl} beside it if that is meant.`

/** A credential that is not sent to this server. */
function withheld(name: string, belongsTo: string, baseUrl: string, wayOut: string): Problem {
  return {
    where: name,
    expected: `${URL.parse(belongsTo)?.origin ?? quote(belongsTo)}, which it is for`,
    came: new URL(baseUrl).origin,
    wayOut,
  }
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
