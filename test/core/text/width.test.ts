import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  graphemeRoom,
  graphemesOf,
  graphemeWidth,
  roomOf,
  styledWidthOf,
  widthOf,
} from '../../../src/core/text/width.ts'

describe('the width of a text', () => {
  it.each([
    ['', 0],
    ['plain words', 11],
    ['Zoë Ångström', 12],
    ['Привет, κόσμε', 13],
    ['“quoted” — and so on…', 21],
    ['─│└→✓', 5],
    ['漢字', 4],
    ['かな ﾊﾝｶｸ', 9],
    ['ＡＢ', 4],
    ['한국어', 6],
    ['e\u0301', 1],
    ['\u0301', 0],
    ['กำ', 2],
    ['👍', 2],
    ['👍🏽', 2],
    ['☝🏽', 2],
    ['🏽🏽', 4],
    ['👩‍👩‍👧‍👦', 2],
    ['❤️', 2],
    ['❤', 1],
    ['🇩🇪', 2],
    ['1️⃣', 2],
    ['©', 1],
    ['☑', 1],
    ['\u200d', 0],
    ['𠀀', 2],
    ['\u1112\u1161\u11ab', 2],
  ])('%j takes %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns)
  })

  it('is the sum over its graphemes', () => {
    const text = 'a👩‍👩‍👧‍👦漢e\u0301🇩🇪!'
    expect(graphemesOf(text)).toEqual(['a', '👩‍👩‍👧‍👦', '漢', 'e\u0301', '🇩🇪', '!'])
    expect(graphemesOf(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0)).toBe(widthOf(text))
  })

  it('does not count colours and links', () => {
    expect(styledWidthOf('\x1b[1;31mred\x1b[m \x1b]8;;https://example.com/a\x1b\\漢\x1b]8;;\x1b\\')).toBe(6)
    expect(styledWidthOf('plain')).toBe(5)
  })
})

it('an emoji that some terminals do not join is given room for all its parts', () => {
  expect([
    graphemeRoom('👩‍👩‍👧'),
    graphemeRoom('👍🏽'),
    graphemeRoom('🇳🇱'),
    graphemeRoom('🚀'),
    graphemeRoom('漢'),
    graphemeRoom('a'),
  ]).toEqual([6, 4, 4, 2, 2, 1])
  expect(roomOf('a 👩‍👩‍👧!')).toBe(9)
})

it('LAW: the room of a text is never less than its width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(roomOf(text)).toBeGreaterThanOrEqual(widthOf(text))
    }),
  )
})
