import { createServer } from 'node:net'
import { setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createTransport } from '../../src/io/transport.ts'
import { authority } from '../kit/certificates.ts'
import { standInProxy } from '../kit/proxy.ts'
import { tlsFront } from '../kit/tls-front.ts'
import { wireServer } from '../kit/wire-server.ts'

/** The addresses this machine has; null: those that it really has. */
let addresses: Record<string, []> | null = null
vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>()
  return { ...os, networkInterfaces: () => addresses ?? os.networkInterfaces() }
})

afterEach(() => {
  addresses = null
  vi.restoreAllMocks()
})

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

test('a connection opened ahead is for its own server, whoever is asked after it', async () => {
  await using one = await wireServer((response) => response.end('"one"'))
  await using other = await wireServer((response) => response.end('"other"'))
  const transport = createTransport()
  void transport.preconnect(one.url)
  void transport.preconnect(other.url)
  expect(await (await transport.fetch(one.url)).json()).toBe('one')
  expect(await (await transport.fetch(other.url)).json()).toBe('other')
  expect(other.connections).toBe(1)
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
  const transport = createTransport({ HTTP_PROXY: 'http://127.0.0.1:9' })
  transport.preconnect(server.url)
  expect(await (await transport.fetch(server.url)).json()).toEqual({})
  transport.close()
})

test('what is asked beside the turns leaves their connection alone', async () => {
  await using server = await wireServer((response, request) => {
    if (request.url !== '/aside') response.end('{}')
  })
  const transport = createTransport()
  transport.preconnect(server.url)
  const stop = new AbortController()
  const aside = transport.fetch(`${server.url}/aside`, { lane: 'side', signal: stop.signal })
  for (let turn = 0; turn < 2; turn++) await (await transport.fetch(`${server.url}/turn`)).text()
  expect(server.connections).toBe(2)
  stop.abort()
  await expect(aside).rejects.toMatchObject({ name: 'AbortError' })
  transport.close()
})

describe('after a long pause', () => {
  const later = (ms: number) => vi.spyOn(Date, 'now').mockReturnValue(Date.now() + ms)

  test('a connection is opened anew before it is needed, and the old one given up', async () => {
    await using server = await wireServer((response) => response.end('{}'))
    const transport = createTransport()
    await (await transport.fetch(server.url)).text()
    later(60_000)
    transport.preconnect(server.url)
    await (await transport.fetch(server.url)).text()
    expect(server.connections).toBe(1)
    later(180_000)
    const replaced = server.closed(1)
    for (let key = 0; key < 5; key++) transport.preconnect(server.url)
    await replaced
    await (await transport.fetch(server.url)).text()
    expect(server.connections).toBe(2)
    transport.close()
  })

  test('a connection from an address that is gone, with its network, is given up', async () => {
    await using server = await wireServer((response) => response.end('{}'))
    const transport = createTransport()
    await (await transport.fetch(server.url)).text()
    addresses = { wlan0: [] }
    later(5_000)
    void transport.preconnect(server.url)
    await server.closed(1)
    await (await transport.fetch(server.url)).text()
    expect(server.connections).toBe(2)
    transport.close()
  })

  test('the old one is better than none while the new one is on its way', async () => {
    await using server = await wireServer((response) => response.end('{}'))
    const transport = createTransport()
    transport.preconnect(server.url)
    await server.opened(1)
    later(180_000)
    transport.preconnect(server.url)
    await (await transport.fetch(server.url)).text()
    expect(server.requests[0]!.connection).toBe(1)
    transport.close()
  })
})

describe('TLS', () => {
  const own = authority()
  setDefaultCACertificates([own.cert])

  test('is through before the request, and serves turn after turn', async () => {
    await using server = await wireServer((response) => response.end('{}'))
    await using front = await tlsFront(own.issue(['localhost']), Number(new URL(server.url).port))
    const url = `https://localhost:${front.port}`
    const transport = createTransport({})
    transport.preconnect(url)
    await front.handshake(1)
    for (let turn = 0; turn < 3; turn++) expect(await (await transport.fetch(url)).json()).toEqual({})
    expect(front.handshakes).toBe(1)
    transport.close()
  })

  test('is told apart from TCP, whether or not a proxy stands between', async () => {
    await using server = await wireServer((response) => response.end('{}'))
    await using front = await tlsFront(own.issue(['localhost', 'api.example']), Number(new URL(server.url).port))
    await using proxy = await standInProxy({ port: front.port })
    const steps = async (url: string, env: Record<string, string>) => {
      const told: string[] = []
      const transport = createTransport(env)
      await (await transport.fetch(url, { onStep: (step) => void told.push(step) })).text()
      transport.close()
      return told
    }
    expect(await steps(`https://localhost:${front.port}`, {})).toEqual(['handed', 'tcp', 'tls', 'uploaded'])
    const through = await steps('https://api.example', { HTTPS_PROXY: proxy.url })
    expect(through).toEqual(['handed', 'tcp', 'tls', 'uploaded'])
  })

  test('is through a proxy, too', async () => {
    await using server = await wireServer((response) => response.end('{}'))
    await using front = await tlsFront(own.issue(['api.example']), Number(new URL(server.url).port))
    await using proxy = await standInProxy({ port: front.port })
    const transport = createTransport({ HTTPS_PROXY: proxy.url })
    transport.preconnect('https://api.example')
    await front.handshake(1)
    for (let turn = 0; turn < 3; turn++) {
      expect(await (await transport.fetch('https://api.example/v1')).json()).toEqual({})
    }
    expect(proxy.asked).toEqual(['CONNECT api.example:443'])
    expect(server.requests[0]).toMatchObject({ url: '/v1', headers: { host: 'api.example' } })
    transport.close()
  })

  test('a request that waits for its proxy can be given up at once', async () => {
    const silent = createServer()
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const { port } = silent.address() as { port: number }
    const transport = createTransport({ HTTPS_PROXY: `http://127.0.0.1:${port}` })
    const stop = new AbortController()
    const waiting = transport.fetch('https://api.example', { signal: stop.signal })
    await new Promise((asked) => silent.once('connection', asked))
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    transport.close()
    silent.close()
  })
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

test('tells how far a request is, and of the connection only where one had to be made', async () => {
  await using server = await wireServer((response) => response.end('{}'))
  const transport = createTransport()
  const steps = async () => {
    const told: string[] = []
    const sent = { method: 'POST', body: 'x'.repeat(300_000), onStep: (step: string) => void told.push(step) }
    await (await transport.fetch(server.url, sent)).text()
    return told
  }
  expect(await steps()).toEqual(['handed', 'tcp', 'uploaded'])
  expect(await steps()).toEqual(['handed', 'uploaded'])
  transport.close()
})
