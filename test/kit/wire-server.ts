/** A server that answers with bytes given to it: for what must be right to the byte. Everything else asks the demo server. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WireServer extends AsyncDisposable {
  readonly url: string
  /** Requests so far. */
  readonly requests: readonly {
    readonly url: string
    readonly headers: IncomingMessage['headers']
    readonly body: string
  }[]
  /** Connections opened so far. */
  readonly connections: number
}

/** Answers every request with `answer`. */
export async function wireServer(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => void,
): Promise<WireServer> {
  const requests: { url: string; headers: IncomingMessage['headers']; body: string }[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      requests.push({ url: request.url ?? '', headers: request.headers, body })
      answer(response, request, body)
    })
  })
  server.on('connection', () => connections++)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections
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
