/** A proxy as a company has one: CONNECT for what is https, requests passed on for what is http, a password if wanted. */

import http from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface StandInProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  readonly url: string
  /** What was asked of it: `CONNECT host:port`, or `POST http://…`. */
  readonly asked: readonly string[]
}

export interface ProxyOptions {
  /** Where every name is found; absent: a CONNECT is answered with 502. */
  readonly port?: number
  /** `user:password` */
  readonly user?: string
  /** Answers every CONNECT so. */
  readonly status?: number
  /** Answers every CONNECT with these bytes. */
  readonly says?: string
}

export async function standInProxy({ port, user, status, says }: ProxyOptions): Promise<StandInProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const wants = user === undefined ? null : `Basic ${Buffer.from(user).toString('base64')}`
  const isKnown = ({ headers }: http.IncomingMessage) => wants === null || headers['proxy-authorization'] === wants

  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (!isKnown(request)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('Who are you?')
    const { 'proxy-authorization': _, ...headers } = request.headers
    const { pathname } = new URL(request.url!)
    const onward = http.request({ port, path: pathname, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`)
    if (says !== undefined) return void socket.end(says)
    const said = status ?? (isKnown(request) ? (port === undefined ? 502 : 200) : 407)
    if (said !== 200 || port === undefined) return void socket.end(`HTTP/1.1 ${said} No\r\ncontent-length: 0\r\n\r\n`)
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Go on\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
