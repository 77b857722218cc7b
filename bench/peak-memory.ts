/** The most memory this process has had. */

import { readFileSync } from 'node:fs'

/** In MB. Linux counts what the parent had among what a process had, unless it is asked in this way. */
export function peakMb(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
