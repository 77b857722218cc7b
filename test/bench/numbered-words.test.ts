import { expect, test } from 'vitest'
import { freshTag, questionFor, tally, word } from '../../bench/numbered-words.ts'

const words = { tag: 'qaab', count: 3 }

test('every word once and in order is nothing wrong, whatever stands between them', () => {
  expect(tally('› tag=qaab]]\nqaab00001 and\n  qaab00002, qaab00003.', words)).toEqual({
    missing: 0,
    doubled: 0,
    disordered: 0,
  })
})

test('lost, doubled and late words are counted', () => {
  expect(tally('qaab00002 qaab00001 qaab00002', words)).toEqual({ missing: 1, doubled: 1, disordered: 1 })
})

test('a tag is never the same twice, and its words are those of the demo server', () => {
  const tags = Array.from({ length: 800 }, freshTag)
  expect(new Set(tags).size).toBe(800)
  expect(tags[0]).toBe('qaaa')
  expect(word('qaaa', 17)).toBe('qaaa00017')
  expect(questionFor({ tag: 'qaaa', count: 40 }, { rate: 100, ttftMs: 150 })).toBe(
    '[[demo words n=40 rate=100 ttft=150 thinking=0 tag=qaaa]]',
  )
})
