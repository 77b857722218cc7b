/** Which request goes over which connection: a turn's own is free when the turn comes. */

import { expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import { createApi } from '../../src/io/api.ts'
import { askAside } from '../../src/modes/thrift/aside.ts'
import { CHOICES } from '../kit/choices.ts'
import { wireServer } from '../kit/wire-server.ts'

const MESSAGE = { type: 'message', id: 'm', role: 'assistant', model: 'any', content: [{ type: 'text', text: 'ok' }] }
const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/messages': { ...MESSAGE, stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 1 } },
  '/v1/messages/count_tokens': { input_tokens: 3 },
  '/v1/models': { data: [] },
}
const request = planRequest(newConversation({ ...CHOICES, stream: false }), 'hi')
const never = new AbortController().signal

/** Asks for all there is, and tells over which connection each went. */
async function connections(inTurn: boolean): Promise<readonly (readonly [string, number])[]> {
  await using server = await wireServer((response, { url = '' }) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(ANSWERS[url.replace(/\?.*/, '')]))
  })
  const credential = { kind: 'key', secret: 'any', origin: 'test' } as const
  const api = createApi({ baseUrl: server.url, credential, now: () => performance.now(), inTurn })
  expect(await api.answers()).toBeNull()
  await api.models(never)
  await askAside(request, 'title', api, never)
  expect(await api.count(request, never)).toBe(3)
  await api.attempt(request, 1, never, () => {})
  api.close()
  return server.requests.map(({ url, connection }) => [url.replace(/\?.*/, ''), connection])
}

test('in a chat the models, titles and counts leave the connection that was opened ahead to the turn', async () =>
  expect(await connections(false)).toEqual([
    ['/v1/models', 1],
    ['/v1/models', 2],
    ['/v1/messages', 2],
    ['/v1/messages/count_tokens', 2],
    ['/v1/messages', 1],
  ]))

test('a call asks one after the other, all over one connection', async () =>
  expect((await connections(true)).map(([, connection]) => connection)).toEqual([1, 1, 1, 1, 1]))
