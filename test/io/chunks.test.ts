/** A body read chunk by chunk, over a real connection. */

import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { createTransport } from '../../src/io/transport.ts'
import { wireServer } from '../kit/wire-server.ts'

type Body = AsyncIterableIterator<Uint8Array>

/** A body from a server that answers so. */
async function body(answer: (response: ServerResponse) => void, onChunk?: () => void) {
  const server = await wireServer((response) => answer(response))
  const transport = createTransport()
  const response = await transport.fetch(server.url, onChunk && { onChunk })
  return {
    chunks: response.body as unknown as Body,
    async [Symbol.asyncDispose]() {
      transport.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('a slow reader gets every byte in order, and the server waits for it', async () => {
  const bytes = Buffer.from(Array.from({ length: 2 ** 23 }, (_, i) => (i >> 8) % 251))
  let isSent = false
  await using slow = await body((response) => response.end(bytes, () => (isSent = true)))
  const read: Uint8Array[] = []
  for await (const chunk of slow.chunks) {
    if (read.push(chunk) === 1) for (let i = 0; i < 100; i++) await new Promise(setImmediate)
    if (read.length === 1) expect(isSent).toBe(false)
  }
  expect(Buffer.concat(read).equals(bytes)).toBe(true)
})

test('the end comes once, and stays', async () => {
  await using short = await body((response) => response.end('x'))
  expect(await short.chunks.next()).toMatchObject({ done: false })
  expect(await short.chunks.next()).toEqual({ done: true, value: undefined })
  expect(await short.chunks.next()).toEqual({ done: true, value: undefined })
})

test('what broke is told behind all that came before it, whenever the reader asks', async () => {
  await using broken = await body((response) => response.write('half', () => response.destroy()))
  const { value } = await broken.chunks.next()
  expect(String(value)).toBe('half')
  await expect(broken.chunks.next()).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(broken.chunks.next()).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('a reader that leaves closes the connection', async () => {
  const { promise: isClosed, resolve } = Promise.withResolvers<void>()
  await using left = await body((response) => {
    response.once('close', resolve)
    response.write('first')
  })
  for await (const _ of left.chunks) break
  await isClosed
})

test('a chunk counts as taken once the reader has come back', async () => {
  const told: string[] = []
  const onChunk = () => told.push('taken')
  await using watched = await body((response) => response.end('x'), onChunk)
  for await (const chunk of watched.chunks) told.push(String(chunk))
  expect(told).toEqual(['x', 'taken'])
})

test('what was on its way when it was aborted is not read any more', async () => {
  await using server = await wireServer((response) => response.write('x'.repeat(2 ** 20)))
  const transport = createTransport()
  const stop = new AbortController()
  const response = await transport.fetch(server.url, { signal: stop.signal })
  const chunks = response.body as unknown as Body
  await chunks.next()
  for (let i = 0; i < 20; i++) await new Promise(setImmediate)
  stop.abort()
  await new Promise(setImmediate)
  await expect(chunks.next()).rejects.toMatchObject({ name: 'AbortError' })
  transport.close()
})
