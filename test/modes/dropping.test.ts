import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { droppedRefs, leadingFiles } from '../../src/modes/attachments/enclosing/dropping.ts'

const folder = mkdtempSync(join(tmpdir(), 'claude-tui-dropping-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [one, two] = ['one.jpg', 'a b.jpg'].map((name) => join(folder, name)) as [string, string]
for (const path of [one, two]) writeFileSync(path, 'x')
mkdirSync(join(folder, 'sub'))

test('paths of files are files, each in the size that stands behind it', async () => {
  expect(await droppedRefs(`'${two}' ${pathToFileURL(one)} ${one}@720p`)).toEqual([
    { path: two },
    { path: one },
    { path: one, size: '720p' },
  ])
  expect(await droppedRefs(join(folder, 'sub'))).toMatch(/is a folder/)
})

test('anything else is text: one that is not there, no size, the end of a sentence', async () => {
  for (const text of [`${one} ${folder}/none.jpg`, `${one}@large`, `${one}.`, 'one.jpg is odd'])
    expect(await droppedRefs(text)).toBeNull()
})

test('a line may go on behind its paths', async () => {
  const rest = { words: 'what is this?' }
  const first = { path: one, size: '100x100' }
  expect(await leadingFiles(`${one}@100x100 '${two}' what is this?`)).toEqual({ refs: [first, { path: two }], ...rest })
  const address = pathToFileURL(one).href
  const more = await leadingFiles(`${one}@100x100 ${address} ${two.replaceAll(' ', '\\ ')} what is this?`)
  expect(more).toEqual({ refs: [first, { path: one }, { path: two }], ...rest })
  expect(await leadingFiles('what.jpg is this?')).toEqual({ refs: [], words: 'what.jpg is this?' })
})
