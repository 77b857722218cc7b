/**
 * The body of a response on its way to the tape: bytes in, as many bytes out, without secrets and, where that is wanted,
 * without content. What comes in pieces is looked at as the text it becomes, so that nothing slips through between two.
 */

import { harmless } from './harmless.ts'
import { type JsonPart, jsonParts, type Literal, literalOf, rewritten } from './json-text.ts'
import { type Mask, settledLength } from './mask.ts'
import { isProtocol } from './protocol.ts'
import { isField, redactDigits, redactName, redactText } from './redact.ts'

/** `events`: a stream of server-sent events; `json`: one value; `text`: anything else. */
export type BodyKind = 'events' | 'json' | 'text'

export function bodyKind(contentType: string | undefined): BodyKind {
  if (contentType?.includes('text/event-stream')) return 'events'
  return contentType?.includes('json') ? 'json' : 'text'
}

export interface Body {
  /** Takes in some bytes; gives those that are fit for the tape by now, in order. */
  push(bytes: Uint8Array): Uint8Array
  /** The rest. */
  end(): Uint8Array
}

export interface BodyOptions {
  readonly kind: BodyKind
  readonly hide: Mask
  readonly redact: boolean
}

export function tapeBody(options: BodyOptions): Body {
  return options.kind === 'events' ? eventsBody(options) : wholeBody(options)
}

const encoder = new TextEncoder()
const NEWLINE = 10

/** A body that is looked at once it is whole. */
function wholeBody({ kind, hide, redact }: BodyOptions): Body {
  const all: Uint8Array[] = []
  const mask: Mask = redact ? (text) => harmless(hide(text)) : hide
  const json = (text: string) =>
    jsonParts(text)
      .map((part) => maskPart(part, { hide, redact }))
      .join('')
  return {
    push(bytes) {
      all.push(bytes)
      return new Uint8Array()
    },
    end: () => masked(joined(all), kind === 'json' ? json : mask, { hide, redact }),
  }
}

/** One line of a stream, in parts; null: a part that waits for what follows it. */
interface Line {
  readonly parts: (string | null)[]
  waiting: number
}

/** A text that comes in pieces, each in a line of its own. */
interface Flow {
  field: string | null
  /** What came and may still be part of something. */
  open: string
  /** What is masked and not yet in its place. */
  masked: string
  readonly pieces: { readonly line: Line; readonly at: number; readonly literal: Literal }[]
}

/** Fields of a delta whose values, one after the other, are one text. */
const FLOWING = new Set(['text', 'thinking', 'partial_json', 'signature'])
/** How nearly every line of a stream is written: whatever else it may be, it need not be taken apart. */
const USUAL_DELTA =
  /^( ?\{"type":"content_block_delta","index":\d{1,4},"delta":\{"type":"[a-z_]{1,40}","(text|thinking|partial_json|signature)":")((?:[^"\\]|\\[^u])*)("\}\}\s*)$/

function eventsBody({ hide, redact }: BodyOptions): Body {
  let rest = new Uint8Array()
  const lines: (Line | Uint8Array)[] = []
  const flow: Flow = { field: null, open: '', masked: '', pieces: [] }
  const mask: Mask = redact ? (text) => harmless(hide(text)) : hide

  const settle = (length: number) => {
    const text = flow.open.slice(0, length)
    flow.masked += mask(text)
    flow.open = flow.open.slice(length)
    for (let piece = flow.pieces[0]; piece && piece.literal.text.length <= flow.masked.length; piece = flow.pieces[0]) {
      const { line, at, literal } = piece
      line.parts[at] = rewritten(flow.masked.slice(0, literal.text.length), literal)
      line.waiting--
      flow.masked = flow.masked.slice(literal.text.length)
      flow.pieces.shift()
    }
  }
  const endFlow = () => settle(flow.open.length)

  /** A piece of the text that flows, in the line that brings it. */
  const flows = (line: Line, literal: Literal) => {
    if (flow.field !== literal.field) endFlow()
    flow.field = literal.field
    flow.open += literal.text
    flow.pieces.push({ line, at: line.parts.push(null) - 1, literal })
    line.waiting++
    settle(settledLength(flow.open))
  }

  const data = (json: string, line: Line) => {
    const usual = USUAL_DELTA.exec(json)
    if (usual) {
      const [, before = '', field = '', raw = '', after = ''] = usual
      line.parts.push(before)
      flows(line, literalOf(raw, field))
      line.parts.push(after)
      return
    }
    const parts = jsonParts(json)
    const says = (type: string) =>
      parts.some((part) => 'text' in part && !part.isName && part.field === 'type' && part.text === type)
    const isDelta = says('content_block_delta')
    if (!isDelta && !says('ping')) endFlow()
    for (const part of parts) {
      if (isDelta && 'text' in part && !part.isName && part.field !== null && FLOWING.has(part.field)) {
        flows(line, part)
      } else line.parts.push(maskPart(part, { hide, redact }))
    }
  }

  const take = (bytes: Uint8Array) => {
    const text = decoded(bytes)
    if (text === null) {
      lines.push(maskedBytes(bytes, { hide, redact }))
      return
    }
    const line: Line = { parts: [], waiting: 0 }
    lines.push(line)
    if (text.startsWith('data:')) {
      line.parts.push('data:')
      data(text.slice(5), line)
    } else if (!redact || isProtocol(/^event: ?([a-z_]{1,40})\r?\n?$/.exec(text)?.[1] ?? ''))
      line.parts.push(hide(text))
    else line.parts.push(mask(text))
  }

  const ready = (): Uint8Array => {
    const out: Uint8Array[] = []
    for (let line = lines[0]; line && (line instanceof Uint8Array || line.waiting === 0); line = lines[0]) {
      out.push(line instanceof Uint8Array ? line : encoder.encode(line.parts.join('')))
      lines.shift()
    }
    return joined(out)
  }

  return {
    push(bytes) {
      const all = joined([rest, bytes])
      let from = 0
      for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, from)) {
        take(all.subarray(from, end + 1))
        from = end + 1
      }
      rest = all.slice(from)
      return ready()
    },
    end() {
      if (rest.length > 0) take(rest)
      rest = new Uint8Array()
      endFlow()
      return ready()
    },
  }
}

type Look = Pick<BodyOptions, 'hide' | 'redact'>

function maskPart(part: JsonPart, { hide, redact }: Look): string {
  if ('between' in part) return redact ? bare(hide(part.between), part.field) : hide(part.between)
  const shown = hide(part.text)
  if (!redact) return rewritten(shown, part)
  return rewritten(part.isName ? redactName(shown) : redactText(shown, part.field), part)
}

/** What stands between the texts of JSON: signs and numbers, or anything at all where it is none. */
function bare(text: string, field: string | null): string {
  return text.replace(/[\p{L}\p{M}\p{N}.+-]+/gu, (word) => {
    if (word === 'true' || word === 'false' || word === 'null') return word
    if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word)) return harmless(word)
    return field !== null && isField(field) ? word : redactDigits(word)
  })
}

function masked(bytes: Uint8Array, mask: Mask, look: Look): Uint8Array {
  const text = decoded(bytes)
  return text === null ? maskedBytes(bytes, look) : encoder.encode(mask(text))
}

/** Bytes that are no UTF-8, each taken for a character. */
function maskedBytes(bytes: Uint8Array, { hide, redact }: Look): Uint8Array {
  const hidden = hide(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const text = redact ? hidden.replace(/[\x80-\xff]/g, '?').replace(/[A-Za-z0-9]/g, harmless) : hidden
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
