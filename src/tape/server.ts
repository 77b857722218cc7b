/** The other side of a tape: a server on the loopback address that answers as the recorded one did, in its time. */

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Exchange, RESPONSE_HEADERS, type Tape } from '../core/tape/tape.ts'
import { readBody } from '../demo/exchange.ts'
import { Gone, sleep } from '../demo/waits.ts'

/** The header in which a request says which exchange answers it. */
export const EXCHANGE_HEADER = 'x-recorded-exchange'

export interface TapeServer {
  readonly url: string
  close(): void
}

/** A reset overtakes bytes the client has not read yet; this gives it the time to. */
const RESET_GRACE_MS = 30

/** @param speed Infinity: without any waiting */
export async function serveTape(tape: Tape, speed: number): Promise<TapeServer> {
  const byNumber = new Map(tape.exchanges.map((exchange) => [String(exchange.number), exchange]))
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, (req, res) => {
    const leaving = new AbortController()
    res.on('close', () => leaving.abort())
    res.on('error', () => {})
    req.on('error', () => {})
    const exchange = byNumber.get(String(req.headers[EXCHANGE_HEADER]))
    const answered = readBody(req).then(() =>
      exchange?.response ? play(exchange, res, speed, leaving.signal) : void res.destroy(),
    )
    answered.catch((error) => {
      if (!(error instanceof Gone)) res.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** @throws Gone when the client goes before the end */
async function play(exchange: Exchange, res: ServerResponse, speed: number, signal: AbortSignal): Promise<void> {
  const { response, chunks, end } = exchange
  const began = performance.now()
  const until = async (at: number) => {
    const rest = at / speed - (performance.now() - began)
    if (rest > 1) return sleep(rest, signal)
    // A write of its own, as far as the system lets it be one.
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) throw new Gone()
  }
  await until(response!.at)
  res.writeHead(response!.status, picked(response!.headers))
  res.flushHeaders()
  for (const { at, bytes } of chunks) {
    await until(at)
    if (!res.write(bytes)) await drained(res, signal)
  }
  if (end) await until(end.at)
  // Where the tape ends is for its player to say: nothing that came may be overtaken by it.
  if (!end || end.how === 'complete') res.end()
  else if (end.how === 'aborted') await sleep(LONGEST_TIMER_MS, signal)
  else {
    await sleep(RESET_GRACE_MS, signal)
    res.socket?.resetAndDestroy()
  }
}

/** A tape may come from anywhere, and Node keeps the frame of a response itself. */
const picked = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => RESPONSE_HEADERS.test(name)))

/** Longer than any client waits: who ended it then has to end it now. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

function drained(res: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    res.once('drain', resolve)
    signal.addEventListener('abort', () => reject(new Gone()), { once: true })
  })
}
