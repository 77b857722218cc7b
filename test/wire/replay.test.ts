import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { TurnRequest } from '../../src/core/request.ts'
import type { TurnEvent } from '../../src/core/turn.ts'
import { createApi } from '../../src/io/api.ts'
import { streamed, wireServer } from '../kit/wire-server.ts'

const request: TurnRequest = {
  model: 'claude-sonnet-5-5',
  system: null,
  messages: [{ role: 'user', text: 'Which sea?' }],
  maxTokens: 100,
  effort: null,
  thinking: 'unsaid',
  cache: { system: null, end: null },
  stream: true,
}

const recording = (name: string) => readFileSync(new URL(`./${name}.sse`, import.meta.url))

/** The events of one attempt against a server that plays these bytes. */
async function heard(answer: Parameters<typeof wireServer>[0], more: Partial<TurnRequest> = {}): Promise<TurnEvent[]> {
  await using server = await wireServer(answer)
  const api = createApi({
    baseUrl: server.url,
    credential: { kind: 'key', secret: 'sk-ant-secret-1', origin: 'test' },
    now: () => performance.now(),
  })
  const events: TurnEvent[] = []
  await api.attempt({ ...request, ...more }, 1, new AbortController().signal, (event) => events.push(event))
  api.close()
  return events
}

const TIMES: ReadonlySet<string> = new Set(['at', 'wire', 'own'])
const withoutTimes = (events: readonly TurnEvent[]): readonly { readonly type?: string }[] =>
  events.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => !TIMES.has(name))))
const text = (events: readonly TurnEvent[]) =>
  events.map((event) => (event.type === 'delta' ? event.text : '')).join('')

describe('a recorded stream', () => {
  test('with thinking, cache writes of both lifetimes and a miss reason, becomes the events of a turn', async () => {
    const events = await heard(
      streamed([recording('thinking')], {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:00Z',
      }),
    )
    const usage = { input: 12, cacheRead: 600, cacheWrite5m: 400, cacheWrite1h: 2_000 }
    expect(
      withoutTimes(events).filter(({ type = '' }) => !['alive', 'connecting', 'connected'].includes(type)),
    ).toEqual([
      { type: 'sent', attempt: 1, model: 'claude-sonnet-5-5' },
      {
        type: 'heard',
        requestId: 'req_wire',
        limits: {
          requests: { limit: 50, remaining: 49, reset: '2026-11-20T12:00:00Z', refillsAt: expect.any(Number) },
        },
      },
      {
        type: 'began',
        model: 'claude-sonnet-5-5',
        messageId: 'msg_01',
        cacheMiss: 'system_changed',
        usage: { ...usage, output: 1, thinking: null },
      },
      { type: 'thinking', phase: 'start', text: '' },
      { type: 'thinking', phase: 'more', text: 'Which sea?' },
      { type: 'thinking', phase: 'end', text: '' },
      { type: 'delta', text: 'The Baltic – ' },
      { type: 'delta', text: '海 🌊.' },
      { type: 'usage', usage: { ...usage, output: 57, thinking: 41 } },
      { type: 'finished', stopReason: 'end_turn', explanation: null },
    ])
  })

  test('cut between any two bytes gives the same text and the same end', async () => {
    const bytes = recording('thinking')
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    const events = await heard(streamed(single))
    expect(text(events)).toBe('The Baltic – 海 🌊.')
    expect(events.at(-1)).toMatchObject({ type: 'finished' })
  })

  test('with events, blocks and deltas of a later API is read past them; they count as signs of life', async () => {
    const events = await heard(streamed([recording('newer')]))
    expect(text(events)).toBe('ok')
    expect(events.some(({ type }) => type === 'alive')).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'finished', stopReason: 'contemplation' })
  })

  test('that breaks off with an error event keeps the text and names the error by its type', async () => {
    const events = await heard(streamed([recording('broken-off')]))
    expect(text(events)).toBe('Half of')
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'overload', transient: true, code: 'overloaded_error' },
    })
  })

  test('that ends cleanly but without message_stop is a failure', async () => {
    const whole = recording('thinking').toString()
    const events = await heard(streamed([Buffer.from(whole.slice(0, whole.indexOf('event: message_delta')))]))
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'cut' } })
  })

  test('with a line that is not JSON is a failure, not a crash', async () => {
    const events = await heard(streamed([Buffer.from('event: message_start\ndata: {"type":"mess\n\n')]))
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'cut' } })
  })
})

describe('one connection', () => {
  const twice = async (answer: Parameters<typeof wireServer>[0]) => {
    await using server = await wireServer(answer)
    const api = createApi({
      baseUrl: server.url,
      credential: { kind: 'key', secret: 'sk-ant-secret-1', origin: 'test' },
      now: () => performance.now(),
    })
    const ends: string[] = []
    for (let turn = 0; turn < 2; turn++) {
      await api.attempt(request, 1, new AbortController().signal, ({ type }) => ends.push(type))
    }
    api.close()
    return {
      connections: server.connections,
      finished: ends.filter((type) => type === 'finished').length,
      last: ends.at(-1),
    }
  }

  test('serves turn after turn: a stream is read to its end', async () => {
    expect(await twice(streamed([recording('thinking')]))).toMatchObject({ connections: 1, finished: 2 })
  })

  test('that a server keeps open after its last event does not keep the turn from ending', async () => {
    const held = (response: Parameters<Parameters<typeof wireServer>[0]>[0]) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(recording('thinking'))
    }
    expect(await twice(held)).toMatchObject({ finished: 2 })
  })
})

describe('an answer that is not the API’s', () => {
  test('a web page with status 200 is told from an event stream', async () => {
    const events = await heard((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'))
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'alien' } })
    const whole = await heard((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), {
      stream: false,
    })
    expect(whole.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'alien' } })
  })

  test('a redirect is named and not followed', async () => {
    const events = await heard((response) => response.writeHead(302, { location: 'https://login.example/' }).end())
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'alien', reason: expect.stringContaining('https://login.example/') },
    })
  })

  test('a secret that a server echoes never reaches the event', async () => {
    const body = JSON.stringify({
      type: 'error',
      error: { type: 'authentication_error', message: 'bad key sk-ant-secret-1' },
    })
    const events = await heard((response) => response.writeHead(401, { 'content-type': 'application/json' }).end(body))
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'key', status: 401 } })
    expect(JSON.stringify(events)).not.toContain('secret-1')
  })
})
