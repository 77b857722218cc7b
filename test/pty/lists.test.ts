/** The lists of the built client: earlier conversations, earlier turns, branches. */

import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { seed } from '../../bench/history-fill.ts'
import { openHistory } from '../../src/io/history.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty, type PtySession } from '../kit/pty.ts'

const WAIT = { timeout: 10_000, interval: 20 }
const answering = (...answers: readonly string[]) => answers.map((text) => `text ${JSON.stringify(text)}`).join('\n')

/** A home that several sessions share. */
function home() {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  return {
    lodging,
    env: { CLAUDE_TUI_DATA_DIR: data, CLAUDE_TUI_TITLES: 'off' },
    path: join(data, 'history.db'),
    [Symbol.dispose]: () => lodging.remove(),
  }
}

const texts = (night: Evening) =>
  night.questions.at(-1)?.messages.map((message) => {
    const { content } = message as unknown as { content: readonly { text: string }[] }
    return content.map(({ text }) => text).join('')
  })

/** Asks questions one after the other, each when the answer before it is over. */
async function talk(chat: PtySession, ...turns: readonly (readonly [question: string, answer: string])[]) {
  for (const [question, answer] of turns) {
    chat.type(`${question}\r`)
    await chat.see(answer)
    await chat.gone('esc stops')
  }
}

/** Two conversations were held here before. */
async function earlier(night: Evening, mine: ReturnType<typeof home>) {
  for (const prompt of ['Why is the sea salt?', 'What makes the tides?'])
    await night.pipe({ lodging: mine.lodging, env: mine.env, args: [prompt] })
}
const EARLIER = answering('Rivers carry it.', 'The moon, and some salt water.', 'Go on.', 'And on.')

describe('/sessions', () => {
  test('lists earlier conversations, searches what was said, and goes on with the chosen one', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const chat = await night.chat(mine)
    chat.type('/sessions\r')
    await chat.see(
      /Conversations {2}1 of 2\n› type to search.*\n› What makes the tides\?.*1 turn.*\n {2}Why is the sea/,
    )
    await chat.see('The moon, and some salt water.')
    chat.type('rivers')
    await chat.see(/Conversations {2}1 of 1\n› rivers\n› Why is the sea salt\?/)
    await chat.see('Rivers carry it.')
    chat.press('enter')
    await chat.see('Resumed: “Why is the sea salt?” · 1 turn')
    await chat.gone('Conversations')
    chat.type('And the lakes?\r')
    await chat.see('Go on.')
    expect(texts(night)).toEqual(['Why is the sea salt?', 'Rivers carry it.', 'And the lakes?'])
  })

  test('keys typed before the list is there are meant for it, Enter included', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const chat = await night.chat(mine)
    await chat.see(/Sonnet/)
    chat.type('/sessions\rsea\r')
    await chat.see('Resumed: “Why is the sea salt?”')
  })

  test('renames and deletes in place; the draft in the composer waits meanwhile', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const chat = await night.chat({ ...mine, args: ['-r'] })
    await chat.see(/› What makes the tides\?/)
    chat.press('ctrl+r', 'ctrl+u')
    chat.type('Sun and moon\r')
    await chat.see(/› Sun and moon +now/)
    chat.press('delete')
    await chat.see('“Sun and moon” is in the bin. Ctrl+Z takes it out again.')
    await chat.see('Conversations  1 of 1')
    chat.press('ctrl+z')
    await chat.see(/Conversations {2}1 of 2\n.*\n› Sun and moon/)
    chat.press('esc')
    await chat.see('Ask anything')
    const history = await openHistory(mine.path)
    expect(history.list({ limit: 9 }).map(({ title }) => title)).toEqual(['Sun and moon', 'Why is the sea salt?'])
    history.close()
  })

  test('keeps its place and leaves nothing behind when the window changes', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    // The emulator's habits with rows that wrap are those of this terminal.
    const chat = await night.chat({ ...mine, env: { ...mine.env, TERM_PROGRAM: 'vscode' } })
    chat.type('/sessions\r')
    await chat.see('› What makes the tides?')
    chat.press('down')
    const top = /5\.5 · \S+\n\nConversations {2}2 of 2\n› type to search.*\n.*\n› Why is the sea salt\? +now +/
    chat.resize(56, 30)
    await chat.see(new RegExp(`${top.source}1 turn +<\\$`))
    chat.resize(120, 40)
    await chat.see(new RegExp(`${top.source}1 turn +Sonnet`))
    chat.press('esc')
    await chat.see('Ask anything')
    await chat.gone('Conversations')
    expect(chat.emulator.text()).not.toContain('tides')
  })
})

test('a list of long titles leaves nothing behind where a window is made narrower, nor in its scrollback', async () => {
  using mine = home()
  mkdirSync(dirname(mine.path), { recursive: true })
  const history = await openHistory(mine.path)
  for (let i = 0; i < 20; i++) {
    seed(history, 1)
    history.retitle(history.list({ limit: 1 })[0]!.id, `Conversation ${i} ${'with a long title '.repeat(6)}`, i)
  }
  history.close()
  await using night = await evening()
  for (const windows of [
    // The window, and the row of a list in it.
    [[40, 39]],
    [
      [80, 78],
      [60, 59],
    ],
  ] as const) {
    const chat = await night.chat({ ...mine, env: { ...mine.env, TERM_PROGRAM: 'vscode' } })
    const listed = () => chat.emulator.screen().find((row) => row.startsWith('› Conversation 19'))?.length
    chat.type('/help\r')
    await chat.see('Ctrl+O')
    chat.type('/sessions\r')
    await chat.until(() => listed() === 80, 'the list')
    for (const [columns, width] of windows) {
      chat.resize(columns, 30)
      await chat.until(() => listed() === width && !chat.modes.synchronized, 'the narrower list')
      expect(chat.emulator.text().match(/Conversation 19/g)).toHaveLength(1)
    }
    chat.press('esc')
    await chat.gone('Conversations')
    expect(chat.emulator.text()).not.toContain('Conversation')
  }
})

describe('--resume', () => {
  test('has the keys typed before it has found anything', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const chat = await night.chat({ ...mine, args: ['-r'] })
    chat.type('rivers\r')
    await chat.see('Resumed: “Why is the sea salt?”')
    const other = await night.chat({ ...mine, args: ['-r', 'tides'] })
    other.type('and ebb?\r')
    await other.see('Go on.')
    expect(texts(night)).toEqual(['What makes the tides?', 'The moon, and some salt water.', 'and ebb?'])
  })

  test('alone opens the list; Esc leaves it for a new conversation', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const chat = await night.chat({ ...mine, args: ['--resume'] })
    await chat.see('Conversations  1 of 2')
    chat.press('esc')
    await chat.gone('Conversations')
    await talk(chat, ['New?', 'Go on.'])
    expect(texts(night)).toEqual(['New?'])
  })

  test('with words that no title has searches for them', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const chat = await night.chat({ ...mine, args: ['-r', 'salt water'] })
    await chat.see('No conversation has the id or the title "salt water"')
    await chat.see(/› salt water\n› What makes the tides\?/)
    chat.press('enter')
    await chat.see('Resumed: “What makes the tides?”')
  })
})

describe('Esc Esc', () => {
  test('goes back to an earlier turn: its question is edited and asked again, what was stays a branch', async () => {
    await using night = await evening(answering('One.', 'Two.', 'Three.', 'Other two.', 'End.'))
    const chat = await night.chat()
    await talk(chat, ['first', 'One.'], ['second', 'Two.'], ['third', 'Three.'])
    chat.press('esc')
    await chat.see('Esc again: earlier turns')
    chat.press('esc')
    await chat.see(/Earlier turns {2}3 of 3\n.*\n {2}1 first.*\n {2}2 second.*\n› 3 third/)
    await chat.see('Cache:')
    chat.press('up', 'enter')
    await chat.see(/Turn 2 is taken back, .*\n[\s\S]*\n› second\n/)
    chat.type(' thought\r')
    await chat.see('Other two.')
    await chat.gone('esc stops')
    expect(texts(night)).toEqual(['first', 'One.', 'second thought'])

    chat.type('/tree\r')
    await chat.see(/● 1 first.*\n {2}├─○ 2 second .*\n {2}│ ○ 3 third.*\n› ● 4 second thought +you are here/)
    chat.press('up', 'enter')
    await chat.see('The next question follows turn 3.')
    await chat.see(/› third\n[\s\S]*Three\.\n\n›/)
    await talk(chat, ['on', 'End.'])
    expect(texts(night)).toEqual(['first', 'One.', 'second', 'Two.', 'third', 'Three.', 'on'])
  })

  test('branches after an answer with Tab, and leaves everything as it was with Esc', async () => {
    await using night = await evening(answering('One.', 'Two.', 'Three.'))
    const chat = await night.chat()
    await talk(chat, ['first', 'One.'], ['second', 'Two.'])
    chat.type('a draft')
    chat.press('esc', 'esc')
    await chat.see('Earlier turns')
    chat.press('esc')
    await chat.see(/› a draft\n.*Sonnet/)
    chat.press('ctrl+u', 'esc', 'esc')
    await chat.see('Earlier turns')
    chat.press('up', 'tab')
    await chat.see('The next question follows turn 1.')
    await talk(chat, ['instead', 'Three.'])
    expect(texts(night)).toEqual(['first', 'One.', 'instead'])
  })

  test('stops an answer first; no list opens while one runs', async () => {
    await using night = await evening('words n=60 hold after=10')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('word00010')
    chat.type('/turns\r')
    await chat.see('An answer is running: Esc stops it')
    chat.press('esc')
    await chat.see('Stopped.')
    await chat.see(/Sonnet/)
    chat.press('esc')
    await chat.see('Esc again: earlier turns')
    expect(chat.screen).not.toContain('Earlier turns')
  })

  test('what was edited and branched is there in the next session', async () => {
    using mine = home()
    await using night = await evening(answering('One.', 'Two.', 'Other.'))
    const chat = await night.chat(mine)
    await talk(chat, ['first', 'One.'], ['second', 'Two.'])
    chat.press('esc', 'esc')
    await chat.see('Earlier turns')
    chat.press('enter')
    await chat.see('Turn 2 is taken back')
    await talk(chat, [' again', 'Other.'])
    chat.press('ctrl+d')
    await chat.exited
    const next = await night.chat({ ...mine, args: ['-c'] })
    await next.see('Resumed: “first” · 2 turns, 1 on another branch: /tree')
    next.type('/tree\r')
    await next.see(/● 1 first.*\n {2}├─○ 2 second .*\n› ● 3 second again +you are here/)
  })
})

describe('in plain lines', () => {
  test('lists are numbered, and a number chooses', async () => {
    using mine = home()
    await using night = await evening(EARLIER)
    await earlier(night, mine)
    const env = { ...mine.env, ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'key-of-a-play' }
    await using chat = openPty({ lodging: mine.lodging, env, args: ['--screen-reader', '-r'] })
    await chat.see(/1\. What makes the tides\?, 1 turn, .*\n2\. Why is the sea salt\?, 1 turn/)
    await chat.see('Type a number to resume')
    chat.type('rivers\r')
    await chat.see(/\n1\. Why is the sea salt\?, 1 turn[\s\S]*Type a number to resume/)
    chat.type('1\r')
    await chat.see('Resumed: “Why is the sea salt?”')
    await chat.see(/Rivers carry it\.\s+You:/)
    chat.type('And the lakes?\r')
    await chat.see('Go on.')
    expect(texts(night)).toEqual(['Why is the sea salt?', 'Rivers carry it.', 'And the lakes?'])
    await chat.see(/session .*\n\nYou:/)
    chat.type('/turns\r')
    await chat.see(/1\. Turn 2: And the lakes\?.*\n2\. Turn 1: Why is the sea salt\?/)
    chat.type('1\r')
    await chat.see(/Its question was: And the lakes\?\s+Turn 2 is taken back/)
    chat.type('And ponds?\r')
    await chat.see('And on.')
    await vi.waitFor(() => expect(texts(night)?.at(-1)).toBe('And ponds?'), WAIT)
    expect(texts(night)).toHaveLength(3)
  })
})
