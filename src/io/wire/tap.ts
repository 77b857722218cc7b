/** A tap on the wire: tells a listener what goes out and what comes in, chunk by chunk, and changes nothing. */

import { addressOf, type Fetch, withBody } from '../transport.ts'

/** Hears of one exchange. Each call comes as it happens and has to be quick. */
export interface Listener {
  response(status: number, headers: Headers): void
  /** These bytes are about to be read. */
  chunk(bytes: Uint8Array): void
  /** Everything so far has been read, and what follows from it has happened. */
  read?(): void
  /** The last call. `error`: what broke it; absent: it is complete. `aborted`: by us. */
  end(how: 'complete' | 'aborted'): void
  end(how: 'error', error: unknown): void
}

export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  /** As it is sent. */
  readonly body: string | null
}

/** @param listen is told of a request that goes out; null: nobody minds this one */
export function tapped(fetch: Fetch, listen: (outgoing: Outgoing) => Listener | null): Fetch {
  return async (url, init = {}) => {
    const listener = listen({
      method: init.method ?? 'GET',
      url: addressOf(url),
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : null,
    })
    if (!listener) return fetch(url, init)
    const broke = (error: unknown) => {
      if (init.signal?.aborted) listener.end('aborted')
      else listener.end('error', error)
    }
    let response: Response
    try {
      response = await fetch(url, init)
    } catch (error) {
      broke(error)
      throw error
    }
    listener.response(response.status, response.headers)
    return withBody(response, (body) => heard(body, listener, broke))
  }
}

async function* heard(
  body: AsyncIterable<Uint8Array>,
  listener: Listener,
  broke: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  let isOver = false
  try {
    for await (const chunk of body) {
      listener.chunk(chunk)
      yield chunk
      listener.read?.()
    }
    isOver = true
    listener.end('complete')
  } catch (error) {
    isOver = true
    broke(error)
    throw error
  } finally {
    // Its reader has heard enough.
    if (!isOver) listener.end('aborted')
  }
}
