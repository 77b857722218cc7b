/**
 * The workshop: a process of its own in which a chat has its attachments prepared, so that neither the image library nor
 * what it leaves behind holds up the keyboard, and no damaged file can end the chat. `io/workshop` starts and ends it.
 */

import { setPriority } from 'node:os'
import type { Delivery, Job, Jobs, Order } from './core/attachments/workshop-jobs.ts'
import { leave } from './io/process/leave.ts'

/** Whoever types goes first. */
const PRIORITY = 10

// Before the first thread is started: all of them have it then.
try {
  setPriority(PRIORITY)
} catch {
  // Where that is not allowed it works at the pace of the others.
}
// Keys and signals are the chat's business; it ends when the chat does, or says so.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})
process.on('disconnect', () => leave(0))

const running = new Map<number, AbortController>()

async function work({ kind, asks }: Job, signal: AbortSignal): Promise<Jobs[keyof Jobs]['gives']> {
  if (kind === 'attach') {
    const { attachFrom, keptBy } = await import('./modes/attachments/attaching.ts')
    const { ref, mayKeep, ...parts } = asks
    return attachFrom(ref, { ...parts, shelf: { put() {} }, kept: keptBy(mayKeep) }, signal)
  }
  const draw = await import('./io/attachments/preview.ts')
  const { bytes, cells, cell } = asks
  const made = { grid: draw.gridOf, png: draw.pngOf, sixel: draw.sixelOf }[kind](bytes, cells, cell)
  return made.catch(() => null)
}

process.on('message', (order: Order) => {
  const { id } = order
  if ('stop' in order) return running.get(id)?.abort()
  const controller = new AbortController()
  running.set(id, controller)
  const deliver = (delivery: Delivery) => {
    running.delete(id)
    if (!controller.signal.aborted && process.connected) process.send?.(delivery)
  }
  work(order.job, controller.signal).then(
    (gives) => deliver({ id, gives }),
    (error: Error) => deliver({ id, trouble: error.message }),
  )
})
