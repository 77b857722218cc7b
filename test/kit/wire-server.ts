/** A server that answers with bytes given to it: for what must be right to the byte. Everything else asks the demo server. */

import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface WireServer extends AsyncDisposable {
  readonly url: string
  /** Requests so far. */
  readonly requests: readonly {
    readonly url: string
    readonly headers: IncomingMessage['headers']
    readonly body: string
    /** Which connection it came over, counted from 1. */
    readonly connection: number
  }[]
  /** Connections opened so far. */
  readonly connections: number
  /** Resolves when the connection of this number, counted from 1, is open; and when it is closed. */
  opened(number: number): Promise<void>
  closed(number: number): Promise<void>
}

/** Answers every request with `answer`. */
export async function wireServer(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => void,
): Promise<WireServer> {
  const requests: { url: string; headers: IncomingMessage['headers']; body: string; connection: number }[] = []
  const sockets: Socket[] = []
  const arrivals = new EventEmitter()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const connection = sockets.indexOf(request.socket) + 1
      requests.push({ url: request.url ?? '', headers: request.headers, body, connection })
      answer(response, request, body)
    })
  })
  server.on('connection', (socket) => {
    sockets.push(socket)
    arrivals.emit('opened')
  })
  const opened = async (number: number) => {
    while (sockets.length < number) await once(arrivals, 'opened')
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return sockets.length
    },
    opened,
    async closed(number) {
      await opened(number)
      const socket = sockets[number - 1]!
      if (!socket.closed) await once(socket, 'close')
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** An event stream of these bytes, in these pieces, each written in a turn of the event loop of its own. */
export function streamed(pieces: readonly Uint8Array[], headers: Readonly<Record<string, string>> = {}) {
  return async (response: ServerResponse): Promise<void> => {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'request-id': 'req_wire',
      ...headers,
    })
    for (const piece of pieces) {
      response.write(piece)
      await new Promise(setImmediate)
    }
    response.end()
  }
}
