/** The conversations in a text from elsewhere, one after the other: our own exports and Claude's. */

import type { Event } from '../conversation.ts'
import { EVENTS_HEAD } from '../export/events.ts'
import { describe, type Problem, quote } from '../problem.ts'
import { type Arrival, asUid, Unreadable } from './arrival.ts'
import { fromClaude, isClaudes } from './claude.ts'
import { elements, firstByte, placeOf } from './elements.ts'
import { eventOf } from './event-shapes.ts'
import { jsonFlaw } from './json-flaw.ts'
import { fromOwnJson, isOwnJson } from './own-json.ts'

const EXPECTED =
  "a conversation as claude-tui exports it (json or jsonl), or the conversations.json of Claude's data export"

/**
 * @param bytes the whole text, in UTF-8
 * @param name what it is called, for people
 * @throws Unreadable with the line and the column of what is wrong
 */
export function* arrivalsIn(bytes: Uint8Array, name: string): Generator<Arrival> {
  if (firstByte(bytes) >= bytes.length) {
    throw new Unreadable({ where: name, expected: EXPECTED, came: 'nothing', wayOut: '' })
  }
  if (isEvents(bytes)) {
    yield* fromEvents(bytes, name)
    return
  }
  for (const { start, end } of elements(bytes)) {
    const value = valueIn(bytes, start, end, name)
    try {
      yield conversationIn(value)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      const { line } = placeOf(bytes, start + blanksAt(bytes, start))
      throw new Unreadable({ ...error.problem, where: `${name}, conversation in line ${line}` })
    }
  }
}

function conversationIn(value: unknown): Arrival {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (isClaudes(value)) return fromClaude(value)
    if (isOwnJson(value)) return fromOwnJson(value)
    const fields = Object.keys(value).slice(0, 5)
    throw stranger(fields.length === 0 ? 'an object' : `an object with ${fields.map((one) => quote(one)).join(', ')}`)
  }
  throw stranger(describe(value))
}

const stranger = (came: string) => new Unreadable({ where: '', expected: EXPECTED, came, wayOut: '' })

/** JSON from a stretch of the bytes. @throws Unreadable */
function valueIn(bytes: Uint8Array, start: number, end: number, name: string): unknown {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end))
  try {
    return JSON.parse(text)
  } catch {
    const { at, expected } = jsonFlaw(text) ?? { at: 0, expected: 'a value' }
    const { line, column } = placeOf(bytes, start + new TextEncoder().encode(text.slice(0, at)).length)
    const char = text.codePointAt(at)
    const came = char === undefined ? 'the end' : quote(String.fromCodePoint(char))
    throw new Unreadable({ where: `${name}, line ${line}, column ${column}`, expected, came, wayOut: '' })
  }
}

function blanksAt(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at]! <= 0x20) at++
  return at - start
}

const NEWLINE = 0x0a

/** The lines that hold something: their number, and where they are. */
function* linesOf(
  bytes: Uint8Array,
): Generator<{ readonly number: number; readonly start: number; readonly end: number }> {
  let number = 0
  for (let start = firstByte(bytes) > 0 && bytes[0] === 0xef ? 3 : 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    number++
    if (blanksAt(bytes.subarray(0, end), start) < end - start) yield { number, start, end }
    start = end + 1
  }
}

/** Whether the first line is the head of a file of events. */
function isEvents(bytes: Uint8Array): boolean {
  for (const { start, end } of linesOf(bytes)) {
    if (end - start > 100_000) return false
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(start, end)))
      return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === EVENTS_HEAD.type
    } catch {
      return false
    }
  }
  return false
}

type Fields = Readonly<Record<string, unknown>>

function* fromEvents(bytes: Uint8Array, name: string): Generator<Arrival> {
  let head: Fields | null = null
  let events: Event[] = []
  for (const { number, start, end } of linesOf(bytes)) {
    const where = `${name}, line ${number}`
    const value = valueIn(bytes, start, end, name)
    const fields = (typeof value === 'object' && value !== null ? value : {}) as Fields
    if (fields.type === EVENTS_HEAD.type) {
      if (fields.format !== EVENTS_HEAD.format) throw new Unreadable(newer(fields.format, where))
      if (head) yield arrival(head, events)
      head = fields
      events = []
      continue
    }
    const read = eventOf(value, where)
    if ('problem' in read) throw new Unreadable(read.problem)
    events.push(read.event)
  }
  if (head) yield arrival(head, events)
}

const newer = (format: unknown, where: string): Problem => ({
  where,
  expected: `format ${EVENTS_HEAD.format}`,
  came: describe(format),
  wayOut: 'a newer claude-tui may have written it',
})

function arrival({ uid, kind, created, unsaved, after, owner }: Fields, events: readonly Event[]): Arrival {
  const rows = Number.isSafeInteger(after) && (after as number) > 0 ? (after as number) : 0
  return {
    uid: asUid(uid),
    kind: kind === 'chat' || kind === 'single' ? kind : 'import',
    createdMs: typeof created === 'number' && Number.isFinite(created) ? created : null,
    events,
    left: unsaved === true ? { after: rows, owner: typeof owner === 'string' ? owner : null } : null,
    leftOut: new Map(),
  }
}
