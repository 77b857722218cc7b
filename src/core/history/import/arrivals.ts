/** The conversations in a text from elsewhere, one after the other: our own exports and Claude's. */

import { describe, quote } from '../../problem.ts'
import type { Ms } from '../../turn.ts'
import { type Arrival, Unreadable } from './arrival.ts'
import { fromClaude, isClaudes } from './claude.ts'
import { elements, firstByte, placeOf } from './elements.ts'
import { fromEvents, isEvents } from './own-events.ts'
import { fromOwnJson, isOwnJson } from './own-json.ts'
import { fromTheFuture } from './times.ts'
import { blanksAt, titleIn, valueIn, within } from './values.ts'

const EXPECTED =
  "a conversation as claude-tui exports it (json or jsonl), or the conversations.json of Claude's data export"

/**
 * @param bytes the whole text, in UTF-8
 * @param name what it is called, for people
 * @param nowMs milliseconds since 1970
 * @throws Unreadable with the place of what is wrong
 */
export function* arrivalsIn(bytes: Uint8Array, name: string, nowMs: Ms): Generator<Arrival> {
  if (firstByte(bytes) >= bytes.length) {
    throw new Unreadable({ where: name, expected: EXPECTED, came: 'nothing', wayOut: '' })
  }
  if (isEvents(bytes)) {
    for (const { arrival, where } of fromEvents(bytes, name)) yield looked(arrival, where, nowMs)
    return
  }
  for (const { start, end } of elements(bytes)) {
    const value = valueIn(bytes, start, end, name)
    const where = () => {
      const { line } = placeOf(bytes, start + blanksAt(bytes, start))
      return `${name}, conversation${titleIn(value)} in line ${line}`
    }
    let arrival: Arrival
    try {
      arrival = conversationIn(value)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      throw new Unreadable(within(where(), error.problem))
    }
    yield looked(arrival, where, nowMs)
  }
}

/** With all that is to be said of it, each with its whole place. @param where the place of the conversation */
function looked(arrival: Arrival, where: () => string, nowMs: Ms): Arrival {
  const future = fromTheFuture(arrival, nowMs)
  const mended = [...arrival.mended, ...(future ? [future] : [])]
  return mended.length === 0 ? arrival : { ...arrival, mended: mended.map((problem) => within(where(), problem)) }
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
