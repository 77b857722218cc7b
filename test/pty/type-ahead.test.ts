/** Someone who types before there is anything to type into. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty, type PtyOptions, type PtySession } from '../kit/pty.ts'

/** A chat against this server, typed into before its first instruction runs. */
function typingAhead(url: string, keys: string, more: PtyOptions = {}): PtySession {
  const env = { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'k-1234', CLAUDE_TUI_SERVER_FEATURES: 'full', ...more.env }
  const chat = openPty({ ...more, env })
  chat.type(keys)
  return chat
}

test('a question and its Enter, typed at once, are asked and answered', async () => {
  await using night = await evening('text "well read"')
  await using chat = typingAhead(night.demo.url, 'hello\rand more')
  await chat.see('well read')
  await chat.see(/^› and more$/m)
  await chat.see(/^› hello$/m)
  expect(night.questions.map(({ messages }) => messages)).toEqual([[{ role: 'user', content: expect.anything() }]])
  expect(JSON.stringify(night.questions)).toContain('"hello"')
})

test('half a line stands in the draft, and nowhere else', async () => {
  await using night = await evening()
  await using chat = typingAhead(night.demo.url, 'hel')
  await chat.see(/^› hel$/m)
  chat.type('lo')
  await chat.see(/^› hello$/m)
  expect(chat.emulator.text().match(/hel/g)).toHaveLength(1)
})

test('Ctrl+D leaves, and the terminal is given back', async () => {
  await using night = await evening()
  await using chat = typingAhead(night.demo.url, '\x04', { checkTty: true })
  expect(await chat.exited).toMatchObject({ code: 0, tty: { canonical: true, echo: true } })
})

test.each([
  ['a wrong flag', ['--effort', 'none'], 2],
  ['a script that is not there', ['--demo', '--script', '/nowhere'], 2],
])('%s ends with its sentence, and the terminal is given back', async (_name, args, code) => {
  await using night = await evening()
  await using chat = typingAhead(night.demo.url, 'hel', { args, checkTty: true })
  expect(await chat.exited).toMatchObject({ code, tty: { canonical: true, echo: true } })
})

test('a helper that asks for a passphrase has the keyboard for itself; Ctrl+C there ends the program', async () => {
  await using night = await evening('text "opened"')
  const home = lodge({ ANTHROPIC_BASE_URL: night.demo.url, CLAUDE_TUI_SERVER_FEATURES: 'full' })
  const helper = join(home.home, 'helper')
  writeFileSync(helper, '#!/bin/sh\nprintf "Passphrase: " > /dev/tty\nread word < /dev/tty\necho "k-$word"\n', {
    mode: 0o755,
  })
  const env = { CLAUDE_TUI_API_KEY_HELPER: helper, CLAUDE_TUI_API_KEY_FOR: night.demo.url }
  await using chat = openPty({ lodging: home, env })
  await chat.see('Passphrase: ')
  chat.type('secret\r')
  await chat.see('Ask anything')
  chat.type('hi\r')
  await chat.see('opened')
  await using gone = openPty({ lodging: home, env, checkTty: true })
  await gone.see('Passphrase: ')
  gone.press('ctrl+c')
  expect(await gone.exited).toMatchObject({ code: 130, tty: { canonical: true, echo: true } })
  home.remove()
})

test('plain lines get what was typed ahead as lines', async () => {
  await using night = await evening('text "well read"')
  await using chat = typingAhead(night.demo.url, 'hello\r', { env: { TERM: 'dumb' } })
  await chat.see('well read')
  expect(JSON.stringify(night.questions)).toContain('"hello"')
})
