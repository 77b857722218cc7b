import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinedSummary, summaryPrice, textSummary } from '../../../src/core/attachments/summary.ts'
import { costUsd, modelCard } from '../../../src/core/models.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'

const card = modelCard('fast')

describe('a summary of a text', () => {
  test('LAW: reads every character once, in pieces that fit, each asked about apart', () => {
    const small = { ...card, window: 1_000 }
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 60 }), (lines) => {
        const text = lines.join('\n').toWellFormed()
        const { requests } = textSummary(text, 'log.txt', small)
        const pieces = requests.map(
          ({ messages }) => /^<document[^>]*>\n(.*)\n<\/document>/s.exec(messages[0]!.text)![1]!,
        )
        expect(pieces.join('')).toBe(text)
        for (const piece of pieces) expect(piece.length / small.charsPerToken).toBeLessThan(small.window)
        for (const request of requests) expect(request.model).toBe(card.id)
      }),
    )
  })

  test('has no piece of a few words at its end', () => {
    const line = 'line 0050847 something happened here\n'
    const most = card.window! * 0.4 * card.charsPerToken
    const text = line.repeat(Math.ceil((3 * most + 20) / line.length))
    const lengths = textSummary(text, 'log.txt', card).requests.map(({ messages }) => messages[0]!.text.length)
    expect(lengths).toHaveLength(4)
    expect(Math.min(...lengths)).toBeGreaterThan(0.5 * Math.max(...lengths))
  })

  test('costs what reading it all and writing the words costs', () => {
    const chars = 2_000_000
    const { usd, tokens, pieces } = summaryPrice(chars, card)
    const output = Math.round((tokens / 1.6) * 2.5)
    const expected = costUsd(card, { ...NO_USAGE, input: chars / card.charsPerToken, output })!
    expect(usd! / expected).toBeCloseTo(1, 2)
    expect(textSummary('x'.repeat(chars), 'x', card).requests).toHaveLength(pieces)
    expect(tokens).toBeLessThan(chars / card.charsPerToken / 20)
  })

  test('names its document, its size and who wrote it, and each of its parts', () => {
    expect(joinedSummary(['All went well.'], 'log.txt', 12_345, card)).toBe(
      `Summary of log.txt (12,345 characters), written by ${card.name}.\n\nAll went well.\n`,
    )
    expect(joinedSummary(['One.', 'Two.'], 'log.txt', 12_345, card)).toMatch(
      /## Part 1 of 2\n\nOne\.\n\n## Part 2 of 2\n\nTwo\./,
    )
  })
})
