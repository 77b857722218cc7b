import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { projectFiles } from '../../src/io/files/project-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (...paths: readonly string[]) => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), '')
  }
}
const files = async (within = '') => (await projectFiles(join(folder, within))).toSorted()

test('in a repository: what is tracked or would be, from the folder one is in', async () => {
  execFileSync('git', ['init', '-q', folder])
  writeFileSync(join(folder, '.gitignore'), 'ignored/\n*.log\n')
  write('a.ts', 'sub/ü b.ts', 'ignored/x.ts', 'sub/noise.log')
  execFileSync('git', ['-C', folder, 'add', 'a.ts'])
  expect(await files()).toEqual(['.gitignore', 'a.ts', 'sub/ü b.ts'])
  expect(await files('sub')).toEqual(['ü b.ts'])
})

test('elsewhere: what lies below, without what nobody wrote, and not in circles', async () => {
  write('a.ts', 'sub/deep/b.ts', 'node_modules/x/y.js', '.hidden/z')
  symlinkSync('.', join(folder, 'sub/circle'))
  expect(await files()).toEqual(['a.ts', 'sub/deep/b.ts'])
})

test('a repository cannot have a program run by being looked at', async () => {
  execFileSync('git', ['init', '-q', folder])
  write('a.ts')
  const spy = join(folder, 'ran')
  execFileSync('git', ['-C', folder, 'config', 'core.fsmonitor', `touch ${spy}; false`])
  expect(await files()).toEqual(['a.ts'])
})

test('a folder that cannot be read has none', async () => {
  expect(await projectFiles(join(folder, 'nowhere'))).toEqual([])
})
