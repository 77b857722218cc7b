/** What the events of a file must look like to be taken for events. Fields that later versions add may be there, too. */

import { ATTACHMENTS } from '../../attachments/shape.ts'
import type { Event } from '../../conversation.ts'
import { EFFORT_LEVELS } from '../../models/catalogue.ts'
import type { Problem } from '../../problem.ts'
import { describe, quote } from '../../problem.ts'
import { type Misfit, misfit, type Shape, shapeInWords } from '../../schema/shape.ts'
import type { FailureKind } from '../../turn.ts'
import { MARK_PATTERN } from '../../window/window.ts'
import { BYTES } from '../export/events.ts'

const text: Shape = { type: 'string' }
const textOrNull: Shape = { type: ['string', 'null'] }
const ms: Shape = { type: 'number' }
const span: Shape = { type: 'number', minimum: 0 }
const times: Shape = { type: 'integer', minimum: 1 }
/** More tokens than a thousand of the largest windows hold are a mistake, and would be in every sum. */
const tokens: Shape = { type: 'integer', minimum: 0, maximum: 1e9 }
const flag: Shape = { type: 'boolean' }
const number: Shape = { type: 'integer' }
const facts: Shape = { type: 'array', items: text }

/** US dollars for a million tokens. */
const price: Shape = { type: 'number', minimum: 0, maximum: 1e6 }
const factor: Shape = { type: 'number', exclusiveMinimum: 0 }
/** Price steps as a `ModelCard` has them. */
export const PRICES: Shape = {
  type: ['array', 'null'],
  items: {
    type: 'object',
    required: ['upToPrompt', 'card'],
    properties: {
      upToPrompt: { type: ['number', 'null'] },
      card: {
        type: 'object',
        required: ['input', 'write5m', 'write1h', 'read', 'output'],
        properties: { input: price, write5m: price, write1h: price, read: price, output: price },
      },
    },
  },
}

export const USAGE: Shape = {
  type: 'object',
  required: ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'thinking'],
  properties: {
    ...{ input: tokens, cacheRead: tokens, cacheWrite5m: tokens, cacheWrite1h: tokens, output: tokens },
    thinking: { ...tokens, type: ['integer', 'null'] },
  },
}

const FAILURES: Readonly<Record<FailureKind, true>> = {
  ...{
    key: true,
    spend: true,
    rate: true,
    overload: true,
    resting: true,
    server: true,
    'too-long': true,
    invalid: true,
  },
  ...{
    missing: true,
    refused: true,
    cut: true,
    stalled: true,
    interrupted: true,
    offline: true,
    alien: true,
    budget: true,
    late: true,
  },
}

export const CHOICES: Shape = {
  type: 'object',
  properties: {
    ...{ model: text, effort: { enum: [...EFFORT_LEVELS, null] }, system: textOrNull },
    ...{ maxTokens: { type: ['integer', 'null'], minimum: 1 }, thinking: { enum: ['summarised', 'hidden'] } },
    ...{ features: { enum: ['full', 'plain'] }, stream: flag, summariseAt: { type: 'number' } },
    ...{ kind: { enum: ['chat', 'single'] }, cacheTtl: { enum: ['auto', '5m', '1h', 'off'] } },
    ...{ concise: flag, prefill: textOrNull, olderApi: flag },
    ...{ temperature: { type: ['number', 'null'] }, topP: { type: ['number', 'null'] } },
    cascade: { type: ['object', 'null'], required: ['models', 'check'], properties: { models: facts, check: text } },
    ...{ fallback: { type: ['string', 'array'], items: text }, waitsMs: { type: ['number', 'null'], minimum: 0 } },
  },
}

const shape = (properties: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape => ({
  type: 'object',
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
})

const FAILURE: Shape = shape({
  ...{ kind: { enum: Object.keys(FAILURES) }, reason: text, remedy: text, transient: flag },
  ...{ retryAfterMs: { type: ['number', 'null'], minimum: 0 }, status: { type: ['number', 'null'] } },
  ...{ requestId: textOrNull, code: textOrNull },
})

const orNull = (one: Shape): Shape => ({ ...one, type: ['object', 'null'] })

const LOST: Shape = shape(
  {
    ...{ model: text, requestId: textOrNull, messageId: textOrNull },
    ...{ usage: orNull(USAGE), failure: orNull(FAILURE) },
  },
  { prices: PRICES, priceFactor: factor, isUnsent: flag },
)

const RIVAL: Shape = shape({
  ...{ model: text, answer: text, reason: text, ended: { enum: ['finished', 'failed', 'stopped'] } },
  ...{ ttftMs: { type: ['number', 'null'] }, otps: { type: ['number', 'null'] } },
  costUsd: { type: ['number', 'null'], minimum: 0 },
})

/** What this program did meanwhile. */
const OWN = { own: shape({ parseMs: span }, { drawMs: span }) }

const ENDS: Readonly<Record<string, Shape>> = {
  finished: shape({ stopReason: text, explanation: textOrNull }, { ...OWN, fits: flag }),
  failed: shape({ failure: FAILURE }, OWN),
  stopped: shape({}, OWN),
}

/** What is wrong with how a turn ended, but for the time. @param at its place */
export function endMisfit(end: { readonly type: string }, at: string): Misfit | null {
  if (Object.hasOwn(ENDS, end.type)) return misfit(ENDS[end.type]!, end, at)
  return { at: `${at}.type`, why: 'value', name: '', value: end.type, shape: { enum: Object.keys(ENDS) } }
}

const spanOrNull: Shape = { ...span, type: ['number', 'null'] }
/** How a request got to its server. */
export const WIRE: Shape = shape({ handedMs: span, connectMs: spanOrNull, tlsMs: spanOrNull, uploadMs: spanOrNull })

const PAUSES = shape({ stalls: { type: 'integer', minimum: 0 }, stalledMs: span })

const timed = (base: Shape): Shape => ({
  ...base,
  required: ['at', ...(base.required ?? [])],
  properties: { at: ms, ...base.properties },
})

/** They say something of a program, not of a conversation. */
type Unsaved =
  | ('alive' | 'connecting' | 'connected' | 'stopAsked' | 'cleared' | 'resumed')
  | ('modelsLearned' | 'habitLearned' | 'counted')
  | ('hurryAsked' | 'otherAsked' | 'gaveUp' | 'hedgeAsked' | 'rested')

const BILLED: Shape = timed(
  shape(
    { purpose: text, model: text, usage: USAGE, requestId: textOrNull },
    { prices: PRICES, priceFactor: factor, from: { enum: ['server', 'estimate'] } },
  ),
)

const moment: Shape = { type: ['number', 'null'] }

/** When a turn was where, in ms on a clock of its own; null: it never was. Any of them may be missing. */
export const TIMES: Shape = {
  type: 'object',
  properties: {
    ...{ asked: moment, firstSent: moment, sent: moment, heard: moment, began: moment },
    ...{ firstThinking: moment, thinkingEnded: moment, firstText: moment, lastOutput: moment, ended: moment },
    ...{ stalls: { type: 'integer', minimum: 0 }, stalledMs: span, stalledEarlyMs: span },
  },
}

/** By type: what is saved of a conversation, and nothing else. */
const EVENTS: Readonly<Record<Exclude<Event['type'], Unsaved>, Shape>> = {
  asked: timed(shape({ text }, { model: text, attachments: ATTACHMENTS, race: facts })),
  unqueued: shape({}),
  chosen: shape({ choices: CHOICES }),
  moved: shape({ to: { type: ['integer', 'null'], minimum: 1 } }),
  titled: shape({ title: text, by: { enum: ['user', 'model'] } }),
  billed: BILLED,
  racing: timed(shape({ bills: { type: 'array', items: BILLED } })),
  marked: shape({ turn: times, as: { type: ['string', 'null'], pattern: MARK_PATTERN } }),
  summarised: timed(
    shape(
      { ...{ upTo: number, of: { type: ['integer', 'null'] }, kind: { enum: ['summary', 'omitted'] }, text, facts } },
      { spared: { type: 'array', items: number } },
    ),
  ),
  amended: shape({ id: number, facts }),
  unsummarised: shape({ id: number, isUndone: flag }),
  sent: timed(shape({ attempt: times, model: text }, { room: number })),
  heard: timed(shape({ requestId: textOrNull, limits: { type: 'object' } }, { wire: WIRE })),
  began: timed(
    shape(
      { model: text, messageId: text, usage: USAGE, cacheMiss: textOrNull },
      { prices: PRICES, priceFactor: factor },
    ),
  ),
  thinking: timed(shape({ phase: { enum: ['start', 'more', 'end'] }, text }, { since: ms, pauses: PAUSES })),
  delta: timed(shape({ text }, { since: ms, pauses: PAUSES })),
  usage: timed(shape({ usage: USAGE })),
  hedged: timed(shape({})),
  raced: timed(shape({ won: { enum: ['first', 'second'] }, lost: LOST })),
  waiting: timed(shape({ attempt: { ...times, minimum: 0 }, of: times, delayMs: span, failure: FAILURE })),
  fellBack: timed(shape({ from: text, to: text, by: { enum: ['chain', 'person'] }, failure: FAILURE, notes: facts })),
  compared: timed(shape({ kept: textOrNull, others: { type: 'array', items: RIVAL } })),
  escalated: timed(shape({ from: text, to: text, reason: text, usage: orNull(USAGE) }, { isEstimate: flag })),
  recalled: timed(shape({ model: text, saidMs: ms, failure: FAILURE, notes: facts })),
  finished: timed(ENDS.finished!),
  failed: timed(ENDS.failed!),
  stopped: timed(ENDS.stopped!),
}

const BYTES_LINE: Shape = {
  type: 'object',
  required: ['hash', 'base64'],
  properties: {
    hash: { type: 'string', pattern: '^[\\da-f]{64}$' },
    base64: { type: 'string', pattern: '^[\\w+/]*={0,2}$' },
  },
}

/** A value as the bytes of an attachment; null: it is none. */
export function bytesIn(
  value: unknown,
  where: string,
): { readonly hash: string; readonly base64: string } | { readonly problem: Problem } | null {
  if (typeof value !== 'object' || value === null || (value as { type?: unknown }).type !== BYTES) return null
  const found = misfit(BYTES_LINE, value)
  return found ? { problem: misfitProblem(found, where, 'bytes ') } : (value as { hash: string; base64: string })
}

/** A value as the event it is, or what is wrong with it. */
export function eventOf(value: unknown, where: string): { readonly event: Event } | { readonly problem: Problem } {
  const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(EVENTS, type)) {
    const came = type === undefined ? describe(value) : `one of type ${describe(type)}`
    const wayOut = type === undefined ? '' : 'a newer claude-tui may have written it'
    return { problem: { where, expected: 'an event', came, wayOut } }
  }
  const found = misfit(EVENTS[type as keyof typeof EVENTS], value)
  return found ? { problem: misfitProblem(found, where, `${type} `) } : { event: value as Event }
}

/** A misfit as a problem for people. @param what the thing the place is in, with a blank behind it, or empty */
export function misfitProblem(found: Misfit, where: string, what = ''): Problem {
  const { at, why, name, value, shape } = found
  const place = at.replace(/^\./, '')
  if (why !== 'value') {
    const inside = place === '' ? '' : ` in ${place}`
    return { where, expected: `${what}with a field ${quote(name)}${inside}`, came: 'none', wayOut: '' }
  }
  const expected = `${place === '' ? what.trim() || 'a value' : place}: ${shapeInWords(shape)}`
  return { where, expected, came: describe(value), wayOut: '' }
}
