/** A chat that begins with files. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pdf, png } from '../kit/attachments.ts'
import { evening } from '../kit/evening.ts'
import { lodge, openPty } from '../kit/index.ts'

const contents = (question: unknown) =>
  (question as { messages: { content: { type: string; text?: string }[] }[] }).messages
    .at(-1)!
    .content.map(({ type, text }) => text ?? type)

test.each([
  ['on the glass', [], '› '],
  ['in plain lines', ['--screen-reader'], 'You:'],
])(
  '--attach at the start of a chat %s: they go with the first message, and with no other',
  async (_where, flags, prompt) => {
    await using night = await evening('text "a harbour"\ntext "at six"')
    const home = lodge()
    writeFileSync(join(home.home, 'wide.png'), png(3000, 1500))
    writeFileSync(join(home.home, 'paper.pdf'), pdf().bytes)
    const env = { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'test-key-of-a-play' }
    const args = [...flags, '-a', 'wide.png', '-a', 'paper.pdf']
    await using session = openPty({ args, env: { ...home.env, ...env }, lodging: home, cwd: home.home })
    await session.see('wide.png')
    await session.see(prompt)
    session.type('what is it\r')
    await session.see('a harbour')
    session.type('and when\r')
    await session.see('at six')
    expect(night.questions.map(contents)).toEqual([['image', 'document', 'what is it'], ['and when']])
    home.remove()
  },
)

test('what cannot be attached is said before the chat begins, and the terminal is as it was', async () => {
  await using chat = openPty({ args: ['--demo', '-a', 'nowhere.png'], checkTty: true })
  const { code, tty } = await chat.exited
  expect({ code, tty }).toEqual({ code: 2, tty: { canonical: true, echo: true } })
  expect(chat.screen).toContain('There is no file nowhere.png.')
})
