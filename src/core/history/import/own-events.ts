/** Our own files of events, as `core/history/export/events` writes them. */

import type { Event } from '../../conversation.ts'
import { describe, type Problem } from '../../problem.ts'
import type { Ms } from '../../turn.ts'
import { EVENTS_HEAD } from '../export/events.ts'
import { type Arrival, ownUid, Unreadable } from './arrival.ts'
import { bytesIn, eventOf } from './event-shapes.ts'
import { type Order, order } from './order.ts'
import { timeFlaw } from './times.ts'
import { linesOf, titleIn, valueIn, within } from './values.ts'

/** Whether the first line is the head of a file of events. */
export function isEvents(bytes: Uint8Array): boolean {
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

/** @yields conversations, each with its place. @throws Unreadable */
export function* fromEvents(
  bytes: Uint8Array,
  name: string,
): Generator<{ readonly arrival: Arrival; readonly where: () => string }> {
  let head: Fields | null = null
  let headLine = 0
  let events: Event[] = []
  let attached = new Map<string, string>()
  let sequence: Order = order()
  const done = (head: Fields, line: number) => {
    const where = () => `${name}, line ${line}, conversation${titleIn(head)}`
    return { arrival: arrivalOf(head, events, attached, where), where }
  }
  for (const { number, start, end } of linesOf(bytes)) {
    const where = `${name}, line ${number}`
    const value = valueIn(bytes, start, end, name)
    const fields = (typeof value === 'object' && value !== null ? value : {}) as Fields
    if (fields.type === EVENTS_HEAD.type) {
      if (fields.format !== EVENTS_HEAD.format) throw new Unreadable(newer(fields.format, where))
      if (head) yield done(head, headLine)
      head = fields
      headLine = number
      events = []
      attached = new Map()
      sequence = order(rowsBefore(head) > 0)
      continue
    }
    const held = bytesIn(value, where)
    if (held) {
      if ('problem' in held) throw new Unreadable(held.problem)
      attached.set(held.hash, held.base64)
      continue
    }
    const read = eventOf(value, where)
    if ('problem' in read) throw new Unreadable(read.problem)
    const flaw = sequence.take(read.event)
    if (flaw) {
      const turn = sequence.turn > 0 ? `, behind turn ${sequence.turn}` : ''
      throw new Unreadable({ where: `${where}, conversation${titleIn(head)}${turn}`, ...flaw, wayOut: '' })
    }
    events.push(read.event)
  }
  if (head) yield done(head, headLine)
}

const newer = (format: unknown, where: string): Problem => ({
  where,
  expected: `format ${EVENTS_HEAD.format}`,
  came: describe(format),
  wayOut: 'a newer claude-tui may have written it',
})

function arrivalOf(
  head: Fields,
  events: readonly Event[],
  bytes: ReadonlyMap<string, string>,
  where: () => string,
): Arrival {
  const { uid, kind, created, updated, owner } = head
  try {
    return {
      uid: ownUid(uid),
      kind: kind === 'chat' || kind === 'single' ? kind : 'import',
      createdMs: headTime(created, 'created'),
      updatedMs: headTime(updated, 'updated'),
      events,
      ...(bytes.size > 0 ? { bytes } : {}),
      left: isLeft(head) ? { after: rowsBefore(head), owner: typeof owner === 'string' ? owner : null } : null,
      leftOut: new Map(),
      mended: [],
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    throw new Unreadable(within(where(), error.problem))
  }
}

/** Whether it is what a history could not take. */
const isLeft = ({ unsaved }: Fields): boolean => unsaved === true

/** Rows of the conversation that are elsewhere: what follows goes on behind them. */
function rowsBefore(head: Fields): number {
  const { after } = head
  return isLeft(head) && Number.isSafeInteger(after) && (after as number) > 0 ? (after as number) : 0
}

/** @throws Unreadable */
function headTime(value: unknown, field: string): Ms | null {
  if (value === undefined || value === null) return null
  const flaw = timeFlaw(typeof value === 'number' ? value : Number.NaN, field)
  if (!flaw) return value as Ms
  throw new Unreadable({ where: '', expected: flaw.expected, came: describe(value), wayOut: '' })
}
