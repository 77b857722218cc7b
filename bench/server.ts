/**
 * The demo server in a process of its own, so that its work and the client's do not share an event loop with the
 * stopwatch. Started by itself (forked) it serves; imported, it starts that process and asks it for times.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fromPerformance } from './measure.ts'

/** When things happened to one request, in `monotonicMs()`. */
export interface RequestTimes {
  readonly firstDeltaAt: number
  readonly lastByteAt: number
}

export interface Server {
  readonly url: string
  /** Times of the last request whose question holds this text. @throws Error when there is none, or it is not done */
  times(question: string): Promise<RequestTimes>
  stop(): Promise<void>
}

type Asked = { readonly times: string }
type Told = { readonly url: string } | { readonly times: RequestTimes | null }

/** Starts the server process. @throws Error when it does not come up */
export async function startServer(): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const first = await told(child)
  if (!('url' in first)) throw new Error('The demo server began with something other than its address.')
  return {
    url: first.url,
    async times(question) {
      child.send({ times: question } satisfies Asked)
      const answer = await told(child)
      if (!('times' in answer) || !answer.times)
        throw new Error(`The demo server has no finished request with ${question}.`)
      return answer.times
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function told(child: ChildProcess): Promise<Told> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`The demo server's process ended with code ${code}.`)
  })
  const [message] = await Promise.race([once(child, 'message'), gone])
  return message as Told
}

async function serve(): Promise<void> {
  const { startDemo } = await import('../src/demo/server.ts')
  const demo = await startDemo({})
  process.on('message', ({ times: question }: Asked) => {
    const request = demo.requests.findLast((one) => JSON.stringify(one).includes(question))
    const { firstDeltaAt = null, lastByteAt = null } = request ?? {}
    const done = firstDeltaAt !== null && lastByteAt !== null
    const times = done ? { firstDeltaAt: fromPerformance(firstDeltaAt), lastByteAt: fromPerformance(lastByteAt) } : null
    process.send?.({ times } satisfies Told)
  })
  process.on('disconnect', () => void demo.close().then(() => process.exit(0)))
  process.send?.({ url: demo.url } satisfies Told)
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) await serve()
