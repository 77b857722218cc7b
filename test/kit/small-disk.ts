/** A disk of its own for a test, so small that it can be filled, or that nothing can be written to. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk extends Disposable {
  readonly folder: string
  /** Takes all the room there is, but for so many kilobytes. */
  fill(spare?: number): void
  /** Makes room again. */
  clear(): void
  /** Nothing can be written from now on. */
  seal(): void
}

/** Whether this system lets us have one: it takes Linux, and the right to mount. */
export const canHaveDisks: boolean = (() => {
  const disk = mount(64)
  disk?.[Symbol.dispose]()
  return disk !== null
})()

/** @throws Error where `canHaveDisks` is false */
export function smallDisk(kilobytes: number): SmallDisk {
  const disk = mount(kilobytes)
  if (!disk) throw new Error('This system does not let a test mount a disk; see canHaveDisks.')
  return disk
}

function mount(kilobytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-disk-'))
  const run = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (process.platform !== 'linux' || !run('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder)) {
    rmSync(folder, { recursive: true })
    return null
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill(spare = 0) {
      let bytes = kilobytes * 1024
      while (bytes > 0) {
        try {
          writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' })
        } catch {
          // What did not fit has been written in part.
        }
        bytes = Math.floor(bytes / 2)
      }
      truncateSync(ballast, Math.max(0, statSync(ballast).size - spare * 1024))
    },
    clear: () => rmSync(ballast, { force: true }),
    seal: () => void run('mount', '-o', 'remount,ro', folder),
    [Symbol.dispose]() {
      run('umount', '-l', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
