import { expect, test } from 'vitest'
import { tooMany } from '../../../src/core/attachments/limits.ts'
import { modelCard } from '../../../src/core/models.ts'
import { pdf, photo } from '../../kit/attachments.ts'

const card = modelCard('claude-sonnet-5-5')
const older = modelCard('claude-haiku-4-5')
const images = (count: number, width = 90) =>
  Array.from({ length: count }, (_, i) => photo(`${i}.png`, width, 60, i).attachment)

test('twenty images may be large, of more none may', () => {
  expect(tooMany(images(20, 2400), card)).toBeNull()
  expect(tooMany(images(21, 2000), card)).toBeNull()
  expect(tooMany([...images(20), ...images(1, 2001)], card)).toMatch(/21 images; .* 2000 px, and 0\.png is\.$/)
})

test('images and pages of PDFs are counted together, by the window of the model', () => {
  expect(tooMany(images(100), older)).toBeNull()
  expect(tooMany([...images(99), pdf('a.pdf', 2).attachment], older)).toContain(
    '101 images and pages of PDFs; this model takes 100',
  )
  expect(tooMany([...images(599), pdf('a.pdf', 2).attachment], card)).toContain('this model takes 600')
  // Of a model nobody knows, nobody says so.
  expect(tooMany(images(900), modelCard('my-own-model'))).toBeNull()
})
