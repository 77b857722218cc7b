/** What a process and all its descendants have used, by Linux's /proc. What the amounts mean is left to others. */

import { readdirSync, readFileSync } from 'node:fs'

export interface TreeUse {
  /** User and system time since the start, children that have ended included. Grain: 0.01 s. */
  readonly cpuS: number
  /** Resident memory; pages that processes share count once for each. 1 MB is 1,048,576 bytes. */
  readonly rssMB: number
}

/** @throws Error where there is no /proc */
export function treeUse(pid: number): TreeUse {
  const processes = readProcesses()
  let ticks = 0
  let rssKB = 0
  for (const [id, { used }] of processes) {
    if (!descends(id, pid, processes)) continue
    ticks += used
    rssKB += residentKB(id)
  }
  return { cpuS: ticks / TICKS_PER_SECOND, rssMB: rssKB / 1024 }
}

/** USER_HZ: what the kernel shows to programs is in these units on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

interface Process {
  readonly parent: number
  /** In ticks. */
  readonly used: number
}

function readProcesses(): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>()
  for (const name of folder()) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    // The command in parentheses may hold anything; the fields begin behind the last one. See proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number)
    if (cstime === undefined) continue
    found.set(Number(name), { parent: Number(fields[1]), used: utime! + stime! + cutime! + cstime })
  }
  return found
}

function folder(): readonly string[] {
  try {
    return readdirSync('/proc')
  } catch {
    throw new Error('CPU and memory are read from /proc, which this system does not have. This bench needs Linux.')
  }
}

function descends(id: number, ancestor: number, processes: ReadonlyMap<number, Process>): boolean {
  for (let at: number | undefined = id; at; at = processes.get(at)?.parent) if (at === ancestor) return true
  return false
}

function residentKB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

/** A process may end while it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** Watches the memory of a tree; the peak so far, in MB. */
export function watchMemory(pid: number, everyMs = 250): { peak(): number; stop(): void } {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, treeUse(pid).rssMB)
  }
  const timer = setInterval(look, everyMs)
  return {
    peak() {
      look()
      return peak
    },
    stop: () => clearInterval(timer),
  }
}
