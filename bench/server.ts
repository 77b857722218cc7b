/**
 * The demo server in a process of its own, so that its work and the client's do not share an event loop with the
 * stopwatch. Started by itself (forked) it serves; imported, it starts that process and asks it for times.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fromPerformance } from './measure.ts'

export interface Server {
  readonly url: string
  /** When the first delta of the answer to this question was written, in `monotonicMs()`. @throws Error when none was */
  firstDeltaAt(question: string): Promise<number>
  stop(): Promise<void>
}

type Asked = { readonly question: string }
type Told = { readonly url: string } | { readonly firstDeltaAt: number | null }

/** Starts the server process. @throws Error when it does not come up */
export async function startServer(): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const first = await told(child)
  if (!('url' in first)) throw new Error('The demo server began with something other than its address.')
  return {
    url: first.url,
    async firstDeltaAt(question) {
      child.send({ question } satisfies Asked)
      const answer = await told(child)
      if (!('firstDeltaAt' in answer) || answer.firstDeltaAt === null) {
        throw new Error(`The demo server has not answered a request with ${question}.`)
      }
      return answer.firstDeltaAt
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** The next message of the process. @throws Error when it ends instead */
async function told(child: ChildProcess): Promise<Told> {
  const enough = new AbortController()
  const { signal } = enough
  const gone = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`The demo server's process ended with code ${code}.`)
  })
  const message = once(child, 'message', { signal }).then(([one]) => one as Told)
  return Promise.race([message, gone]).finally(() => {
    enough.abort()
    // The loser ends with the signal, and nobody waits for it.
    void Promise.allSettled([message, gone])
  })
}

async function serve(): Promise<void> {
  const { startDemo } = await import('../src/demo/server.ts')
  const demo = await startDemo({})
  process.on('message', ({ question }: Asked) => {
    const request = demo.requests.findLast(
      (one) => one.firstDeltaAt !== null && JSON.stringify(one.body).includes(question),
    )
    const at = request?.firstDeltaAt ?? null
    process.send?.({ firstDeltaAt: at === null ? null : fromPerformance(at) } satisfies Told)
  })
  process.on('disconnect', () => void demo.close().then(() => process.exit(0)))
  process.send?.({ url: demo.url } satisfies Told)
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) await serve()
