/** Random conversations for laws, and what is saved of one that was lived through. */

import fc from 'fast-check'
import { withAttachments } from '../../src/core/attachments.ts'
import { type Event, update } from '../../src/core/conversation.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { text as notes, PHOTO, pdf } from './attachments.ts'
import { fresh } from './lived.ts'

const PAPER = pdf().attachment
const NOTES = notes().attachment

const MODELS = ['claude-sonnet-5-5', 'claude-haiku-5-5', 'llama-9']

/** One of the things that can happen to what is sent of a conversation. */
function windowEvents(turn: number, at: number, which: 'finished' | 'failed' | 'stopped'): readonly Event[] {
  if (which === 'failed')
    return [{ type: 'marked', turn, as: turn % 3 === 0 ? null : turn % 2 === 0 ? 'pinned' : 'dropped' }]
  const taken = { type: 'unsummarised', id: 1 + (turn % 3), isUndone: turn % 2 === 0 } as const
  if (which === 'stopped') return [taken, { type: 'amended', id: 1, facts: [`fact ${turn}`] }]
  return [{ type: 'summarised', at, upTo: turn, of: null, kind: 'summary', text: `s${turn}`, facts: [] }]
}

/** Without going back to turns that never were: nobody can. */
function possible(events: readonly Event[]): readonly Event[] {
  let state = fresh()
  return events.filter((event) => {
    const before = state
    state = update(state, event).state
    return (
      event.type !== 'moved' || event.to === null || before.live !== null || state.turns.at(-1)?.number === event.to
    )
  })
}

/** Random conversations: turns that end in every way, stalls, retries, a queue, branches, titles, choices. */
export const conversation = fc
  .array(
    fc.record({
      kind: fc.constantFrom('turn', 'turn', 'turn', 'moved', 'chosen', 'titled', 'billed', 'queued', 'window'),
      pieces: fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.integer({ min: 0, max: 5_000 })), { maxLength: 6 }),
      thought: fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.integer({ min: 0, max: 5_000 })), { maxLength: 4 }),
      end: fc.constantFrom('finished', 'failed', 'stopped'),
      retry: fc.boolean(),
      to: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
      model: fc.constantFrom(...MODELS),
      tokens: fc.integer({ min: 0, max: 90_000 }),
      attached: fc.constantFrom([], [], [], [PHOTO], [PAPER, NOTES], [PHOTO, PHOTO]),
    }),
    { maxLength: 10 },
  )
  .map((acts) => {
    let at = 0
    const events: Event[] = []
    const tick = (ms: number) => {
      at += ms
      return at
    }
    for (const { kind, pieces, thought, end, retry, to, model, tokens, attached } of acts) {
      if (kind === 'moved') events.push({ type: 'moved', to })
      else if (kind === 'chosen') events.push({ type: 'chosen', choices: { model } })
      else if (kind === 'titled') events.push({ type: 'titled', title: model, by: 'model' })
      else if (kind === 'window') events.push(...windowEvents(to ?? 1, tick(1), end))
      else if (kind === 'billed')
        events.push({
          ...{ type: 'billed', at: tick(1), purpose: 'title', model, requestId: null },
          usage: { ...NO_USAGE, input: tokens },
        })
      else {
        const brought = withAttachments(attached)
        events.push({ type: 'asked', at: tick(9), text: `q${at}`, ...brought })
        if (kind === 'queued') events.push({ type: 'asked', at: tick(9), text: `later${at}`, ...brought })
        events.push({ type: 'sent', at: tick(1), attempt: 1, model })
        if (retry) {
          const trouble = failure('overload', 'Overloaded')
          events.push({ type: 'waiting', at: tick(5), attempt: 1, of: 5, delayMs: 9, failure: trouble })
          events.push({ type: 'sent', at: tick(9), attempt: 2, model })
        }
        const wire = { handedMs: 1, connectMs: retry ? null : 7, tlsMs: retry ? null : tokens % 60, uploadMs: 2 }
        const isTold = tokens % 3 > 0
        events.push({ type: 'heard', at: tick(50), requestId: 'r', limits: {}, ...(isTold && { wire }) })
        const usage = { ...NO_USAGE, input: tokens }
        events.push({ type: 'began', at: tick(1), model, messageId: `m${at}`, usage, cacheMiss: null })
        if (thought.length > 0) {
          events.push({ type: 'thinking', at: tick(1), phase: 'start', text: '' })
          for (const [text, gap] of thought) events.push({ type: 'thinking', at: tick(gap), phase: 'more', text })
          events.push({ type: 'thinking', at: tick(1), phase: 'end', text: '' })
        }
        for (const [text, gap] of pieces) events.push({ type: 'delta', at: tick(gap), text })
        if (end === 'finished') {
          events.push({ type: 'usage', at: tick(1), usage: { ...usage, output: 70 } })
          events.push({ type: 'finished', at: tick(1), stopReason: 'end_turn', explanation: null, own: { parseMs: 2 } })
        }
        if (end === 'failed') events.push({ type: 'failed', at: tick(1), failure: failure('cut', 'Cut.') })
        if (end === 'stopped') events.push({ type: 'stopped', at: tick(1) })
      }
    }
    return possible(events)
  })
