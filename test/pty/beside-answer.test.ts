/** Commands, Ctrl+T and Ctrl+C while an answer runs: heard at once, and nothing of the answer is split by it. */

import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { AT_REST } from '../kit/index.ts'

const LIST = 'Intro.\n\n- one\n- two\n- three\n\nAfter the list.\n\n'
/** Held in the middle of the list. */
const listing = (more = '') => `text ${[...LIST].map((sign) => JSON.stringify(sign)).join(' ')} hold after=22 ${more}`

describe('while an answer runs', () => {
  test('what a command says waits for the end of the list, and a notice says so at once', async () => {
    await using night = await evening(listing())
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('- two')
    chat.type('/help\r')
    await chat.see('What /help says follows below this part of the answer.')
    chat.type('/model deep\r')
    await chat.see(/› .*\n {2}From the next message on: Claude Opus 5\.5\./)
    expect(chat.emulator.text()).not.toContain('commands and keys\n')
    night.demo.release()
    await chat.seeAnywhere('After the list.')
    await chat.gone('esc stops')
    const text = chat.emulator.text()
    expect(text).toMatch(/- one\n- two\n- three\n\n\/help\n\n\/help +commands and keys\n/)
    expect(text).toMatch(/\n\n\/model deep\n\nFrom the next message on: .*\n\nAfter the list\.\n/)
  })

  test('a search and thinking that is asked for do not split a paragraph', async () => {
    const words = Array.from({ length: 300 }, (_, i) => `word${i + 1}.`)
    const pieces = words.map((word) => JSON.stringify(`${word} `)).join(' ')
    await using night = await evening(`text ${pieces} thinking=30 hold after=280`)
    const chat = await night.chat({ columns: 60 })
    chat.type('go\r')
    await chat.see('word280.')
    chat.type('/find word3.\r')
    await chat.see('What /find says follows')
    chat.press('ctrl+t')
    await chat.see(/That of this turn follows/)
    night.demo.release()
    await chat.seeAnywhere('word300.')
    await chat.seeAnywhere('✻ thinking of answer 1')
    const text = chat.emulator.text()
    expect(/word1\.[\s\S]*word300\./.exec(text)![0].split(/\s+/)).toEqual(words)
    expect(text).toMatch(/word300\.\n\n\/find word3\.\n\nanswer 1 .*word3\.[\s\S]*✻ thinking of answer 1\n\nNobody/)
  })

  test('the last word of a command is said above the goodbye', async () => {
    await using night = await evening(listing())
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('- two')
    chat.type('/system\r')
    await chat.see('There is no system prompt')
    chat.press('ctrl+d')
    await chat.exited
    expect(chat.emulator.text()).toMatch(
      /- two\n[\s\S]*Stopped\..*\n\n\/system\n\nThere is no system prompt.*\n+1 turn/,
    )
  })
})

describe('Ctrl+C', () => {
  test('stops the answer, warns, quits: three in one write are three', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30')
    const chat = await night.chat({ checkTty: true })
    chat.type('go\r')
    await chat.see('qaaa00030')
    chat.type('\x03\x03\x03')
    const { code, tty } = await chat.exited
    expect({ code, tty }).toEqual({ code: 0, tty: { canonical: true, echo: true } })
    expect(chat.modes).toEqual(AT_REST)
    expect(chat.emulator.text()).toMatch(/qaaa00030\n\nStopped\. What came is kept\.\n/)
  })

  test('two in one write stop the answer and warn; another key calls it off', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('qaaa00030')
    chat.type('\x03\x03')
    await chat.see('Stopped. What came is kept.')
    await chat.see('Press Ctrl+C again to quit')
    chat.type('a\x03\x03')
    await chat.see('Press Ctrl+C again to quit')
    chat.press('ctrl+c')
    expect((await chat.exited).code).toBe(0)
  })
})
