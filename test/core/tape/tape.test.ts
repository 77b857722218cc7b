import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differences, isSame } from '../../../src/core/tape/compare.ts'
import { jsonParts, rewritten } from '../../../src/core/tape/json-text.ts'
import { readTape } from '../../../src/core/tape/reader.ts'
import { secretKeeper } from '../../../src/core/tape/secrets.ts'
import { type Head, TAPE_FORMAT, type Tape } from '../../../src/core/tape/tape.ts'
import { tapeWriter } from '../../../src/core/tape/writer.ts'
import { CHOICES } from '../../kit/choices.ts'
import { answered, bytesCutAt, places, prose } from './kit.ts'

const HEAD: Head = {
  type: 'claude-tui-recording',
  format: TAPE_FORMAT,
  version: '1.2.3',
  started: '2026-11-21T10:00:00.000Z',
  redacted: false,
  mode: 'chat',
  choices: CHOICES,
  stallAfterMs: 90_000,
  models: [],
}
const REQUEST = {
  method: 'POST',
  path: '/v1/messages',
  headers: {},
  body: { model: 'claude-sonnet-5-5', max_tokens: 5 },
}
const STREAM = { status: 200, headers: { 'content-type': 'text/event-stream' } }

/** The lines of a short session, each as an object that a test may spoil. */
function session(): Record<string, unknown>[] {
  const writer = tapeWriter(secretKeeper(), false)
  const lines = [
    ...writer.head(HEAD),
    ...writer.did(10, { type: 'asked', text: 'Which sea?', queued: false }),
    ...writer.request(1, 11, REQUEST),
    ...writer.response(1, 20, STREAM),
    ...writer.chunk(1, 30, Buffer.from(answered(['The Baltic.']))),
    ...writer.end(1, 40, 'complete', null),
    ...writer.did(60, { type: 'left', unfinished: false }),
  ]
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

const inFile = (lines: readonly unknown[]) => Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
const read = (bytes: Uint8Array) => readTape(bytes, 'my.jsonl')
const problem = (bytes: Uint8Array) => (read(bytes) as { problem: string }).problem
const tape = (bytes: Uint8Array) => (read(bytes) as { tape: Tape }).tape

test('what is written is read again: the bytes in their chunks, whatever they are, and the times', () => {
  const run = fc.property(prose, places, fc.boolean(), (text, chunks, isBinary) => {
    const writer = tapeWriter(secretKeeper(), false)
    const bytes = isBinary ? [Buffer.of(0xff, 0x80), Buffer.of(0)] : bytesCutAt(answered([text]), chunks)
    const lines = [
      ...writer.head(HEAD),
      ...writer.request(1, 5, REQUEST),
      ...writer.response(1, 1.23, isBinary ? { status: 200, headers: {} } : STREAM),
      ...bytes.flatMap((chunk, i) => writer.chunk(1, i + 2, chunk)),
      ...writer.end(1, 99, 'error', 'ECONNRESET'),
    ]
    const { exchanges, head } = tape(Buffer.from(lines.join('')))
    expect(head).toEqual(HEAD)
    expect(exchanges[0]).toMatchObject({ at: 5, request: REQUEST, end: { at: 99, how: 'error', code: 'ECONNRESET' } })
    expect(exchanges[0]!.response!.at).toBe(1.2)
    expect(exchanges[0]!.chunks.map(({ at }) => at)).toEqual(bytes.map((_, i) => i + 2))
    expect(exchanges[0]!.chunks.map((chunk) => Buffer.from(chunk.bytes))).toEqual(
      bytes.map((chunk) => Buffer.from(chunk)),
    )
  })
  fc.assert(run)
})

describe('a file that is no whole recording', () => {
  test('is told from one that is', () => {
    expect(problem(Buffer.of())).toBe('"my.jsonl" is empty; expected a recording made with --record.')
    const foreign = '"my.jsonl" is no recording of claude-tui: its first line is not the head of one.'
    for (const text of [
      'hello\n',
      '{"type":"conversation","format":1}\n',
      '[]\n',
      '\x89PNG\r\n',
      '{"type":"claude-tui-recording"}\n',
    ])
      expect(problem(Buffer.from(text))).toBe(foreign)
  })

  test('of a newer format is refused with both versions', () => {
    const newer = inFile([{ ...HEAD, format: TAPE_FORMAT + 1, version: '9.0.0', unheard: true }])
    expect(problem(newer)).toBe(
      `"my.jsonl" is a recording in format ${TAPE_FORMAT + 1}, written by claude-tui 9.0.0; this version reads format ${TAPE_FORMAT}. Update claude-tui to play it.`,
    )
  })

  test.each<[string, (lines: Record<string, unknown>[]) => unknown, string]>([
    [
      'a choice of another kind',
      (lines) => Object.assign(lines[0]!.choices as object, { effort: 7 }),
      'line 1: expected a text, or null as choices.effort, got 7.',
    ],
    [
      'a deed nobody does',
      (lines) => Object.assign(lines[1]!.deed as object, { type: 'danced' }),
      'line 2: expected one of asked, stopped, gaveUp, hedgeAsked, chosen, cleared, moved, titled, resumed, reviewed, unsent, recalled, left as deed.type, got "danced".',
    ],
    [
      'a question without its text',
      (lines) => delete (lines[1]!.deed as { text?: string }).text,
      'line 2: deed has no text.',
    ],
    [
      'a header no server can send',
      (lines) => Object.assign(lines[3]!.headers as object, { 'x-a': 'b\r\nc: d' }),
      'line 4: expected headers that can be sent, got "x-a".',
    ],
    ['a chunk of nothing', (lines) => delete lines[4]!.text, 'line 5: it has no text.'],
    ['base64 that is none', (lines) => Object.assign(lines[4]!, { base64: '?' }), 'line 5: its base64 is none.'],
    [
      'a chunk before its request',
      (lines) => Object.assign(lines[4]!, { exchange: 7 }),
      'line 5: there is no exchange 7 before it.',
    ],
    ['a chunk after the end', (lines) => lines.splice(6, 0, lines[4]!), 'line 7: exchange 1 has ended before it.'],
    [
      'a line by another name',
      (lines) => Object.assign(lines[5]!, { type: 'pause' }),
      'line 6: expected one of did, request, response, chunk, end as its type, got "pause".',
    ],
    [
      'a time before the beginning',
      (lines) => Object.assign(lines[2]!, { at: -1 }),
      'line 3: expected a number from 0 as at, got -1.',
    ],
  ])('with %s is refused, and the line is named', (_, spoil, said) => {
    const lines = session()
    spoil(lines)
    expect(problem(inFile(lines))).toBe(`"my.jsonl", ${said}`)
  })

  test('with a line in the middle that is not whole is refused, too', () => {
    const bytes = inFile(session())
    bytes[bytes.indexOf('"asked"')] = 0xff
    expect(problem(bytes)).toBe('"my.jsonl", line 2: expected a line of JSON.')
  })

  test('because it was cut anywhere after its head is played as far as it goes', () => {
    const bytes = inFile(session())
    const head = bytes.indexOf(10) + 1
    const whole = tape(bytes)
    const run = fc.property(fc.integer({ min: head, max: bytes.length }), (at) => {
      const { exchanges, deeds, cut } = tape(bytes.subarray(0, at))
      const isBetween = bytes[at - 1] === 10
      // A line that lost its line end alone is whole.
      if (isBetween || bytes[at] === 10) expect(cut).toBe(false)
      else expect(cut).toBe(true)
      expect(deeds).toEqual(whole.deeds.slice(0, deeds.length))
      for (const { request, chunks } of exchanges) {
        expect(request).toEqual(whole.exchanges[0]!.request)
        expect(chunks).toEqual(whole.exchanges[0]!.chunks.slice(0, chunks.length))
      }
    })
    fc.assert(run, { numRuns: 300 })
  })
})

describe('the texts inside JSON', () => {
  test('are found with their fields, and put back as they were', () => {
    const run = fc.property(fc.json(), (json) => {
      const whole = jsonParts(json).map((part) => ('between' in part ? part.between : rewritten(part.text, part)))
      expect(whole.join('')).toBe(json)
    })
    fc.assert(run)
  })

  test('are what JSON itself says they are', () => {
    const run = fc.property(fc.array(fc.string({ unit: 'binary' })), fc.boolean(), (texts, isEscaped) => {
      const json = JSON.stringify(texts.map((field) => ({ field })))
      const written = isEscaped
        ? json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
        : json
      const found = jsonParts(written).flatMap((part) => ('text' in part && !part.isName ? [part] : []))
      expect(found.map(({ text }) => text)).toEqual(texts)
      expect(found.every(({ field }) => field === 'field')).toBe(true)
    })
    fc.assert(run)
  })
})

describe('two requests', () => {
  const body = {
    model: 'a',
    max_tokens: 5,
    messages: [{ role: 'user', content: 'secret words' }],
    thinking: { type: 'adaptive' },
  }
  const asked = (changes: object) => ({ ...REQUEST, body: { ...body, ...changes } })

  test('are told apart field by field, without a word of what was said', () => {
    expect(isSame(asked({}), { ...asked({}), headers: { accept: '*/*' } })).toBe(true)
    expect(differences(asked({}), asked({}))).toEqual([])
    expect(
      differences(
        asked({
          max_tokens: 6,
          model: 'b',
          messages: [{ role: 'user', content: 'other words' }],
          thinking: undefined,
          speed: 'fast',
        }),
        asked({}),
      ),
    ).toEqual([
      'model is "b", not "a"',
      'max_tokens is 6, not 5',
      'message 1 of 1 differs',
      'no thinking',
      'speed is new',
    ])
    expect(differences(asked({ messages: [] }), asked({}))).toEqual(['0 messages, not 1'])
  })
})
