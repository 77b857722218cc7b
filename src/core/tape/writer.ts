/** From what happens on the wire to the lines of a tape. Here secrets are left out, and content where that is wanted. */

import { type Body, bodyKind, tapeBody } from './body.ts'
import { redactHeaders, redactPath, redactValue, redactWord } from './redact.ts'
import type { SecretKeeper } from './secrets.ts'
import type { Deed, Head, How, RequestHead, ResponseHead, TapeLine } from './tape.ts'

export interface TapeWriter {
  head(head: Head): readonly string[]
  did(at: number, deed: Deed): readonly string[]
  request(exchange: number, at: number, head: RequestHead): readonly string[]
  response(exchange: number, at: number, head: ResponseHead): readonly string[]
  chunk(exchange: number, at: number, bytes: Uint8Array): readonly string[]
  end(exchange: number, at: number, how: How, code: string | null): readonly string[]
  /** What was held back of exchanges that have no end. */
  rest(): readonly string[]
}

/** A response whose bytes are still coming. */
interface Coming {
  readonly body: Body
  /** Chunks that are not on the tape yet. */
  readonly chunks: { readonly at: number; readonly length: number }[]
  /** Their first bytes, as far as they are fit for it. */
  fit: Uint8Array
}

export function tapeWriter(keeper: SecretKeeper, redact: boolean): TapeWriter {
  const coming = new Map<number, Coming>()

  const clean = (value: unknown, own: boolean): unknown => {
    const hidden = mapTexts(value, keeper.hide)
    return redact ? redactValue(hidden, own) : hidden
  }
  const line = (value: TapeLine): string => `${JSON.stringify(value)}\n`

  const headers = (all: Readonly<Record<string, string>>) => {
    const hidden = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, keeper.hide(value)]))
    return redact ? redactHeaders(hidden) : hidden
  }
  const word = (text: string) => (redact ? redactWord(text) : text)

  /** Lines for the chunks that are fit; the last one may be fit in part. */
  const fitChunks = (exchange: number, response: Coming, bytes: Uint8Array): readonly string[] => {
    const fit = new Uint8Array(response.fit.length + bytes.length)
    fit.set(response.fit)
    fit.set(bytes, response.fit.length)
    const lines: string[] = []
    let from = 0
    for (let first = response.chunks[0]; first && from + first.length <= fit.length; first = response.chunks[0]) {
      const chunk = { type: 'chunk' as const, exchange, at: first.at }
      lines.push(line({ ...chunk, ...spelt(fit.subarray(from, from + first.length)) }))
      from += first.length
      response.chunks.shift()
    }
    response.fit = fit.slice(from)
    return lines
  }

  const rest = (exchange: number): readonly string[] => {
    const response = coming.get(exchange)
    coming.delete(exchange)
    return response ? fitChunks(exchange, response, response.body.end()) : []
  }

  return {
    head: (head) => [
      `${JSON.stringify({ ...(clean(head, true) as Head), ...unwritten(head), version: word(head.version), redacted: head.redacted || redact })}\n`,
    ],
    did: (at, deed) => [line({ type: 'did', at: tenths(at), deed: clean(deed, true) as Deed })],
    request(exchange, at, { method, path, headers: sent, body }) {
      const shown = keeper.hide(path)
      const place = { method: word(method), path: redact ? redactPath(shown) : shown }
      const request = { ...place, headers: headers(sent), body: clean(body, false) }
      return [line({ type: 'request', exchange, at: tenths(at), ...request })]
    },
    response(exchange, at, { status, headers: got }) {
      const kind = bodyKind(got['content-type'])
      const body = tapeBody({ kind, hide: keeper.hide, redact })
      coming.set(exchange, { body, chunks: [], fit: new Uint8Array() })
      return [line({ type: 'response', exchange, at: tenths(at), status, headers: headers(got) })]
    },
    chunk(exchange, at, bytes) {
      const response = coming.get(exchange)
      if (!response) return []
      response.chunks.push({ at: tenths(at), length: bytes.length })
      return fitChunks(exchange, response, response.body.push(bytes))
    },
    end: (exchange, at, how, code) => [
      ...rest(exchange),
      line({ type: 'end', exchange, at: tenths(at), how, code: code && word(code) }),
    ],
    rest: () => [...coming.keys()].flatMap(rest),
  }
}

/** Fields of the head that hold nothing anybody wrote. */
const unwritten = ({ type, started, mode }: Head) => ({ type, started, mode })

const tenths = (ms: number): number => Math.round(ms * 10) / 10

/** Bytes as text, or in base64 where they are none by themselves. */
function spelt(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) }
  }
}

/** The value with every text in it, names included, put through `change`. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [change(name), mapTexts(part, change)]))
}
