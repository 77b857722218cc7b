/** The road to the server, leg by leg: who opens its door, name, connection, encryption, answer, clock and limits. */

import type { Told } from '../doctor.ts'
import { count, duration } from '../figures/words.ts'
import { wayOutOf } from '../turn/outcome.ts'
import type { Failure, Limits } from '../turn.ts'
import type { HeardLimits } from '../weather/limits.ts'
import { isLimiting } from '../weather/resilience.ts'
import { limitsFindings } from './limits.ts'

/** One leg: how long it took, with what came of it; or why it failed, in words. */
export type Leg<T> = ({ readonly ms: number } & T) | { readonly trouble: Pick<Failure, 'reason' | 'remedy'> }

export interface ServerFacts {
  readonly baseUrl: string
  /** Where the address comes from: `default`, `flag`, `environment`, `file`, `demo`. */
  readonly baseUrlFrom: string
  /** Where the credential comes from, never what it is; null: there is none. */
  readonly credential: { readonly kind: string; readonly origin: string; readonly note?: string } | null
  /** Why the credential that was offered cannot be used. */
  readonly credentialTrouble: string | null
  /** The proxy in between, without its password, and the variable that names it; null: none. */
  readonly proxy: { readonly shown: string; readonly variable: string } | null
  /** null: there is no name to look up; or not tried, as an earlier leg failed or a proxy does it. */
  readonly dns: Leg<{ readonly host: string; readonly addresses: readonly string[] }> | null
  readonly tcp: Leg<{ readonly address: string }> | null
  readonly tls: Leg<{ readonly protocol: string; readonly validTo: string }> | null
  readonly http: Leg<Answered> | null
  /** The same question once more, on the connection that is open now, in ms. */
  readonly againMs: number | null
  /** Limits that our programs heard last, by model; absent: nobody keeps them. */
  readonly heard?: readonly ({ readonly model: string } & HeardLimits)[]
  /** Models that were limited or overloaded too often, and until when they are left alone, in ms since 1970; absent: nobody looks. */
  readonly resting?: readonly { readonly model: string; readonly failures: number; readonly untilMs: number }[]
}

export interface Answered {
  readonly status: number
  /** A failure the status stands for; null: it is an answer. */
  readonly failure: Pick<Failure, 'reason' | 'remedy' | 'kind' | 'retryAfterMs'> | null
  /** How far our clock is before the server's, in ms, give or take a second; null: it does not tell the time. */
  readonly aheadMs: number | null
  readonly limits: Limits
  /** Models it offers. */
  readonly models: number
}

/** A clock that is off by more than this makes reset times wrong; certificates and logins fail from minutes on. */
const CLOCK_OFF_MS = 30_000
/** A leg that takes longer than this is felt with every new connection. */
const SLOW_MS = 1_000
/** Days before the end of a certificate that are worth a word. */
const SOON_DAYS = 7
const DAY_MS = 86_400_000

/** @param nowMs wall clock */
export function serverFindings(facts: ServerFacts, nowMs: number): readonly Told[] {
  const answer = [...answerFindings(facts), ...limitsFindings(facts, nowMs)]
  const resting = facts.resting ? [restingFinding(facts.resting, nowMs)] : []
  return [...credentialFindings(facts), ...proxyFindings(facts), ...legs(facts, nowMs), ...answer, ...resting]
}

/** Which models our programs do not ask just now. One whose time is over is asked for a few tokens first. */
function restingFinding(resting: NonNullable<ServerFacts['resting']>, nowMs: number): Told {
  const topic = 'resting'
  const facts = { models: resting }
  if (resting.length === 0) return { topic, mark: 'ok', says: 'No model is left alone for failing too often.', facts }
  const says = resting.map(({ model, failures, untilMs }) => {
    const why = `${model} was limited or overloaded ${count(failures, 'time')} in a row`
    return untilMs > nowMs
      ? `${why}, and is left alone for ${duration(untilMs - nowMs)}.`
      : `${why}; the next question to it begins with a probe.`
  })
  return {
    ...{ topic, mark: 'look', says: says.join(' '), facts },
    todo: 'Wait, ask another model (--model), or name some that may answer in its place (--fallback).',
  }
}

/** What the finder of credentials calls places that have a longer name. */
const PLACE: Readonly<Record<string, string>> = {
  settings: 'the settings file',
  keychain: 'the keychain of this system',
  apiKeyHelper: 'the command in apiKeyHelper',
}

function credentialFindings({ credential, credentialTrouble }: ServerFacts): readonly Told[] {
  const topic = 'credential'
  if (credentialTrouble !== null) return [{ topic, mark: 'broken', says: `${credentialTrouble}.` }]
  if (credential === null)
    return [
      {
        ...{ topic, mark: 'broken', says: 'There is no API key.', facts: { kind: null } },
        todo: 'Set ANTHROPIC_API_KEY, or store one: claude-tui config set apiKey. Without one: claude-tui --demo',
      },
    ]
  const { kind, origin, note } = credential
  const what = { key: 'The key comes from', token: 'The token comes from', profile: 'The login comes from' }[kind]
  const facts = { kind, origin }
  const says = what === undefined ? `No key is needed: ${origin}.` : `${what} ${PLACE[origin] ?? origin}.`
  return note === undefined
    ? [{ topic, mark: 'ok', says, facts }]
    : [{ topic, mark: 'look', says: `${says} ${note.replace(/\.$/, '')}.`, facts }]
}

function proxyFindings({ proxy }: ServerFacts): readonly Told[] {
  if (proxy === null) return []
  const { shown, variable } = proxy
  return [{ topic: 'proxy', mark: 'ok', says: `Requests go through the proxy ${shown} (${variable}).`, facts: proxy }]
}

function legs({ baseUrl, baseUrlFrom, dns, tcp, tls, proxy }: ServerFacts, nowMs: number): readonly Told[] {
  const to = proxy === null ? '' : ' of the proxy'
  return [
    {
      topic: 'address',
      mark: 'ok',
      says: `Requests are for ${baseUrl} (${FROM[baseUrlFrom] ?? baseUrlFrom}).`,
      facts: { baseUrl, from: baseUrlFrom },
    },
    ...leg('dns', dns, ({ host, addresses, ms }) => ({
      says: `DNS${to}: ${host} is ${addresses.slice(0, 2).join(', ')}${addresses.length > 2 ? ', …' : ''}, in ${took(ms)}.`,
    })),
    ...leg('tcp', tcp, ({ address, ms }) => ({ says: `TCP${to}: ${address} accepted in ${took(ms)}.` })),
    ...leg('tls', tls, ({ protocol, validTo, ms }) => {
      const days = Math.floor((Date.parse(validTo) - nowMs) / DAY_MS)
      const says = `TLS${to}: ${protocol} in ${took(ms)}, its certificate is good for ${count(days, 'day')}.`
      return days < SOON_DAYS ? { says, todo: 'Whoever runs that server should renew it.' } : { says }
    }),
  ]
}

const FROM: Readonly<Record<string, string>> = {
  default: "Anthropic's own",
  flag: 'from --base-url',
  environment: 'from the environment',
  file: 'from the settings file',
  demo: 'the built-in demo server',
}

/** On loopback a leg takes less than a millisecond. */
const took = (ms: number) => (ms < 10 ? `${ms.toFixed(1)}ms` : duration(ms))

/** A leg as a finding; nothing when it was not tried. */
function leg<T extends { readonly ms: number }>(
  topic: string,
  found: T | { readonly trouble: Pick<Failure, 'reason' | 'remedy'> } | null,
  well: (found: T) => { readonly says: string; readonly todo?: string },
): readonly Told[] {
  if (found === null) return []
  if ('trouble' in found)
    return [{ topic, mark: 'broken', says: found.trouble.reason, todo: found.trouble.remedy, facts: { ok: false } }]
  const { says, todo } = well(found)
  if (todo !== undefined) return [{ topic, mark: 'look', says, todo, facts: found }]
  return found.ms > SLOW_MS
    ? [{ topic, mark: 'look', says: `${says} That is slow.`, todo: 'Every new connection waits for it.', facts: found }]
    : [{ topic, mark: 'ok', says, facts: found }]
}

function answerFindings({ http, againMs, credential }: ServerFacts): readonly Told[] {
  if (http === null) return []
  if ('trouble' in http) return leg('http', http, () => ({ says: '' }))
  return [answer(http, againMs, credential !== null), ...clock(http)]
}

function answer(
  { ms, status, failure, models }: Answered & { readonly ms: number },
  againMs: number | null,
  hasKey: boolean,
): Told {
  const topic = 'http'
  const facts = { status, ms, againMs, models }
  const again = againMs === null ? '' : `, and in ${took(againMs)} on the connection that was open then`
  const times = `in ${took(ms)}${again}`
  if (failure === null)
    return {
      ...{ topic, mark: 'ok', facts },
      says: `HTTP: GET /v1/models answered ${times}: ${count(models, 'model')} on offer. Nothing was billed.`,
    }
  // Without a key a refusal is what a healthy server says.
  if (!hasKey && failure.kind === 'key')
    return { topic, mark: 'ok', says: `HTTP: it answered ${times}, and asks for a key.`, facts }
  if (failure.kind === 'missing' || failure.kind === 'invalid')
    return {
      ...{ topic, mark: 'look', facts },
      says: `HTTP: it answered ${times}, and offers no list of models (HTTP ${status}).`,
      todo: 'A server that speaks the Claude Messages API without that list is fine: name a model with -m.',
    }
  const says = `HTTP: it answered ${times}: ${failure.reason.replace(/\.$/, '')}.`
  // The server took the key: it is asked too much just now.
  if (isLimiting(failure)) {
    const when = failure.retryAfterMs === null ? 'Wait a moment' : `Wait ${duration(failure.retryAfterMs)}`
    const key = failure.kind === 'rate' ? 'The key works. ' : ''
    return { ...{ topic, mark: 'look', facts }, says, todo: `${key}${when}, or let calls wait (--retry-for).` }
  }
  return { ...{ topic, mark: 'broken', facts }, says, todo: wayOutOf(failure, 'script') }
}

function clock({ aheadMs }: Answered): readonly Told[] {
  const topic = 'clock'
  if (aheadMs === null) return [{ topic, mark: 'unasked', says: 'The server does not tell the time.' }]
  const off = Math.abs(aheadMs)
  const facts = { aheadMs }
  if (off < CLOCK_OFF_MS)
    return [
      {
        topic,
        mark: 'ok',
        says: `This clock agrees with the server's, within ${duration(Math.max(1_000, off))}.`,
        facts,
      },
    ]
  return [
    {
      ...{ topic, mark: 'look', facts },
      says: `This clock is ${duration(off)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the server's.`,
      todo: 'Set it: waits until a limit is reset go by it, certificates and logins fail when it is far off.',
    },
  ]
}
