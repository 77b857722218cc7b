/** Our own JSON, as `core/history/export/json` writes it, back into events. Each turn comes in as few pieces as tell it. */

import { withAttachments } from '../../attachments.ts'
import type { Event } from '../../conversation.ts'
import { STALL_MS } from '../../figures/metrics.ts'
import type { Pauses, TurnEnd } from '../../turn.ts'
import { JSON_HEAD } from '../export/json.ts'
import { type Arrival, ownUid } from './arrival.ts'
import { type Document, documentIn, type ToldTurn } from './own-json-shape.ts'
import { dateOrThrow } from './times.ts'

export const isOwnJson = (value: object): boolean => (value as { type?: unknown }).type === JSON_HEAD.type

/** @throws Unreadable */
export function fromOwnJson(value: object): Arrival {
  const document = documentIn(value)
  const { kind, created, updated } = document
  const date = (at: string | null | undefined, field: string) => (at ? dateOrThrow(at, field) : null)
  const createdMs = date(created, 'created')
  return {
    uid: ownUid(document.uid),
    kind: kind === 'chat' || kind === 'single' ? kind : 'import',
    createdMs,
    updatedMs: date(updated, 'updated'),
    events: [...eventsOf(document, createdMs ?? 0)],
    left: null,
    leftOut: new Map(),
    mended: [],
  }
}

function* eventsOf(document: Document, createdMs: number): Generator<Event> {
  const { title, titleBy = 'question', choices, sideCalls = [], summaries = [], marks = [], turns } = document
  if (choices) yield { type: 'chosen', choices }
  if (titleBy !== 'question') yield { type: 'titled', title, by: titleBy }
  const numbers = new Map<number, number>()
  let last: number | null = null
  for (const turn of [...turns].sort((a, b) => a.number - b.number)) {
    const parent = numbers.get(turn.parent ?? 0) ?? null
    if (parent !== last) yield { type: 'moved', to: parent }
    yield* eventsOfTurn(turn, createdMs)
    numbers.set(turn.number, numbers.size + 1)
    last = numbers.size
  }
  const shown = turns.reduce((most, turn) => (turn.shown === false ? most : Math.max(most, turn.number)), 0)
  const end = numbers.get(shown) ?? null
  if (end !== last) yield { type: 'moved', to: end }
  for (const [i, { purpose, model, usage, requestId = null, prices = null, ...call }] of sideCalls.entries()) {
    const at = dateOrThrow(call.at, `sideCalls[${i}].at`)
    const from = call.cost?.from === 'estimate' ? { from: call.cost.from } : {}
    yield { type: 'billed', at, purpose, model, usage, requestId, ...from, prices }
  }
  for (const { turn, as } of marks) yield { type: 'marked', turn: numbers.get(turn) ?? turn, as }
  for (const [i, { at, upTo, of, kind, text, facts, spared, isUndone }] of summaries.entries()) {
    const when = dateOrThrow(at, `summaries[${i}].at`)
    const beside = spared ? { spared: spared.map((turn) => numbers.get(turn) ?? turn) } : {}
    yield { type: 'summarised', at: when, upTo: numbers.get(upTo) ?? upTo, of, kind, text, facts, ...beside }
    if (isUndone) yield { type: 'unsummarised', id: i + 1, isUndone }
  }
}

function* eventsOfTurn(turn: ToldTurn, createdMs: number): Generator<Event> {
  const {
    question,
    answer,
    thinking = '',
    model,
    usage = null,
    prices = null,
    requestId = null,
    cacheMiss = null,
  } = turn
  const {
    firstSent = null,
    sent = null,
    heard = null,
    began = null,
    firstThinking = null,
    thinkingEnded = null,
  } = turn.times
  const { firstText = null, lastOutput = null, ended = null } = turn.times
  const asked = turn.times.asked ?? sent ?? ended ?? createdMs
  const hearing = {
    type: 'heard',
    at: heard ?? asked,
    requestId,
    limits: {},
    ...(turn.wire && { wire: turn.wire }),
  } as const
  const beginning = { type: 'began', at: began ?? asked, model, messageId: turn.messageId ?? '', cacheMiss } as const
  yield { type: 'asked', at: asked, text: question, ...withAttachments(turn.attachments), model }
  // What an earlier attempt brought belongs to the turn, and none of its times.
  if (requestId !== null && heard === null) yield hearing
  if (usage && began === null) yield { ...beginning, usage, prices }
  if (sent !== null && firstSent !== null && firstSent !== sent)
    yield { type: 'sent', at: firstSent, attempt: 1, model }
  if (sent !== null) yield { type: 'sent', at: sent, attempt: turn.attempts ?? 1, model }
  if (heard !== null) yield hearing
  if (usage && began !== null) yield { ...beginning, usage, prices }
  const [early, late] = pausesWithin(turn.times)
  if (firstThinking !== null || thinking !== '') {
    const since = firstThinking ?? asked
    const isLast = answer === '' && firstText === null
    const until = thinkingEnded ?? (isLast ? lastOutput : firstText) ?? since
    yield { type: 'thinking', at: until, since, phase: 'more', text: thinking, ...(isLast ? both(early, late) : early) }
    if (thinkingEnded !== null) yield { type: 'thinking', at: thinkingEnded, phase: 'end', text: '' }
  }
  if (answer !== '' || firstText !== null) {
    const since = firstText ?? asked
    yield { type: 'delta', at: lastOutput ?? since, since, text: answer, ...late }
  }
  if (turn.end) yield { ...(turn.end as TurnEnd), at: ended ?? lastOutput ?? asked }
}

/** All of them in one piece. */
function both({ pauses: one }: Within, { pauses: other }: Within): Within {
  if (!one || !other) return one || other ? { pauses: (one ?? other)! } : {}
  return { pauses: { stalls: one.stalls + other.stalls, stalledMs: one.stalledMs + other.stalledMs } }
}

interface Within {
  readonly pauses?: Pauses
}

/**
 * The stalls that its pieces do not tell by themselves, as the one between thinking and answer does: those before the
 * first visible text, and those after it.
 */
function pausesWithin(times: ToldTurn['times']): readonly [early: Within, late: Within] {
  const { stalls = 0, stalledMs = 0, stalledEarlyMs = 0, thinkingEnded, firstText } = times
  const gap = typeof thinkingEnded === 'number' && typeof firstText === 'number' ? firstText - thinkingEnded : 0
  const told = gap > STALL_MS ? { stalls: 1, ms: gap } : { stalls: 0, ms: 0 }
  const left = stalls - told.stalls
  // Documents of older versions do not tell them apart: then all are in the answer.
  const earlyMs = Math.max(0, stalledEarlyMs - told.ms)
  const lateMs = stalledMs - told.ms - earlyMs
  const early = earlyMs <= 0 ? 0 : lateMs > 0 ? Math.max(0, left - 1) : left
  const within = (count: number, ms: number): Within =>
    count > 0 && ms >= 0 ? { pauses: { stalls: count, stalledMs: ms } } : {}
  return [within(early, earlyMs), within(left - early, lateMs)]
}
