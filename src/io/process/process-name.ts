/**
 * Names for processes that hold also after their numbers have been given to others: the number, and when it was started.
 */

import { readFileSync } from 'node:fs'

/** The name of this process: `pid-start`; `start` is empty where the system does not tell. */
export function ownName(): string {
  return `${process.pid}-${statOf(process.pid)?.start ?? ''}`
}

/** Whether the very process runs that had this number and was started then. */
export function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = statOf(pid)
  if (now === null) return true
  // A terminal that does not wait for its programs leaves them as zombies, which take signals.
  return now.state !== 'Z' && (start === '' || now.start === start)
}

/**
 * A process's state and when it was started, in ticks since boot; null where there is no /proc. Fields 3 and 22 of its
 * `stat` (proc(5)), counted behind the name, which stands in brackets and may hold anything.
 */
function statOf(pid: number): { readonly state: string; readonly start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return null
  }
}
