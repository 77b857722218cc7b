import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { makeFolder } from '../../src/io/files/private-folder.ts'

const base = mkdtempSync(join(tmpdir(), 'claude-tui-folder-'))
afterEach(() => rmSync(join(base, 'a'), { recursive: true, force: true }))

test('makes every missing folder, for its owner alone, and leaves those that are there', () => {
  makeFolder(join(base, 'a', 'b'))
  makeFolder(join(base, 'a', 'b'))
  expect(statSync(join(base, 'a', 'b')).mode & 0o777).toBe(0o700)
})

test('says what is in the way', () => {
  writeFileSync(join(base, 'a'), '')
  expect(() => makeFolder(join(base, 'a', 'b'))).toThrow(/EEXIST/)
  expect(() => makeFolder(join(base, 'a'))).toThrow(/EEXIST/)
})

// Node's own way of making several at once would never come back.
test.skipIf(!existsSync('/proc/self'))('comes back where no folder can be made', () => {
  expect(() => makeFolder('/proc/nowhere/at/all')).toThrow(/ENOENT|EPERM|EACCES/)
})
