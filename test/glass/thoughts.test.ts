import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { theme } from '../../src/core/text/theme.ts'
import { thoughtRows } from '../../src/glass/thoughts.ts'

const bare = theme({ colour: 'none', links: false })
const rowsOf = (pieces: readonly string[], width = 20) => {
  const pen = thoughtRows(bare, () => width)
  return [...pieces.flatMap((piece) => pen.push(piece)), ...pen.end()]
}

describe('thinking that is shown', () => {
  test('settles row by row, though the line has no end yet', () => {
    const pen = thoughtRows(bare, () => 20)
    const settled = pen.push('a word '.repeat(60))
    expect(settled.length).toBeGreaterThan(15)
    expect(pen.tail().length).toBeLessThanOrEqual(3)
    expect([...settled, ...pen.tail()].join(' ').split(' ').length).toBe(120)
  })

  test('gives the same rows however the network cuts it', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b ', ' ', '\n', '漢', '、', '\t', '👩‍👩‍👧', '\x1b[2J'),
      maxLength: 200,
    })
    fc.assert(
      fc.property(text, fc.array(fc.nat(30)), (whole, cuts) => {
        const pieces: string[] = []
        let at = 0
        for (const cut of cuts) {
          pieces.push(whole.slice(at, at + cut))
          at += cut
        }
        pieces.push(whole.slice(at))
        expect(rowsOf(pieces)).toEqual(rowsOf([whole]))
      }),
    )
  })

  test('is dim, and steers no terminal', () => {
    const look = theme({ colour: 'ansi16', links: false })
    const pen = thoughtRows(look, () => 40)
    expect(pen.push('so\x1b[2J\n')).toEqual([look.dim('so␛[2J')])
  })
})
