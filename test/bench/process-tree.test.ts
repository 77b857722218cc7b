import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { treeUse } from '../../bench/process-tree.ts'

test.runIf(existsSync('/proc/self/stat'))('the memory and time of children count, as long as they live', async () => {
  const alone = treeUse(process.pid)
  expect(alone.rssMB).toBeGreaterThan(10)
  const child = spawn(process.execPath, ['-e', "process.stdout.write('up'); process.stdin.resume()"])
  await once(child.stdout, 'data')
  const both = treeUse(process.pid)
  expect(both.rssMB).toBeGreaterThan(alone.rssMB + 10)
  expect(treeUse(child.pid!).rssMB).toBeLessThan(both.rssMB)
  child.stdin.end()
  await once(child, 'exit')
  expect(treeUse(child.pid!)).toEqual({ cpuS: 0, rssMB: 0 })
})
