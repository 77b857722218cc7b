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
