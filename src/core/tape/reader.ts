/** From the bytes of a file to a tape, or a sentence that says which line is wrong and how. */

import { ATTACHMENTS } from '../attachments/shape.ts'
import { eventOf } from '../history/import/event-shapes.ts'
import { describe, sayProblem } from '../problem.ts'
import { type Misfit, misfit, type Shape, shapeInWords } from '../schema/shape.ts'
import { pastMisfit } from './past-shape.ts'
import { type Exchange, type Head, TAPE_FORMAT, type Tape, type TapeLine } from './tape.ts'

export type TapeReading = { readonly tape: Tape } | { readonly problem: string }

const text: Shape = { type: 'string' }
const ms: Shape = { type: 'number', minimum: 0 }
const headers: Shape = { type: 'object' }
const exchange: Shape = { type: 'integer', minimum: 1 }

const shapeOf = (properties: Readonly<Record<string, Shape>>): Shape => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

const CHOICES: Readonly<Record<string, Shape>> = {
  model: text,
  effort: { type: ['string', 'null'] },
  system: { type: ['string', 'null'] },
  maxTokens: { type: ['integer', 'null'], minimum: 1 },
  thinking: { enum: ['summarised', 'hidden'] },
  features: { enum: ['full', 'plain'] },
  stream: { type: 'boolean' },
  summariseAt: { type: 'number' },
  kind: { enum: ['chat', 'single'] },
}

/** Recordings of an older version say nothing of it. */
const CHOSEN: Shape = {
  ...shapeOf(CHOICES),
  properties: {
    ...CHOICES,
    ...{ cacheTtl: { enum: ['auto', '5m', '1h', 'off'] }, concise: { type: 'boolean' } },
    ...{ temperature: { type: ['number', 'null'] }, topP: { type: ['number', 'null'] } },
    ...{ prefill: { type: ['string', 'null'] }, olderApi: { type: 'boolean' } },
  },
}

const optionally = (shape: Shape, more: Readonly<Record<string, Shape>>): Shape => ({
  ...shape,
  properties: { ...shape.properties, ...more },
})

const DEEDS: Readonly<Record<string, Shape>> = {
  asked: optionally(shapeOf({ text, queued: { type: 'boolean' } }), { attachments: ATTACHMENTS }),
  stopped: shapeOf({}),
  gaveUp: shapeOf({ reason: text }),
  hedgeAsked: shapeOf({}),
  chosen: shapeOf({ choices: { type: 'object', properties: CHOSEN.properties! } }),
  cleared: shapeOf({}),
  moved: shapeOf({ to: { type: ['integer', 'null'] } }),
  titled: shapeOf({ title: text }),
  resumed: shapeOf({ past: {} }),
  reviewed: shapeOf({ event: shapeOf({ type: { enum: ['marked', 'summarised', 'amended', 'unsummarised'] } }) }),
  unsent: shapeOf({ turn: exchange, model: text, event: shapeOf({ type: { enum: ['failed'] } }) }),
  recalled: shapeOf({ turn: exchange, text, event: shapeOf({ type: { enum: ['recalled'] } }) }),
  left: shapeOf({ unfinished: { type: 'boolean' } }),
}

const HEAD = shapeOf({
  version: text,
  started: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$' },
  redacted: { type: 'boolean' },
  mode: { enum: ['chat', 'single'] },
  choices: CHOSEN,
  stallAfterMs: ms,
  models: { type: 'array', items: shapeOf({ id: text }) },
})

const LINES: Readonly<Record<string, Shape>> = {
  did: shapeOf({ at: ms, deed: shapeOf({ type: { enum: Object.keys(DEEDS) } }) }),
  request: shapeOf({ exchange, at: ms, method: text, path: text, headers, body: {} }),
  response: shapeOf({ exchange, at: ms, status: { type: 'integer', minimum: 200, maximum: 599 }, headers }),
  chunk: { ...shapeOf({ exchange, at: ms }), properties: { exchange, at: ms, text, base64: text } },
  end: shapeOf({
    exchange,
    at: ms,
    how: { enum: ['complete', 'error', 'aborted'] },
    code: { type: ['string', 'null'] },
  }),
}

const HEAD_BEGINS = /^\{"type":"claude-tui-recording"/

/** @param name of the file, for the sentence */
export function readTape(bytes: Uint8Array, name: string): TapeReading {
  const { lines, cut } = linesOf(bytes)
  if (lines.length === 0 && HEAD_BEGINS.test(new TextDecoder().decode(bytes.subarray(0, 100))))
    return { problem: `"${name}" breaks off in its first line: there is nothing in it that could be played.` }
  const foreign = { problem: `"${name}" is no recording of claude-tui: its first line is not the head of one.` }
  if (bytes.length === 0) return { problem: `"${name}" is empty; expected a recording made with --record.` }
  const first = lines[0] === undefined ? null : parsed(lines[0])
  if (!isObject(first) || first.type !== 'claude-tui-recording' || !isFormat(first.format)) return foreign
  if (first.format > TAPE_FORMAT) {
    return {
      problem: `"${name}" is a recording in format ${first.format}, written by claude-tui ${sayable(first.version)}; this version reads format ${TAPE_FORMAT}. Update claude-tui to play it.`,
    }
  }
  const wrong = misfit(HEAD, first)
  if (wrong) return { problem: sayDamage(name, 1, inWords(wrong)) }

  const exchanges = new Map<number, Writable>()
  const deeds: Tape['deeds'][number][] = []
  for (const [i, raw] of lines.entries()) {
    if (i === 0) continue
    const line = parsed(raw)
    const damage = damageOf(line) ?? place(line as TapeLine, exchanges, deeds)
    if (damage) return { problem: sayDamage(name, i + 1, damage) }
  }
  return {
    tape: {
      head: first as unknown as Head,
      exchanges: [...exchanges.values()].sort((a, b) => a.number - b.number),
      deeds: deeds.toSorted((a, b) => a.at - b.at),
      cut,
    },
  }
}

/** Whole lines; what follows the last line end was cut off while it was written. */
function linesOf(bytes: Uint8Array): { readonly lines: readonly Uint8Array[]; readonly cut: boolean } {
  const lines: Uint8Array[] = []
  let from = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, end))
    from = end + 1
  }
  const last = bytes.subarray(from)
  // An editor may have taken the last line end away: a line that is whole is none the less.
  const whole = last.length > 0 && parsed(last) !== undefined
  return { lines: whole ? [...lines, last] : lines, cut: last.length > 0 && !whole }
}

const isFormat = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0

/** undefined: it is no JSON. */
function parsed(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)) as unknown
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is wrong with a line by itself; null: nothing. */
function damageOf(line: unknown): string | null {
  if (line === undefined) return 'expected a line of JSON'
  if (!isObject(line)) return `expected an object, got ${describe(line)}`
  const shape = Object.hasOwn(LINES, String(line.type)) ? LINES[String(line.type)] : undefined
  if (!shape) return `expected one of ${Object.keys(LINES).join(', ')} as its type, got ${describe(line.type)}`
  const wrong = misfit(shape, line)
  if (wrong) return inWords(wrong)
  if (line.type === 'chunk') return typeof line.base64 === 'string' ? base64Damage(line.base64) : missing(line, 'text')
  if (line.type !== 'did') return headersDamage(line.headers)
  const deed = line.deed as { readonly type: string }
  const wrongDeed = misfit(DEEDS[deed.type]!, deed)
  if (wrongDeed) return inWords({ ...wrongDeed, at: `.deed${wrongDeed.at}` })
  return insideDamage(deed)
}

/** Deeds that carry an event along. */
const CARRIERS: ReadonlySet<string> = new Set(['reviewed', 'unsent', 'recalled'])

/** What is wrong within what a deed carries along. */
function insideDamage(deed: {
  readonly type: string
  readonly past?: unknown
  readonly event?: unknown
}): string | null {
  if (deed.type === 'resumed') {
    const wrong = pastMisfit(deed.past)
    return wrong && inWords({ ...wrong, at: `.deed.past${wrong.at}` })
  }
  if (!CARRIERS.has(deed.type)) return null
  const read = eventOf(deed.event, 'deed.event')
  return 'problem' in read ? sayProblem(read.problem) : null
}

const missing = (line: object, name: string) => (Object.hasOwn(line, name) ? null : `it has no ${name}`)

function base64Damage(base64: string): string | null {
  return /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(base64) ? null : 'its base64 is none'
}

/** What may stand in a header (RFC 9110, 5.5), as far as Node will send it. */
function headersDamage(headers: unknown): string | null {
  if (!isObject(headers)) return null
  for (const [name, value] of Object.entries(headers)) {
    const fine =
      /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    if (!fine) return `expected headers that can be sent, got ${describe(name)}`
  }
  return null
}

function inWords({ at, why, name, value, shape }: Misfit): string {
  const where = at.replace(/^\./, '')
  if (why === 'missing') return `${where === '' ? 'it' : where} has no ${name}`
  return `expected ${shapeInWords(shape)}${where === '' ? '' : ` as ${where}`}, got ${describe(value)}`
}

type Writable = { -readonly [K in keyof Exchange]: Exchange[K] } & { chunks: { at: number; bytes: Uint8Array }[] }

/** Puts a line where it belongs; what is wrong with its place, or null. */
function place(line: TapeLine, exchanges: Map<number, Writable>, deeds: Tape['deeds'][number][]): string | null {
  if (line.type === 'did') {
    deeds.push({ at: line.at, deed: line.deed })
    return null
  }
  const number = line.exchange
  const known = exchanges.get(number)
  if (line.type === 'request') {
    if (known) return `exchange ${number} has a request already`
    const { method, path, headers, body } = line
    const request = { method, path, headers, body }
    exchanges.set(number, { number, at: line.at, request, response: null, chunks: [], end: null })
    return null
  }
  if (!known) return `there is no exchange ${number} before it`
  if (known.end) return `exchange ${number} has ended before it`
  if (line.type === 'response') {
    if (known.response) return `exchange ${number} has a response already`
    known.response = { at: line.at, status: line.status, headers: line.headers }
  } else if (line.type === 'chunk') {
    if (!known.response) return `exchange ${number} has no response yet`
    known.chunks.push({
      at: line.at,
      bytes: 'text' in line ? new TextEncoder().encode(line.text) : unBase64(line.base64),
    })
  } else known.end = { at: line.at, how: line.how, code: line.code }
  return null
}

const unBase64 = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

const sayable = (version: unknown) => (typeof version === 'string' ? version.slice(0, 40) : '(unknown)')

const sayDamage = (name: string, line: number, what: string) => `"${name}", line ${line}: ${what}.`
