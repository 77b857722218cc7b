import { describe, expect, test } from 'vitest'
import { fold, newConversation, type Turn } from '../../src/core/conversation.ts'
import { isEnd, type TurnEvent } from '../../src/core/turn.ts'
import { createApi } from '../../src/io/api.ts'
import { CHOICES } from '../kit/choices.ts'
import { streamed, wireServer } from '../kit/wire-server.ts'

type Json = Readonly<Record<string, unknown>>

/** The bytes of a stream whose usage is so at its start, and so in each of its `message_delta`s. */
function stream(start: unknown, deltas: readonly unknown[], { model = 'claude-sonnet-5-5', end = true } = {}) {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null }
  const events: readonly Json[] = [
    { type: 'message_start', message: start === undefined ? message : { ...message, usage: start } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x'.repeat(250) } },
    { type: 'content_block_stop', index: 0 },
    ...deltas.map((usage) => ({
      ...{ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } },
      ...(usage === undefined ? {} : { usage }),
    })),
    ...(end ? [{ type: 'message_stop' }] : []),
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

/** The turn that an answer in these bytes makes. */
async function turnOf(bytes: string, model = 'claude-sonnet-5-5'): Promise<Turn> {
  await using server = await wireServer(streamed([Buffer.from(bytes)]))
  const credential = { kind: 'key', secret: 'sk-ant-secret-1', origin: 'test' } as const
  const api = createApi({ baseUrl: server.url, credential, now: () => 0 })
  const events: TurnEvent[] = []
  const request = {
    ...{ model, system: null, messages: [{ role: 'user' as const, text: 'q' }], maxTokens: 100, effort: null },
    ...{ thinking: 'unsaid' as const, cache: { system: null, end: null }, stream: true },
  }
  await api.attempt(request, 1, new AbortController().signal, (event) => events.push(event))
  api.close()
  expect(events.filter(isEnd)).toHaveLength(1)
  return fold(newConversation({ ...CHOICES, model }), [{ type: 'asked', at: 0, text: 'q' }, ...events]).settled!
}

/** Sonnet 5.5, US dollars per million tokens. */
const [INPUT, WRITE_5M, WRITE_1H, READ, OUTPUT] = [2, 2.5, 4, 0.1, 10]
const REST = { service_tier: 'standard', speed: 'standard', inference_geo: 'global' }

interface Golden {
  readonly name: string
  readonly start: unknown
  readonly deltas: readonly unknown[]
  readonly usage: Json
  /** Millionths of a US dollar. */
  readonly costs: number
}

const GOLDEN: readonly Golden[] = [
  {
    name: 'reads and writes of both lifetimes; the end repeats the totals without the split',
    start: {
      ...{ input_tokens: 12, cache_creation_input_tokens: 2_400, cache_read_input_tokens: 600, output_tokens: 1 },
      ...{ cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 2_000 }, ...REST },
    },
    deltas: [{ input_tokens: 12, cache_creation_input_tokens: 2_400, cache_read_input_tokens: 600, output_tokens: 57 }],
    usage: { input: 12, cacheRead: 600, cacheWrite5m: 400, cacheWrite1h: 2_000, output: 57, thinking: null },
    costs: 12 * INPUT + 600 * READ + 400 * WRITE_5M + 2_000 * WRITE_1H + 57 * OUTPUT,
  },
  {
    name: 'no caching: nulls where the cache would be',
    start: {
      ...{ input_tokens: 100, cache_creation_input_tokens: null, cache_read_input_tokens: null },
      ...{ cache_creation: null, output_tokens: 1, ...REST },
    },
    deltas: [{ output_tokens: 20, cache_creation_input_tokens: null, cache_read_input_tokens: null }],
    usage: { input: 100, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 20 },
    costs: 100 * INPUT + 20 * OUTPUT,
  },
  {
    name: 'several deltas are totals, not increments, and the thinking that is hidden counts as output',
    start: { input_tokens: 10, output_tokens: 3 },
    deltas: [
      { output_tokens: 100, output_tokens_details: { thinking_tokens: 90 } },
      { output_tokens: 250, output_tokens_details: { thinking_tokens: 210 } },
    ],
    usage: { input: 10, output: 250, thinking: 210 },
    costs: 10 * INPUT + 250 * OUTPUT,
  },
  {
    name: 'a write without its split is one of five minutes, as it is when nobody asks for more',
    start: { input_tokens: 5, cache_creation_input_tokens: 1_000, output_tokens: 1 },
    deltas: [{ output_tokens: 2 }],
    usage: { cacheWrite5m: 1_000, cacheWrite1h: 0 },
    costs: 5 * INPUT + 1_000 * WRITE_5M + 2 * OUTPUT,
  },
  {
    name: 'only one half of the split',
    start: {
      ...{ input_tokens: 5, cache_creation_input_tokens: 1_000, output_tokens: 1 },
      cache_creation: { ephemeral_1h_input_tokens: 1_000 },
    },
    deltas: [{ output_tokens: 2 }],
    usage: { cacheWrite5m: 0, cacheWrite1h: 1_000 },
    costs: 5 * INPUT + 1_000 * WRITE_1H + 2 * OUTPUT,
  },
  {
    name: 'a web search, which is billed apart and is no token',
    start: { input_tokens: 50, output_tokens: 1, server_tool_use: { web_search_requests: 0 } },
    deltas: [{ input_tokens: 4_050, output_tokens: 30, server_tool_use: { web_search_requests: 3 } }],
    usage: { input: 4_050, output: 30 },
    costs: 4_050 * INPUT + 30 * OUTPUT,
  },
  {
    name: 'another server: input and output, and nothing else',
    start: { input_tokens: 40, output_tokens: 0 },
    deltas: [{ output_tokens: 9 }],
    usage: { input: 40, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 9, thinking: null },
    costs: 40 * INPUT + 9 * OUTPUT,
  },
  {
    name: 'another server: the prompt is told at the end alone',
    start: { input_tokens: 0, output_tokens: 0 },
    deltas: [{ input_tokens: 40, output_tokens: 9 }],
    usage: { input: 40, output: 9 },
    costs: 40 * INPUT + 9 * OUTPUT,
  },
  {
    name: 'another server: no usage at all',
    start: undefined,
    deltas: [undefined],
    usage: { input: 0, output: 0 },
    costs: 0,
  },
  {
    name: 'fast mode costs twice the card, every kind of it',
    start: { input_tokens: 100, cache_read_input_tokens: 1_000, output_tokens: 1, speed: 'fast' },
    deltas: [{ output_tokens: 10 }],
    usage: { input: 100, cacheRead: 1_000, output: 10 },
    costs: 2 * (100 * INPUT + 1_000 * READ + 10 * OUTPUT),
  },
  {
    name: 'a batch costs half',
    start: { input_tokens: 100, output_tokens: 1, service_tier: 'batch' },
    deltas: [{ output_tokens: 10 }],
    usage: { input: 100, output: 10 },
    costs: (100 * INPUT + 10 * OUTPUT) / 2,
  },
  {
    name: 'inference in the US alone costs a tenth more',
    start: { input_tokens: 100, output_tokens: 1, inference_geo: 'us' },
    deltas: [{ output_tokens: 10 }],
    usage: { input: 100, output: 10 },
    costs: 1.1 * (100 * INPUT + 10 * OUTPUT),
  },
]

describe('what an answer costs follows from its usage', () => {
  test.each(GOLDEN)('$name', async ({ start, deltas, usage, costs }) => {
    const turn = await turnOf(stream(start, deltas))
    expect(turn.usage).toMatchObject(usage)
    expect(turn.cost).toEqual({ value: expect.closeTo(costs / 1e6, 12), from: 'server' })
  })

  test('cut short: the prompt by the server’s count, the output by its text, and the whole an estimate', async () => {
    const turn = await turnOf(stream({ input_tokens: 100, output_tokens: 1 }, [], { end: false }))
    expect(turn.end?.type).toBe('failed')
    expect(turn.cost).toEqual({ value: expect.closeTo((100 * INPUT + 100 * OUTPUT) / 1e6, 12), from: 'estimate' })
  })

  test('cut short between the last count and the last word: that count is the least it was', async () => {
    const turn = await turnOf(stream({ input_tokens: 100, output_tokens: 1 }, [{ output_tokens: 400 }], { end: false }))
    expect(turn.cost).toEqual({ value: expect.closeTo((100 * INPUT + 400 * OUTPUT) / 1e6, 12), from: 'estimate' })
  })

  test.each([
    [99_000, 0.1, 0.01, 0.5],
    [99_001, 0.5, 0.05, 2.5],
  ])('a step: 1,000 plain and %i cached tokens on Haiku 5.5', async (read, input, cached, output) => {
    const model = 'claude-haiku-5-5'
    const start = { input_tokens: 1_000, cache_read_input_tokens: read, output_tokens: 1 }
    const turn = await turnOf(stream(start, [{ output_tokens: 100 }], { model }), model)
    expect(turn.cost?.value).toBeCloseTo((1_000 * input + read * cached + 100 * output) / 1e6, 12)
  })

  test('the model that answered is the one whose prices hold; without a price it is unknown, not free', async () => {
    const usage = [{ input_tokens: 1_000, output_tokens: 1 }, [{ output_tokens: 100 }]] as const
    const other = await turnOf(stream(...usage, { model: 'claude-opus-5-5' }))
    expect(other.cost?.value).toBeCloseTo((1_000 * 4 + 100 * 20) / 1e6, 12)
    expect((await turnOf(stream(...usage, { model: 'claude-mythos-5-2' }))).cost).toBeNull()
    expect((await turnOf(stream(...usage, { model: 'llama3' }))).cost).toBeNull()
  })

  test('prices written down beside the answer hold when it is folded again, a factor counted once', async () => {
    const turn = await turnOf(stream({ input_tokens: 100, output_tokens: 1, service_tier: 'batch' }, [undefined]))
    expect(turn.prices?.[0]?.card).toMatchObject({ input: 1, output: 5, read: 0.05 })
  })
})
