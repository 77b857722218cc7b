import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { SCRIPT_WORDS } from '../../src/demo/script-words.ts'
import { demoHelp, limitsIn } from '../../src/modes/shell/demo-help.ts'
import { runDemoServer } from '../../src/modes/shell/demo-server.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 10_000 }

function stage() {
  const said = { out: [] as string[], err: [] as string[] }
  const stop = Promise.withResolvers<void>()
  const io = {
    out: (line: string) => said.out.push(line),
    err: (line: string) => said.err.push(line),
    until: stop.promise,
  }
  return { said, io, stop: stop.resolve }
}

const fast = { port: 0, script: null, speed: Number.POSITIVE_INFINITY }

test('it tells its address and how to use it, logs each request in a line, and ends with 0', async () => {
  const { said, io, stop } = stage()
  const code = runDemoServer({ ...fast, script: '529' }, io)
  await expect.poll(() => said.out, PATIENT).toHaveLength(1)
  const [url] = said.out
  expect(said.err.join('\n')).toContain(`claude-tui --base-url ${url}`)
  const body = JSON.stringify({
    model: 'claude-haiku-5-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hello' }],
  })
  const headers = { 'x-api-key': 'demo', 'anthropic-version': '2026-10-21', connection: 'close' }
  await (await fetch(`${url}/v1/messages`, { method: 'POST', body, headers })).text()
  await (await fetch(`${url}/v1/models/%1b`, { headers })).text()
  await expect.poll(() => said.err, PATIENT).toHaveLength(4)
  expect(said.err[2]).toMatch(/^1 POST \/v1\/messages {2}529 {2}claude-haiku-5-5 {2}[\d.]+ s {2}\(529\)$/)
  expect(said.err[3]).toMatch(/^2 GET \/v1\/models\/%1b {2}404/)
  stop()
  expect(await code).toBe(0)
  await expect(fetch(url!)).rejects.toThrow()
})

test('its help names every word of a script, with its keys', () => {
  const help = demoHelp()
  for (const [name, { keys }] of Object.entries(SCRIPT_WORDS))
    for (const word of [name, ...Object.keys(keys).map((key) => `${key}=`)]) expect(help).toContain(word)
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
})

test('it has rate limits of its own where --limits says so', async () => {
  expect(() => limitsIn('request=5')).toThrow('such as requests=50,input-tokens=20k; "request=5" came.')
  const { said, io, stop } = stage()
  const code = runDemoServer({ ...fast, limits: limitsIn('requests=1, input-tokens=2k') }, io)
  await expect.poll(() => said.out, PATIENT).toHaveLength(1)
  const ask = async () => {
    const messages = [{ role: 'user', content: 'hello' }]
    const body = JSON.stringify({ model: 'claude-haiku-5-5', max_tokens: 100, messages })
    const headers = { 'x-api-key': 'demo', 'anthropic-version': '2026-10-21', connection: 'close' }
    const answer = await fetch(`${said.out[0]}/v1/messages`, { method: 'POST', body, headers })
    await answer.text()
    return [answer.status, answer.headers.get('anthropic-ratelimit-requests-limit')]
  }
  expect(await ask()).toEqual([200, '1'])
  expect(await ask()).toEqual([429, '1'])
  stop()
  expect(await code).toBe(0)
})

test('a port that is taken is told with the way out', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const { said, io } = stage()
  expect(await runDemoServer({ ...fast, port }, io)).toBe(1)
  expect(said.err).toEqual([
    `Port ${port} on 127.0.0.1 is taken by another program. Choose another with --port, or --port 0 for any free one.`,
  ])
  await new Promise((resolve) => other.close(resolve))
})

test('a script that cannot be understood is told with its line', async () => {
  const { said, io } = stage()
  expect(await runDemoServer({ ...fast, script: 'ok\nwordz' }, io)).toBe(2)
  expect(said.err.join()).toContain('line 2: "wordz"')
})
