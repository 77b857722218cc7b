/** The process in which a chat prepares its attachments: what it gives, that it can be stopped, and that it may end. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { resolveSettings } from '../../src/core/settings.ts'
import { createShelf } from '../../src/io/attachments/shelf.ts'
import { attachApart } from '../../src/modes/attachments/attaching-apart.ts'
import { CHOICES } from '../kit/choices.ts'
import { photo } from '../kit/pictures.ts'

let home: string
let path: string
const shelf = createShelf()
const { settings } = resolveSettings({ flags: { history: 'off' }, env: {}, file: {} })
const never = new AbortController().signal
const attach = (ref: Parameters<typeof attachApart>[0], signal = never) =>
  attachApart(ref, { settings, shelf }, newConversation(CHOICES), signal)

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'claude-tui-workshop-'))
  path = join(home, 'photo.jpg')
  writeFileSync(path, await (await photo(2400, 1600)).jpeg().toBuffer())
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Processes of ours that are workshops. */
const workshops = () =>
  execFileSync('ps', ['-o', 'pid=,ni=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('workshop'))
    .map((line) => line.trim().split(/\s+/).map(Number) as [pid: number, niceness: number])

test('a file, and bytes, come back prepared, and lie on the shelf', async () => {
  const [file, bytes] = await Promise.all([
    attach({ path }),
    attach({ name: 'small.png', bytes: await (await photo(40, 30)).png().toBuffer() }),
  ])
  for (const made of [file, bytes]) {
    if ('refused' in made) throw new Error(made.refused)
    const { width, height } = await sharp(shelf.get(made.attachment.hash)!).metadata()
    expect(made.attachment.image).toMatchObject({ width, height })
  }
  expect(file).toMatchObject({ attachment: { name: 'photo.jpg', image: { from: { width: 2400, height: 1600 } } } })
})

test('it works below whoever types, in one process for all', async () => {
  await Promise.all(Array.from({ length: 5 }, () => attach({ path })))
  const found = workshops()
  expect(found).toHaveLength(1)
  expect(found[0]![1]).toBeGreaterThanOrEqual(10)
})

test('what cannot be sent is refused as anywhere', async () => {
  expect(await attach({ path: join(home, 'nothing.png') })).toEqual({
    refused: expect.stringMatching(/^There is no file .*nothing\.png\. /),
  })
})

test('it stops when nobody wants it any more, and goes on with the next', async () => {
  const controller = new AbortController()
  const stopped = attach({ path }, controller.signal)
  controller.abort(new Error('not wanted'))
  await expect(stopped).rejects.toThrow('not wanted')
  await expect(attach({ path }, controller.signal)).rejects.toThrow('not wanted')
  expect(await attach({ path })).toHaveProperty('attachment')
})

test('when it ends in the middle, that is said; the next one has a new process', async () => {
  await attach({ path })
  const [[before]] = workshops() as [[number, number]]
  const cut = attach({ name: 'large.jpg', bytes: await (await photo(3000, 2000)).jpeg().toBuffer() })
  process.kill(before, 'SIGKILL')
  expect(await cut).toEqual({
    refused:
      'large.jpg could not be prepared: the process for it has ended. Attach it once more, or export it as PNG, JPEG or PDF first.',
  })
  expect(await attach({ path })).toHaveProperty('attachment')
  expect(workshops().map(([pid]) => pid)).not.toContain(before)
})
