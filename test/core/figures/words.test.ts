import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { age, bytes, count, duration, money, moneyApart, percent, tokens } from '../../../src/core/figures/words.ts'

describe('figures are written', () => {
  it('as an age: its largest whole unit', () => {
    const minute = 60_000
    const hours = [59 / 60, 1, 47, 49, 24 * 13, 24 * 29, 24 * 31, 24 * 364, 24 * 800]
    expect([-minute, 0, minute - 1, minute, ...hours.map((n) => n * 60 * minute)].map(age)).toEqual([
      ...['now', 'now', 'now', '1m', '59m', '1h', '1d', '2d', '1w', '4w', '1mo', '12mo', '2y'],
    ])
  })

  it.each([
    [0, '$0'],
    [0.00001, '<$0.0001'],
    [0.0001, '$0.0001'],
    [0.0042, '$0.0042'],
    [0.00996, '$0.01'],
    [0.0312, '$0.03'],
    [1.25, '$1.25'],
    [12.4, '$12.40'],
    [1234.5, '$1234.50'],
    [-0.5, '-$0.50'],
    [-0, '$0'],
  ])('as money: %d', (usd, written) => {
    expect(money(usd)).toBe(written)
  })

  it.each([
    [0, '0ms'],
    [840, '840ms'],
    [999.6, '1.0s'],
    [2400, '2.4s'],
    [59_940, '59.9s'],
    [59_960, '1m 0s'],
    [72_000, '1m 12s'],
    [3_599_600, '1h 0m'],
    [7_500_000, '2h 5m'],
  ])('as time: %d ms', (ms, written) => {
    expect(duration(ms)).toBe(written)
  })

  it.each([
    [0, '0'],
    [950, '950'],
    [999.6, '1k'],
    [1_000, '1k'],
    [1_234, '1.2k'],
    [9_960, '10k'],
    [34_400, '34k'],
    [200_000, '200k'],
    [999_600, '1M'],
    [1_200_000, '1.2M'],
  ])('as tokens: %d', (n, written) => {
    expect(tokens(n)).toBe(written)
  })

  it.each([
    [0, '0%'],
    [0.0002, '<0.1%'],
    [0.004, '0.4%'],
    [0.0096, '1%'],
    [0.031, '3%'],
    [0.5, '50%'],
    [0.9949, '99%'],
    [0.9999, '99.9%'],
    [1, '100%'],
    [1.12, '112%'],
  ])('as a share: %d', (ratio, written) => {
    expect(percent(ratio)).toBe(written)
  })

  it.each([
    [0, '0 B'],
    [840, '840 B'],
    [1_200, '1.2 kB'],
    [34_000_000, '34 MB'],
    [2_500_000_000, '2.5 GB'],
  ])('as a size: %d bytes', (n, written) => {
    expect(bytes(n)).toBe(written)
  })

  it('with their nouns', () => {
    expect(count(1, 'turn')).toBe('1 turn')
    expect(count(2, 'turn')).toBe('2 turns')
    expect(count(0, 'reply', 'replies')).toBe('0 replies')
    expect(count(1, 'reply', 'replies')).toBe('1 reply')
    expect(count(50_000, 'line')).toBe('50,000 lines')
    expect(count(999, 'line')).toBe('999 lines')
    expect(count(1_234_567, 'line')).toBe('1,234,567 lines')
  })
})

describe('two amounts of money', () => {
  it('are written with as many digits as tell them apart, and no more', () => {
    expect(moneyApart(0.0202, 0.0198)).toEqual(['$0.0202', '$0.0198'])
    expect(moneyApart(0.02, 0.31)).toEqual(['$0.02', '$0.31'])
    expect(moneyApart(0.000_712, 0.000_708)).toEqual(['$0.000712', '$0.000708'])
    expect(moneyApart(0.02, 0.020_000_04)).toEqual(['$0.02', '$0.02'])
  })
})

describe('no figure says what is not so', () => {
  const all = { money, duration, tokens, percent, bytes }

  it('a number that is none is a question mark', () => {
    for (const write of Object.values(all)) {
      for (const value of [Number.NaN, Infinity, -Infinity]) expect(write(value)).toBe('?')
    }
  })

  it('a little money or share is never nothing, and not quite all never all', () => {
    const little = fc.double({ min: 1e-12, max: 0.999_999, noNaN: true })
    fc.assert(
      fc.property(little, (value) => {
        expect(money(value)).not.toMatch(/^\$0(\.0+)?$/)
        expect(percent(value)).not.toMatch(/^(0(\.0)?|100)%$/)
      }),
    )
  })

  it('short forms of tokens are within five percent, or half a token, of the number', () => {
    const units: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9 }
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (n) => {
        const [, digits, unit] = /^([\d.]+)([kMG]?)$/.exec(tokens(n))!
        expect(Math.abs(Number(digits) * units[unit!]! - n)).toBeLessThanOrEqual(Math.max(0.5, n * 0.05))
      }),
    )
  })

  it('is short: at most eight signs for what a session holds', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9_999, noNaN: true }), (value) => {
        for (const write of [money, percent, tokens, bytes]) expect(write(value).length).toBeLessThanOrEqual(8)
      }),
    )
  })
})
