/** What the scanner passes over would not have matched: beside shiki's own scanner nobody sees a difference. */

import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { createJavaScriptRegexEngine, defaultJavaScriptRegexConstructor } from 'shiki/engine/javascript'
import { beforeAll, describe, expect, it } from 'vitest'
import { Content, createScanners } from '../../src/io/highlighter/code-scanner.ts'

let needsOf: (pattern: string) => string[][]
let placesOf: (pattern: string) => number[]
beforeAll(async () => {
  const { href } = pathToFileURL(`${import.meta.dirname}/../../.config/regex-needs.mjs`)
  ;({ needsOf, placesOf } = await import(href))
})

const translate = (pattern: string) => defaultJavaScriptRegexConstructor(pattern, { target: 'ES2024' })

/** Expressions as grammars have them, nested a few times. */
const expression = fc.letrec<{ whole: string; part: string }>((tie) => ({
  whole: fc.oneof(
    { weight: 3, arbitrary: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) },
    fc.array(tie('part'), { minLength: 2, maxLength: 3 }).map((parts) => parts.join('|')),
  ),
  part: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'a',
      'B',
      'if',
      'let',
      '=>',
      '=',
      '\\{',
      '\\b',
      '^',
      '$',
      '\\s',
      '\\w',
      '.',
      '[ab]',
      '[^a]',
      '[0-9]',
      'é',
      'K',
    ),
    fc.constantFrom('\\G', '[a-z]', '(?i)b', '\\\uffff', '[[:alpha:]]', '\\p{L}', '(a)\\1?', '(?>ab|a)', 'a++', '(?!)'),
    tie('whole').map((whole) => `(${whole})`),
    tie('whole').map((whole) => `(?:${whole})`),
    tie('whole').map((whole) => `(?i:${whole})`),
    tie('whole').map((whole) => `(?=${whole})`),
    tie('whole').map((whole) => `(?!${whole})`),
    fc.constantFrom('(?<=a)', '(?<!b)', '(?<=if|=)'),
    fc
      .tuple(tie('whole'), fc.constantFrom('?', '*', '+', '{2}', '{0,2}', '+?'))
      .map(([whole, times]) => `(?:${whole})${times}`),
  ),
})).whole

const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'A',
      'B',
      'if',
      'let',
      '=>',
      '=',
      '{',
      ' ',
      '\n',
      '1',
      'é',
      'K',
      'k',
      'ſ',
      '漢',
      '\uffff',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const compiles = (pattern: string) => {
  try {
    return translate(pattern)
  } catch {
    return null
  }
}

describe('an expression’s needs', () => {
  it('are met by every text it matches', () => {
    const content = new Content()
    let matches = 0
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 1, maxLength: 8 }), (pattern, texts) => {
        const regex = compiles(pattern)
        if (!regex) return
        const needs = placesOf(pattern)
        for (const [i, each] of texts.entries()) {
          regex.lastIndex = 0
          if (!regex.exec(each)) continue
          matches++
          content.read(each, i)
          expect(content.has(needs)).toBe(true)
        }
      }),
      { numRuns: 1500 },
    )
    expect(matches).toBeGreaterThan(300)
  })

  it('are the rarest pairs of what it cannot do without', () => {
    expect(needsOf('\\b(async)\\s+function')).toContainEqual(['yn'])
    expect(needsOf('\\b(?:case|default)\\b')).toEqual([['ca', 'ul']])
    expect(needsOf('x\\s*(?=>)')).toEqual([['>'], ['x']])
    expect(needsOf('(?i:SELECT)').every(([key]) => key && 'select'.includes(key))).toBe(true)
  })

  it('are none where it may do without anything, and never met where it cannot match', () => {
    for (const pattern of ['a?', '\\w+', '(?!if)', '(?:if)*', 'a|\\s', '[^a]']) expect(needsOf(pattern)).toEqual([])
    for (const pattern of ['(?!)', 'a\\\uffffb', '(?:(?!)|\\\uffff)']) expect(needsOf(pattern)).toEqual([[]])
  })
})

describe('a scanner', () => {
  it('finds what shiki’s own finds, wherever it is asked to begin', () => {
    const theirs = createJavaScriptRegexEngine({ forgiving: true, cache: null, regexConstructor: translate })
    const ours = createScanners((pattern) => {
      const regex = compiles(pattern)
      return regex && { make: () => regex, needs: placesOf(pattern) }
    }, translate)
    const places = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(expression, { minLength: 1, maxLength: 6 }), text, places, (patterns, line, starts) => {
        const [one, other] = [theirs, ours].map((engine) => ({
          scanner: engine.createScanner(patterns),
          line: engine.createString(line),
        }))
        for (const start of starts.filter((place) => place <= line.length)) {
          const found = other!.scanner.findNextMatchSync(other!.line, start, 0)
          expect(found).toEqual(one!.scanner.findNextMatchSync(one!.line, start, 0))
        }
      }),
      { numRuns: 400 },
    )
  })

  it('makes no expression before a line asks for it', () => {
    const made: string[] = []
    const known = (pattern: string) => ({
      make() {
        made.push(pattern)
        return translate(pattern)
      },
      needs: placesOf(pattern),
    })
    const engine = createScanners(known, translate)
    const scanner = engine.createScanner(['if', '=>', '\\w+'])
    expect(scanner.findNextMatchSync(engine.createString('a => b'), 1, 0)?.index).toBe(1)
    expect(made).toEqual(['=>', '\\w+'])
  })
})
