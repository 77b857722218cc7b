/**
 * A server that is not ours, and knows nothing of us: aimock, which speaks the Claude Messages API as local servers do.
 * No count_tokens, no cache fields, no rate limits, no request-id, models in the shape of OpenAI's list.
 */

import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import type { TurnEvent } from '../../src/core/turn.ts'
import { createApi } from '../../src/io/api.ts'
import { CHOICES } from '../kit/choices.ts'
import { openPty, runPipe } from '../kit/index.ts'

const mock = new LLMock({ port: 0, chunkSize: 5, logLevel: 'silent' })
beforeAll(async () => {
  mock.onMessage('tides', { content: 'The **moon** pulls the sea.', reasoning: 'Gravity, surely.' })
  mock.onMessage('busy', { error: { message: 'all slots are taken', type: 'overloaded_error' }, status: 529 })
  mock.onMessage('gone', { error: { message: 'model "llama9" not found', type: 'not_found_error' }, status: 404 })
  mock.onMessage(
    'cut',
    { content: 'These words come, and then no more of them.' },
    { truncateAfterChunks: 6, latency: 5 },
  )
  await mock.start()
})
afterAll(() => mock.stop())

const asked = () => mock.getRequests().filter(({ path }) => path === '/v1/messages')

const call = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await runPipe({ args: ['--base-url', mock.url, '-m', 'llama3.2', ...args] })
  return { code, out: stdout.toString(), err: stderr }
}

describe('one question', () => {
  test('is answered without a key, word for word, as a stream and in one piece', async () => {
    const answer = { code: 0, out: 'The **moon** pulls the sea.\n', err: '' }
    expect(await call('Why tides?')).toEqual(answer)
    expect(await call('--no-stream', 'Why tides?')).toEqual(answer)
  })

  test('is asked in what every such server takes: no cache marks, thinking, effort or diagnostics', async () => {
    await call('Why tides?')
    // Its journal holds the request as it was understood, with words of its own.
    const understood = JSON.parse(JSON.stringify(asked().at(-1)!.body))
    const fields = Object.keys(understood).filter((field) => !field.startsWith('_'))
    expect(fields.sort()).toEqual(['max_tokens', 'messages', 'model', 'stream'])
    expect(JSON.stringify(understood)).not.toContain('cache_control')
  })

  test('has an unknown price, which is said and not made up', async () => {
    const { out } = await call('--output-format', 'json', 'Why tides?')
    expect(JSON.parse(out)).toMatchObject({ text: 'The **moon** pulls the sea.', costUsd: null })
  })

  test('to a model that is not there says where to look', async () => {
    const { err } = await call('gone?')
    expect(err).toContain('model "llama9" not found (HTTP 404)')
    expect(err).toContain('Check the model name')
  })
})

describe('one attempt', () => {
  const credential = { kind: 'none-needed', origin: 'a local server' } as const
  const request = (text: string) =>
    planRequest(newConversation({ ...CHOICES, features: 'plain', model: 'llama3.2' }), text)
  const attempt = async (text: string) => {
    const api = createApi({ baseUrl: mock.url, credential, now: () => performance.now() })
    const events: TurnEvent[] = []
    await api.attempt(request(text), 1, new AbortController().signal, (event) => events.push(event))
    api.close()
    return events
  }

  test('at a busy server fails in its words, and may be tried again', async () =>
    expect((await attempt('are you busy')).at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'overload', reason: 'all slots are taken (HTTP 529)', transient: true },
    }))

  test('that is cut off is known to be, and what came stays', async () => {
    const events = await attempt('cut me off')
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'cut' } })
    const text = events.flatMap((event) => (event.type === 'delta' ? [event.text] : [])).join('')
    expect(text).not.toBe('')
    expect('These words come, and then no more of them.'.startsWith(text)).toBe(true)
  })

  test('to count is enough, and the models lend their names', async () => {
    const api = createApi({ baseUrl: mock.url, credential, now: () => performance.now() })
    const counts = () => mock.getRequests().filter(({ path }) => path.includes('count_tokens')).length
    for (let time = 0; time < 3; time++) expect(await api.count(request('hi'), AbortSignal.timeout(5_000))).toBeNull()
    expect(counts()).toBeLessThanOrEqual(1)
    const models = await api.models(AbortSignal.timeout(5_000))
    expect(models.length).toBeGreaterThan(0)
    for (const model of models) expect(Object.keys(model)).toEqual(['id', 'source'])
    api.close()
  })
})

test('a chat says what is less here, and goes on from turn to turn', async () => {
  await using chat = openPty({ env: { ANTHROPIC_BASE_URL: mock.url }, args: ['-m', 'llama3.2'] })
  await chat.see('Another server than the API itself')
  await chat.see('› ')
  for (let turn = 1; turn <= 2; turn++) {
    chat.type(`Why tides, once more (${turn})?\r`)
    await chat.until(() => chat.emulator.text().split('pulls the sea.').length === turn + 1, `answer ${turn}`)
    await chat.gone('esc stops')
  }
  expect((asked().at(-1)!.body as unknown as { messages: unknown[] }).messages.length).toBe(3)
  expect(chat.screen).toMatch(/price unknown|\$\?/)
  expect(chat.screen).toMatch(/window unknown|ctx \?/)
  chat.type('/model\r')
  await chat.seeAnywhere('gemini-2.0-flash')
})
