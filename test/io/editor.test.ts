import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { editText } from '../../src/io/terminal/editor.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'editor-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What an editor was given, and the text that came back when it wrote `written`. */
async function edited(text: string, written?: string) {
  const seen = join(folder, 'seen')
  const command = `sh -c 'cp "$0" "$SEEN"; [ -z "\${WRITTEN+x}" ] || printf %s "$WRITTEN" > "$0"'`
  const env = { PATH: process.env.PATH, SEEN: seen, ...(written !== undefined && { WRITTEN: written }) }
  const back = await editText(text, command, env)
  return { given: readFileSync(seen, 'utf8'), back: 'text' in back ? back.text : back.problem }
}

test.skipIf(process.platform === 'win32').each([
  ['', ''],
  ['one', 'one\n'],
  ['one\ntwo', 'one\ntwo\n'],
  ['ends with a newline\n', 'ends with a newline\n\n'],
])('an editor is given %j as whole lines, and what it leaves as it is comes back the same', async (text, file) => {
  expect(await edited(text)).toEqual({ given: file, back: text })
})

test.skipIf(process.platform === 'win32').each([
  ['two\n', 'two'],
  ['no end', 'no end'],
  ['three\r\n', 'three'],
  ['kept\n\n', 'kept\n'],
])('of %j, which an editor wrote, one newline is taken off', async (written, text) => {
  expect((await edited('one', written)).back).toBe(text)
})
