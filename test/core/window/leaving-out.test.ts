/** One attachment of a turn is left out of what is sent, or taken in again. */

import { expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { estimated } from '../../../src/core/figures.ts'
import { eventOf } from '../../../src/core/history/import/event-shapes.ts'
import { attachedLooks, attachedRows } from '../../../src/core/picker/attached.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { sayTakenBack } from '../../../src/core/window/compaction/say.ts'
import { stillWithout, takenBack } from '../../../src/core/window/compaction/taking-back.ts'
import { leaveOut, leavingOut, markTurns } from '../../../src/core/window/marking.ts'
import { roomOf } from '../../../src/core/window/room.ts'
import { PHOTO, pdf, text } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'

const NOTES = text().attachment
const turn = (at: number, question: string, more: object = {}): readonly Event[] => [
  { type: 'asked', at, text: question, ...more },
  { type: 'sent', at: at + 1, attempt: 1, model: 'claude-sonnet-5-5' },
  ...([
    {
      ...{ type: 'began', at: at + 2, model: 'claude-sonnet-5-5', messageId: `m${at}`, cacheMiss: null },
      usage: { ...NO_USAGE, input: 4, cacheWrite5m: 3_000 + at, output: 1 },
    },
    { type: 'delta', at: at + 3, text: 'Seen.' },
    { type: 'usage', at: at + 4, usage: { ...NO_USAGE, input: 4, cacheWrite5m: 3_000 + at, output: 5 } },
    { type: 'finished', at: at + 5, stopReason: 'end_turn', explanation: null },
  ] as Event[]),
]
const EVENING = fold(newConversation(CHOICES), [
  ...turn(0, 'What is this?', { attachments: [PHOTO, NOTES] }),
  ...turn(100, '', { attachments: [PHOTO] }),
])
const sent = (state: State) =>
  planRequest(state, 'And now?').messages.map(({ text: words, attachments = [] }) => [words, attachments.length])
const after = (state: State, nth: number) => {
  const deed = leaveOut(state, nth, PHOTO, 200)
  if (typeof deed === 'string') throw new Error(deed)
  return { ...deed, state: fold(state, deed.events) }
}

test('what is no image has the tokens that the server counted for it, once its turn is over', () => {
  const PAPER = pdf('paper.pdf', 3).attachment
  const asked = turn(0, 'What is this?', { attachments: [PHOTO, PAPER] })
  const evening = fold(newConversation(CHOICES), asked)
  const [photo, paper] = attachedRows(evening)
  expect(photo!.tokens).toBe(1_344)
  // All of the prompt but the image and the words; the guess was larger.
  expect(paper!.tokens).toBeGreaterThan(3_004 - 1_344 - 10)
  expect(paper!.tokens).toBeLessThan(3_004 - 1_344)
  const { remark } = leaveOut(evening, 1, PAPER, 200) as { remark: string }
  // The note in its place is counted.
  expect(remark).toContain('~1.6k tokens less')
})

test('its turn stays, the others go along, and a note stands in its place', () => {
  expect(sent(EVENING)[0]).toEqual(['What is this?', 2])
  const { state, remark } = after(EVENING, 1)
  expect(sent(state)[0]).toEqual(['What is this?\n\n[photo.png was attached here and has been left out.]', 1])
  // Elsewhere it still goes along.
  expect(sent(state)[2]).toEqual(['', 1])
  expect(remark).toMatch(/^photo\.png of turn 1 is left out of what is sent; .*~1\.3k tokens less\. Next question ~\$/)
  expect(attachedRows(state).map(({ away }) => away)).toEqual(['dropped', null, null])
  // What is shown of the conversation is what was said.
  expect(state.turns[0]).toBe(EVENING.turns[0])
})

test('a question that was nothing but it is no empty message', () => {
  expect(sent(after(EVENING, 2).state)[2]).toEqual(['[photo.png was attached here and has been left out.]', 0])
})

test('taken in again, everything is as it was', () => {
  const once = after(EVENING, 1).state
  const { state, remark } = after(once, 1)
  expect(state.marks).toEqual({})
  expect(sent(state)).toEqual(sent(EVENING))
  expect(remark).toMatch(/is sent again\. .*tokens more\./)
})

test('what was counted with it is no count without it', () => {
  const { state } = after(EVENING, 2)
  expect(roomOf(EVENING).whole.value).toBeGreaterThan(3_000)
  const less = leavingOut(EVENING, 2, PHOTO, 200)
  // But for the note in its place.
  expect(less.before.value - less.after.value).toBeGreaterThan(1_344 - 30)
  expect(less.before.value - less.after.value).toBeLessThan(1_344)
  expect(less.after.value).toBe(roomOf(state).whole.value)
  const [before, now] = [EVENING, state].map((one) => roomOf(one).parts.find(({ id }) => id === 2)!.tokens.value)
  expect(now).toBeLessThan(before!)
  expect(roomOf(state).whole.from).toBe('estimate')
})

test('a turn that is pinned or dropped as a whole says so instead', () => {
  for (const [deed, words] of [
    ['pin', 'Turn 1 is pinned'],
    ['drop', 'Turn 1 is left out as a whole'],
  ] as const) {
    const state = fold(EVENING, markTurns(EVENING, [1], deed, 200).events)
    expect(leaveOut(state, 1, PHOTO, 200)).toContain(words)
  }
})

/** A summary stands for turn 1. */
const SUMMARY: Event = {
  ...{ type: 'summarised', at: 190, upTo: 1, of: null },
  kind: 'summary',
  text: 's',
  facts: [],
}
/** What the list says of the first one. */
const note = (state: State) =>
  attachedLooks(
    () => state,
    () => 200,
  )
    .preview(attachedRows(state)[0]!, '', { width: 76, rows: 7 })
    .map((spans) => spans.map(({ text: words }) => words).join(''))
    .join(' ')

test('where a summary stands for its turn nothing of what is sent changes, and that is what is said', () => {
  const short = fold(EVENING, [SUMMARY])
  expect(note(short)).toContain('Enter drops it: a summary stands for its turn, so what is sent stays as it is')
  const { state, remark } = after(short, 1)
  expect(remark).toBe(
    'photo.png of turn 1 is left out: a summary stands for its turn, so what is sent stays as it is; it stays left out when its turn comes back (/uncompact).',
  )
  expect(sent(state)).toEqual(sent(short))
  expect(attachedRows(state).map(({ away }) => away)).toEqual(['summarised, dropped', 'summarised', null])
  expect(`${note(short)} ${note(state)}`).not.toMatch(/\$|tokens/)
  // As it says: the turn comes back without it.
  const taken = takenBack(state)!
  expect(sayTakenBack([[1, 1]], estimated(900), null, stillWithout(fold(state, taken.events), taken))).toContain(
    'again: ~900 tokens. Left out as before: photo.png (/attachments).',
  )
  const back = fold(state, [{ type: 'unsummarised', id: 1, isUndone: true }])
  expect(sent(back)[0]).toEqual([expect.stringContaining('has been left out'), 1])
})

test('what was left out before it can come back with its turn', () => {
  const short = fold(after(EVENING, 1).state, [SUMMARY])
  expect(note(short)).toContain('Enter takes it in again: a summary stands for its turn')
  const { state, remark } = after(short, 1)
  expect(remark).toMatch(/no longer left out: .* stays as it is; it comes back with its turn/)
  expect(attachedRows(state)[0]!.away).toBe('summarised')
})

test('before a key is pressed a list says what the key would say', () => {
  const whole = fold(EVENING, markTurns(EVENING, [1], 'drop', 200).events)
  const looks = attachedLooks(
    () => whole,
    () => 200,
  )
  const rows = looks.preview(attachedRows(whole)[0]!, '', { width: 76, rows: 7 })
  expect(rows.map((spans) => spans.map(({ text: words }) => words).join('')).join(' ')).toContain(
    'Turn 1 is left out as a whole: /context keep 1 takes that back.',
  )
})

test('the mark is read back from a file; one that makes no sense is not', () => {
  const [event] = after(EVENING, 1).events
  expect(eventOf(JSON.parse(JSON.stringify(event)), 'line 1')).toEqual({ event })
  expect(eventOf({ type: 'marked', turn: 1, as: 'without:../x' }, 'line 1')).toHaveProperty('problem')
  expect(eventOf({ type: 'marked', turn: 1, as: null }, 'line 1')).toHaveProperty('event')
})
