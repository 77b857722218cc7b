import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPrompts } from '../../src/io/drafts/prompts.ts'

let home = ''
let path = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'prompts-'))
  path = join(home, 'deep', 'prompts.jsonl')
})
afterEach(() => rmSync(home, { recursive: true }))

const trouble = (message: string) => expect.fail(message)
const open = () => openPrompts(path, trouble)
const sheet = (text: string, pastes: readonly (readonly [number, number])[] = []) => ({ text, pastes })
const texts = async () => (await open().read()).map(({ text }) => text)
const lineCount = () => readFileSync(path, 'utf8').split('\n').length - 1
const fill = (entries: number, length = 10) => {
  const prompts = open()
  prompts.append(Array.from({ length: entries }, (_, n) => sheet(`${n} ${'x'.repeat(length)}`)))
  prompts.close()
}

test('what was appended is read again, oldest first, pastes included, by the owner alone', async () => {
  const prompts = open()
  prompts.append([sheet('one\ntwo'), sheet('see: abc', [[5, 8]])])
  prompts.close()
  expect(await open().read()).toEqual([sheet('one\ntwo'), sheet('see: abc', [[5, 8]])])
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
})

test('there is nothing to read before anything was written, and nothing is made by reading', async () => {
  expect(await texts()).toEqual([])
  expect(statSync(join(home, 'deep'), { throwIfNoEntry: false })).toBeUndefined()
})

test('lines that are none are passed over', async () => {
  const prompts = open()
  prompts.append([sheet('good')])
  prompts.close()
  appendFileSync(path, 'half a li\n{"text": 5}\n[]\nnull\n{"text":"odd","pastes":[["a"]]}\n')
  expect(await open().read()).toEqual([sheet('good'), sheet('odd')])
})

test('a file that has grown too long is thinned out to the newest 5,000, and what two programs add is all there', async () => {
  fill(7000)
  const read = await texts()
  expect(read).toHaveLength(5000)
  expect(read.at(-1)).toMatch(/^6999 /)
  expect(lineCount()).toBe(5000)
  const [one, two] = [open(), open()]
  one.append([sheet('from one')])
  two.append([sheet('from two')])
  await vi.waitFor(() => expect(lineCount()).toBe(5002))
  expect((await texts()).slice(-2)).toEqual(['from one', 'from two'])
})

test('a file of a few huge entries is bounded as well', async () => {
  fill(9, 900_000)
  expect((await texts()).length).toBeLessThan(6)
  expect(statSync(path).size).toBeLessThan(5_000_000)
})

// An hour ahead: the clock was set back since.
test.each([0, Date.now() / 1000 + 3600])(
  'while another program thins the file out, additions wait; a lock that was left behind is broken',
  async (left) => {
    fill(1)
    const lock = `${path}.lock`
    writeFileSync(lock, '')
    const prompts = open()
    prompts.append([sheet('patient')])
    await new Promise(setImmediate)
    expect(await texts()).not.toContain('patient')
    utimesSync(lock, left, left)
    await vi.waitFor(async () => expect(await texts()).toContain('patient'))
  },
)

test('a file that cannot be written is told of once', () => {
  writeFileSync(join(home, 'deep'), 'a file where the folder should be')
  const told: string[] = []
  const prompts = openPrompts(path, (message) => told.push(message))
  for (let i = 0; i < 3; i++) {
    prompts.append([sheet('lost')])
    prompts.close()
  }
  expect(told).toHaveLength(1)
})
