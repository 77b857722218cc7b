import { expect, test } from 'vitest'
import { HELLO, visit } from './visit.ts'

type Case = readonly [what: string, change: object, status: number, message: string]

const THOUGHT = { type: 'thinking', thinking: '', signature: 'x' }
const assistant = { role: 'assistant', content: 'The best answer is' }

const CASES: readonly Case[] = [
  ['an unknown model', { model: 'claude-haiku-9' }, 404, 'model: claude-haiku-9'],
  ['the client’s own alias', { model: 'fast' }, 404, 'model: fast'],
  ['temperature', { temperature: 1 }, 400, 'temperature: Extra inputs'],
  ['top_p', { top_p: 0.9 }, 400, 'top_p: Extra inputs'],
  ['top_k', { top_k: 5 }, 400, 'top_k: Extra inputs'],
  ['no max_tokens', { max_tokens: undefined }, 400, 'max_tokens: Field required'],
  ['too large a max_tokens', { max_tokens: 200_000 }, 400, 'max_tokens: 200000 > 128000'],
  ['no messages', { messages: [] }, 400, 'messages: at least one'],
  ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 400, 'messages.0.role'],
  ['an assistant that begins', { messages: [assistant, ...HELLO.messages] }, 400, 'first message must use'],
  ['empty content', { messages: [{ role: 'user', content: '' }] }, 400, 'non-empty content'],
  [
    'an empty text block',
    { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
    400,
    'must be non-empty',
  ],
  [
    'an unknown block',
    { messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
    400,
    'messages.0.content.0.type',
  ],
  [
    'prefill on a new model',
    { messages: [...HELLO.messages, assistant] },
    400,
    'does not support assistant message prefill',
  ],
  ['an effort there is not', { output_config: { effort: 'huge' } }, 400, 'output_config.effort'],
  [
    'an effort the model has not',
    { model: 'claude-sonnet-4-6', output_config: { effort: 'xhigh' } },
    400,
    `does not support 'xhigh'`,
  ],
  [
    'effort on a model without',
    { model: 'claude-haiku-4-5', output_config: { effort: 'low' } },
    400,
    'does not support the effort',
  ],
  ['a thinking type there is not', { thinking: { type: 'deep' } }, 400, 'thinking.type'],
  [
    'a budget on a new model',
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
    400,
    `'enabled' is not supported`,
  ],
  [
    'thinking off on Opus 5.5',
    { model: 'claude-opus-5-5', thinking: { type: 'disabled' } },
    400,
    `'disabled' is not supported`,
  ],
  [
    'thinking off at the highest effort',
    { thinking: { type: 'disabled' }, output_config: { effort: 'max' } },
    400,
    `effort of 'high' or lower`,
  ],
  [
    'adaptive on an old model',
    { model: 'claude-haiku-4-5', thinking: { type: 'adaptive' } },
    400,
    `'adaptive' is not supported`,
  ],
  [
    'a budget over the limit',
    { model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 5000 } },
    400,
    'must be greater than',
  ],
  ['fast mode on Haiku', { speed: 'fast' }, 400, 'does not support fast mode'],
  ['a mark of another kind', { cache_control: { type: 'lasting' } }, 400, 'cache_control.type'],
  ['a mark for a day', { cache_control: { type: 'ephemeral', ttl: '1d' } }, 400, 'cache_control.ttl'],
  [
    'a mark on thinking',
    {
      messages: [
        ...HELLO.messages,
        { role: 'assistant', content: [{ ...THOUGHT, cache_control: { type: 'ephemeral' } }] },
        ...HELLO.messages,
      ],
    },
    400,
    'cannot be set',
  ],
  ['warming with a stream', { max_tokens: 0, stream: true }, 400, 'max_tokens: 0 cannot be combined with stream'],
  [
    'a prompt over the window',
    { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'x'.repeat(700_000) }] },
    400,
    'prompt is too long: ',
  ],
]

test.each(CASES)('%s is refused', async (_, change, status, message) => {
  await using here = await visit()
  const answer = await here.raw('POST', '/v1/messages', JSON.stringify({ ...HELLO, ...change }))
  const body = JSON.parse(answer.body)
  expect([answer.status, body.type, body.error.type]).toEqual([
    status,
    'error',
    status === 404 ? 'not_found_error' : 'invalid_request_error',
  ])
  expect(body.error.message).toContain(message)
  expect(body.request_id).toBe(answer.headers['request-id'])
})

test('prefill, a budget and a mark on every fourth block are fine where the model takes them', async () => {
  await using here = await visit()
  const old = { ...HELLO, model: 'claude-haiku-4-5' }
  await here.client.messages.create({
    ...old,
    messages: [...HELLO.messages, { role: 'assistant', content: 'The best answer is' }],
  })
  const { content } = await here.client.messages.create({ ...old, thinking: { type: 'enabled', budget_tokens: 2000 } })
  expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
})

test('a refused request uses up no line of the script', async () => {
  await using here = await visit('text "still here"')
  await here.raw('POST', '/v1/messages', '{}')
  expect((await here.hear()).text).toBe('still here')
})

test('JSON that is none is a 400', async () => {
  await using here = await visit()
  const { status, body } = await here.raw('POST', '/v1/messages', '{"model": ')
  expect([status, JSON.parse(body).error.type]).toEqual([400, 'invalid_request_error'])
  expect(here.demo.requests[0]?.body).toBe('{"model": ')
})

test('a body over 32 MB is a 413, and the client lives to hear it', async () => {
  await using here = await visit()
  const { status, body } = await here.raw('POST', '/v1/messages', 'x'.repeat(32 * 1024 * 1024 + 1))
  expect([status, JSON.parse(body).error.type]).toEqual([413, 'request_too_large'])
})

test.each([
  ['POST', '/v1/complete'],
  ['GET', '/v1/messages'],
  ['GET', '/'],
])('%s %s is not found, with or without a key', async (method, path) => {
  await using here = await visit()
  const { status, body, headers } = await here.raw(method, path, undefined, { 'x-api-key': null })
  expect([status, JSON.parse(body).error.type]).toEqual([404, 'not_found_error'])
  expect(headers['request-id']).toMatch(/^req_/)
})

test.each([
  ['none', { 'x-api-key': null }, 401],
  ['a bad one', { 'x-api-key': 'bad-key' }, 401],
  ['an empty bearer', { 'x-api-key': null, authorization: 'Bearer ' }, 401],
  ['a bearer', { 'x-api-key': null, authorization: 'Bearer demo' }, 200],
  ['a key', {}, 200],
])('of keys, %s gets its status', async (_, headers, status) => {
  await using here = await visit()
  expect((await here.raw('POST', '/v1/messages', JSON.stringify(HELLO), headers)).status).toBe(status)
})

test('unguarded takes requests without a key', async () => {
  await using here = await visit('', { unguarded: true })
  expect(
    (await here.raw('POST', '/v1/messages', JSON.stringify(HELLO), { 'x-api-key': null, 'anthropic-version': null }))
      .status,
  ).toBe(200)
})

test('what arrived can be looked at, without the secrets', async () => {
  await using here = await visit('text "x"')
  await here.hear()
  const [request] = here.demo.requests
  expect(request).toMatchObject({
    number: 1,
    method: 'POST',
    path: '/v1/messages',
    line: 'text "x"',
    status: 200,
    aborted: false,
    billed: expect.objectContaining({ model: expect.any(String) }),
    deltas: 1,
  })
  expect(request?.headers).toMatchObject({ authorization: '(secret)', 'anthropic-version': '2026-10-21' })
  expect(JSON.stringify(request)).not.toContain('any-key')
  expect(request?.body).toMatchObject({ model: HELLO.model, stream: true })
  const times = [request?.at, request?.headAt, request?.firstDeltaAt, request?.lastByteAt].map(Number)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('count_tokens counts what a message would count, and more for a longer one', async () => {
  await using here = await visit()
  const { max_tokens: _, ...countable } = { ...HELLO, system: 'Be brief.' }
  const { input_tokens } = await here.client.messages.countTokens(countable)
  const { usage } = await here.client.messages.create({ ...HELLO, system: 'Be brief.' })
  expect(usage.input_tokens).toBe(input_tokens)
  const longer = await here.client.messages.countTokens({
    ...countable,
    messages: [{ role: 'user', content: 'x'.repeat(2500) }],
  })
  expect(longer.input_tokens).toBeGreaterThan(1000)
  expect(longer.input_tokens).toBeLessThan(1020)
  const older = await here.client.messages.countTokens({
    ...countable,
    model: 'claude-sonnet-4-5',
    messages: [{ role: 'user', content: 'x'.repeat(2500) }],
  })
  expect(older.input_tokens).toBeLessThan(800)
})
