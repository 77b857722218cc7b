import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { harmless, otherId } from '../../../src/core/tape/harmless.ts'
import { redactValue } from '../../../src/core/tape/redact.ts'
import { widthOf } from '../../../src/core/text/width.ts'
import { CODE } from '../../../src/demo/answers/code.ts'
import { LONG } from '../../../src/demo/answers/long.ts'
import { CJK, DIAGRAM, EMOJI, MARKDOWN, TABLE } from '../../../src/demo/answers/samples.ts'
import { bare, cutAt, plain, streamed } from '../markdown/kit.ts'
import { answered, bytesCutAt, deltas, inText, places, prose, taped } from './kit.ts'

const NOTHING = { hide: (text: string) => text, redact: true } as const

/** Words that would tell something. */
const wordsOf = (text: string) => text.match(/\p{L}{4,}/gu) ?? []

describe('a text made harmless', () => {
  test('keeps what gives it its shape', () => {
    expect(harmless('# Merger with Acme\n\n- **42** days, _naïve_: `x = 7`\n\n| a | 1.50 |')).toBe(
      '# Xxxxxx xxxx Xxxx\n\n- **00** xxxx, _xxñxx_: `x = 0`\n\n| x | 0.00 |',
    )
    expect(harmless('海の Привет 안녕 ไทย 🌊 &amp; &#233; 𝕏 &nosuch; <br> [here](https://acme.example/a)')).toBe(
      '口口 Ññññññ 口口 ẋẋẋ 🌊 &amp; &#000; 𝚡 &xxxxxx; <br> [xxxx](https://xxxx.xxxxxxx/x)',
    )
  })

  test('is as wide, and each character as many bytes, as before', () => {
    const characters = fc.oneof(prose, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
    const run = fc.property(characters, (text) => {
      const other = harmless(text)
      expect(other).toHaveLength(text.length)
      const bytes = (whole: string) => Array.from(whole, (char) => Buffer.byteLength(char))
      expect(bytes(other)).toEqual(bytes(text))
      expect(harmless(other)).toBe(other)
    })
    fc.assert(run, { numRuns: 500 })
    for (const text of ['Ünïcode', '日本語 text', 'привет', '한국어', 'Ελληνικά', '𝕏 𠮷']) {
      expect(widthOf(harmless(text))).toBe(widthOf(text))
    }
  })

  test('breaks into the same rows as it did', () => {
    for (const width of [30, 80, 120]) {
      for (const text of [MARKDOWN, TABLE, DIAGRAM, CJK, EMOJI, CODE, LONG]) {
        const rows = streamed([text], width, plain).map(bare)
        const other = streamed([harmless(text)], width, plain).map(bare)
        expect(other.map((row) => harmless(row))).toEqual(rows.map((row) => harmless(row)))
      }
    }
  })
})

test('an id becomes another one of the same form, the same each time', () => {
  expect(otherId('msg_01AbCdEfGh')).toMatch(/^msg_\d\d[A-Z][a-z][A-Z][a-z][A-Z][a-z][A-Z][a-z]$/)
  expect(otherId('msg_01AbCdEfGh')).toBe(otherId('msg_01AbCdEfGh'))
  expect(otherId('msg_01AbCdEfGh')).not.toBe(otherId('msg_01AbCdEfGi'))
})

describe('an answer without its content', () => {
  test('has no word of it left, however it was cut, and the same deltas, bytes and usage', () => {
    const run = fc.property(prose, places, places, (text, pieces, chunks) => {
      const stream = answered(cutAt(text, pieces))
      const cut = bytesCutAt(stream, chunks)
      const out = taped(cut, { kind: 'events', ...NOTHING })
      expect(out).toHaveLength(Buffer.byteLength(stream))
      const said = deltas(inText(out))
      expect(said).toHaveLength(deltas(stream).length)
      // As the next request will have it: the whole of it at once.
      expect(said.join('')).toBe(harmless(deltas(stream).join('')))
      for (const word of wordsOf(text)) if (word !== 'https') expect(inText(out)).not.toContain(word)
      expect(inText(out)).toContain('"usage":{"input_tokens":12345,"output_tokens":678}')
      expect(inText(out)).toContain('"model":"claude-sonnet-5-5"')
      expect(inText(out)).not.toContain('msg_01AbCdEf')
    })
    fc.assert(run, { numRuns: 300 })
  })

  test('in the middle of which the line was cut has nothing left of its last piece either', () => {
    const stream = answered(['A confidential merger'])
    const run = fc.property(fc.nat(stream.length), (at) => {
      const out = inText(taped([Buffer.from(stream.slice(0, at))], { kind: 'events', ...NOTHING }))
      expect(out).toHaveLength(at)
      expect(out).not.toMatch(/conf|merg/)
    })
    fc.assert(run)
  })

  test('of another server loses everything but its form: fields nobody knows, their names and numbers', () => {
    const body = '{"error":{"message":"No funds, Smith!","type":"billing_error"},"Project Falcon":{"account":4711}}'
    expect(inText(taped([Buffer.from(body)], { kind: 'json', ...NOTHING }))).toBe(
      '{"error":{"message":"Xx xxxxx, Xxxxx!","type":"billing_error"},"Xxxxxxx Xxxxxx":{"xxxxxxx":1111}}',
    )
    const page = '<html><h1>Falcon: login</h1>'
    expect(inText(taped([Buffer.from(page)], { kind: 'text', ...NOTHING }))).toBe('<xxxx><x0>Xxxxxx: xxxxx</x0>')
  })

  test('is replaced where it stands, whatever the bytes are', () => {
    const lines = fc.array(
      fc.constantFrom(
        'data: {"type":"x","text":"',
        '"}',
        '\n',
        '\\',
        '\\u00e9',
        'data:',
        ': note',
        '[1,2',
        '\ud83d',
        'Geheim',
        '"',
      ),
    )
    const run = fc.property(lines, places, fc.constantFrom('events', 'json', 'text'), (parts, chunks, kind) => {
      const bytes = Buffer.from(parts.join(''))
      const out = taped(bytesCutAt(parts.join(''), chunks), { kind: kind as 'events', ...NOTHING })
      expect(out).toHaveLength(bytes.length)
      expect(Buffer.from(out).filter((byte) => byte === 10)).toHaveLength(bytes.filter((byte) => byte === 10).length)
      expect(inText(out)).not.toMatch(/Geheim/)
    })
    fc.assert(run, { numRuns: 500 })
  })
})

test('a request keeps what the API is asked for, and none of what was said', () => {
  const request = {
    model: 'claude-sonnet-5-5',
    max_tokens: 64_000,
    system: [{ type: 'text', text: 'You know Falcon.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Sell in 2027?' }] }],
    thinking: { type: 'adaptive', display: 'summarized' },
    stream: true,
  }
  expect(redactValue(request, false)).toEqual({
    ...request,
    system: [{ ...request.system[0], text: 'Xxx xxxx Xxxxxx.' }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Xxxx xx 0000?' }] }],
  })
  expect(redactValue({ model: 'acme-secret' }, false)).toEqual({ model: otherId('acme-secret') })
})
