/** Who notes a running turn: names for programs that tell, on the same machine, whether they are still there. */

import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { isRunning, ownName } from '../process/process-name.ts'

/** A program that cannot be asked, on another machine or in another container, is gone when it was quiet for so long. */
const GONE_AFTER_MS = 60 * 60 * 1000

/** Names this process: its machine, its room there, and its own name. */
export function ownerName(): string {
  return `${hostname()}:${room()}:${ownName()}`
}

/** Whether the process that had this name is known to be gone. @param quietMs how long nothing was heard of it */
export function isGone(owner: string, quietMs: number): boolean {
  const [, place, pid, start] = /^(.*):(\d+)-(\d*)(?:#\d+)?$/.exec(owner) ?? []
  if (pid !== undefined && place === `${hostname()}:${room()}`) return !isRunning(Number(pid), start ?? '')
  // A clock that was set back makes the past look like the future.
  return Math.abs(quietMs) > GONE_AFTER_MS
}

/** Containers number their processes on their own; empty where there is no /proc. */
function room(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''
  } catch {
    return ''
  }
}
