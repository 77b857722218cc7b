import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Key } from '../../../src/core/chat/keys.ts'
import { type Composer, emptyComposer, press, withDraft } from '../../../src/core/composer/composer.ts'
import {
  boundaryAtOrAfter,
  boundaryAtOrBefore,
  graphemeAfter,
  graphemeBefore,
} from '../../../src/core/composer/graphemes.ts'
import { layoutComposer } from '../../../src/core/composer/layout.ts'
import { PIECE_UNITS, pieceAfter, pieceAt } from '../../../src/core/composer/pieces.ts'
import { graphemesOf, widthOf } from '../../../src/core/text/width.ts'
import { key, pasteOf, play, ROOMY } from './keyboard.ts'

const sign = fc.constantFrom(
  ...['a', 'b', 'Z', '9', '_', ' ', ' ', '-', 'é', 'e\u0301', '\u0301', '日', '本', 'か\u3099', '한', '\u1112\u1161'],
  ...['👍', '👍🏽', '👨‍👩‍👧‍👦', '🇩🇪', '🇩', '🇪', 'नि', 'ก', '\u200d', '❤️', 'ﷺ', 'ش', '𝒳', '©'],
)
const words = fc.array(sign, { maxLength: 30 }).map((signs) => signs.join(''))
const text = fc.array(fc.oneof(sign, fc.constantFrom('\n', '\t')), { maxLength: 60 }).map((signs) => signs.join(''))

const MOVES =
  'left right up down home end ctrl-home ctrl-end ctrl-a ctrl-e ctrl-b ctrl-f alt-b alt-f ctrl-left ctrl-right'
const EDITS =
  'backspace delete ctrl-h ctrl-u ctrl-k ctrl-w alt-backspace alt-d ctrl-y alt-y ctrl-j shift-enter ctrl-delete'
const heldKeys = (names: string) => fc.constantFrom(...names.split(' ').map(key))
const written: fc.Arbitrary<Key> = fc.oneof(
  { weight: 4, arbitrary: sign.map((typed) => ({ type: 'text', text: typed }) as const) },
  { weight: 1, arbitrary: text.map(pasteOf) },
)
const editing = fc.array(fc.oneof(written, heldKeys(MOVES), heldKeys(EDITS)), {
  maxLength: 40,
})
const anything = fc.array(
  fc.oneof(
    written,
    heldKeys(MOVES),
    heldKeys(EDITS),
    heldKeys('ctrl-p ctrl-n ctrl-z ctrl-shift-z enter ctrl-c tab escape'),
  ),
  { maxLength: 60 },
)

const boundaries = (whole: string): ReadonlySet<number> => {
  const found = new Set([0])
  let at = 0
  for (const grapheme of graphemesOf(whole)) {
    at += grapheme.length
    found.add(at)
  }
  return found
}
const pasted = (whole: string): Composer => withDraft(emptyComposer(), whole)

describe('whatever is pressed', () => {
  it('the cursor is between two graphemes of the text', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 2, max: 20 }), (presses, width) => {
        let composer = emptyComposer(['old one', 'a 👨‍👩‍👧‍👦\nnewer'])
        for (const next of presses) {
          composer = press(composer, next, { width }).composer
          expect(boundaries(composer.text)).toContain(composer.cursor)
        }
      }),
    )
  })

  it('undo returns to the start, and redo to the end', () => {
    fc.assert(
      fc.property(text, editing, (start, presses) => {
        const before = { ...pasted(start), undo: null }
        const after = play(presses, before).composer
        let back = after
        while (back.undo) back = press(back, key('ctrl-z'), ROOMY).composer
        expect(back.text).toBe(before.text)
        let again = back
        while (again.redo) again = press(again, key('ctrl-shift-z'), ROOMY).composer
        expect(again.text).toBe(after.text)
      }),
    )
  })

  it('text that is typed and erased grapheme by grapheme leaves nothing behind', () => {
    fc.assert(
      fc.property(words, (typed) => {
        const { composer } = play(graphemesOf(typed).map((part) => ({ type: 'text', text: part })))
        const count = [...graphemesOf(composer.text)].length
        expect(play(Array(count).fill(key('backspace')), composer).composer.text).toBe('')
        expect(play([key('ctrl-home'), ...Array(count).fill(key('delete'))], composer).composer.text).toBe('')
      }),
    )
  })

  it('as many steps left as right come back to the same place', () => {
    fc.assert(
      fc.property(text, fc.nat(20), (whole, steps) => {
        const { composer } = play(Array(steps).fill(key('left')), pasted(whole))
        const taken = [...boundaries(whole)].filter((at) => at > composer.cursor).length
        expect(play(Array(taken).fill(key('right')), composer).composer.cursor).toBe(composer.text.length)
      }),
    )
  })

  it('walking up through history and down again returns the draft, its cursor included', () => {
    fc.assert(
      fc.property(text, fc.array(text), fc.integer({ min: 2, max: 20 }), (draft, history, width) => {
        const start = play([pasteOf(draft)], emptyComposer(history), { width }).composer
        const up = play(Array(200).fill(key('ctrl-p')), start, { width }).composer
        expect(up.place).toBe(0)
        const down = play(Array(200).fill(key('ctrl-n')), up, { width }).composer
        expect(down).toMatchObject({ text: start.text, cursor: start.cursor })
        const byRows = play([...Array(700).fill(key('up')), ...Array(700).fill(key('down'))], start, { width }).composer
        expect(byRows.text).toBe(start.text)
      }),
      { numRuns: 30 },
    )
  })

  it('nothing that was written is lost by sending or clearing from anywhere in history', () => {
    fc.assert(
      fc.property(words, fc.nat(4), fc.constantFrom('enter', 'ctrl-c'), (draft, steps, end) => {
        const start = play([pasteOf(draft)], emptyComposer(['one', 'two', 'three'])).composer
        const { composer } = play([...Array(steps).fill(key('ctrl-p')), key(end)], start)
        const kept = [...composer.history, composer.text].map((entry) => entry.trimEnd())
        expect(kept).toContain(start.text.trimEnd())
      }),
    )
  })
})

describe('boundaries', () => {
  it('found from any index are those of the whole text', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const all = [...boundaries(whole)]
        for (let at = 0; at <= whole.length; at++) {
          expect(boundaryAtOrBefore(whole, at)).toBe(all.findLast((boundary) => boundary <= at))
          expect(boundaryAtOrAfter(whole, at)).toBe(all.find((boundary) => boundary >= at))
        }
      }),
    )
  })

  it('are found behind a grapheme longer than any glance', () => {
    const heap = `a${'\u0301'.repeat(1000)}b`
    expect(boundaryAtOrBefore(heap, 500)).toBe(0)
    expect(boundaryAtOrAfter(heap, 500)).toBe(1001)
    expect(graphemeBefore(heap, 1001)).toBe(0)
    expect(graphemeAfter(heap, 0)).toBe(1001)
  })

  it('are not seen where a glance ends in the middle of a mark', () => {
    for (let marks = 20; marks < 40; marks++) {
      const letter = `a${'\u0301'.repeat(marks)}\u{e0100}`
      expect(graphemeAfter(`${letter}b`, 0)).toBe(letter.length)
    }
  })
})

describe('layout', () => {
  const width = fc.integer({ min: 3, max: 24 })
  const somewhere = (whole: string, share: number) => boundaryAtOrBefore(whole, Math.floor(share * whole.length))
  const share = fc.double({ min: 0, max: 1, noNaN: true })

  it('has no row wider than the width, and the caret always in a cell', () => {
    fc.assert(
      fc.property(text, share, width, fc.integer({ min: 1, max: 30 }), (whole, at, cols, maxRows) => {
        const drawn = layoutComposer({ text: whole, cursor: somewhere(whole, at) }, { width: cols, maxRows })
        for (const row of drawn.rows) expect(widthOf(row)).toBeLessThanOrEqual(cols)
        expect(drawn.rows.length).toBeLessThanOrEqual(maxRows)
        expect(drawn.caret.row).toBeLessThan(drawn.rows.length)
        expect(drawn.caret.col).toBeLessThan(cols)
      }),
    )
  })

  it('is the text: rows joined, tabs and newlines aside', () => {
    fc.assert(
      fc.property(text, share, width, (whole, at, cols) => {
        const { rows } = layoutComposer({ text: whole, cursor: somewhere(whole, at) }, { width: cols, maxRows: 1000 })
        const bare = (part: string) => part.replace(/[ \t\n]/g, '')
        expect(bare(rows.join(''))).toBe(bare(whole))
        const untabbed = whole.replaceAll('\t', 'x')
        const exact = layoutComposer({ text: untabbed, cursor: 0 }, { width: cols, maxRows: 1000 })
        expect(exact.rows.join('')).toBe(untabbed.replaceAll('\n', ''))
      }),
    )
  })

  it('shows in a small window a part of what it shows in a large one', () => {
    fc.assert(
      fc.property(text, share, width, fc.integer({ min: 1, max: 9 }), (whole, at, cols, maxRows) => {
        const composer = { text: whole, cursor: somewhere(whole, at) }
        const all = layoutComposer(composer, { width: cols, maxRows: 1000 })
        const part = layoutComposer(composer, { width: cols, maxRows })
        expect(part.rows).toEqual(all.rows.slice(part.above, part.above + part.rows.length))
        expect(part.above + part.rows.length + part.below).toBe(all.rows.length)
        expect(part.caret.row + part.above).toBe(all.caret.row)
        expect(part.caret.col).toBe(all.caret.col)
        expect(part.rows.length).toBe(Math.min(maxRows, all.rows.length))
      }),
      // A mark without a base behind a full row.
      { examples: [['\t\u0301', 0.5, 3, 1]] },
    )
  })

  it('moves the caret right or down, never back, as the cursor goes on', () => {
    fc.assert(
      fc.property(text, width, (whole, cols) => {
        let last = -1
        for (const cursor of boundaries(whole)) {
          const { caret, above } = layoutComposer({ text: whole, cursor }, { width: cols, maxRows: 5 })
          const cell = (above + caret.row) * (cols + 1) + caret.col
          expect(cell).toBeGreaterThanOrEqual(last)
          last = cell
        }
      }),
    )
  })

  it('cuts a very long line into pieces that make it up, found alike from each of their indices', () => {
    fc.assert(
      fc.property(fc.array(sign, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (signs, pieces) => {
        const part = signs.join('')
        const whole = `x\n${part.repeat(Math.ceil((pieces * PIECE_UNITS) / part.length))}\ny`
        let end = 0
        for (let piece: ReturnType<typeof pieceAfter> = pieceAt(whole, 0); piece; piece = pieceAfter(whole, piece)) {
          expect(piece.start - end).toBeLessThanOrEqual(1)
          expect(piece.end - piece.start).toBeLessThanOrEqual(PIECE_UNITS + 256)
          for (const at of [piece.start, (piece.start + piece.end) >> 1, Math.max(piece.start, piece.end - 1)]) {
            expect(pieceAt(whole, at)).toEqual(piece)
          }
          end = piece.end
        }
        expect(end).toBe(whole.length)
      }),
      { numRuns: 30 },
    )
  })
})
