/** What the tap on the wire takes for the tape, and what it leaves where it is. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TAPE_FORMAT } from '../../src/core/tape/tape.ts'
import { createTransport } from '../../src/io/transport.ts'
import { createTaping } from '../../src/tape/taping.ts'
import { CHOICES } from '../kit/choices.ts'
import { type Lodging, lodge } from '../kit/lodging.ts'
import { wireServer } from '../kit/wire-server.ts'

let home: Lodging
beforeEach(() => {
  home = lodge()
})
afterEach(() => home.remove())

const head = {
  type: 'claude-tui-recording',
  format: TAPE_FORMAT,
  version: '1.2.3',
  started: '2026-11-21T10:00:00.000Z',
  redacted: false,
  mode: 'single',
  choices: CHOICES,
  stallAfterMs: 90_000,
  models: [],
} as const

/** A tape being made of what goes over one transport. */
function taping() {
  const path = join(home.home, 'tape.jsonl')
  const tape = createTaping({ path, head, redact: false, secrets: [], now: () => performance.now() })
  const transport = createTransport()
  const fetch = tape.around(transport.fetch)
  return {
    fetch,
    /** The lines after the head, once it is over. */
    async lines() {
      tape.close()
      transport.close()
      const content = readFileSync(path, 'utf8')
      return {
        content,
        lines: content
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => JSON.parse(line) as { readonly type: string }),
      }
    },
  }
}

test('a login that is refreshed beside the conversation stays off the tape, and its token is hidden from then on', async () => {
  await using server = await wireServer((response, request) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      request.url === '/v1/oauth/token' ? '{"access_token":"fresh-and-opaque"}' : '{"seen":"fresh-and-opaque"}',
    )
  })
  const { fetch, lines } = taping()
  const login = { method: 'POST', body: '{"refresh_token":"old-and-opaque"}' }
  await (await fetch(`${server.url}/v1/oauth/token`, login)).json()
  const headers = new Headers({ authorization: 'Bearer fresh-and-opaque', cookie: 'a=b', accept: '*/*' })
  const answer = await fetch(`${server.url}/corp/gateway/v1/messages`, { method: 'POST', headers, body: '{"ask":1}' })
  expect(await answer.json()).toEqual({ seen: 'fresh-and-opaque' })
  const { content, lines: taped } = await lines()
  expect(content).not.toMatch(/oauth|opaque|corp|gateway|a=b/)
  expect(taped).toMatchObject([
    {
      type: 'request',
      exchange: 1,
      method: 'POST',
      path: '/v1/messages',
      headers: { accept: '*/*' },
      body: { ask: 1 },
    },
    { type: 'response', exchange: 1, status: 200, headers: { 'content-type': 'application/json' } },
    { type: 'chunk', exchange: 1, text: '{"seen":"****************"}' },
    { type: 'end', exchange: 1, how: 'complete', code: null },
    { type: 'did', deed: { type: 'left' } },
  ])
})

test('where a redirect leads to is told by no host', async () => {
  await using server = await wireServer((response) =>
    response.writeHead(302, { location: 'https://sso.corp/?token=1' }).end(),
  )
  const { fetch, lines } = taping()
  await (await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{}' })).text()
  expect((await lines()).lines[1]).toMatchObject({ status: 302, headers: { location: 'https://elsewhere.invalid/' } })
})

test('how an exchange ended is told: by itself, by the line, by us, or not before we left', async () => {
  await using server = await wireServer((response, request) => {
    if (request.url?.endsWith('reset')) return void response.socket?.resetAndDestroy()
    response.write('some')
    if (request.url?.endsWith('cut')) setImmediate(() => response.destroy())
  })
  const { fetch, lines } = taping()
  const ask = (way: string, signal?: AbortSignal) =>
    fetch(`${server.url}/v1/messages?${way}`, { method: 'POST', body: '{}', ...(signal && { signal }) })
  await expect(ask('reset')).rejects.toThrow()
  await expect(ask('cut').then((answer) => answer.text())).rejects.toThrow()
  const stop = new AbortController()
  const stopped = await ask('stopped', stop.signal)
  stop.abort()
  await expect(stopped.text()).rejects.toThrow()
  await ask('open')
  const ends = (await lines()).lines.filter(({ type }) => type === 'end')
  expect(ends).toMatchObject([
    { exchange: 1, how: 'error', code: 'ECONNRESET' },
    { exchange: 2, how: 'error', code: 'ECONNRESET' },
    { exchange: 3, how: 'aborted', code: null },
    { exchange: 4, how: 'aborted', code: null },
  ])
})
