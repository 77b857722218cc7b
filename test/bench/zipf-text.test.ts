import { expect, test } from 'vitest'
import { zipfText } from '../../bench/zipf-text.ts'

const ranks = (text: string) => {
  const counts = new Map<string, number>()
  for (const word of text.split(/[\s.]+/)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts.entries()].sort((a, b) => b[1] - a[1])
}

test('the same seed gives the same text, another one another', () => {
  expect(zipfText(7).words(50)).toBe(zipfText(7).words(50))
  expect(zipfText(7).words(50)).not.toBe(zipfText(8).words(50))
})

test('few words make half of a text, and most of the vocabulary is seen rarely, as in a real one', () => {
  const text = zipfText(1).words(200_000)
  const counts = ranks(text)
  const half = counts.findIndex((_, i) => counts.slice(0, i).reduce((sum, [, n]) => sum + n, 0) >= 100_000)
  expect(half).toBeGreaterThan(50)
  expect(half).toBeLessThan(1_000)
  expect(counts.length).toBeGreaterThan(15_000)
  expect(counts.filter(([, n]) => n === 1).length).toBeGreaterThan(counts.length / 5)
})

test('Chinese comes in sentences without a space', () => {
  expect(zipfText(1).chinese(60)).toMatch(/^\p{Script=Han}{23}。\p{Script=Han}{23}。\p{Script=Han}{14}$/u)
})
