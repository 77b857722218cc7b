import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Listing, remarkRows } from '../../../src/core/text/remark.ts'
import { styledWidthOf } from '../../../src/core/text/width.ts'
import { coloured, document, plain, spoken } from '../markdown/kit.ts'

const KEYS: Listing = {
  list: [
    ['Enter', 'send'],
    ['Shift+Enter, Alt+Enter', 'a new line, wherever the cursor stands'],
  ],
}

describe('a list', () => {
  test('stands in two columns; what wraps hangs below its own column', () => {
    expect(remarkRows(KEYS, 80, plain)).toEqual([
      'Enter                   send',
      'Shift+Enter, Alt+Enter  a new line, wherever the cursor stands',
    ])
    expect(remarkRows(KEYS, 40, plain)).toEqual([
      'Enter             send',
      'Shift+Enter,      a new line, wherever',
      'Alt+Enter         the cursor stands',
    ])
  })

  test('has each meaning below its name where the window is too narrow for two columns', () => {
    expect(remarkRows(KEYS, 26, plain)).toEqual([
      'Enter',
      '    send',
      'Shift+Enter, Alt+Enter',
      '    a new line, wherever',
      '    the cursor stands',
    ])
  })

  test('never cuts a name that can be copied', () => {
    const models: Listing = { list: [['› claude-haiku-4-5-20251001', 'a small model']] }
    for (const columns of [80, 50, 40, 30]) {
      expect(remarkRows(models, columns, plain).join('\n')).toContain('claude-haiku-4-5-20251001')
    }
  })

  test('read aloud, is a line of name and meaning each', () => {
    expect(remarkRows(KEYS, 80, spoken)[0]).toBe('Enter: send')
  })
})

test('places that were looked for stand out: by weight, or in brackets', () => {
  const means = { text: 'the Baltic sea', places: [{ start: 4, end: 10 }] }
  expect(remarkRows({ list: [['answer 1', means]] }, 80, plain)).toEqual(['answer 1  the [Baltic] sea'])
  expect(remarkRows({ list: [['answer 1', means]] }, 80, coloured)).toEqual([
    'answer 1  \x1b[2mthe \x1b[m\x1b[1mBaltic\x1b[m\x1b[2m sea\x1b[m',
  ])
})

test('whatever is said, its rows fit the window and steer no terminal', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(document, document), { maxLength: 4 }),
      document,
      fc.integer({ min: 8, max: 90 }),
      fc.constantFrom(plain, coloured, spoken),
      (list, text, columns, theme) => {
        for (const row of remarkRows([{ list }, text], columns, theme)) {
          expect(styledWidthOf(row)).toBeLessThanOrEqual(columns)
          expect(row.replace(/\x1b\[[\d;]*m/g, '')).not.toMatch(/\p{Cc}/u)
        }
      },
    ),
    { numRuns: 300 },
  )
})
