/** Ten thousand bad answers: none may end the program, reach the terminal alive, or be remembered otherwise than it was. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Api, createApi } from '../src/io/api.ts'
import type { Fetch } from '../src/io/transport.ts'
import { amountFigure, countFigure, type Figure } from './measure.ts'
import { livedThrough, type Wrong } from './weather-judge.ts'
import { type BadAnswer, badAnswer } from './weather-streams.ts'

export const STREAMS = 10_000
/** One in so many goes over real HTTP, to a server on this machine. */
const OVER_HTTP = 20
const SLOWEST_MS = 5_000

export interface Fuzzed {
  readonly wrong: readonly (Wrong & { readonly index: number })[]
  readonly overHttp: number
  readonly slowestMs: number
  readonly slowest: number
  readonly seconds: number
}

/** @param seed the same one gives the same answers */
export async function weatherFuzzFigures(count = STREAMS, seed = 20_261_121): Promise<readonly Figure[]> {
  const { wrong, overHttp, slowestMs, slowest, seconds } = await fuzzed(count, seed)
  const figure = (what: Wrong['what'], name: string, detail = '') => {
    const found = wrong.filter((one) => one.what === what)
    const examples = found.slice(0, 3).map(({ index, how }) => `#${index}: ${how}`)
    return countFigure(name, found.length, 0, [detail, ...examples].filter(Boolean).join('; '))
  }
  return [
    figure(
      'crash',
      'bad answers that broke the client',
      `${count} of seed ${seed}, ${overHttp} over HTTP, in ${seconds.toFixed(0)} s`,
    ),
    figure('live', 'of which something live reached the terminal'),
    figure('fold', 'remembered otherwise than they were'),
    figure('ends', 'without an end, or with several'),
    amountFigure('slowest of them', slowestMs, 'ms', SLOWEST_MS, `#${slowest}`),
  ]
}

export async function fuzzed(count: number, seed: number): Promise<Fuzzed> {
  const wrong: (Wrong & { index: number })[] = []
  const answer = (index: number) => badAnswer(seed, index)
  let at = 0
  // What nobody catches would end the program.
  const uncaught = (error: unknown) => void wrong.push({ index: at, what: 'crash', how: `uncaught: ${String(error)}` })
  process.on('uncaughtException', uncaught)
  process.on('unhandledRejection', uncaught)
  let ms = 0
  const now = () => (ms += 0.5)
  const server = await served(answer)
  const credential = { kind: 'key', secret: 'key-of-the-bench', origin: 'the bench' } as const
  const over = createApi({ baseUrl: server.url, credential, now })
  const inside = createApi({ baseUrl: 'http://127.0.0.1:9', credential, now, around: () => played(answer) })
  let slowest = 0
  let slowestMs = 0
  // What is loaded late is loaded now.
  for (const api of [over, inside]) await livedThrough(api, 'answer 0', !answer(0).isWhole, now)
  const began = performance.now()
  try {
    for (; at < count; at++) {
      const api: Api = at % OVER_HTTP === 0 ? over : inside
      const started = performance.now()
      const found = await livedThrough(api, `answer ${at}`, !answer(at).isWhole, now)
      const tookMs = performance.now() - started
      if (tookMs > slowestMs) [slowest, slowestMs] = [at, tookMs]
      for (const one of found) wrong.push({ ...one, index: at })
    }
    // Whatever a broken stream has left behind comes to light.
    await new Promise(setImmediate)
  } finally {
    over.close()
    inside.close()
    await server.close()
    process.off('uncaughtException', uncaught)
    process.off('unhandledRejection', uncaught)
  }
  const seconds = (performance.now() - began) / 1000
  return { wrong, overHttp: Math.ceil(count / OVER_HTTP), slowestMs, slowest, seconds }
}

const indexIn = (body: string): number => Number(/answer (\d+)/.exec(body)?.[1] ?? 0)

/** The answers, without a network: what the transport would hand to the SDK. */
function played(answer: (index: number) => BadAnswer): Fetch {
  return async (url, init) => {
    const { status, type, headers, chunks, isReset } = answer(indexIn(String(init?.body)))
    async function* body() {
      for (const chunk of chunks) {
        yield chunk
        init?.onChunk?.()
      }
      if (isReset) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    }
    const text = async () => Buffer.concat(chunks).toString()
    const head = { status, ok: status >= 200 && status < 300, statusText: '', url: String(url) }
    const all = new Headers({ 'content-type': type, ...headers })
    return { ...head, headers: all, body: body(), text, json: async () => JSON.parse(await text()) } as never
  }
}

async function served(answer: (index: number) => BadAnswer) {
  const server = createServer((request, response) => {
    let asked = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      asked += part
    })
    request.on('end', async () => {
      const { status, type, headers, chunks, isReset } = answer(indexIn(asked))
      response.writeHead(status, { 'content-type': type, ...headers })
      for (const chunk of chunks) {
        response.write(chunk)
        await new Promise(setImmediate)
      }
      if (isReset) response.destroy()
      else response.end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
