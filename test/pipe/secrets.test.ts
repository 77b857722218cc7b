/** Keys: where they go, and where they never show, whatever a server makes of them. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Lodging, lodge } from '../kit/lodging.ts'
import { runPipe } from '../kit/pipe.ts'
import { streamed, type WireServer, wireServer } from '../kit/wire-server.ts'

/** Not of Anthropic's look: nothing but knowing it can hide it. */
const KEY = 'gateway/key+of=a:play-0123'
const HEADER = 'another-secret-of-a-header-77'
const SECRETS = [KEY, HEADER]

let lodging: Lodging
beforeEach(() => {
  lodging = lodge()
})
afterEach(() => lodging.remove())

const event = <Data extends { readonly type: string }>(data: Data) =>
  Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)

/** Answers in words of its own; `echo` in every place a server has. */
const answer = (words: string) => [
  event({
    type: 'message_start',
    message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5-5', content: [], usage: {} },
  }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } }),
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
  event({ type: 'message_stop' }),
]

/** Repeats what opens its door, in an error. */
const parrot = () =>
  wireServer((response, request) => {
    const said = `no entry with ${request.headers.authorization} and ${request.headers['x-gateway']}`
    response.writeHead(401, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ type: 'error', error: { type: 'authentication_error', message: said } }))
  })

const env = (server: WireServer) => ({
  ANTHROPIC_BASE_URL: server.url,
  ANTHROPIC_API_KEY: KEY,
  ANTHROPIC_CUSTOM_HEADERS: `x-gateway: ${HEADER}`,
})

/** Every file of the home. */
function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else yield path
  }
}

test.each([['text'], ['stream-json']])(
  'a server that repeats them in an error tells nobody: not the screen, not the history, not the log (%s)',
  async (format) => {
    await using server = await parrot()
    const log = join(lodging.home, 'wire.log')
    const tape = join(lodging.home, 'tape')
    const args = [`--debug=${log}`, '--record', tape, '-u', '--output-format', format, 'hi']
    const { code, stdout, stderr } = await runPipe({ lodging, env: env(server), args })
    expect(code).toBe(3)
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(server.requests[0]?.headers['x-gateway']).toBe(HEADER)
    const places = [
      stdout.toString('latin1'),
      stderr,
      ...[...files(lodging.home)].map((path) => readFileSync(path, 'latin1')),
    ]
    expect(places.join('')).toContain('authentication_error')
    for (const secret of SECRETS) for (const text of places) expect(text).not.toContain(secret)
  },
)

test('a header of the environment goes to the server named beside it, and to no other', async () => {
  await using server = await parrot()
  const { ANTHROPIC_BASE_URL: _, ...others } = env(server)
  const { stderr } = await runPipe({ lodging, env: others, args: ['--base-url', server.url, 'hi'] })
  const [asked] = server.requests.filter(({ body }) => body !== '')
  expect(asked?.headers.authorization).toBe(`Bearer ${KEY}`)
  expect(asked?.headers['x-gateway']).toBeUndefined()
  expect(stderr).toContain(`ANTHROPIC_CUSTOM_HEADERS: "x-gateway" not sent to ${server.url}`)
  for (const request of server.requests) expect(JSON.stringify(request)).not.toContain(HEADER)
})

test('a header that cannot be sent is not quoted', async () => {
  await using server = await parrot()
  const odd = 'unsendable-secrét-value-5\u0001'
  const { code, stdout, stderr } = await runPipe({
    ...{ lodging, args: ['--output-format', 'json', 'hi'] },
    env: { ...env(server), ANTHROPIC_CUSTOM_HEADERS: `x-gateway: ${odd}` },
  })
  expect(code).not.toBe(0)
  expect(stderr).not.toMatch(/unsendable|secr/)
  expect(stdout.toString()).not.toMatch(/unsendable|secr/)
})

describe('a stored key', () => {
  const store = (settings: object) => {
    mkdirSync(lodging.config, { recursive: true })
    writeFileSync(join(lodging.config, 'settings.json'), JSON.stringify(settings))
  }

  test('is sent to no server it was not stored for: it is refused with the way out, before anything goes out', async () => {
    await using server = await wireServer(streamed(answer('yes')))
    // By a name that is not this machine's own; nothing is looked up, for nothing is sent.
    store({ apiKey: KEY })
    const args = ['--base-url', 'https://gateway.invalid', 'hi']
    const { code, stderr } = await runPipe({ lodging, args })
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        'The stored key: expected https://api.anthropic.com, which it is for, got https://gateway.invalid; give gateway.invalid its own in ANTHROPIC_API_KEY, or `claude-tui config set apiKeyFor https://gateway.invalid` if this one is for it\n',
    })
    // A server next door is asked without it.
    expect((await runPipe({ lodging, args: ['--base-url', server.url, 'hi'] })).code).toBe(0)
    expect(JSON.stringify(server.requests)).not.toContain(KEY)
    // It is that server's after all.
    await runPipe({ lodging, args: ['config', 'set', 'apiKeyFor', server.url] })
    expect((await runPipe({ lodging, args: ['--base-url', server.url, 'hi'] })).code).toBe(0)
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`)
  })

  test('that was not sent is named when the server next door wants one', async () => {
    await using server = await parrot()
    store({ apiKey: KEY })
    const { code, stderr } = await runPipe({ lodging, args: ['--base-url', server.url, 'hi'] })
    expect(code).toBe(3)
    expect(stderr).toContain('The stored key: expected https://api.anthropic.com, which it is for, got')
  })
})

test('a server that sends us elsewhere is not followed there', async () => {
  await using elsewhere = await wireServer(streamed(answer('caught')))
  for (const status of [301, 302, 303, 307, 308]) {
    await using server = await wireServer((response) => {
      response.writeHead(status, { location: `${elsewhere.url}/v1/messages` })
      response.end()
    })
    const { code, stdout } = await runPipe({ lodging, env: env(server), args: ['hi'] })
    expect({ code, stdout: stdout.toString().trim() }).toEqual({ code: 3, stdout: '' })
  }
  expect(elsewhere.requests).toEqual([])
})

describe('--debug', () => {
  test('writes what the wire did and when, for its owner alone: no word of it, and nothing that moves a terminal', async () => {
    await using server = await wireServer(streamed(answer('Riga, \x1b[2J of course'), { 'request-id': 'req_\u009b2J' }))
    const { code, stdout, stderr } = await runPipe({
      ...{ lodging, env: env(server), args: ['--debug', 'which city is it?'] },
    })
    expect({ code, said: stdout.toString() }).toEqual({ code: 0, said: 'Riga, \x1b[2J of course\n' })
    const path = [...files(lodging.home)].find((one) => /debug-.*\.log$/.test(one))!
    expect(stderr).toBe(`What the wire does is logged in ${path}, without words and keys.\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const log = readFileSync(path, 'utf8')
    expect(log).toMatch(/^ +\d+\.\d{4} {2}claude-tui .*, Node /)
    expect(log).toMatch(/#1 POST \/v1\/messages, \d+ bytes;/)
    expect(log).toMatch(/connection 1: connected after [\d.]+ ms|connection 1 was open already/)
    expect(log).toContain('#1 HTTP 200; content-type: "text/event-stream; charset=utf-8", request-id: "req_')
    expect(log).toContain('message_start')
    expect(log).toMatch(/#1 complete: \d+ chunks, \d+ bytes, longest silence/)
    expect(log).toContain('attempt 1: finished, end_turn')
    expect(log).not.toMatch(/Riga|city|course/)
    expect(log).not.toMatch(/[^\n -~]/)
    for (const secret of SECRETS) expect(log).not.toContain(secret)
  })

  test('never writes over a file, and leaves none where nobody asked for it', async () => {
    await using server = await wireServer(streamed(answer('yes')))
    await runPipe({ lodging, env: env(server), args: ['hi'] })
    expect([...files(lodging.home)].filter((path) => path.endsWith('.log'))).toEqual([])
    const path = join(lodging.home, 'mine.txt')
    writeFileSync(path, 'mine')
    const { code, stderr } = await runPipe({ lodging, env: env(server), args: [`--debug=${path}`, 'hi'] })
    expect({ code, text: readFileSync(path, 'utf8') }).toEqual({ code: 2, text: 'mine' })
    expect(stderr).toContain('there is a file by that name already')
  })
})
