import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newest } from './built.ts'
import { lodge } from './lodging.ts'

test('the latest change counts wherever in the tree it is; a deletion is a change of its folder', () => {
  const { home, remove } = lodge()
  onTestFinished(remove)
  const at = (seconds: number, ...path: string[]) => utimesSync(join(home, ...path), seconds, seconds)
  mkdirSync(join(home, 'src/deep'), { recursive: true })
  writeFileSync(join(home, 'src/deep/file.ts'), '')
  at(100, 'src/deep/file.ts')
  at(50, 'src/deep')
  at(50, 'src')
  expect(newest([join(home, 'src'), join(home, 'absent')])).toBe(100_000)
  rmSync(join(home, 'src/deep/file.ts'))
  at(200, 'src/deep')
  expect(newest([join(home, 'src')])).toBe(200_000)
})
