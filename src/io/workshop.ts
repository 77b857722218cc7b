/** The door to the workshop: starts its process with the first job, and ends it when there has been none for a while. */

import { type ChildProcess, fork } from 'node:child_process'
import type { Delivery, Job, Jobs, Order } from '../core/attachments/workshop-jobs.ts'

/** So long it waits for another job, in ms: its memory is worth more than the start it saves. */
const IDLE_MS = 30_000

/** The process is not there any more, or could not be started. */
export class WorkshopGone extends Error {}

interface Waiting {
  resolve(gives: never): void
  reject(reason: unknown): void
}

/** Its own file, beside this one in the build. */
const PROGRAM = import.meta.url.endsWith('.ts') ? '../workshop.ts' : './workshop.js'

let child: ChildProcess | null = null
let idle: NodeJS.Timeout | undefined
let last = 0
const waiting = new Map<number, Waiting>()

/**
 * Has a job done.
 * @throws WorkshopGone when the process ended before it was done; Error with what the job itself throws; the signal's reason
 */
export function inWorkshop<K extends keyof Jobs>(
  kind: K,
  asks: Jobs[K]['asks'],
  signal?: AbortSignal,
): Promise<Jobs[K]['gives']> {
  signal?.throwIfAborted()
  const id = ++last
  return new Promise<Jobs[K]['gives']>((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    clearTimeout(idle)
    const workshop = opened()
    const stop = () => {
      settle(id)?.reject(signal?.reason)
      tell(workshop, { id, stop: true })
    }
    signal?.addEventListener('abort', stop, { once: true })
    tell(workshop, { id, job: { kind, asks } as Job })
  })
}

function opened(): ChildProcess {
  if (child) return child
  const made = fork(new URL(PROGRAM, import.meta.url), [], {
    ...{ serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] },
  })
  child = made
  // A chat that is left does not wait for it.
  made.unref()
  made.channel?.unref()
  made.on('message', (delivery: Delivery) => {
    const one = settle(delivery.id)
    if ('gives' in delivery) one?.resolve(delivery.gives as never)
    else one?.reject(new Error(delivery.trouble))
  })
  const gone = () => {
    if (child !== made) return
    child = null
    for (const id of waiting.keys()) settle(id)?.reject(new WorkshopGone('The process for attachments has ended.'))
  }
  made.on('error', gone)
  made.on('exit', gone)
  return made
}

function tell(workshop: ChildProcess, order: Order): void {
  // What cannot be told any more is answered by its end.
  if (workshop.connected) workshop.send(order, () => {})
}

/** Takes one off the list of those that wait. */
function settle(id: number): Waiting | undefined {
  const one = waiting.get(id)
  waiting.delete(id)
  if (waiting.size === 0 && one) idle = setTimeout(close, IDLE_MS).unref()
  return one
}

function close(): void {
  child?.disconnect()
  child = null
}
