/** Someone without a key, and other ways of beginning badly. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { openPty } from '../kit/index.ts'

test('without a key there are three ways in; the demo is one of them', async () => {
  await using chat = openPty({})
  await chat.see('No API key was found')
  chat.press('down', 'enter')
  await chat.see('demo server')
  chat.type('help\r')
  await chat.see(/ttft \d/, { timeout: 15_000 })
})

test('a pasted key is kept for its owner alone, never shown, and used', async () => {
  await using night = await evening('text "hello"')
  const chat = openPty({ env: { CLAUDE_TUI_BASE_URL: undefined } })
  await chat.see('No API key was found')
  chat.press('enter')
  await chat.see('Paste your API key')
  chat.paste('two words')
  chat.press('enter')
  await chat.see(/expected one API key/)
  chat.paste('sk-ant-test-0123456789')
  chat.press('enter')
  await chat.see('Ask anything')
  expect(chat.emulator.text()).not.toContain('0123456789')
  expect(statSync(join(chat.config, 'settings.json')).mode & 0o777).toBe(0o600)
  expect(night.demo.requests).toEqual([])
  await chat.close()
})

test('a key pasted on the first screen is taken for what it is, and a question typed there leads nowhere', async () => {
  const chat = openPty({})
  await chat.see('No API key was found')
  chat.type('what is 2+3')
  chat.paste('sk-ant-test-0123456789')
  await chat.see('••••')
  chat.press('enter')
  await chat.see('Ask anything')
  expect(chat.emulator.text()).not.toContain('0123456789')
  await chat.close()
})

test('a local server needs no key', async () => {
  await using night = await evening('text "from next door"', { unguarded: true })
  await using chat = openPty({})
  await chat.see('No API key was found')
  chat.type('3\r')
  await chat.see('URL of the server')
  chat.type(`${night.demo.url}\r`)
  await chat.see('Ask anything')
  chat.type('hi\r')
  await chat.see('from next door')
})

test('TERM=dumb gets plain lines, three numbered ways in, and no escape code', async () => {
  await using night = await evening('text "hello"')
  const chat = openPty({ env: { TERM: 'dumb' } })
  await chat.see(/^1 {2}Paste an API key/m)
  chat.type('1\r')
  await chat.see('It is not shown:')
  chat.type('two words\r')
  await chat.see('expected one API key')
  const isAsked = (what: string) => () => chat.emulator.text().split(what).length === 3
  await chat.until(isAsked('Type 1, 2 or 3'), 'the question once more')
  chat.type('1\r')
  await chat.until(isAsked('It is not shown:'), 'the second request for a key')
  chat.type('sk-ant-test-01234567x\x7f89\r')
  await chat.see(/^You:/m)
  expect(chat.emulator.text()).not.toContain('01234567')
  expect(JSON.parse(readFileSync(join(chat.config, 'settings.json'), 'utf8'))).toEqual({
    apiKey: 'sk-ant-test-0123456789',
  })
  expect(chat.bytes.toString()).not.toContain('\x1b')
  expect(night.demo.requests).toEqual([])
  await chat.close()
})

test('one question on a terminal is rendered, settled and over', async () => {
  await using night = await evening(`text ${JSON.stringify('# Title\n\nsome **bold** words \u001b[2J\n')}`)
  await using chat = openPty({
    args: ['-p', 'hi'],
    env: { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'k-1234' },
  })
  expect((await chat.exited).code).toBe(0)
  expect(chat.emulator.text()).toContain('Title\n\nsome bold words')
  expect(chat.bytes.toString()).not.toContain('\x1b[2J')
})
