/**
 * The demo server in a process of its own, so that its work and the client's do not share an event loop with the
 * stopwatch. Started by itself (forked) it serves; imported, it starts that process and asks it for times.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import { textsOf } from '../src/demo/asked.ts'
import type { DemoRequest } from '../src/demo/server.ts'
import { fromPerformance } from './measure.ts'

export interface Server {
  readonly url: string
  /** Adds lines to the script; the grammar stands at the head of `src/demo/script.ts`. */
  enqueue(script: string): Promise<void>
  /** Resolves when a request is held, as its line wants it. */
  held(): Promise<void>
  /** Lets the request that has been held longest go on. */
  release(): Promise<void>
  /** When everything of the answer to this question was written; null: the question never came. */
  seen(question: string): Promise<AnswerTimes | null>
  /** The same. @throws Error when the question never came */
  timesOf(question: string): Promise<AnswerTimes>
  /** When the first delta of the answer to this question was written, in `monotonicMs()`. @throws Error when none was */
  firstDeltaAt(question: string): Promise<number>
  /** Every request for an answer, in order, without its body. */
  arrived(): Promise<readonly Arrived[]>
  stop(): Promise<void>
}

/** A request as the server saw it. */
export type Arrived = Pick<DemoRequest, 'requestId' | 'status' | 'line' | 'aborted' | 'billed'>

/** In `monotonicMs()`. */
export interface AnswerTimes {
  readonly askedAt: number
  readonly deltas: readonly number[]
  /** Null: the answer is not complete. */
  readonly lastByteAt: number | null
  /** Texts of the prompt's messages, in order, the question being the last. */
  readonly prompt: readonly string[]
}

type Asked =
  | { readonly question: string }
  | { readonly script: string }
  | { readonly wanted: 'held' }
  | { readonly wanted: 'release' }
  | { readonly wanted: 'arrived' }
type Told =
  | { readonly url: string }
  | { readonly done: true }
  | { readonly times: AnswerTimes | null }
  | { readonly arrived: readonly Arrived[] }

/** Starts the server process. @throws Error when it does not come up */
export async function startServer(): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const first = await told(child)
  if (!('url' in first)) throw new Error('The demo server began with something other than its address.')
  // One after the other: answers carry no name.
  let asking: Promise<unknown> = Promise.resolve()
  const ask = (asked: Asked): Promise<Told> => {
    const answer = asking.then(() => {
      child.send(asked)
      return told(child)
    })
    asking = answer.catch(() => {})
    return answer
  }
  const seen = async (question: string): Promise<AnswerTimes | null> => {
    const answer = await ask({ question })
    return 'times' in answer ? answer.times : null
  }
  const timesOf = async (question: string): Promise<AnswerTimes> => {
    const times = await seen(question)
    if (times !== null) return times
    throw new Error(`The demo server has not seen a request with ${question}.`)
  }
  return {
    url: first.url,
    async enqueue(script) {
      await ask({ script })
    },
    async held() {
      await ask({ wanted: 'held' })
    },
    async release() {
      await ask({ wanted: 'release' })
    },
    seen,
    timesOf,
    async firstDeltaAt(question) {
      const [first] = (await timesOf(question)).deltas
      if (first === undefined) throw new Error(`The demo server has not answered a request with ${question}.`)
      return first
    },
    async arrived() {
      const answer = await ask({ wanted: 'arrived' })
      return 'arrived' in answer ? answer.arrived : []
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

/** The limits of the demo server are those of a person. At this speed of its clock they are out of a bench's way. */
const LIMITS_CLOCK = 1000

async function serve(): Promise<void> {
  const { startDemo } = await import('../src/demo/server.ts')
  const deltas = new WeakMap<object, number[]>()
  const demo = await startDemo({
    now: () => performance.now() * LIMITS_CLOCK,
    onDelta(request) {
      const times = deltas.get(request) ?? []
      if (times.push(performance.now()) === 1) deltas.set(request, times)
    },
  })
  const tell = (told: Told) => process.send?.(told)
  process.on('message', (asked: Asked) => {
    if ('script' in asked) {
      demo.enqueue(asked.script)
      return tell({ done: true })
    }
    if ('wanted' in asked) {
      if (asked.wanted === 'arrived') return tell({ arrived: demo.requests.filter(isForAnAnswer).map(arrivedOf) })
      if (asked.wanted === 'held') return void demo.held().then(() => tell({ done: true }))
      demo.release()
      return tell({ done: true })
    }
    const request = demo.requests.findLast((one) => one.body !== null && lastMessage(one.body).includes(asked.question))
    tell({
      times: request
        ? {
            askedAt: fromPerformance(request.at),
            deltas: (deltas.get(request) ?? []).map(fromPerformance),
            lastByteAt: request.lastByteAt === null ? null : fromPerformance(request.lastByteAt),
            prompt: textsOf((request.body as MessageCreateParams).messages).map(({ text }) => text),
          }
        : null,
    })
  })
  process.on('disconnect', () => void demo.close().then(() => process.exit(0)))
  tell({ url: demo.url })
}

const isForAnAnswer = ({ path }: DemoRequest) => path === '/v1/messages'

const arrivedOf = ({ requestId, status, line, aborted, billed }: DemoRequest): Arrived => ({
  ...{ requestId, status, line, aborted, billed },
})

function lastMessage(body: unknown): string {
  const { messages = [] } = body as { readonly messages?: readonly unknown[] }
  return JSON.stringify(messages.at(-1) ?? '')
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) await serve()
