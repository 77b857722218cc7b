/** Telemetry of calls: what a collector gets is what the ledger has, and never a word. */

import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { opened } from '../io/history-kit.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { type CollectedPoint, type Collector, collector } from '../kit/otlp.ts'

const to = (url: string, more: Record<string, string> = {}) => ({
  ...{ CLAUDE_TUI_TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more },
})

const sum = (points: readonly CollectedPoint[], metric: string, where: Record<string, unknown> = {}) =>
  points
    .filter((one) => one.metric === metric)
    .filter(({ attributes }) => Object.entries(where).every(([name, value]) => attributes[name] === value))
    .reduce((total, one) => total + one.sum, 0)

const QUESTION = ['What is the password of Rumpelstiltskin?']

/** Asks, and hands back the call and the rows of its ledger. */
async function asked(
  night: Evening,
  taker: Pick<Collector, 'url'>,
  more: Record<string, string> = {},
  { args = QUESTION, stdin = '' }: { readonly args?: readonly string[]; readonly stdin?: string } = {},
) {
  const home = lodge()
  try {
    const data = join(home.home, 'data')
    const env = { ...to(taker.url, more), CLAUDE_TUI_DATA_DIR: data }
    const call = await night.pipe({ args, stdin, lodging: home, env, cwd: home.home })
    const history = await opened(join(data, 'history.db'))
    const charges = history.charges(0)
    history.close()
    return { call, charges }
  } finally {
    home.remove()
  }
}

test('a span and the metrics of an answer are those of its row in the ledger', async () => {
  await using night = await evening('text "It is Heinz." thinking=30 ttft=50ms', { speed: 1 })
  await using taker = await collector()
  const { call, charges } = await asked(night, taker, {
    ...{
      OTEL_SERVICE_NAME: 'team-chat',
      OTEL_RESOURCE_ATTRIBUTES: 'team=red',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=7',
    },
  })
  expect(call).toMatchObject({ code: 0, stderr: '' })
  const [row] = charges
  const [span] = taker.spans
  expect(taker.spans).toHaveLength(1)
  const prompt = row!.input + row!.cacheRead + row!.cacheWrite5m + row!.cacheWrite1h
  expect(span).toMatchObject({ name: 'chat claude-sonnet-5-5', kind: 3, status: 0 })
  expect(span!.attributes).toMatchObject({
    ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic' },
    ...{ 'gen_ai.request.model': 'claude-sonnet-5-5', 'gen_ai.response.model': row!.model },
    ...{ 'gen_ai.response.finish_reasons': ['end_turn'], 'gen_ai.request.stream': true },
    ...{ 'gen_ai.usage.input_tokens': prompt, 'gen_ai.usage.output_tokens': row!.output },
    ...{ 'gen_ai.usage.cache_read.input_tokens': row!.cacheRead, 'server.address': '127.0.0.1' },
    ...{ 'claude_tui.cost': row!.costUsd, 'claude_tui.ended': 'finished', 'claude_tui.attempts': 1 },
    'claude_tui.phase.headers': expect.any(Number),
  })
  expect(span!.endMs - span!.startMs).toBeGreaterThan(50)
  expect(Math.abs(span!.endMs - Date.now())).toBeLessThan(60_000)

  const { points } = taker
  const duration = points.find(({ metric }) => metric === 'gen_ai.client.operation.duration')
  expect(duration).toMatchObject({ unit: 's', count: 1, bounds: expect.arrayContaining([0.01, 81.92]) })
  expect(duration!.sum * 1000).toBeCloseTo(span!.endMs - span!.startMs, 1)
  expect(sum(points, 'gen_ai.client.token.usage', { 'gen_ai.token.type': 'input' })).toBe(prompt)
  expect(sum(points, 'gen_ai.client.token.usage', { 'gen_ai.token.type': 'output' })).toBe(row!.output)
  expect(sum(points, 'claude_tui.tokens')).toBe(prompt + row!.output)
  expect(sum(points, 'claude_tui.cost', { 'claude_tui.purpose': 'turn' })).toBeCloseTo(row!.costUsd!, 12)
  expect(sum(points, 'gen_ai.client.operation.time_to_first_chunk')).toBeGreaterThan(0)
  expect(sum(points, 'gen_ai.client.operation.time_per_output_chunk')).toBeGreaterThanOrEqual(0)

  expect(taker.resource).toMatchObject({ 'service.name': 'team-chat', team: 'red' })
  expect(taker.requests.map(({ path }) => path).sort()).toEqual(['/v1/metrics', '/v1/traces'])
  expect(taker.requests[0]!.headers).toMatchObject({ 'x-tenant': '7' })
  // Neither what was asked and answered, nor the key.
  expect(taker.bytes.toString('latin1')).not.toMatch(/Rumpel|Heinz|password|test-key-of-a-play/)
})

test('an attempt in vain is in the cost, by its purpose, and the span covers both', async () => {
  await using night = await evening('error-mid after=3\ntext "whole"')
  await using taker = await collector()
  const { charges } = await asked(night, taker, {})
  const costs = charges.map(({ purpose, costUsd }) => [purpose, costUsd] as const)
  for (const [purpose, costUsd] of costs)
    expect(sum(taker.points, 'claude_tui.cost', { 'claude_tui.purpose': purpose })).toBeCloseTo(costUsd!, 12)
  const total = costs.reduce((all, [, costUsd]) => all + costUsd!, 0)
  expect(taker.spans).toHaveLength(1)
  expect(taker.spans[0]!.attributes['claude_tui.cost']).toBeCloseTo(total, 12)
})

test('a failure is an error of its kind, without the words of the server', async () => {
  await using night = await evening('401')
  await using taker = await collector()
  expect((await asked(night, taker)).call.code).toBe(3)
  expect(taker.spans[0]).toMatchObject({
    ...{ status: 2, statusMessage: '' },
    attributes: { 'error.type': 'key', 'http.response.status_code': 401, 'claude_tui.ended': 'failed' },
  })
  const [duration] = taker.points.filter(({ metric }) => metric === 'gen_ai.client.operation.duration')
  expect(duration!.attributes['error.type']).toBe('key')
})

describe('many at once: the collector knows what each cost', () => {
  const prompts = 'One\nTwo\nThree\n'

  test.each([
    [
      'a batch from here, with a span for each row',
      'error-mid after=3\ntext "yes" x3',
      ['batch', '-', '-o', 'out.jsonl'],
      3,
    ],
    ['a batch of the server', 'text "yes" x3', ['batch', '-', '-o', 'out.jsonl', '--offload', '--poll', '20ms'], 0],
    ['a bench', 'text "yes" x3', ['bench', '-m', 'fast', '-n', '2', '--yes', '-q', 'Is it Heinz?'], 0],
  ])('%s', async (_, script, args, spans) => {
    await using night = await evening(script)
    await using taker = await collector()
    const { call, charges } = await asked(night, taker, {}, { args, stdin: args[0] === 'batch' ? prompts : '' })
    expect(call.code).toBe(0)
    expect(charges.length).toBeGreaterThanOrEqual(3)
    expect(taker.spans).toHaveLength(spans)
    for (const purpose of new Set(charges.map((row) => row.purpose)))
      expect(sum(taker.points, 'claude_tui.cost', { 'claude_tui.purpose': purpose })).toBeCloseTo(
        charges.filter((row) => row.purpose === purpose).reduce((all, { costUsd }) => all + costUsd!, 0),
        12,
      )
    expect(taker.bytes.toString('latin1')).not.toMatch(/Heinz|Three|yes/)
  })
})

describe('nothing is sent', () => {
  test.each([
    ['unless it is switched on, whatever OTEL_ variables there are', { CLAUDE_TUI_TELEMETRY: 'off' }],
    ['where OTEL_SDK_DISABLED says so', { OTEL_SDK_DISABLED: 'true' }],
    ['of what the exporters are none for', { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }],
  ])('%s', async (_, env) => {
    await using night = await evening('text "ok"')
    await using taker = await collector()
    expect(await night.pipe({ args: ['hi'], env: to(taker.url, env) })).toMatchObject({ code: 0, stderr: '' })
    expect(taker.requests).toEqual([])
  })
})

describe('a collector', () => {
  test('that is not there is one note, and the answer is whole', async () => {
    const free = createServer()
    await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening))
    const { port } = free.address() as { port: number }
    await new Promise((closed) => free.close(closed))
    await using night = await evening('text "ok"')
    const { code, stdout, stderr } = await night.pipe({ args: ['hi'], env: to(`http://127.0.0.1:${port}`) })
    expect({ code, answer: stdout.toString() }).toEqual({ code: 0, answer: 'ok\n' })
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^Telemetry is not taken at 127\\.0\\.0\\.1:${port} \\(ECONNREFUSED\\): expected an OTLP`),
      ),
    ])
  })

  test('that never answers holds up the end of a call by no more than a second', async () => {
    await using night = await evening('text "ok"')
    await using taker = await collector('never')
    const quick = await night.pipe({ args: ['hi'] })
    const slow = await night.pipe({ args: ['hi'], env: to(taker.url) })
    expect(slow.code).toBe(0)
    expect(taker.requests.length).toBeGreaterThan(0)
    // Loading what sends it takes its time besides.
    expect(slow.exitedAt - slow.startedAt - (quick.exitedAt - quick.startedAt)).toBeLessThan(3_000)
  })

  test('that speaks another protocol, or is refused, is told apart', async () => {
    await using night = await evening('text "ok"\ntext "ok"')
    await using taker = await collector(403)
    const { stderr } = await night.pipe({ args: ['hi'], env: to(taker.url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }) })
    expect(stderr).toMatch(/OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", but telemetry is sent as http\/protobuf/)
    expect(stderr).toMatch(/\(HTTP 403\)/)
    const quiet = await night.pipe({ args: ['-q', 'hi'], env: to(taker.url) })
    expect(quiet.stderr).toBe('')
  })
})
