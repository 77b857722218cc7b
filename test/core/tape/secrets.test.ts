import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secretKeeper } from '../../../src/core/tape/secrets.ts'
import { cutAt } from '../markdown/kit.ts'
import { answered, bytesCutAt, deltas, inText, places, prose, taped } from './kit.ts'

const KEY = 'gateway-key/7+Qz_19'

describe('a secret that is known', () => {
  test('is hidden however it is written: plainly, in JSON, in an address, in base64', () => {
    const { hide } = secretKeeper([KEY])
    for (const written of [
      `key ${KEY}!`,
      JSON.stringify({ message: `bad key ${KEY}` }),
      `https://host/?key=${encodeURIComponent(KEY)}&x=1`,
      Buffer.from(KEY).toString('base64'),
      Buffer.from(`user:${KEY}`).toString('base64'),
      Buffer.from(`ab${KEY} and more`).toString('base64'),
    ]) {
      const hidden = hide(written)
      expect(hidden).toContain('********')
      expect(hidden).toHaveLength(written.length)
      expect(Buffer.from(hidden, 'base64').toString()).not.toContain(KEY.slice(3, -3))
      expect(hidden).not.toContain(KEY)
    }
  })

  test('may become known late, from a header', () => {
    const keeper = secretKeeper()
    expect(keeper.hide(`oauth ${KEY}`)).toContain(KEY)
    keeper.learn(KEY)
    expect(keeper.hide(`oauth ${KEY}`)).toBe(`oauth ${'*'.repeat(KEY.length)}`)
  })
})

describe('what looks like a secret', () => {
  test.each([
    ['my key is sk-ant-api03-ab_C-9 now', 'my key is sk-ant-************ now'],
    ['Authorization: Bearer eyJhbGciOi5.J9-xYz01', 'Authorization: Bearer ********************'],
    ['OPENAI_API_KEY=sk-proj4567890123456789', 'OPENAI_API_KEY=***********************'],
    ['{"refresh_token": "1//0gabcdefghijkl"}', '{"refresh_token": "*****************"}'],
  ])('is hidden: %s', (text, hidden) => {
    expect(secretKeeper().hide(text)).toBe(hidden)
  })

  test('is told from prose', () => {
    for (const text of [
      'the bearer responsible for authentication2',
      'a token: something ordinary',
      'key: value',
      'risk-antagonist',
      'max_tokens: 64000',
    ])
      expect(secretKeeper().hide(text)).toBe(text)
  })
})

test('however an answer is cut into deltas and those into chunks, no secret gets through, and nothing else changes', () => {
  const { hide } = secretKeeper([KEY])
  const secret = fc.constantFrom(KEY, 'sk-ant-api03-Zm9v_x', 'Bearer abcdefgh12345678')
  const run = fc.property(prose, secret, prose, places, places, (before, hidden, after, pieces, chunks) => {
    // White space and a sign before it, so that the secret is a word of its own.
    const text = `${before} ${hidden} ${after}`
    const stream = answered(cutAt(text, pieces))
    const out = taped(bytesCutAt(stream, chunks), { kind: 'events', hide, redact: false })
    expect(out).toHaveLength(Buffer.byteLength(stream))
    const said = deltas(inText(out))
    expect(said.map(({ length }) => length)).toEqual(deltas(stream).map(({ length }) => length))
    expect(said.join('')).toBe(hide(deltas(stream).join('')))
    expect(said.join('')).not.toContain(hidden.slice(-8))
  })
  fc.assert(run, { numRuns: 300 })
})

test('a key that a server echoes in an error, cut anywhere, escaped or not, is not on the tape', () => {
  const { hide } = secretKeeper([KEY])
  const run = fc.property(places, fc.constantFrom('json', 'text', 'events'), fc.boolean(), (chunks, kind, escaped) => {
    const written = escaped ? KEY.replace(/[a-z]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : KEY
    const body = `{"type":"error","error":{"message":"invalid x-api-key: ${written}"}}`
    const out = inText(
      taped(bytesCutAt(body, chunks), { kind: escaped ? 'json' : (kind as 'json'), hide, redact: false }),
    )
    expect(out).toHaveLength(body.length)
    const said = (JSON.parse(out) as { error: { message: string } }).error.message
    expect(said).toBe(`invalid x-api-key: ${'*'.repeat(KEY.length)}`)
  })
  fc.assert(run)
})

test('bytes that are no text hide their secrets, too', () => {
  const { hide } = secretKeeper([KEY])
  const body = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(`key ${KEY}`), Buffer.of(0x80)])
  const out = taped([body.subarray(0, 9), body.subarray(9)], { kind: 'text', hide, redact: false })
  expect(Buffer.from(out).toString('latin1')).toBe(`\xff\xfekey ${'*'.repeat(KEY.length)}\x80`)
})
