/**
 * The body of an answer as it comes, chunk by chunk: what a stream's own iterator gives, in a fraction of its steps. A
 * stream of tokens is a chunk a token, and the steps of each cost more than what is done with it.
 */

import type { IncomingMessage } from 'node:http'

/** Chunks that may wait for a slow reader before the server is made to wait. */
const MOST_WAITING = 16

type Result = IteratorResult<Uint8Array, undefined>

interface Reader {
  resolve(result: Result): void
  reject(error: Error): void
}

/**
 * Can be read once.
 * @param onTaken called when the reader has come back for more, so has taken all of a chunk
 * @param onGiven called when it is about to be given one
 */
export class Chunks implements AsyncIterableIterator<Uint8Array> {
  readonly #message: IncomingMessage
  readonly #onTaken: (() => void) | undefined
  readonly #onGiven: (() => void) | undefined
  readonly #waiting: Uint8Array[] = []
  #reader: Reader | null = null
  #error: Error | null = null
  #over = false
  #begun = false
  #given = false

  constructor(message: IncomingMessage, onTaken?: () => void, onGiven?: () => void) {
    this.#message = message
    this.#onTaken = onTaken
    this.#onGiven = onGiven
    // Heard from the beginning: the reader may come later than the trouble.
    message.on('error', (error) => this.#fail(error))
    message.once('close', () => {
      if (!this.#over) this.#fail(Object.assign(new Error('Premature close'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }))
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    if (!this.#begun) this.#begin()
    if (this.#given) this.#onTaken?.()
    this.#given = false
    const chunk = this.#waiting.shift()
    if (chunk) {
      if (this.#message.isPaused() && this.#waiting.length === 0) this.#message.resume()
      this.#given = true
      this.#onGiven?.()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#error) return Promise.reject(this.#error)
    if (this.#over) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  /** The reader has seen enough: the connection is of no use any more. */
  return(): Promise<Result> {
    if (!this.#over) this.#message.destroy()
    this.#over = true
    return Promise.resolve({ done: true, value: undefined })
  }

  #begin(): void {
    this.#begun = true
    this.#message.on('data', (chunk: Uint8Array) => {
      const reader = this.#reader
      if (reader) {
        this.#reader = null
        this.#given = true
        this.#onGiven?.()
        reader.resolve({ done: false, value: chunk })
      } else if (this.#waiting.push(chunk) >= MOST_WAITING) this.#message.pause()
    })
    this.#message.once('end', () => {
      this.#over = true
      this.#reader?.resolve({ done: true, value: undefined })
      this.#reader = null
    })
  }

  /** What has come is read to its end, unless nobody wants it any more. */
  #fail(error: Error): void {
    this.#error ??= error
    if (error.name === 'AbortError') this.#waiting.length = 0
    this.#reader?.reject(this.#error)
    this.#reader = null
  }
}
