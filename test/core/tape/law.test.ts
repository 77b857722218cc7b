/** A recording without its content: no word that anybody wrote is left anywhere in the file. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProtocol } from '../../../src/core/tape/protocol.ts'
import { readTape } from '../../../src/core/tape/reader.ts'
import { replaced } from '../../../src/core/tape/replaced.ts'
import type { Tape } from '../../../src/core/tape/tape.ts'
import { redacted } from '../../../src/tape/redact.ts'
import { CHOICES } from '../../kit/choices.ts'
import { event } from './kit.ts'

const EVENING = fileURLToPath(new URL('../../wire/evening.jsonl', import.meta.url))

const tapeOf = (text: string): Tape => {
  const reading = readTape(Buffer.from(text), 'a tape')
  if ('problem' in reading) throw new Error(reading.problem)
  return reading.tape
}

/** With everything that the file spells in base64 spelt out. */
const bare = (lines: readonly string[]): string =>
  lines.join('').replace(/"base64":"([^"]+)"/g, (_, base64: string) => Buffer.from(base64, 'base64').toString('latin1'))

/** A word of somebody's own: in many scripts, and never one that the API has. */
const word = fc
  .oneof(
    fc.stringMatching(/^[a-w]{8,14}$/),
    fc.stringMatching(/^[A-W][a-w]{8,12}$/),
    fc.stringMatching(/^[а-я]{8,12}$/),
    fc.stringMatching(/^[\u4e00-\u4f00]{6,9}$/),
  )
  .filter((one) => !isProtocol(one) && !/口{3}|ñ{3}|ẋ{3}/.test(one))

const ascii = word.filter((one) => /^[a-wA-W]+$/.test(one))

test('LAW: wherever a word stands that somebody wrote, it is gone', () => {
  const words = fc.record({
    ...{ question: word, answer: word, thought: word, system: word, title: word, file: word, field: word },
    ...{ model: ascii, header: ascii, org: ascii, request: ascii, message: ascii, query: ascii, code: ascii },
    ...{ error: ascii, kind: ascii, event: ascii, version: ascii, body: word, binary: ascii },
  })
  fc.assert(
    fc.property(words, fc.nat(2_000), (w, cut) => {
      const line = (value: object) => `${JSON.stringify(value)}\n`
      const sse = [
        event({ type: 'message_start', message: { id: `msg_${w.message}`, model: w.model } } as never),
        ...[...`${w.answer} and ${w.answer}.`].map((text) =>
          event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never),
        ),
        event({
          type: 'content_block_delta',
          index: 1,
          delta: { type: 'thinking_delta', thinking: w.thought },
        } as never),
        event({ type: w.event, [w.field]: { type: w.kind, code: w.code } } as never),
        `event: ${w.event}\ndata: {"type":"error","error":{"type":"${w.error}","message":"${w.body}"}}\n\n`,
      ].join('')
      const at = Math.min(cut, sse.length)
      const chunk = { type: 'chunk', exchange: 1, at: 3 }
      const content = [
        { type: 'text', text: `${w.question}? ${w.question}!` },
        { type: 'document', title: w.file, source: { type: 'base64', media_type: w.kind, data: w.body } },
      ]
      const tape = tapeOf(
        line({
          ...{ type: 'claude-tui-recording', format: 1, version: w.version, started: '2026-11-21T10:00:00.000Z' },
          ...{ redacted: false, mode: 'chat', stallAfterMs: 9, models: [{ id: w.model, name: w.title }] },
          choices: { ...CHOICES, system: w.system, model: w.model },
        }) +
          line({ type: 'did', at: 0, deed: { type: 'titled', title: w.title } }) +
          line({ type: 'did', at: 0, deed: { type: 'asked', text: w.question, queued: false } }) +
          line({
            ...{
              type: 'request',
              exchange: 1,
              at: 1,
              method: w.code,
              path: `/v1/messages/${w.query}?${w.field}=${w.org}`,
            },
            headers: { 'x-api-key': w.header, 'user-agent': w.header, 'anthropic-beta': `${w.kind}-2026-01-01` },
            body: {
              ...{ model: w.model, system: w.system, metadata: { user_id: w.org }, stop_sequences: [w.answer] },
              messages: [{ role: w.kind, content }],
              output_config: {
                format: { type: 'json_schema', schema: { properties: { [w.field]: { enum: [w.body] } } } },
              },
            },
          }) +
          line({
            ...{ type: 'response', exchange: 1, at: 2, status: 200 },
            headers: {
              ...{ 'content-type': `text/event-stream; charset=${w.kind}`, 'request-id': `req_${w.request}` },
              ...{
                'anthropic-organization-id': w.org,
                'set-cookie': w.header,
                [`anthropic-ratelimit-${w.header.toLowerCase()}`]: '5',
              },
              location: `https://${w.org}.example`,
            },
          }) +
          line({ ...chunk, text: sse.slice(0, at) }) +
          line({ ...chunk, text: sse.slice(at) }) +
          line({ ...chunk, base64: Buffer.from(`\xff ${w.binary}\n`, 'latin1').toString('base64') }) +
          line({ type: 'end', exchange: 1, at: 9, how: 'error', code: w.code.toUpperCase() }),
      )
      const lines = redacted(tape)
      const whole = bare(lines).toLowerCase()
      for (const [place, one] of Object.entries(w)) {
        const isLeft = whole.includes(one.toLowerCase())
        expect({ place, one, isLeft }).toEqual({ place, one, isLeft: false })
      }
      // It is a recording still.
      expect(tapeOf(lines.join('')).exchanges).toHaveLength(1)
    }),
    { numRuns: 200 },
  )
})

/** All that was said on a tape, one text after the other. */
function saidOn({ head, deeds, exchanges }: Tape): string {
  const texts: string[] = [head.choices.system ?? '']
  for (const { deed } of deeds) if (deed.type === 'asked') texts.push(deed.text)
  for (const { request, chunks } of exchanges) {
    texts.push(...(JSON.stringify(request.body)?.match(/"text":"[^"]*"/g) ?? []))
    const body = Buffer.concat(chunks.map(({ bytes }) => bytes)).toString()
    texts.push([...body.matchAll(/"(?:text|thinking)":"([^"]*)"\}/g)].map(([, text]) => text).join(''))
  }
  return texts.join('\n')
}

test('of a whole evening no word is left but those of the protocol', () => {
  const tape = tapeOf(readFileSync(EVENING, 'utf8'))
  const words = new Set(
    saidOn(tape)
      .match(/\p{L}{4,}/gu)
      ?.filter((one) => !isProtocol(one)),
  )
  expect(words.size).toBeGreaterThan(15)
  const left = bare(redacted(tape))
  expect([...words].filter((one) => new RegExp(`(?<!\\p{L})${one}(?!\\p{L})`, 'u').test(left))).toEqual([])
})

test('the words of the API itself are kept, all of them', () => {
  const types = ['messages/messages', 'shared', 'models'].map((name) =>
    readFileSync(
      fileURLToPath(import.meta.resolve(`@anthropic-ai/sdk/resources/${name}`)).replace(/\.m?js$/, '.d.ts'),
      'utf8',
    ),
  )
  const unions = types
    .join('\n')
    .matchAll(
      /\b(?:(?:type|role|category|error_code|lifecycle|service_tier|speed|ttl|effort|display)\??:|type (?:StopReason|ErrorType|ModelLine|\w+ErrorCode) =) ((?:'[\w.-]+'(?: \| )?)+)/g,
    )
  const words = [...unions].flatMap(([, union = '']) => [...union.matchAll(/'([^']+)'/g)].map(([, one = '']) => one))
  expect(words.length).toBeGreaterThan(200)
  expect(words.filter((one) => !isProtocol(one))).toEqual([])
})

test('what was replaced is counted: words, and ids', () => {
  expect(replaced(['{"a":"Sell Falcon, 2 of 3"}'], ['{"a":"Xxxx Xxxxxx, 0 xx 0"}'])).toEqual({ words: 5, ids: 0 })
  expect(replaced(['{"id":"msg_01AbCdEf"}', 'same'], ['{"id":"msg_73XqZwPl"}', 'same'])).toEqual({ words: 0, ids: 1 })
  // Where a line lost something.
  expect(replaced(['{"x":"Falcon","y":"beta"}'], ['{"y":"beta"}'])).toEqual({ words: 2, ids: 0 })
})
