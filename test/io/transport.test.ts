import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createTransport } from '../../src/io/transport.ts'
import { wireServer } from '../kit/wire-server.ts'

test('one connection serves turn after turn', async () => {
  await using server = await wireServer((response) => response.end('{}'))
  const transport = createTransport()
  for (let turn = 0; turn < 3; turn++) await (await transport.fetch(server.url)).text()
  expect(server.connections).toBe(1)
  transport.close()
})

test('a connection opened ahead is the one the request takes', async () => {
  await using server = await wireServer((response) => response.end('{}'))
  const transport = createTransport()
  transport.preconnect(server.url)
  transport.preconnect(server.url)
  await (await transport.fetch(server.url)).text()
  transport.preconnect(server.url)
  await (await transport.fetch(server.url)).text()
  expect(server.connections).toBe(1)
  transport.close()
})

test('opening ahead to nowhere harms nobody; the request itself tells', async () => {
  const transport = createTransport()
  const free = createServer()
  await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening))
  const { port } = free.address() as { port: number }
  await new Promise((closed) => free.close(closed))
  transport.preconnect(`http://127.0.0.1:${port}`)
  transport.preconnect('not a url')
  await expect(transport.fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  transport.close()
})

test('a server on this machine is asked itself, whatever proxy is set', async () => {
  await using server = await wireServer((response) => response.end('{}'))
  process.env.HTTP_PROXY = 'http://127.0.0.1:9'
  try {
    const transport = createTransport()
    expect(await (await transport.fetch(server.url)).json()).toEqual({})
    transport.close()
  } finally {
    delete process.env.HTTP_PROXY
  }
})

test('an idle connection that the server closed is replaced without anyone noticing', async () => {
  await using server = await wireServer((response, request) => {
    response.end('{}')
    if (server.requests.length === 1) response.once('close', () => request.socket.destroy())
  })
  const transport = createTransport()
  await (await transport.fetch(server.url)).text()
  expect(await (await transport.fetch(server.url)).json()).toEqual({})
  transport.close()
})

test('aborting ends a body in the middle, and a request before its answer', async () => {
  await using server = await wireServer((response, request) => {
    if (request.url === '/body') response.write('first')
  })
  const transport = createTransport()
  const silent = new AbortController()
  const waiting = transport.fetch(`${server.url}/silent`, { signal: silent.signal })
  silent.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })

  const midway = new AbortController()
  const response = await transport.fetch(`${server.url}/body`, { signal: midway.signal })
  const read = async () => {
    for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>) midway.abort()
  }
  await expect(read()).rejects.toMatchObject({ name: 'AbortError' })
  transport.close()
})
