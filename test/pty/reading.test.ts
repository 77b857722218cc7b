/** Reading back: the last turn again, copies, the pager, the search, thinking, and how it looks to whom. */

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Evening, evening } from '../kit/evening.ts'
import { AT_REST, openPty } from '../kit/index.ts'
import { lodge } from '../kit/lodging.ts'

const ANSWER = 'First **words**.\n\n```sh\nls -la\n```\n\nLast words.'
const answering = (text: string) => `text ${JSON.stringify(text)}`
const times = (text: string, part: string) => text.split(part).length - 1

/** What the program put into the terminal's clipboard, oldest first. */
function clipboard(bytes: Buffer): string[] {
  const found = bytes.toString('latin1').matchAll(/\x1b\]52;c;([\w+/=]*)\x07/g)
  return [...found].map(([, content]) => Buffer.from(content!, 'base64').toString())
}

describe('the last turn', () => {
  test('is drawn again below, by Ctrl+L and by /redraw, though a program has written on the screen', async () => {
    await using night = await evening(answering(ANSWER))
    const chat = await night.chat()
    chat.type('Which words?\r')
    await chat.see(/ttft \d/)
    await chat.emulator.write('\r\n*** a message from elsewhere ***\r\n')
    chat.press('ctrl+l')
    await chat.until(() => times(chat.emulator.text(), '› Which words?') === 2, 'the question twice')
    await chat.see(/Last words\.\n\n› ?\n.*Sonnet 5\.5.*\s*$/)
    expect(times(chat.emulator.text(), 'Last words.')).toBe(2)
    chat.type('/redraw\r')
    await chat.until(() => times(chat.emulator.text(), '› Which words?') === 3, 'the question three times')
  })

  test('that still runs is drawn again as far as it came, and goes on with no word lost', async () => {
    await using night = await evening('words n=60 tag=qaaa hold after=40')
    const chat = await night.chat({ columns: 60 })
    chat.type('go\r')
    await chat.see('qaaa00040')
    chat.press('ctrl+l')
    await chat.until(() => times(chat.emulator.text(), '› go') === 2, 'the question twice')
    night.demo.release()
    await chat.see('qaaa00060')
    await chat.gone('esc stops')
    const again = chat.emulator.text().split('› go').at(-1)!
    for (let i = 1; i <= 60; i++) expect(times(again, `qaaa${String(i).padStart(5, '0')}`)).toBe(1)
  })
})

describe('/copy', () => {
  test('takes the answer as the model wrote it, a code block, or the whole conversation', async () => {
    await using night = await evening(`${answering(ANSWER)}\n${answering('Second: ä漢.')}`)
    const chat = await night.chat()
    chat.type('/copy\r')
    await chat.see('no answer to copy yet')
    chat.type('one\r')
    await chat.see(/ttft \d/)
    chat.type('/copy\r')
    await chat.see(`Answer 1: ${ANSWER.length} characters sent to the terminal's clipboard`)
    chat.type('/copy 1\r')
    await chat.see('Code block 1 (sh) of answer 1: 6 characters')
    chat.type('/copy 7\r')
    await chat.see('Answer 1 has 1 code block; there is no 7.')
    chat.type('two\r')
    await chat.see('Second: ä漢.')
    await chat.see(/session \$0\.0/)
    chat.type('/copy all\r')
    await chat.see('The conversation, 2 turns')
    expect(clipboard(chat.bytes)).toEqual([ANSWER, 'ls -la', `> one\n\n${ANSWER}\n\n> two\n\nSecond: ä漢.\n`])
  })

  test('uses a tool of the platform as well, for terminals that do not listen', async () => {
    const home = lodge()
    await using night = await evening(answering(ANSWER))
    const tool = join(home.home, 'xclip')
    writeFileSync(tool, `#!/bin/sh\ncat > ${home.home}/clip\n`)
    chmodSync(tool, 0o755)
    const chat = await night.chat({ env: { DISPLAY: ':7', PATH: `${home.home}:${process.env.PATH}` } })
    chat.type('one\r')
    await chat.see(/ttft \d/)
    chat.type('/copy\r')
    await chat.see('copied with xclip, and sent to the terminal')
    expect(readFileSync(join(home.home, 'clip'), 'utf8')).toBe(ANSWER)
    home.remove()
  })

  test('what no clipboard takes goes to a file, and everything tried is named', async () => {
    await using night = await evening(answering('x'.repeat(80_000)))
    const chat = await night.chat({ env: { DISPLAY: ':7', PATH: '/nowhere' }, columns: 200 })
    chat.type('one\r')
    await chat.see(/ttft \d/)
    await chat.gone('esc stops')
    chat.type('/copy\r')
    await chat.see(/80,000 characters written to .*answer-1\.md/)
    await chat.see(/Tried: OSC 52 \(at most\s74,994\sbytes\),\sxclip\s\(not\sinstalled\),\sxsel\s\(not\sinstalled\)/)
    expect(clipboard(chat.bytes)).toEqual([])
    const [path] = /\S*\/answer-1\.md/.exec(chat.screen.replaceAll('\n', ''))!
    expect(existsSync(path)).toBe(true)
  })
})

describe('/show', () => {
  test('lends the terminal to the pager, and takes it back where it was', async () => {
    await using night = await evening(answering(ANSWER))
    const chat = await night.chat({ env: { PAGER: 'cat; printf PAGED; read line < /dev/tty; : ' }, checkTty: true })
    chat.type('Which words?\r')
    await chat.see(/ttft \d/)
    chat.type('/show\r')
    await chat.see('PAGED')
    expect(chat.modes.bracketedPaste).toBe(false)
    expect(chat.screen).not.toContain('ttft')
    // Ctrl+C in the pager is the pager's.
    chat.type('next\r')
    await chat.see(/ttft \d/)
    chat.type('still here')
    await chat.see('› still here')
    expect(chat.modes.bracketedPaste).toBe(true)
    chat.press('ctrl+c', 'ctrl+d')
    const { code, tty } = await chat.exited
    expect({ code, tty }).toEqual({ code: 0, tty: { canonical: true, echo: true } })
    expect(chat.modes).toEqual(AT_REST)
  })

  test('an answer that runs on behind the pager loses no word', async () => {
    await using night = await evening('words n=90 tag=qaaa hold after=30')
    const chat = await night.chat({ env: { PAGER: 'printf PAGED; read line < /dev/tty; : ' }, columns: 70 })
    chat.type('go\r')
    await chat.see('qaaa00030')
    chat.type('/show\r')
    await chat.see('PAGED')
    night.demo.release()
    await chat.until(() => night.demo.requests.length > 0, 'the request')
    chat.type('\r')
    await chat.see('qaaa00090')
    await chat.gone('esc stops')
    const text = chat.emulator.text()
    for (let i = 1; i <= 90; i++) expect(times(text, `qaaa${String(i).padStart(5, '0')}`)).toBe(1)
  })

  test('Ctrl+C belongs to the pager while it has the terminal', async () => {
    await using night = await evening(answering(ANSWER))
    const chat = await night.chat({
      env: { PAGER: "trap 'printf CAUGHT' INT; printf PAGED; read line < /dev/tty; : " },
    })
    chat.type('one\r')
    await chat.see(/ttft \d/)
    chat.type('/show code 1\r')
    await chat.see('PAGED')
    chat.press('ctrl+c')
    await chat.see('CAUGHT')
    chat.type('\r')
    await chat.see(/ttft \d/)
  })

  test('names what there is when it is asked for something else', async () => {
    await using night = await evening(answering(ANSWER))
    const chat = await night.chat()
    chat.type('/show\r')
    await chat.see('no answer to show yet')
    chat.type('one\r')
    await chat.see(/ttft \d/)
    chat.type('/show 9\r')
    await chat.see('There is no answer 9: this conversation has 1 alone.')
    chat.type('/show me\r')
    await chat.see('"me" came')
  })
})

describe('/find and /perf', () => {
  test('a search shows every place, with its turn, a few words around it, and the place marked', async () => {
    await using night = await evening(`${answering(ANSWER)}\n${answering('Nothing here.')}`)
    const chat = await night.chat()
    chat.type('one\r')
    await chat.see('Last words.')
    chat.type('which WORDS\r')
    await chat.see('Nothing here.')
    chat.type('/find words\r')
    await chat.see(/^answer 1 {4}First \*\*words\*\*\. .* Last words\.$/m)
    await chat.see(/^question 2 {2}which WORDS$/m)
    expect(chat.bytes.toString()).toMatch(/\x1b\[1mwords\x1b\[.*\x1b\[1mwords\x1b/)
    expect(chat.bytes.toString()).toMatch(/\x1b\[1mWORDS\x1b/)
    chat.type('/find walrus\r')
    await chat.see('"walrus" is not in this conversation.')
  })

  test('our own share is told in figures, each with its formula', async () => {
    await using night = await evening(answering(ANSWER))
    const chat = await night.chat({ columns: 130 })
    chat.type('one\r')
    await chat.see(/ttft \d/)
    chat.type('/perf\r')
    await chat.see(/key to echo: median \d.* ms, p95 \d.* ms \(/)
    await chat.see(/our share of TTFT: \d.* ms \(/)
    await chat.see(/memory: \d+ MB/)
  })
})

describe('thinking', () => {
  const script = 'words n=30 tag=qaaa thinking=60 hold after=10'

  test('is folded into one line until Ctrl+T asks for it; then it stands below', async () => {
    await using night = await evening('words n=9 thinking=60')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see(/✻ thought for/)
    await chat.see(/ttft \d/)
    const rows = chat.emulator.text().length
    chat.press('ctrl+t')
    await chat.see('Thinking is shown from now on.')
    expect(chat.emulator.text().length).toBeGreaterThan(rows + 50)
    chat.press('ctrl+t')
    await chat.see('Thinking is folded from now on.')
  })

  test('unfolded, it comes before the answer, and the answer follows as ever', async () => {
    await using night = await evening(script)
    const chat = await night.chat()
    chat.press('ctrl+t')
    await chat.see('Thinking is shown')
    chat.type('go\r')
    await chat.see('qaaa00010')
    night.demo.release()
    await chat.see('qaaa00030')
    expect(chat.emulator.text()).toMatch(/› go\n\n\S[\s\S]{40,}\n\n✻ thought for .*\n\nqaaa00001/)
  })
})

describe('themes', () => {
  /** Colour of the prompt's sign as the terminal was told. */
  const sign = (bytes: Buffer) => bytes.toString().match(/\x1b\[([\d;]+)m› /g)

  test.each([
    ['light', '\x1b]11;rgb:ffff/ffff/ffff\x1b\\', '38;2;163;79;50'],
    ['dark', '\x1b]11;rgb:1e1e/1e1e/1e1e\x07', '38;2;204;120;92'],
  ])('a %s background is asked for, and its answer is no typing', async (_name, answer, colour) => {
    await using night = await evening()
    const chat = await night.chat()
    await chat.until(() => chat.bytes.includes('\x1b]11;?'), 'the question')
    expect(sign(chat.bytes)).toEqual(['\x1b[35m› '])
    chat.type(answer)
    await chat.until(() => chat.bytes.includes(`\x1b[${colour}m› `), 'the accent')
    chat.type('typed')
    await chat.see('› typed')
  })

  test('nobody is asked where the answer changes nothing', async () => {
    await using night = await evening()
    for (const env of [{ NO_COLOR: '1' }, { CLAUDE_TUI_THEME: 'light' }, { FORCE_COLOR: '1' }]) {
      const chat = await night.chat({ env })
      chat.type('typed')
      await chat.see('› typed')
      expect(chat.bytes.includes('\x1b]11;?')).toBe(false)
    }
  })

  test('the plain theme has no colour, no bold, nothing', async () => {
    await using night = await evening(answering(ANSWER))
    const chat = await night.chat({ env: { CLAUDE_TUI_THEME: 'plain' } })
    chat.type('one\r')
    await chat.see(/ttft \d/)
    expect(chat.bytes.toString()).not.toMatch(/\x1b\[[\d;]*m/)
  })
})

/** The questions as they arrived. */
const sent = ({ questions }: Evening) =>
  questions.map(({ messages }) =>
    (messages.at(-1) as unknown as { content: { text: string }[] }).content.map(({ text }) => text).join(''),
  )

describe('plain lines', () => {
  /** A chat in plain lines against this server. */
  const plainly = (url: string, more: Parameters<typeof openPty>[0] = {}) =>
    openPty({
      ...more,
      env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'k-1234', CLAUDE_TUI_SERVER_FEATURES: 'full', ...more.env },
    })

  test.each([
    ['--screen-reader', { args: ['--screen-reader'] }],
    ['ACCESSIBLE=1', { env: { ACCESSIBLE: '1' } }],
    ['the setting', { env: { CLAUDE_TUI_SCREEN_READER: 'on' } }],
  ])('by %s: who speaks stands before it, the figures follow, and nothing is ever written over', async (_by, how) => {
    await using night = await evening(`${answering(ANSWER)}\n${answering('Second.')}`)
    await using chat = plainly(night.demo.url, how)
    await chat.see(/^You:/m)
    chat.type('Which words?\r')
    await chat.see(/^Sonnet 5\.5, ttft .*, turn \$/m)
    await chat.see(/^You: *$/m)
    chat.type('one\\\r')
    await chat.see('Next line:')
    chat.type('two\r')
    await chat.see(/^Second\.$/m)
    expect(JSON.stringify(night.questions.at(-1))).toContain('one\\ntwo')
    chat.type('/show 1\r')
    await chat.see(/› Which words\?/)
    chat.type('\x04')
    expect((await chat.exited).code).toBe(0)
    expect(chat.emulator.text()).toMatch(
      /You: Which words\?\nWaiting for the answer\..*\nClaude:\nFirst words\.\n\nsh\nls -la\n\nLast words\.\n\nSonnet/,
    )
    expect(chat.bytes.toString()).not.toMatch(/[\x1b\x07\b]/)
    expect(chat.bytes.toString()).not.toMatch(/\r(?!\n)/)
  })

  test('in a narrow window no word is cut, and a table is a list of pairs', async () => {
    await using night = await evening(answering('| Sea | Depth |\n|---|---|\n| Baltic | 459 m |\n\nBelow the table.'))
    await using chat = plainly(night.demo.url, { args: ['--screen-reader'], columns: 40, rows: 60 })
    await chat.see(/^You:/m)
    expect(chat.screen.split('\n').slice(0, 6)).toEqual([
      expect.stringMatching(/^claude-tui .* ·$/),
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      'Enter sends. A backslash at the end of a',
      'line goes on with the next. Ctrl+C stops',
      'the answer, Ctrl+D quits. /help lists',
      'the commands.',
    ])
    chat.type('Which sea?\r')
    await chat.see(/^Sea: Baltic\nDepth: 459 m\n\nBelow the table\.$/m)
    chat.type('/help\r')
    await chat.see(/^\/find text: search this conversation$/m)
    await chat.see(/^Ctrl\+C: stop the answer; after that$/m)
    expect(chat.screen).not.toContain('Ctrl+T')
  })

  test('nothing is written while nothing comes, and Ctrl+C stops the answer before it quits', async () => {
    await using night = await evening(`${answering('Block one.\n\nBlock two, which is open.')} hold after=6`)
    await using chat = plainly(night.demo.url, { args: ['--screen-reader'] })
    await chat.see(/^You:/m)
    chat.type('go\r')
    await chat.see(/^Block one\.$/m)
    expect(chat.screen).not.toContain('Block two')
    chat.press('ctrl+c')
    await chat.see('Stopped. What came is kept.')
    await chat.see(/^Block two/m)
    await chat.see(/^You: *$/m)
    chat.press('ctrl+c')
    await chat.see('again to quit')
    chat.press('ctrl+c')
    expect((await chat.exited).code).toBe(0)
  })

  test('lines pasted together are one message; what is typed meanwhile waits its turn', async () => {
    await using night = await evening('words n=9 hold after=3\ntext "second answer"')
    await using chat = plainly(night.demo.url, { args: ['--screen-reader'] })
    await chat.see(/^You:/m)
    chat.type('a paste\rof two\rlines\r')
    await night.demo.held()
    chat.type('later\r')
    await chat.see('Queued: it is sent after this answer.')
    night.demo.release()
    await chat.see(/^You: later$/m)
    await chat.see('second answer')
    expect(night.questions.map(({ messages }) => JSON.stringify(messages.at(-1)))).toEqual([
      expect.stringContaining('a paste\\nof two\\nlines'),
      expect.stringContaining('later'),
    ])
  })

  test('a line of any length is sent whole, and mended as in any shell', async () => {
    await using night = await evening('text "long"\ntext "short"')
    await using chat = plainly(night.demo.url, { args: ['--screen-reader'], checkTty: true })
    await chat.see(/^You:/m)
    const long = Array.from({ length: 4_000 }, (_, i) => `${i} `.padStart(6, 'wörd ')).join('')
    chat.type(long)
    chat.type('\r')
    await chat.see(/^long$/m)
    await chat.see(/^You: *$/m)
    chat.type('one two\x17threx\x7fe 猫\x7f🌊')
    await chat.see(/^You: one three 🌊/m)
    chat.type('\x1b[A\r')
    await chat.see(/^short$/m)
    expect(sent(night)).toEqual([long.trimEnd(), 'one three 🌊'])
    await chat.see(/^You: *$/m)
    chat.type('half a line\x04')
    await chat.see('half a line')
    chat.type('\x15\x04')
    expect(await chat.exited).toMatchObject({ code: 0, tty: { canonical: true, echo: true } })
  })

  test('where the terminal has a line of its own, one that it has cut is not sent', async () => {
    await using night = await evening('text "whole"')
    await using chat = plainly(night.demo.url, { env: { TERM: 'dumb' } })
    await chat.see(/^You:/m)
    chat.type(`${'word '.repeat(1_200)}\r`)
    await chat.see('Not sent: the terminal takes no line longer than 4,095 bytes')
    expect(night.questions).toEqual([])
    chat.type('short\r')
    await chat.see(/^whole$/m)
    expect(sent(night)).toEqual(['short'])
  })

  test('what failed says why and how often it was tried', async () => {
    await using night = await evening('529 x1\n400')
    await using chat = plainly(night.demo.url, { args: ['--screen-reader'] })
    await chat.see(/^You:/m)
    chat.type('go\r')
    await chat.see(/Attempt 2 of 5 follows in/)
    await chat.see('HTTP 400')
    await chat.see(/^You: *$/m)
  })
})

test('with reduced motion nothing moves while an answer is awaited but the seconds', async () => {
  await using night = await evening('words n=9 hold')
  const chat = await night.chat({ env: { CLAUDE_TUI_MOTION: 'reduced' } })
  chat.type('go\r')
  await night.demo.held()
  await chat.see(/^\.\.\. Waiting for the first token… 1s/m)
  await chat.see(/^\.\.\. Waiting for the first token… 2s/m)
  night.demo.release()
  await chat.see(/ttft \d/)
})
