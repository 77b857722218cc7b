/** TLS in front of a server that speaks plain HTTP: what one's own certificates stand in front of. */

import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { Certified } from './certificates.ts'

export interface TlsFront extends AsyncDisposable {
  readonly port: number
  /** Handshakes that came to their end. */
  readonly handshakes: number
  /** Resolves with the handshake of this number, counted from 1. */
  handshake(number: number): Promise<void>
}

export async function tlsFront(certified: Certified, port: number): Promise<TlsFront> {
  let handshakes = 0
  const waiting: { readonly number: number; readonly resolve: () => void }[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ ...certified, ALPNProtocols: ['http/1.1'] }, (socket) => {
    handshakes++
    for (const { number, resolve } of waiting) if (number <= handshakes) resolve()
    const onward = connect(port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy())
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
  })
  server.on('tlsClientError', () => {})
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    get handshakes() {
      return handshakes
    },
    handshake: (number) =>
      handshakes >= number ? Promise.resolve() : new Promise((resolve) => void waiting.push({ number, resolve })),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
