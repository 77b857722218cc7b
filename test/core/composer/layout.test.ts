import { describe, expect, it } from 'vitest'
import { layoutComposer } from '../../../src/core/composer/layout.ts'
import { PIECE_UNITS } from '../../../src/core/composer/pieces.ts'
import { widthOf } from '../../../src/core/text/width.ts'

/** The rows with the caret drawn in its cell, for texts one column wide a sign. `|` in the text is the cursor. */
const drawn = (marked: string, width: number, maxRows = 20): readonly string[] => {
  const cursor = marked.indexOf('|')
  const { rows, caret } = layoutComposer({ text: marked.replace('|', ''), cursor }, { width, maxRows })
  return rows.map((row, nth) => (nth === caret.row ? `${row.slice(0, caret.col)}|${row.slice(caret.col)}` : row))
}
const numbered = (lines: number) => Array.from({ length: lines }, (_, n) => `line ${n + 1}`).join('\n')

describe('rows', () => {
  it('show an empty draft as one empty row with the caret in it', () => {
    expect(layoutComposer({ text: '', cursor: 0 }, { width: 10, maxRows: 5 })).toEqual({
      rows: [''],
      caret: { row: 0, col: 0 },
      above: 0,
      below: 0,
    })
  })

  it('break between words', () => {
    expect(drawn('the quick brown fox|', 10)).toEqual(['the quick ', 'brown fox|'])
  })

  it('break inside a word only when it is longer than a row', () => {
    expect(drawn('see https://example.org|', 9)).toEqual(['see ', 'https://e', 'xample.or', 'g|'])
  })

  it('show every newline, the last one too', () => {
    expect(drawn('a\n\nb\n|', 10)).toEqual(['a', '', 'b', '|'])
  })

  it('give white space its room, so that every column can be reached', () => {
    expect(drawn('hello  |world', 6)).toEqual(['hello ', ' |world'])
    expect(drawn('hello| world', 5)).toEqual(['hello', '| ', 'world'])
  })

  it('put the caret on the next row at the end of a full one', () => {
    expect(drawn('abcde|', 5)).toEqual(['abcde', '|'])
    expect(drawn('abcde|f', 5)).toEqual(['abcde', '|f'])
    expect(drawn('abcde|\nf', 5)).toEqual(['abcde', '|', 'f'])
    expect(drawn('abcd|e\nf', 5)).toEqual(['abcd|e', 'f'])
  })

  it('never split a wide character, and break beside it', () => {
    const { rows, caret } = layoutComposer({ text: '日本語です', cursor: 2 }, { width: 5, maxRows: 9 })
    expect(rows).toEqual(['日本', '語で', 'す'])
    expect(caret).toEqual({ row: 1, col: 0 })
    expect(layoutComposer({ text: '日本語', cursor: 1 }, { width: 5, maxRows: 9 }).caret).toEqual({ row: 0, col: 2 })
  })

  it('break up a grapheme that is wider than they are', () => {
    const conjunct = `${'क्'.repeat(30)}क`
    const { rows, caret } = layoutComposer({ text: conjunct, cursor: conjunct.length }, { width: 10, maxRows: 9 })
    expect(rows.join('')).toBe(conjunct)
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(10)
    expect(caret).toEqual({ row: 3, col: 1 })
  })

  it('show tabs as spaces up to every fourth column', () => {
    expect(drawn('\ta|', 20)).toEqual(['    a|'])
    expect(layoutComposer({ text: 'ab\tc', cursor: 3 }, { width: 20, maxRows: 1 })).toMatchObject({
      rows: ['ab  c'],
      caret: { row: 0, col: 4 },
    })
  })

  it('give a tab at the end of a row what is left of it', () => {
    expect(layoutComposer({ text: 'abcde\tf', cursor: 7 }, { width: 6, maxRows: 9 }).rows).toEqual(['abcde ', 'f'])
  })
})

describe('a selection', () => {
  /** Rows with brackets around what is selected; `<` and `>` in the text begin and end it. */
  const marked = (text: string, width: number) => {
    const from = text.indexOf('<')
    const to = text.indexOf('>') - 1
    const plain = text.replace(/[<>]/g, '')
    const { rows, marks } = layoutComposer(
      { text: plain, cursor: from },
      { width, maxRows: 9, selection: { from, to } },
    )
    return rows.map((row, i) => {
      const [start, end] = marks?.[i] ?? []
      return start === undefined ? row : `${row.slice(0, start)}<${row.slice(start, end)}>${row.slice(end)}`
    })
  }

  it('is marked where it stands, over all rows it takes', () => {
    expect(marked('one <two> three', 20)).toEqual(['one <two> three'])
    expect(marked('the <quick brown> fox', 10)).toEqual(['the <quick >', '<brown> fox'])
    expect(marked('日<本語>です', 5)).toEqual(['日<本>', '<語>で', 'す'])
  })

  it('shows the ends of lines that it holds, where there is room', () => {
    expect(marked('a<b\n\nc>d', 9)).toEqual(['a<b >', '< >', '<c>d'])
    expect(marked('a<b\n>cd', 9)).toEqual(['a<b >', 'cd'])
    expect(marked('<abc\n>d', 3)).toEqual(['<abc>', 'd'])
  })

  it('knows tabs by the room they take', () => {
    expect(marked('a<\tb>\tc', 12)).toEqual(['a<   b>   c'])
  })

  it('is nothing where nothing is selected', () => {
    expect(
      layoutComposer({ text: 'ab', cursor: 0 }, { width: 9, maxRows: 2, selection: { from: 1, to: 1 } }).marks,
    ).toEqual([null])
    expect(layoutComposer({ text: 'ab', cursor: 0 }, { width: 9, maxRows: 2 })).not.toHaveProperty('marks')
  })
})

describe('the window', () => {
  it('shows all rows while they fit', () => {
    expect(layoutComposer({ text: numbered(4), cursor: 0 }, { width: 20, maxRows: 4 })).toMatchObject({
      rows: ['line 1', 'line 2', 'line 3', 'line 4'],
      above: 0,
      below: 0,
    })
  })

  it('keeps to the end, to the start, and to the caret in between, and counts what is outside', () => {
    const text = numbered(20)
    const at = (cursor: number) => {
      const { rows, caret, above, below } = layoutComposer({ text, cursor }, { width: 20, maxRows: 5 })
      return { from: rows[0], to: rows.at(-1), caret: caret.row, above, below }
    }
    expect(at(text.length)).toEqual({ from: 'line 16', to: 'line 20', caret: 4, above: 15, below: 0 })
    expect(at(0)).toEqual({ from: 'line 1', to: 'line 5', caret: 0, above: 0, below: 15 })
    expect(at(text.indexOf('line 10'))).toEqual({ from: 'line 8', to: 'line 12', caret: 2, above: 7, below: 8 })
  })

  it('counts the rows of wrapped lines, cut off ones included', () => {
    const text = 'aaa bbb ccc ddd eee fff'
    expect(layoutComposer({ text, cursor: 9 }, { width: 4, maxRows: 1 })).toEqual({
      rows: ['ccc '],
      caret: { row: 0, col: 1 },
      above: 2,
      below: 3,
    })
  })

  it('is one row at least, and as wide as one wide character', () => {
    expect(layoutComposer({ text: '日本', cursor: 2 }, { width: 1, maxRows: 0 })).toMatchObject({
      rows: [''],
      above: 2,
    })
  })

  it('counts exactly in a text of many short lines, wherever the caret stands', () => {
    const text = numbered(50_000)
    const { rows, above, below } = layoutComposer(
      { text, cursor: text.indexOf('line 25000') },
      { width: 40, maxRows: 8 },
    )
    expect(rows).toContain('line 25000')
    expect(above + rows.length + below).toBe(50_000)
  })

  it.each([0, 1, 255, 4095, 4096])('shows the end of a line that fills two pieces and %d signs', (more) => {
    const text = 'x'.repeat(2 * PIECE_UNITS + more)
    const { rows, above, caret } = layoutComposer({ text, cursor: text.length }, { width: 100, maxRows: 3 })
    expect(rows.slice(0, 2).join('')).toMatch(/^x{100,}$/)
    expect(caret.row).toBe(2)
    expect(above).toBeGreaterThan(78)
  })

  it('shows the end of a line of a megabyte, and about how much lies before it', () => {
    const text = 'word '.repeat(200_000)
    const { rows, above, below } = layoutComposer({ text, cursor: text.length }, { width: 50, maxRows: 6 })
    expect(rows).toHaveLength(6)
    expect(rows.join('')).toBe(text.slice(-rows.join('').length))
    expect(Math.abs(above - 20_000)).toBeLessThan(400)
    expect(below).toBe(0)
  })
})
