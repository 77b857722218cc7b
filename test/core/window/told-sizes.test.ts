/** What goes with questions has one size: what leaving it out would free is what it frees. */

import { describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { leaveOut, leavingOut } from '../../../src/core/window/marking.ts'
import { promptSize } from '../../../src/core/window/meter.ts'
import { roomOf } from '../../../src/core/window/room.ts'
import { PHOTO, pdf, photo } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'
import { turn } from '../../kit/told-turns.ts'

const PAPER = pdf('paper.pdf', 3).attachment
const SMALL = photo('small.png', 336, 280).attachment
/** Much less than a paper of three pages is guessed to have. */
const PAPER_TOKENS = 7_000
const first = 1_344 + PAPER_TOKENS + 10
const EVENING = fold(newConversation({ ...CHOICES, cacheTtl: '5m' }), [
  ...turn(0, { input: 4, cacheWrite5m: first - 4 }, { attachments: [PHOTO, PAPER] }),
  ...turn(1_000, { input: 4, cacheRead: first - 4, cacheWrite5m: 230 }, { attachments: [SMALL] }),
  ...turn(2_000, { input: 4, cacheRead: first + 226, cacheWrite5m: 110 }),
])
const SUMMARY: Event = {
  ...{ type: 'summarised', at: 2_900, upTo: 1, of: null },
  kind: 'summary',
  text: 'It was about a harbour, and a paper on its tides. '.repeat(3),
  facts: [],
}
const partOf = (state: State, id: number) => roomOf(state).parts.find((part) => part.id === id)!

describe('a PDF that was guessed to be larger than it is', () => {
  const short = fold(EVENING, [SUMMARY])

  test('takes no more along than it had, once a summary stands for its turn', () => {
    // Two answers of 100, an image of 120, and the words.
    expect(promptSize(short).value).toBeGreaterThan(320)
    expect(promptSize(short).value).toBeLessThan(700)
  })

  test('leaves a turn with an image what the image has at least', () => {
    expect(partOf(short, 2).tokens.value).toBeGreaterThanOrEqual(partOf(short, 2).attached[0]!.tokens.value + 100)
  })

  test('is as little a guess where nobody has counted it alone', () => {
    // It came with the first question after a summary: the count before that is of another beginning.
    const later = fold(short, [
      ...turn(3_000, { input: 4, cacheWrite5m: 3_500 }, { attachments: [pdf('late.pdf', 2).attachment] }),
      { type: 'marked', turn: 4, as: 'dropped' },
    ])
    expect(promptSize(later).value).toBeGreaterThan(300)
  })

  test('costs without it what was said before it was left out', () => {
    const would = leavingOut(EVENING, 1, PAPER, 3_000)
    const deed = leaveOut(EVENING, 1, PAPER, 3_000)
    if (typeof deed === 'string') throw new Error(deed)
    const without = fold(EVENING, deed.events)
    const back = leavingOut(without, 1, PAPER, 3_000)
    // A note stands in its place, of some 20 tokens.
    expect(would.before.value - would.after.value).toBeGreaterThan(PAPER_TOKENS - 60)
    expect(would.before.value - would.after.value).toBeLessThan(PAPER_TOKENS)
    expect(back.before.value).toBe(would.after.value)
    expect(back.instead!.value).toBeCloseTo(would.next!.value, 9)
    expect(back.after.value).toBe(would.before.value)
    expect(back.next!.value).toBeCloseTo(would.instead!.value, 9)
  })
})
