import { describe, expect, test } from 'vitest'
import { startDemo } from '../../src/demo/server.ts'

const params = { model: 'claude-sonnet-5-5', max_tokens: 50, messages: [{ role: 'user', content: 'Why?' }] }
const request = (id: string, more: object = {}) => ({ custom_id: id, params: { ...params, ...more } })

async function server(script = '', now: () => number = Date.now) {
  const demo = await startDemo({ script, speed: Number.POSITIVE_INFINITY, now })
  const headers = { 'x-api-key': 'a-key', 'anthropic-version': '2026-10-21', 'content-type': 'application/json' }
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${demo.url}/v1/messages/batches${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const lines = () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    return { status: response.status, json: path.endsWith('results') ? null : JSON.parse(text), lines }
  }
  return { demo, call, [Symbol.asyncDispose]: () => demo.close() }
}

describe('the batches of the demo server', () => {
  test('go on for as long as the script says, then have results in an order of their own', async () => {
    await using here = await server('batch polls=1 expired=1\ntext "Yes."\n500')
    const { json } = await here.call('POST', '', { requests: ['a', 'b', 'c'].map((id) => request(id)) })
    expect(json).toMatchObject({ type: 'message_batch', processing_status: 'in_progress', results_url: null })
    expect(json.request_counts).toEqual({ processing: 3, succeeded: 0, errored: 0, canceled: 0, expired: 0 })
    expect((await here.call('GET', `/${json.id}/results`)).status).toBe(404)
    expect((await here.call('GET', `/${json.id}`)).json.processing_status).toBe('in_progress')
    const ended = (await here.call('GET', `/${json.id}`)).json
    expect(ended).toMatchObject({ processing_status: 'ended', results_url: expect.stringContaining(json.id) })
    expect(ended.request_counts).toEqual({ processing: 0, succeeded: 1, errored: 1, canceled: 0, expired: 1 })
    const results = (await here.call('GET', `/${json.id}/results`)).lines()
    expect(results.map((one) => [one.custom_id, one.result.type])).toEqual([
      ['c', 'expired'],
      ['b', 'errored'],
      ['a', 'succeeded'],
    ])
    expect(results[2].result.message.usage.service_tier).toBe('batch')
    expect(results[1].result.error).toMatchObject({ type: 'error', error: { type: 'api_error' } })
  })

  test('refuse what is no batch at once, and what is no request when it is reached', async () => {
    await using here = await server()
    const why = async (requests: unknown) => (await here.call('POST', '', { requests })).json.error?.message
    expect(await why([])).toContain('at least 1 item')
    expect(await why([request('a b')])).toContain('requests.0.custom_id')
    expect(await why([request('a'), request('a')])).toContain('requests.1.custom_id: must be unique')
    const odd = [
      request('a', { stream: true }),
      request('b', { max_tokens: 0 }),
      request('c', { model: 'claude-none' }),
    ]
    const { json } = await here.call('POST', '', { requests: odd })
    await here.call('GET', `/${json.id}`)
    const results = (await here.call('GET', `/${json.id}/results`)).lines()
    expect(results.map((one) => one.result.error.error.type)).toEqual([
      'not_found_error',
      ...['invalid_request_error', 'invalid_request_error'],
    ])
  })

  test('are canceled on the way, expire after a day, and are listed, the latest first', async () => {
    let at = Date.UTC(2026, 10, 21)
    await using here = await server('batch polls=99\nbatch polls=99', () => at)
    const first = (await here.call('POST', '', { requests: [request('a'), request('b')] })).json
    expect((await here.call('POST', `/${first.id}/cancel`)).json.processing_status).toBe('canceling')
    expect((await here.call('GET', `/${first.id}`)).json.request_counts).toMatchObject({ succeeded: 1, canceled: 1 })
    const second = (await here.call('POST', '', { requests: [request('a')] })).json
    expect((await here.call('DELETE', `/${second.id}`)).status).toBe(400)
    at += 24 * 60 * 60_000
    expect((await here.call('GET', `/${second.id}`)).json.request_counts.expired).toBe(1)
    const page = (await here.call('GET', '?limit=1')).json
    expect(page).toMatchObject({ data: [{ id: second.id }], has_more: true, last_id: second.id })
    expect((await here.call('GET', `?after_id=${second.id}`)).json.data.map(({ id }: { id: string }) => id)).toEqual([
      first.id,
    ])
    expect((await here.call('DELETE', `/${second.id}`)).json.type).toBe('message_batch_deleted')
    expect((await here.call('GET', `/${second.id}`)).status).toBe(404)
    expect((await here.call('GET', '/none')).status).toBe(404)
  })
})
