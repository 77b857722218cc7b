import { APIError } from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { course, HELLO, PATIENT, stopOf, visit } from './visit.ts'

const WORDS = 'words n=50 tag=qa rate=0'
const words = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `qa${String(from + i).padStart(5, '0')}`)
const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== '')

const apiError = (error: unknown): APIError => {
  expect(error).toBeInstanceOf(APIError)
  return error as APIError
}

test.each([
  ['400', 400, 'invalid_request_error'],
  ['401', 401, 'authentication_error'],
  ['402', 402, 'billing_error'],
  ['403', 403, 'permission_error'],
  ['404', 404, 'not_found_error'],
  ['413', 413, 'request_too_large'],
  ['429', 429, 'rate_limit_error'],
  ['500', 500, 'api_error'],
  ['529', 529, 'overloaded_error'],
  ['too-long', 400, 'invalid_request_error'],
])('%s answers with its status, its type and a request id', async (line, status, type) => {
  await using here = await visit(line)
  const error = apiError((await here.hear()).error)
  expect(error).toMatchObject({ status, type })
  expect(error.requestID).toMatch(/^req_/)
  expect((error.error as { request_id: string }).request_id).toBe(error.requestID)
})

test('429 says how long to wait, and whether to try again', async () => {
  await using here = await visit('429 retry-after=2 should-retry=no')
  const { headers } = apiError((await here.hear()).error)
  expect(headers?.get('retry-after')).toBe('2')
  expect(headers?.get('x-should-retry')).toBe('false')
})

test('a spend cap has a code and no time to wait', async () => {
  await using here = await visit('spend-cap')
  const error = apiError((await here.hear()).error)
  expect(error).toMatchObject({ status: 429, errorCode: 'enforced_spend_limit_reached' })
  expect(error.headers?.get('retry-after')).toBeNull()
})

test('too-long begins with the words that clients look for', async () => {
  await using here = await visit('too-long')
  expect(apiError((await here.hear()).error).apiMessage).toMatch(/^prompt is too long: \d+ tokens > 1000000 maximum$/)
})

test('529 x2 fails twice, then answers', async () => {
  await using here = await visit('529 x2')
  const statuses = [await here.hear(), await here.hear(), await here.hear()].map(
    ({ error }) => error && apiError(error).status,
  )
  expect(statuses).toEqual([529, 529, null])
})

test('an error in mid-stream comes after the text it was to come after', async () => {
  await using here = await visit(`${WORDS} error-mid after=20 type=api_error`)
  const { text, error } = await here.hear()
  expect(wordsOf(text)).toEqual(words(1, 20))
  expect(apiError(error)).toMatchObject({ status: undefined, type: 'api_error' })
})

test('an error without a stream is the status it would have had', async () => {
  await using here = await visit('error-mid type=overloaded_error')
  await expect(here.client.messages.create(HELLO)).rejects.toMatchObject({ status: 529 })
})

test('a reset breaks the connection, and what came before it is intact', async () => {
  await using here = await visit(`${WORDS} reset after=20`)
  const { text, error } = await here.hear()
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toBeInstanceOf(APIError)
  expect(words(1, 20)).toEqual(expect.arrayContaining(wordsOf(text)))
})

test('a cut ends the stream politely, without message_stop', async () => {
  await using here = await visit(`${WORDS} cut after=20`)
  const { text, events, error } = await here.hear()
  expect(error).toBeNull()
  expect(wordsOf(text)).toEqual(words(1, 20))
  expect(course(events)).toEqual(['message_start', 'content_block_start', 'content_block_delta'])
})

test('a cut without a stream is half a JSON', async () => {
  await using here = await visit('cut')
  const { status, body } = await here.raw('POST', '/v1/messages', JSON.stringify(HELLO))
  expect(status).toBe(200)
  expect(() => JSON.parse(body)).toThrow()
})

test('silences pass, and the answer is whole', async () => {
  await using here = await visit(`silence-before-head for=5s ${WORDS} silence after=20 for=30s silence after=40 for=2m`)
  expect(wordsOf((await here.hear()).text)).toEqual(words(1, 50))
})

test('a silence lasts until the client goes, and its timer goes with it', async () => {
  await using here = await visit(`${WORDS} silence after=20 for=forever`)
  const leaving = new AbortController()
  const { text } = await here.hear(
    {},
    { signal: leaving.signal, onText: (text) => wordsOf(text).length === 20 && leaving.abort() },
  )
  expect(wordsOf(text)).toEqual(words(1, 20))
  await expect.poll(() => here.demo.requests[0]?.aborted, PATIENT).toBe(true)
  expect(here.demo.requests[0]).toMatchObject({ status: 200, deltas: 20, lastByteAt: null })
})

test('a silence at an ordinary speed holds the text back, and pings go through it when asked for', async () => {
  await using here = await visit(`words n=3 tag=qa rate=0 ttft=0 silence after=2 for=200ms pings every=20ms`, {
    speed: 4,
  })
  const { body } = await here.raw('POST', '/v1/messages', JSON.stringify({ ...HELLO, stream: true }))
  const between = body.slice(body.indexOf('qa00002'), body.indexOf('qa00003'))
  expect(between.split('event: ping').length - 1).toBeGreaterThanOrEqual(9)
})

test('unknown events stand beside a whole answer', async () => {
  await using here = await visit(`${WORDS} unknown-events`)
  const { events, text, error } = await here.hear()
  expect(error).toBeNull()
  expect(wordsOf(text)).toEqual(words(1, 50))
  const known = [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]
  expect(events.filter(({ type }) => !known.includes(type))).not.toEqual([])
  expect(JSON.stringify(events)).toContain('postcard')
})

test('split-utf8 writes end inside characters, and the text is whole all the same', async () => {
  await using here = await visit(`text "漢字 é 🚀 終" split-utf8 x2`)
  const { chunks, body } = await here.raw('POST', '/v1/messages', JSON.stringify({ ...HELLO, stream: true }))
  expect(chunks.some((chunk) => chunk.toString('utf8').includes('\ufffd'))).toBe(true)
  expect(body).not.toContain('\ufffd')
  expect((await here.hear()).text).toBe('漢字 é 🚀 終')
})

test('huge is one delta of exactly so many bytes, whatever max_tokens says', async () => {
  await using here = await visit('huge bytes=1000000')
  const { events, text } = await here.hear({ max_tokens: 100 })
  expect(events.filter(({ type }) => type === 'content_block_delta')).toHaveLength(1)
  expect(Buffer.byteLength(text)).toBe(1_000_000)
})

test('refusal, empty and max-tokens end with their reasons', async () => {
  await using here = await visit(
    `refusal category=bio\n${WORDS} refusal after=3\nempty thinking=0\n${WORDS} max-tokens after=7`,
  )
  const [refused, late, empty, full] = [await here.hear(), await here.hear(), await here.hear(), await here.hear()]
  const details = refused.events.find((event) => event.type === 'message_delta')?.delta.stop_details
  expect(details).toMatchObject({ type: 'refusal', category: 'bio', explanation: expect.any(String) })
  expect([refused, late, empty, full].map((heard) => [stopOf(heard).reason, wordsOf(heard.text).length])).toEqual([
    ['refusal', 0],
    ['refusal', 3],
    ['end_turn', 0],
    ['max_tokens', 7],
  ])
  expect(course(empty.events)).toEqual(['message_start', 'message_delta', 'message_stop'])
  expect(stopOf(empty).usage.output_tokens).toBe(3)
})

test('html is a page where an API should be', async () => {
  await using here = await visit('html')
  const { status, headers, body } = await here.raw('POST', '/v1/messages', JSON.stringify(HELLO))
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(body).toMatch(/^<!doctype html>/)
})

test('numbered words come one a delta, in paragraphs, as fast as the socket takes', async () => {
  await using here = await visit('words n=120 tag=qaaa rate=0 thinking=5')
  const { events, text, thinking } = await here.hear({ thinking: { type: 'adaptive', display: 'summarized' } })
  const deltas = events.filter((event) => event.type === 'content_block_delta' && event.delta.type === 'text_delta')
  expect(deltas).toHaveLength(120)
  expect(text.split('\n\n')).toHaveLength(3)
  expect(text.endsWith('qaaa00120')).toBe(true)
  expect(thinking).toBe('QAAA00001 QAAA00002 QAAA00003 QAAA00004 QAAA00005')
})

test('a line in a user message is for that request alone', async () => {
  await using here = await visit('text "from the script"')
  const marked = { messages: [{ role: 'user' as const, content: 'try [[demo 529]] please' }] }
  expect(apiError((await here.hear(marked)).error).status).toBe(529)
  expect(apiError((await here.hear(marked)).error).status).toBe(529)
  expect((await here.hear()).text).toBe('from the script')
})

test('a counted line in a user message fails so many tries of it, then lets it pass', async () => {
  await using here = await visit()
  const marked = { messages: [{ role: 'user' as const, content: '[[demo 529 x2]] hello' }] }
  const tries = [await here.hear(marked), await here.hear(marked), await here.hear(marked)]
  expect(tries.map(({ error }) => error === null)).toEqual([false, false, true])
  expect(tries[2]!.text).toContain('hello')
  expect(tries[2]!.text).not.toContain('529')
})

test('a line in a user message that is none is a 400 that says what is known', async () => {
  await using here = await visit()
  const { error } = await here.hear({ messages: [{ role: 'user', content: '[[demo explode]]' }] })
  expect(apiError(error).apiMessage).toContain('"explode" is not a word of a script')
})

test('texts given apart arrive apart, a token each, and the server tells when each one goes', async () => {
  const told: number[] = []
  const onDelta = ({ deltas }: { readonly deltas: number }) => void told.push(deltas)
  await using here = await visit('text "a long piece of text, " "and another"', { onDelta })
  const heard = await here.hear()
  const deltas = heard.events.filter(
    (event) => event.type === 'content_block_delta' && event.delta.type === 'text_delta',
  )
  expect(deltas).toHaveLength(2)
  expect(heard.text).toBe('a long piece of text, and another')
  expect(told).toEqual([1, 2])
})
