/** Code in a chat and in one answer, as a terminal shows it. */

import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { type Emulator, openPty } from '../kit/index.ts'

const LINES = Array.from({ length: 60 }, (_, i) => `const row${i + 1} = ["${i}", ${i}] // line ${i + 1}`)
const ANSWER = `Here:\n\n\`\`\`ts\n${LINES.join('\n')}\n\`\`\`\n\nThat is all.`

/** Foreground colours (ANSI numbers, -1 for the default) of the row that has this text, column by column. */
function colours({ terminal }: Emulator, text: string): readonly number[] {
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)!)
  const line = lines.find((line) => line.translateToString(true) === text)
  return Array.from(text, (_, x) => {
    const cell = line?.getCell(x)
    return cell?.isFgDefault() === false ? cell.getFgColor() : -1
  })
}

const MAGENTA = 5
const GREEN = 2
const YELLOW = 3

describe('a fence', () => {
  test('comes out complete and coloured, line by line, and quitting leaves it so', async () => {
    await using night = await evening(`hold-before-head text ${JSON.stringify(ANSWER)}`)
    const chat = await night.chat({ env: { TERM: 'xterm-256color' } })
    chat.type('go\r')
    await chat.see(/[1-9]s/)
    night.demo.release()
    await chat.see('That is all.')
    chat.press('ctrl+d')
    await chat.exited
    expect(chat.emulator.text()).toContain(`ts\n${LINES.join('\n')}\n\nThat is all.`)
    for (const line of LINES) {
      const row = colours(chat.emulator, line)
      expect(row[0]).toBe(MAGENTA)
      expect(row[line.indexOf('row')]).toBe(-1)
      expect(row[line.indexOf('"')]).toBe(GREEN)
      expect(row[line.indexOf(',') + 2]).toBe(YELLOW)
    }
  })

  test('has no colours where nobody wants them', async () => {
    await using night = await evening(`hold-before-head text ${JSON.stringify(ANSWER)}`)
    const chat = await night.chat({ env: { TERM: 'xterm-256color', NO_COLOR: '1' } })
    chat.type('go\r')
    await chat.see(/[1-9]s/)
    night.demo.release()
    await chat.see('That is all.')
    expect(chat.emulator.text()).toContain(LINES.join('\n'))
    expect(chat.bytes.toString()).not.toMatch(/\x1b\[3\dm/)
  })

  test('is complete in a single answer on a terminal, too', async () => {
    await using night = await evening(`text ${JSON.stringify(ANSWER)}`)
    await using ask = openPty({
      args: ['-p', 'go'],
      env: { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'k-1234', TERM: 'xterm-256color' },
    })
    expect((await ask.exited).code).toBe(0)
    expect(ask.emulator.text()).toContain(`ts\n${LINES.join('\n')}\n\nThat is all.`)
  })
})

/** Lines of code around the width of the window and far beyond it, the last one too long to be held. */
const WIDE = [59, 60, 61, 120, 150, 401, 3000].map((length, i) => `${`row${i} = "`.padEnd(length - 1, '0123456789 ')}"`)
const ADDRESS = `https://example.com/${'path/'.repeat(30)}`
const LONG_ANSWER = `See ${ADDRESS} first.\n\n\`\`\`py\n${WIDE.join('\n')}\n\`\`\`\n\nThat is all.`

/** How often each of the lines is a line of the terminal. */
const seen = ({ emulator }: { readonly emulator: Emulator }) => {
  const all = emulator.text().split('\n')
  return WIDE.map((line) => all.filter((shown) => shown === line).length)
}
const each = (times: number) => WIDE.map(() => times)

describe('what is wider than the window', () => {
  test('is one line of the terminal in a chat: as it comes, in another width, drawn again, and in the pager', async () => {
    await using night = await evening(`text ${JSON.stringify(LONG_ANSWER)} hold after=150`)
    const chat = await night.chat({
      columns: 60,
      rows: 24,
      env: { TERM: 'xterm-256color', PAGER: 'cat; printf PAGED; read line < /dev/tty; : ' },
    })
    chat.type('go\r')
    await chat.see('row3')
    chat.resize(80, 30)
    await chat.see('› ')
    night.demo.release()
    await chat.see('That is all.')
    expect(seen(chat)).toEqual(each(1))
    expect(chat.emulator.text()).toContain(`\n${ADDRESS} first.\n`)
    chat.resize(50, 30)
    await chat.see(/ctx 0\.\d%\s*$/)
    expect(seen(chat)).toEqual(each(1))
    chat.press('ctrl+l')
    await chat.until(() => seen(chat)[6] === 2, 'the answer twice')
    expect(seen(chat)).toEqual(each(2))
    chat.type('/show\r')
    await chat.see('PAGED')
    expect(seen(chat)).toEqual(each(3))
    chat.type('\r')
    await chat.see(/PAGED\n\n› /)
    expect(chat.counters.fullClears).toBe(0)
  })

  test('is one line in a single answer on a terminal, and in plain lines', async () => {
    await using night = await evening(`text ${JSON.stringify(LONG_ANSWER)} x2`)
    const env = { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'k-1234', TERM: 'xterm-256color' }
    await using ask = openPty({ args: ['-p', 'go'], env, columns: 60 })
    expect((await ask.exited).code).toBe(0)
    expect(seen(ask)).toEqual(each(1))
    await using plain = openPty({ args: ['--screen-reader'], env, columns: 60 })
    await plain.see('You:')
    plain.type('go\r')
    await plain.see('That is all.')
    expect(seen(plain)).toEqual(each(1))
  })
})
