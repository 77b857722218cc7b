import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AT_REST } from '../kit/emulator.ts'
import { evening } from '../kit/evening.ts'
import { lodge, openPty, runPipe } from '../kit/index.ts'
import { wireServer } from '../kit/wire-server.ts'

interface Document {
  readonly ok: boolean
  readonly findings: readonly { readonly topic: string; readonly mark: string; readonly says: string }[]
}

const marksIn = (stdout: Buffer) =>
  Object.fromEntries((JSON.parse(stdout.toString()) as Document).findings.map(({ topic, mark }) => [topic, mark]))

test('the demo is well: code 0, plain sentences, nothing left behind', async () => {
  const home = lodge()
  const { code, stdout, stderr } = await runPipe({ args: ['doctor', '--demo'], lodging: home })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.toString()).toMatch(/All is well\.\n$/)
  expect(stdout.toString()).not.toContain('\x1b')
  expect(readdirSync(home.home, { recursive: true }).filter((name) => /\.(db|json)$/.test(String(name)))).toEqual([])
  home.remove()
})

test('a server of the own choice is asked for nothing that costs, and the key is never shown', async () => {
  await using night = await evening()
  const { code, stdout } = await night.pipe({ args: ['doctor', '--json'] })
  expect(code).toBe(0)
  expect(marksIn(stdout)).toMatchObject({ credential: 'ok', tcp: 'ok', http: 'ok', clock: 'ok' })
  expect(stdout.toString()).not.toContain('test-key-of-a-play')
  expect([...new Set(night.demo.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`))]).toEqual([
    'GET /v1/models',
  ])
})

test('limits that a call has heard are told with their age, whoever looks', async () => {
  const home = lodge()
  await using night = await evening('text "hi" limits used=25')
  const limits = async () => {
    const { stdout } = await night.pipe({ args: ['doctor', '--json'], lodging: home })
    const { findings } = JSON.parse(stdout.toString()) as Document
    return findings.find(({ topic }) => topic === 'limits')!.says
  }
  expect(await limits()).toMatch(/^No limits were heard from it yet/)
  await night.pipe({ args: ['-m', 'balanced', 'why?'], lodging: home })
  expect(await limits()).toMatch(
    /^The limits heard last: of claude-sonnet-5-5 \d+ s ago \d+% of [\d,]+ requests, .* were left\.$/,
  )
  // Of nobody else's server, and by nobody who leaves no trace.
  await using other = await evening('text "hi" limits used=25')
  const elsewhere = await other.pipe({ args: ['doctor', '--json'], lodging: home })
  expect(marksIn(elsewhere.stdout)).toMatchObject({ limits: 'unasked' })
  const traceless = lodge()
  await other.pipe({ args: ['why?'], env: { CLAUDE_TUI_HISTORY: 'off' }, lodging: traceless })
  const left = readdirSync(traceless.home, { recursive: true }).map(String)
  expect(left.filter((name) => name.endsWith('limits.json'))).toEqual([])
  traceless.remove()
  home.remove()
})

test('so are those that a chat has heard', async () => {
  const home = lodge()
  await using night = await evening('text "hi there" limits used=25')
  const chat = await night.chat({ lodging: home })
  chat.type('why?\r')
  await chat.see('hi there')
  chat.press('ctrl+d')
  await chat.exited
  const { stdout } = await night.pipe({ args: ['doctor', '--json'], lodging: home })
  const { findings } = JSON.parse(stdout.toString()) as Document
  expect(findings.find(({ topic }) => topic === 'limits')!.says).toMatch(
    /^The limits heard last: of claude-.* \d+ s ago/,
  )
  home.remove()
})

test('a key that is not taken, no key, and nothing that listens: code 1', async () => {
  await using night = await evening()
  const wrong = await night.pipe({ args: ['doctor', '--json'], env: { ANTHROPIC_API_KEY: 'bad-key-123456' } })
  expect({ code: wrong.code, ...marksIn(wrong.stdout) }).toMatchObject({ code: 1, credential: 'ok', http: 'broken' })
  expect(wrong.stdout.toString()).not.toContain('123456')
  const nothing = await runPipe({ args: ['doctor', '--json', '--base-url', 'http://127.0.0.1:9'] })
  expect({ code: nothing.code, ...marksIn(nothing.stdout) }).toMatchObject({ code: 1, tcp: 'broken' })
})

test('a login page, a server without a list of models, and a proxy that is not there are told apart', async () => {
  const asking = async (url: string, env = {}) => {
    const { code, stdout } = await runPipe({ args: ['doctor', '--json', '--base-url', url], env })
    const { findings } = JSON.parse(stdout.toString()) as Document
    const { http, tcp } = Object.fromEntries(findings.map(({ topic, mark, says }) => [topic, `${mark}: ${says}`]))
    return { code, said: http ?? tcp }
  }
  await using portal = await wireServer((response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Please log in.</p>'),
  )
  expect(await asking(portal.url)).toEqual({
    code: 1,
    said: expect.stringMatching(/^broken: .*answered with a web page/),
  })
  await using other = await wireServer((response) =>
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error": {}}'),
  )
  expect(await asking(other.url)).toEqual({ code: 0, said: expect.stringMatching(/^look: .*no list of models/) })
  await using hello = await wireServer((response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}'),
  )
  expect(await asking(hello.url)).toEqual({
    code: 1,
    said: expect.stringMatching(/^broken: .*Expected a list of models from http.*, got something else in JSON/),
  })
  await using busy = await wireServer((response) =>
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '30' })
      .end('{"type":"error","error":{"type":"rate_limit_error","message":"Too many of you"}}'),
  )
  expect(await asking(busy.url)).toEqual({
    code: 0,
    said: expect.stringMatching(/^look: .*Too many of you \(HTTP 429\)\./),
  })
  expect((await runPipe({ args: ['doctor', '--base-url', busy.url] })).stdout.toString()).toContain(
    'The key works. Wait 30.0s',
  )
  await using closed = await wireServer((response) =>
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"Not you"}}'),
  )
  const said = await runPipe({
    args: ['doctor', '--base-url', closed.url],
    env: { CLAUDE_TUI_BASE_URL: '', ANTHROPIC_API_KEY: 'gw-key-123' },
  })
  expect(said.stdout.toString()).toContain('Not you (HTTP 401)')
  const away = await asking('http://server.example', { HTTP_PROXY: 'http://me:secret@127.0.0.1:9' })
  expect(away).toEqual({ code: 1, said: expect.stringMatching(/^broken: .*through the proxy http:\/\/127\.0\.0\.1:9/) })
  expect(away.said).not.toContain('secret')
})

test('a broken settings file and a damaged history are told, and stay where they are', async () => {
  const home = lodge()
  const data = join(home.home, 'data')
  mkdirSync(home.config, { recursive: true })
  mkdirSync(data)
  writeFileSync(join(home.config, 'settings.json'), '{ "model": ')
  writeFileSync(join(data, 'history-demo.db'), 'SQLite format 3 and then something else '.repeat(9))
  chmodSync(join(data, 'history-demo.db'), 0o600)
  const { code, stdout } = await runPipe({
    args: ['doctor', '--demo', '--json'],
    lodging: { ...home, env: { ...home.env, CLAUDE_TUI_DATA_DIR: data } },
  })
  expect({ code, ...marksIn(stdout) }).toMatchObject({ code: 1, settings: 'broken', history: 'broken' })
  expect(readdirSync(home.config)).toEqual(['settings.json'])
  expect(readdirSync(data)).toEqual(['history-demo.db'])
  home.remove()
})

test('a history that is there is checked, and nothing is left beside it', async () => {
  const home = lodge()
  const data = join(home.home, 'data')
  const lodging = { ...home, env: { ...home.env, CLAUDE_TUI_DATA_DIR: data } }
  await runPipe({ args: ['--demo', '--speed', '100', 'hi'], lodging })
  const before = readdirSync(data)
  const { code, stdout } = await runPipe({ args: ['doctor', '--demo'], lodging })
  expect(code).toBe(0)
  expect(stdout.toString()).toMatch(/The history is sound: \d+ kB, 1 conversation/)
  expect(readdirSync(data)).toEqual(before)
  home.remove()
})

test('words it does not take are an error of usage', async () => {
  expect(await runPipe({ args: ['doctor', 'who'] })).toMatchObject({ code: 2 })
  expect(await runPipe({ args: ['doctor', '--base-url', 'nowhere'] })).toMatchObject({ code: 2 })
})

test.each([
  ['doctor --json --bogus', { type: 'doctor', ok: false }],
  ['--json cost --bogus', { type: 'cost' }],
  ['batch --json --output', { type: 'batch' }],
  ['--output-format json --bogus hi', { type: 'result', ok: false, exitCode: 2 }],
  ['--output-format=stream-json --bogus hi', { type: 'result', ok: false, exitCode: 2 }],
])('a flag nobody knows is told in JSON, too: %s', async (line, document) => {
  const { code, stdout, stderr } = await runPipe({ args: line.split(' ') })
  expect(code).toBe(2)
  expect(stderr).not.toBe('')
  expect(JSON.parse(stdout.toString())).toMatchObject({ ...document, error: expect.anything() })
})

test.each([40, 80, 120])('a terminal of %i columns is asked, and given back as it was', async (columns) => {
  await using session = openPty({ args: ['doctor', '--demo'], columns, rows: 30, checkTty: true })
  const { code, tty } = await session.exited
  expect({ code, tty }).toEqual({ code: 0, tty: { canonical: true, echo: true } })
  expect(session.modes).toEqual(AT_REST)
  await session.seeAnywhere('Synchronised output')
  await session.seeAnywhere('All is well.')
})
