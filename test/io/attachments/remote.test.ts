/** Files from the web. The web is a server of the test's own; which addresses count as public is the test's to say. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchSource, MOST_REMOTE_BYTES, type Web } from '../../../src/io/attachments/remote.ts'
import { png } from '../../kit/attachments.ts'

const PNG = Buffer.from(png(20, 10))
const { signal } = new AbortController()

let server: Server
let port: number
let asked: IncomingMessage[]
let answer: (request: IncomingMessage, response: ServerResponse) => void
beforeEach(async () => {
  asked = []
  answer = (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(PNG)
  server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

/** Names lead where the test says, to the server when it says nothing. Its own address is public here. */
const web = (names: Readonly<Record<string, readonly string[]>> = {}, more: Partial<Web> = {}): Web => ({
  resolve: async (host) =>
    (names[host] ?? ['127.0.0.1']).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  isPublic: (address) => address === '127.0.0.1',
  withinMs: 30_000,
  ...more,
})

const at = (path: string, host = 'example.org') => `http://${host}:${port}${path}`

async function refusal(address: string, from: Web = web()): Promise<string> {
  const found = await fetchSource(address, signal, from)
  return 'refused' in found ? found.refused : 'fetched'
}

describe('a file of the web', () => {
  test('comes with its bytes, and the name it has there', async () => {
    expect(await fetchSource(at('/pics/harbour%20light.png?size=2'), signal, web())).toEqual({
      name: 'harbour light.png',
      bytes: PNG,
    })
    expect(asked[0]!.headers).toMatchObject({ host: `example.org:${port}`, 'accept-encoding': 'identity' })
    answer = (_request, response) =>
      response.writeHead(200, { 'content-disposition': 'attachment; filename="../etc/lamp.png"' }).end(PNG)
    expect(await fetchSource(at('/x'), signal, web())).toMatchObject({ name: 'lamp.png' })
    answer = (_request, response) => response.writeHead(200).end(PNG)
    expect(await fetchSource(at('/'), signal, web())).toMatchObject({ name: 'example.org' })
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('may come packed as %s all the same', async (encoding, pack) => {
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(pack(PNG))
    expect(await fetchSource(at('/a.png'), signal, web())).toMatchObject({ bytes: PNG })
  })

  test('that unpacks into more than is fetched is given up', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(MOST_REMOTE_BYTES + 1)))
    expect(await refusal(at('/a.png'))).toContain('has more than 50 MB')
  })

  test('is followed where it leads, so many times', async () => {
    answer = ({ url }, response) =>
      url === '/end.png' ? response.writeHead(200).end(PNG) : response.writeHead(302, { location: '/end.png' }).end()
    expect(await fetchSource(at('/start'), signal, web())).toMatchObject({ name: 'end.png', bytes: PNG })
    answer = (_request, response) => response.writeHead(302, { location: '/again' }).end()
    expect(await refusal(at('/start'))).toContain('leads on more than 5 times')
  })

  test('is refused by its size, its kind and its status, each with a way out', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': 90_000_000 }).flushHeaders()
    expect(await refusal(at('/a.png'))).toContain('has 90 MB; 50 MB are fetched. Download it')
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>')
    expect(await refusal(at('/a'))).toContain('is a web page. Attach the address of a file on it')
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'video/mp4' }).flushHeaders()
    expect(await refusal(at('/a.mp4'))).toContain('is sound or video.')
    answer = (_request, response) => response.writeHead(404).end()
    expect(await refusal(at('/a.png'))).toContain('was answered with 404 (not found)')
  })

  test('that does not come is not waited for, and one nobody wants any more is given up', async () => {
    answer = () => {}
    expect(await refusal(at('/a.png'), web({}, { withinMs: 40 }))).toContain('did not come within 0.04 s')
    const stop = new AbortController()
    answer = () => stop.abort(new Error('changed my mind'))
    await expect(fetchSource(at('/a.png'), stop.signal, web())).rejects.toThrow('changed my mind')
    answer = (_request, response) =>
      response.writeHead(200, { 'content-length': 100 }).end(PNG.subarray(0, 9), () => response.destroy())
    expect(await refusal(at('/a.png'))).toMatch(/could not be fetched: .*Download it/)
  })

  test('of another scheme, or with a password in its address, is not asked for', async () => {
    expect(await refusal('ftp://example.org/a.png')).toContain('begins with ftp:; http and https are fetched')
    expect(await refusal(`http://me:secret@example.org:${port}/`)).toContain('holds a name or password')
    expect(await refusal('http://[')).toContain('is no address')
    expect(asked).toEqual([])
  })
})

describe('an address on this machine or a private network', () => {
  const near = 'only public addresses are'

  test.each(['10.0.0.7', '[::1]', '[::ffff:10.0.0.1]', '0x0a.1', '167772161', '169.254.169.254'])(
    'is refused when it is written as %s',
    async (host) => {
      expect(await refusal(`http://${host}:${port}/a.png`)).toContain(near)
      expect(asked).toEqual([])
    },
  )

  test('is refused when a name leads there, be it among others', async () => {
    expect(await refusal(at('/a.png', 'inside.example'), web({ 'inside.example': ['10.0.0.7'] }))).toContain(near)
    const mixed = web({ 'inside.example': ['127.0.0.1', '10.0.0.7'] })
    expect(await refusal(at('/a.png', 'inside.example'), mixed)).toContain(near)
    expect(await refusal(at('/a.png', 'nowhere.example'), web({ 'nowhere.example': [] }))).toContain(near)
    expect(asked).toEqual([])
  })

  test('is refused when a public one leads there', async () => {
    answer = (_request, response) => response.writeHead(302, { location: `http://10.0.0.7:${port}/meta` }).end()
    expect(await refusal(at('/a.png'))).toContain(near)
    answer = (_request, response) => response.writeHead(302, { location: `http://inside.example:${port}/meta` }).end()
    expect(await refusal(at('/a.png'), web({ 'inside.example': ['10.0.0.7'] }))).toContain(near)
    answer = (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    expect(await refusal(at('/a.png'))).toContain('begins with file:')
    expect(asked).toHaveLength(3)
  })

  test('is not reached by a name that means something else the second time: it is looked up once', async () => {
    let times = 0
    const turning = web({}, { resolve: async () => [{ address: times++ === 0 ? '127.0.0.1' : '10.0.0.7', family: 4 }] })
    expect(await fetchSource(at('/a.png'), signal, turning)).toMatchObject({ bytes: PNG })
    expect(times).toBe(1)
  })

  test('is what this machine is, for a program that is not in a test', async () => {
    const found = await fetchSource(`http://localhost:${port}/a.png`, signal)
    expect('refused' in found && found.refused).toContain(near)
    expect(asked).toEqual([])
  })
})
