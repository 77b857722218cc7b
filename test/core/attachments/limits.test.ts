import { expect, test } from 'vitest'
import { lessInAScript, lessInChat, tooHeavy, tooMany } from '../../../src/core/attachments/limits.ts'
import type { Attachment } from '../../../src/core/attachments.ts'
import { modelCard } from '../../../src/core/models.ts'
import { pdf, photo } from '../../kit/attachments.ts'

const card = modelCard('claude-sonnet-5-5')
const older = modelCard('claude-haiku-4-5')
/** All of it is new. */
const inOne = (attachments: readonly Attachment[]) => [{ attachments }]
const images = (count: number, width = 90) =>
  Array.from({ length: count }, (_, i) => photo(`${i}.png`, width, 60, i).attachment)

test('twenty images may be large, of more none may', () => {
  expect(tooMany(inOne(images(20, 2400)), card)).toBeNull()
  expect(tooMany(inOne(images(21, 2000)), card)).toBeNull()
  expect(tooMany(inOne([...images(20), ...images(1, 2001)]), card)?.why).toMatch(
    /21 images; .* 2000 px, and 0\.png is\.$/,
  )
})

test('images and pages of PDFs are counted together, by the window of the model', () => {
  expect(tooMany(inOne(images(100)), older)).toBeNull()
  expect(tooMany(inOne([...images(99), pdf('a.pdf', 2).attachment]), older)?.why).toContain(
    '101 images and pages of PDFs; this model takes 100',
  )
  expect(tooMany(inOne([...images(599), pdf('a.pdf', 2).attachment]), card)?.why).toContain('this model takes 600')
  // Of a model nobody knows, nobody says so.
  expect(tooMany(inOne(images(900)), modelCard('my-own-model'))).toBeNull()
})

test('the way out is one that works: what of earlier turns has to go, or how many may come', () => {
  const shot = { ...photo('shot.png', 2400, 60).attachment }
  const many = tooMany([{ attachments: [shot] }, {}, { attachments: images(30) }], card)!
  expect(lessInChat(many)).toBe(
    'Leave shot.png of earlier turns out with /attachments, or with its turn (/context drop N), or attach at most 19 images.',
  )
  expect(lessInAScript(many)).toBe(
    'Leave shot.png of earlier turns out in the chat (claude-tui -c, then /attachments), or attach at most 19 images.',
  )
  // The large one is new: leaving out earlier ones does not make it smaller.
  expect(lessInChat(tooMany([{ attachments: images(30) }, { attachments: [shot] }], card)!)).toBe(
    'Attach fewer or smaller files.',
  )
  const sheaf = (name: string, pages: number) => ({ attachments: [pdf(name, pages).attachment] })
  const pages = tooMany([sheaf('a.pdf', 10), sheaf('b.pdf', 60), sheaf('c.pdf', 50)], older)!
  expect(pages.drop).toEqual(['b.pdf'])
  expect(tooMany([sheaf('a.pdf', 10), sheaf('c.pdf', 120)], older)!.drop).toEqual([])
})

test('of a body that is too long it is told what is new in it, and what would make it go', () => {
  const file = (name: string, megabytes: number): Attachment => ({
    ...pdf(name).attachment,
    bytes: megabytes * 0.75 * 1024 * 1024,
  })
  const body = (megabytes: number) => megabytes * 1024 * 1024
  expect(tooHeavy([{ attachments: [file('a.pdf', 31)] }], body(32))).toBeNull()
  const alone = tooHeavy(
    [{ attachments: [file('photo.jpg', 1)] }, {}, { attachments: [file('a.pdf', 25), file('b.pdf', 25)] }],
    body(51.1),
  )!
  expect(`${alone.why} ${lessInChat(alone)}`).toBe(
    'With its 3 attachments the request has 53.6 MB (52.4 MB of it new, too much already), and the API takes at most 33.6 MB. Attach fewer or smaller files.',
  )
  const both = tooHeavy(
    [{ attachments: [file('photo.jpg', 1), file('a.pdf', 25)] }, {}, { attachments: [file('b.pdf', 25)] }],
    body(51),
  )!
  expect(`${both.why} ${lessInChat(both)}`).toBe(
    'With its 3 attachments the request has 53.5 MB (26.2 MB of it new), and the API takes at most 33.6 MB. Leave a.pdf of earlier turns out with /attachments, or with its turn (/context drop N), or attach fewer or smaller files.',
  )
})
