/** What opens a server's door never gets onto a tape: keys that are known, and whatever looks like one. */

import type { Mask } from './mask.ts'

/** Shorter texts are no secrets worth hiding; hiding them would make holes in ordinary words. */
const SHORTEST = 8

/** What travels in a header is visible ASCII, each character a byte. */
const IN_A_HEADER = /^[ -~]+$/

/** Each has the secret in its last group. A word such as "bearer" in prose is no reason to hide the next one. */
const LOOKS: readonly RegExp[] = [
  /(?:sk-ant-)([\w-]+)/g,
  /\bsk-((?!ant-)[A-Za-z][\w-]{15,})/g,
  /\bbearer\s{1,8}((?=[\w.~+/=-]*\d)[\w.~+/=-]{16,})/gi,
  /\b[\w-]*(?:key|token|secret)["']?\s{0,8}[:=]\s{0,8}["']?((?=[!-~]*\d)[\w.~+/=%-]{12,})/gi,
]

export interface SecretKeeper {
  /** From now on this text is hidden, too. */
  learn(secret: string): void
  /** The text with `*` for every character of a secret. */
  readonly hide: Mask
}

export function secretKeeper(secrets: readonly string[] = []): SecretKeeper {
  let forms: readonly string[] = []
  const known = new Set<string>()
  const learn = (secret: string) => {
    if (secret.length < SHORTEST || known.has(secret) || !IN_A_HEADER.test(secret)) return
    known.add(secret)
    forms = [...known].flatMap(formsOf)
  }
  for (const secret of secrets) learn(secret)
  return { learn, hide: (text) => holed(text, [...places(text, forms), ...looks(text)]) }
}

/** As it is, and as it stands in an address, in JSON and inside anything that is written in base64. */
function formsOf(secret: string): readonly string[] {
  const quoted = JSON.stringify(secret).slice(1, -1)
  const encoded = [0, 1, 2].map((before) => inBase64(secret, before))
  return [secret, quoted, encodeURIComponent(secret), ...encoded].filter((form) => form.length >= SHORTEST)
}

/** What is certain of a text's base64 when so many other bytes go before it, whatever those and the next ones are. */
function inBase64(secret: string, before: number): string {
  const first = Math.ceil((before * 8) / 6)
  const last = Math.floor(((before + secret.length) * 8) / 6)
  return btoa('\0'.repeat(before) + secret).slice(first, last)
}

type Place = readonly [start: number, end: number]

function* places(text: string, forms: readonly string[]): Generator<Place> {
  for (const form of forms) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) yield [at, at + form.length]
  }
}

function* looks(text: string): Generator<Place> {
  for (const look of LOOKS) {
    for (const match of text.matchAll(look)) {
      const end = match.index + match[0].length
      yield [end - match.at(-1)!.length, end]
    }
  }
}

function holed(text: string, found: readonly Place[]): string {
  if (found.length === 0) return text
  let out = ''
  let at = 0
  for (const [start, end] of found.toSorted(([a], [b]) => a - b)) {
    if (end <= at) continue
    out += text.slice(at, Math.max(at, start)) + '*'.repeat(end - Math.max(at, start))
    at = end
  }
  return out + text.slice(at)
}
