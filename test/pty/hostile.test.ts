/** An evening with a server that means no good: its answers, errors, headers and models, in a real terminal, byte for byte. */

import { mkdirSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostileParts, livePlaces } from '../kit/hostile-parts.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty } from '../kit/pty.ts'
import { streamed, wireServer } from '../kit/wire-server.ts'

const PARTS = hostileParts('tag')
const EVERYTHING = PARTS.map(({ text }) => `<${text}>`).join(' ')

const event = <Data extends { readonly type: string }>(data: Data) =>
  Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
const start = event({
  type: 'message_start',
  message: { id: EVERYTHING, type: 'message', role: 'assistant', model: `claude-\x1b[0002J`, content: [], usage: {} },
})
const block = event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
const delta = (text: string) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
const end = [
  event({ type: 'content_block_stop', index: 0 }),
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
  event({ type: 'message_stop' }),
]

/** A delta whose text holds these bytes just as they are, whether or not they are UTF-8. */
const raw = (...bytes: readonly number[]) => {
  const [before, after] = delta('@').toString().split('@')
  return Buffer.concat([Buffer.from(before!), Buffer.from(bytes), Buffer.from(after!)])
}

const ANSWER = [
  start,
  block,
  delta(`first words\n\n${EVERYTHING}\n\n`),
  // C1 controls as bytes of their own, an overlong escape, a surrogate, half a character.
  raw(0x9b, 0x32, 0x4a, 0x20, 0xc0, 0x9b, 0x20, 0xed, 0xa0, 0x80, 0x20, 0xe6, 0xb5),
  // The same C1 control in good UTF-8.
  raw(0xc2, 0x9b, 0x32, 0x4a),
  delta(`\n\n\`\`\`\x1b[0002J\n${EVERYTHING}\n\`\`\`\n\nlast words`),
  ...end,
]

test('a hostile server, settings file and clipboard get nothing but text onto the terminal', async () => {
  let asked = 0
  await using server = await wireServer(async (response: ServerResponse, request) => {
    const json = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_\u009b2J' })
      response.end(JSON.stringify(body))
    }
    if (request.url?.startsWith('/v1/models'))
      return json(200, {
        data: [
          {
            id: 'claude-zz',
            display_name: `Zz ${EVERYTHING}`,
            max_input_tokens: 9,
            retires_at: '\x1b[0002J\x1b[0002J',
          },
          { id: 'claude-\x1b[0002J', display_name: 'not an id', max_input_tokens: 9 },
          { id: 'claude-yy', display_name: 7, max_input_tokens: 9 },
        ],
        has_more: false,
      })
    asked++
    if (asked === 1)
      return json(400, { type: 'error', error: { type: `bad${EVERYTHING}`, message: `no: ${EVERYTHING}` } })
    return streamed(ANSWER)(response)
  })
  const lodging = lodge({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'test-key-of-a-play' })
  mkdirSync(lodging.config, { recursive: true })
  const settings = {
    model: 'mine',
    models: [{ id: 'mine', name: `Mine ${EVERYTHING}` }],
    [`odd${EVERYTHING}`]: EVERYTHING,
    effort: EVERYTHING,
  }
  writeFileSync(join(lodging.config, 'settings.json'), JSON.stringify(settings))
  try {
    await using chat = openPty({ lodging })
    await chat.see('› ')
    await chat.until(() => server.requests.some(({ url }) => url.startsWith('/v1/models')), 'the question for models')
    chat.paste(EVERYTHING)
    await chat.see('52;c')
    chat.press('ctrl+c')
    chat.type('/model claude-z')
    await chat.see('claude-zz')
    chat.press('ctrl+c')
    chat.type('/model\r')
    await chat.see('Choose with /model NAME')
    chat.type('why\r')
    await chat.seeAnywhere('no: <')
    chat.press('ctrl+c')
    chat.type('again\r')
    await chat.see('last words')
    chat.press('ctrl+c', 'ctrl+d')
    const { code } = await chat.exited
    expect(code).toBe(0)
    expect(livePlaces(chat.bytes, 'tag')).toEqual([])
    expect(chat.counters).toEqual({ fullClears: 0, altScreenEnters: 0, bells: 0 })
    expect(chat.emulator.text()).not.toContain('not an id')
  } finally {
    lodging.remove()
  }
})
