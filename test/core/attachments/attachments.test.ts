import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  attachedTo,
  attachmentTokens,
  isSameQuestion,
  mostAttachmentTokens,
  questionOf,
  spelledOut,
} from '../../../src/core/attachments.ts'
import { fold, newConversation } from '../../../src/core/conversation.ts'
import { CATALOGUE, modelCard } from '../../../src/core/models.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import { contextUsed, draftTokens } from '../../../src/core/window/meter.ts'
import { spelled } from '../../../src/io/attachments/blocks.ts'
import { PHOTO, pdf, photo, text } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh, lived } from '../../kit/lived.ts'

const [PAPER, NOTES] = [pdf('paper.pdf', 3).attachment, text('notes.txt', 'x'.repeat(1_000)).attachment]

describe('tokens', () => {
  test('of an image follow from its pixels, of a PDF from its pages, of a text from its length', () => {
    const [newer, older] = [modelCard('claude-sonnet-5-5'), modelCard('claude-haiku-4-5')]
    expect(attachmentTokens(PHOTO, newer)).toBe(42 * 32)
    expect(attachmentTokens(photo('a.png', 1920, 1080).attachment, older)).toBe(1560)
    // Within what the API's page says: 1,500 to 3,000 tokens of text a page, and an image of it.
    expect(attachmentTokens(PAPER, newer) / 3).toBeGreaterThan(1_500)
    expect(attachmentTokens(PAPER, newer) / 3).toBeLessThan(3_000 + newer.images.tokens)
    expect(attachmentTokens(NOTES, newer)).toBe(400)
  })

  test('LAW: are never more than the most there can be', () => {
    for (const card of CATALOGUE)
      for (const one of [PHOTO, PAPER, NOTES])
        expect(attachmentTokens(one, card)).toBeLessThanOrEqual(mostAttachmentTokens(one, card))
  })

  test('stand in the meter as an estimate, before a word is typed', () => {
    const draft = questionOf('', [PHOTO, NOTES])
    expect(contextUsed(fresh(), draft)).toEqual({ value: 1_344 + 400, from: 'estimate' })
    expect(draftTokens(fresh(), draft)).toBe(1_744)
  })

  test('that the server has counted hold for this draft and these attachments alone', () => {
    const counted = { type: 'counted', draft: 'why?', attachments: [PHOTO], tokens: 1_399 } as const
    const state = fold(fresh(), [counted])
    expect(contextUsed(state, { text: 'why?', attachments: [PHOTO] })).toEqual({ value: 1_399, from: 'server' })
    expect(contextUsed(state, 'why?')).toMatchObject({ from: 'estimate' })
    expect(contextUsed(state, { text: 'why?', attachments: [NOTES] })).toMatchObject({ from: 'estimate' })
  })
})

describe('a question', () => {
  test('without attachments is its words', () => {
    expect(questionOf('why?', [])).toBe('why?')
    expect(attachedTo('why?')).toEqual([])
    expect(spelledOut(questionOf('why?', [PHOTO, NOTES]))).toBe('why? [photo.png] [notes.txt]')
    expect(isSameQuestion('why?', questionOf('why?', [PHOTO]))).toBe(false)
  })

  test('LAW: loses nothing that goes with it, however the conversation goes on', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { state } = lived(events)
        const kept = [...state.turns, ...state.branches, ...(state.live ? [state.live] : [])]
        const held = [...kept.map(({ attachments = [] }) => attachments), ...state.queue.map(attachedTo)]
        const asked = events.flatMap((event) => (event.type === 'asked' ? [event.attachments ?? []] : []))
        const names = (all: readonly (readonly { readonly name: string }[])[]) => all.flat().map(({ name }) => name)
        expect(names(held).sort()).toEqual(names(asked).sort())
      }),
    )
  })

  test('LAW: is sent as the same bytes, whatever order the fields of its attachments came in', () => {
    const shelf = { get: (hash: string) => Buffer.from(hash) }
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, part]) => [name, turned(part)]),
            )
          : value
    fc.assert(
      fc.property(conversation, (events) => {
        const body = (some: typeof events) =>
          JSON.stringify(spelled(planRequest(fold(newConversation(CHOICES), some), questionOf('q', [PHOTO])), shelf))
        expect(body(turned(events) as typeof events)).toBe(body(events))
      }),
      { numRuns: 50 },
    )
  })
})
