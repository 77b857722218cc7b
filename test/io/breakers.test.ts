import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failed } from '../../src/core/weather/breaker.ts'
import { openBreakers } from '../../src/io/weather/breakers.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claude-tui-breakers-'))
  path = join(folder, 'cache', 'breakers.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (at: string | null = path) => openBreakers(at, () => NOON)
const one = failed(null, 'rate', null, NOON)

test('is shared by programs, readable by its owner alone, and gone when nothing is to be known', () => {
  open().set('a', one)
  open().set('b', one)
  expect(open().of('a')).toEqual(one)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'cache')).mode & 0o777).toBe(0o700)
  open().set('a', null)
  expect(open().of('b')).toEqual(one)
  open().set('b', null)
  expect(existsSync(path)).toBe(false)
})

test('what is long ago is dropped with the next writing', () => {
  open().set('old', failed(null, 'rate', null, NOON - 86_400_000))
  open().set('a', one)
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')))).toEqual(['a'])
})

test.each([
  ['no JSON', '{"a": '],
  ['another JSON', '[1, 2]'],
  ['null', 'null'],
  ['rows of another shape', JSON.stringify({ a: { ...one, failures: 'many' }, b: 5 })],
  ['far too much', `{"a": "${'x'.repeat(100_000)}"}`],
])('a damaged file with %s is taken for nothing, and mended by the next writing', (_, text) => {
  open().set('x', one)
  writeFileSync(path, text)
  const breakers = open()
  expect(breakers.of('a')).toBeNull()
  breakers.set('a', one)
  expect(open().of('a')).toEqual(one)
})

test('where nothing can be written it is known to this program alone', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const breakers = open(join(file, 'breakers.json'))
  breakers.set('a', one)
  expect(breakers.of('a')).toEqual(one)
  expect(openBreakers(null, () => NOON).of('a')).toBeNull()
  chmodSync(file, 0o600)
})

test('without a path nothing is kept on disk', () => {
  const breakers = open(null)
  breakers.set('a', one)
  expect(breakers.of('a')).toEqual(one)
  expect(existsSync(path)).toBe(false)
})
