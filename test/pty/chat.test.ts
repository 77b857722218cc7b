/** Whole evenings: the built client in a real terminal, the demo server behind it. */

import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { AT_REST } from '../kit/index.ts'

/** How often each numbered word stands in a text. */
function counts(text: string, tag: string, last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => text.split(`${tag}${String(i + 1).padStart(5, '0')}`).length - 1)
}

describe('an evening', () => {
  test('ask, read, ask again, quit: the answer stays in the terminal and the terminal is given back', async () => {
    await using night = await evening('text "The **Baltic**."\ntext "Another one."')
    const chat = await night.chat({ checkTty: true })
    chat.type('Which sea?\r')
    await chat.see('The Baltic.')
    await chat.see(/ttft [\d.]+m?s/)
    chat.type('And?\r')
    await chat.see('Another one.')
    await chat.see(/session \$0\.00/)
    chat.press('ctrl+d')
    const { code, tty } = await chat.exited
    expect({ code, tty }).toEqual({ code: 0, tty: { canonical: true, echo: true } })
    expect(chat.modes).toEqual(AT_REST)
    const left = chat.emulator.text()
    for (const kept of ['› Which sea?', 'The Baltic.', '› And?', 'Another one.', '2 turns · $'])
      expect(left).toContain(kept)
    expect(left).not.toContain('ttft')
    expect(night.questions.at(-1)?.messages).toHaveLength(3)
  })

  test('the spinner counts while nothing has come, thinking is folded into one line, then the answer flows', async () => {
    await using night = await evening('words n=30 thinking=20 hold')
    const chat = await night.chat()
    chat.type('go\r')
    await night.demo.held()
    await chat.see(/Waiting for the first token|Thinking/)
    await chat.see(/1s|[2-9]s/)
    night.demo.release()
    await chat.see(/✻ thought for \d/)
    await chat.gone('esc stops')
  })

  test('Esc stops the answer and keeps what came', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('qaaa00030')
    chat.press('esc')
    await chat.see('Stopped. What came is kept.')
    await chat.see(/turn ~\$/)
    expect(chat.emulator.text()).toContain('qaaa00030')
    await chat.until(() => night.demo.requests.some(({ aborted }) => aborted), 'the server to see the request end')
  })

  test.each([['ctrl+d'], ['/quit\r']])(
    'quitting with %s in the middle keeps what came once, its mark and its cost',
    async (how) => {
      await using night = await evening('words n=200 tag=qaaa hold after=30')
      const chat = await night.chat({ checkTty: true })
      chat.type('go\r')
      await chat.see('qaaa00030')
      if (how === 'ctrl+d') chat.press(how)
      else chat.type(how)
      const { code, tty } = await chat.exited
      expect({ code, tty }).toEqual({ code: 0, tty: { canonical: true, echo: true } })
      const left = chat.emulator.text()
      expect(counts(left, 'qaaa', 30)).toEqual(Array(30).fill(1))
      expect(left).toMatch(/Stopped\. What came is kept\.\n+1 turn · ~\$0\.00\d+\n*$/)
    },
  )

  test('clearing while an answer runs stops it, and nothing of it is sent again', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30\ntext "afresh"')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('qaaa00030')
    chat.type('/clear\r')
    await chat.see('Stopped. What came is kept.')
    chat.type('next\r')
    await chat.see('afresh')
    expect(night.questions.at(-1)?.messages).toHaveLength(1)
  })

  test('what was queued behind a stopped answer is a key away', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('qaaa00030')
    chat.type('queued one\r')
    await chat.see('next: queued one')
    chat.type('a draft')
    chat.press('esc')
    await chat.see('1 message was not sent. Up brings back what you wrote.')
    chat.press('up')
    await chat.see(/› queued one/)
  })

  test('a message typed while an answer runs waits its turn', async () => {
    await using night = await evening('words n=9 hold after=3\ntext "second answer"')
    const chat = await night.chat()
    chat.type('first\r')
    await night.demo.held()
    chat.type('second\r')
    await chat.see('next: second')
    night.demo.release()
    await chat.see('second answer')
  })

  test('what failed before a word came returns to the composer, with the reason and the way out', async () => {
    await using night = await evening('400')
    const chat = await night.chat()
    chat.type('a question worth keeping\r')
    await chat.see('HTTP 400')
    await chat.see(/› a question worth keeping\s*\n.*\n?.*ctx/)
    chat.press('enter')
    await chat.see(/ttft \d/)
  })

  test('an overload is counted down, attempt by attempt, and passes', async () => {
    await using night = await evening('529 x2\ntext "made it"')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see(/Attempt 2 of 5 in 1s/)
    await chat.see('made it')
  })

  test('a cut stream keeps its text, and the next question goes on from it', async () => {
    await using night = await evening('words n=20 tag=qaaa cut after=9\ntext "on we go"')
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('The connection ended before the answer did.')
    expect(chat.emulator.text()).toContain('qaaa00009')
    chat.type('go on\r')
    await chat.see('on we go')
    expect(JSON.stringify(night.questions.at(-1))).toContain('qaaa00009')
  })
})

describe('the composer', () => {
  test('several lines by every key that makes one, and a paste that sends nothing by itself', async () => {
    await using night = await evening()
    const chat = await night.chat()
    chat.type('one')
    chat.press('ctrl+j')
    chat.type('two')
    chat.press('alt+enter')
    chat.type('three\\\rfour')
    chat.paste(' five\r\nsix')
    await chat.see(/› one\n {2}two\n {2}three\n {2}four five\n {2}six/)
    expect(night.questions).toEqual([])
    chat.press('enter')
    await chat.until(() => night.questions.length > 0, 'the request')
    expect(JSON.stringify(night.questions.at(-1))).toContain('one\\ntwo\\nthree\\nfour five\\nsix')
  })

  test('Ctrl+C clears the draft, Up brings it back; on an empty one it asks once, then quits', async () => {
    await using night = await evening()
    const chat = await night.chat()
    chat.type('precious words')
    await chat.see('precious words')
    chat.press('ctrl+c')
    await chat.see('Up brings it back')
    await chat.gone('precious')
    chat.press('up')
    await chat.see('precious words')
    chat.press('ctrl+c')
    await chat.gone('precious')
    chat.press('ctrl+c')
    await chat.see('again to quit')
    chat.press('ctrl+c')
    expect((await chat.exited).code).toBe(0)
  })

  test('Up walks through what was sent', async () => {
    await using night = await evening('text "1"\ntext "2"')
    const chat = await night.chat()
    chat.type('first words\r')
    await chat.see(/ttft/)
    chat.press('up')
    await chat.see(/› first words\n.*Sonnet/)
  })

  test('a key that is typed stands where the cursor was, wide characters included', async () => {
    await using night = await evening()
    const chat = await night.chat()
    chat.type('漢字')
    await chat.see('漢字')
    expect(chat.emulator.cursor).toMatchObject({ column: 6 })
    chat.press('left')
    chat.type('x')
    await chat.see('漢x字')
  })
})

describe('commands', () => {
  test('/model shows a menu, chooses, and the next answer comes from there', async () => {
    await using night = await evening('text "quick"')
    const chat = await night.chat()
    chat.type('/mod')
    await chat.see('show the models')
    chat.press('tab')
    chat.type('fast\r')
    await chat.see('From the next message on: Claude Haiku 5.5')
    chat.type('hi\r')
    await chat.see('quick')
    expect(night.questions.at(-1)).toMatchObject({ model: 'claude-haiku-5-5' })
  })

  test('/system tells whether the prompt is long enough to be cached', async () => {
    await using night = await evening()
    const chat = await night.chat({ args: ['-s', 'Be brief.'] })
    chat.type('/system\r')
    await chat.see('too short to be cached alone')
    await chat.see('Be brief.')
  })

  test('/clear starts afresh, a slip is named, /quit leaves', async () => {
    await using night = await evening('text "one"\ntext "two"')
    const chat = await night.chat()
    chat.type('hi\r')
    await chat.see('one')
    chat.type('/clear\r')
    await chat.see('a new conversation')
    chat.type('hello\r')
    await chat.see('two')
    expect(night.questions.at(-1)?.messages).toHaveLength(1)
    chat.type('/modell\r')
    await chat.see('Did you mean /model?')
    chat.type('/quit\r')
    expect((await chat.exited).code).toBe(0)
  })
})

describe('the glass', () => {
  test('every word once and in order, though the window was resized in the middle', async () => {
    await using night = await evening('words n=300 tag=qaaa hold after=100')
    const chat = await night.chat({ columns: 100, rows: 24 })
    chat.type('go\r')
    await chat.see('qaaa00100')
    chat.resize(70, 18)
    await chat.see(/› /)
    night.demo.release(100)
    await chat.see('qaaa00200')
    chat.resize(110, 30)
    night.demo.release()
    await chat.see('qaaa00300')
    chat.press('ctrl+d')
    await chat.exited
    expect(counts(chat.emulator.text().replaceAll('\n', ' '), 'qaaa', 300)).toEqual(Array(300).fill(1))
    expect(chat.counters).toEqual({ fullClears: 0, altScreenEnters: 0, bells: 0 })
  })

  test('every word once and in order, though figures below the caret no longer fit a row', async () => {
    const items = Array.from({ length: 40 }, (_, i) => `- ${numbered('qbbb', i * 8 + 1, 8)}\n`)
    const pieces = items.map((item) => JSON.stringify(item)).join(' ')
    await using night = await evening(`text ${pieces} hold after=30`)
    const chat = await night.chat({ columns: 100, rows: 24 })
    chat.type('go\r')
    await chat.see('qbbb00240')
    // The last figures of what has come, so that nothing is on its way while the window changes.
    await chat.see(/turn ~\$0\.009.*ctx .*[─━]/)
    const figures = chat.screen.split('\n').find((row) => row.includes('ctx'))!
    chat.resize(figures.length - 8, 24)
    await chat.see(/› /)
    night.demo.release()
    await chat.see('qbbb00320')
    chat.press('ctrl+d')
    await chat.exited
    expect(counts(chat.emulator.text().replaceAll('\n', ' '), 'qbbb', 320)).toEqual(Array(320).fill(1))
  })

  test('what a model writes never moves the terminal', async () => {
    const hostile = 'before \u001b[2J\u001b]0;PWNED\u0007\u001b]52;c;UFdORUQ=\u0007\u009b2J\u202eevil after'
    await using night = await evening(`text ${JSON.stringify(hostile)}`)
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('after')
    const bytes = chat.bytes.toString('latin1')
    for (const live of ['\x1b[2J', '\x1b]0;', '\x1b]52', '\x07', '\x9b2J']) expect(bytes).not.toContain(live)
    expect(chat.screen).toContain('before')
  })

  test('a window too small says so, and the chat is back when it grows', async () => {
    await using night = await evening()
    const chat = await night.chat()
    chat.type('kept words')
    await chat.see('kept words')
    chat.resize(15, 5)
    await chat.see('needs 20x6')
    chat.resize(90, 24)
    await chat.see('› kept words')
  })

  test('nothing is written while nothing happens', async () => {
    await using night = await evening('text "done"')
    const chat = await night.chat()
    chat.type('hi\r')
    await chat.see(/ttft \d/)
    await chat.see(/session [<$]/)
    const before = chat.bytes.length
    // Two key presses are the clock: whatever a timer wrote between them would be more than their echo.
    chat.type('a')
    await chat.see('› a')
    chat.press('backspace')
    await chat.gone('› a')
    expect(chat.bytes.length - before).toBeLessThan(400)
  })
})

describe('the end of an evening', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s gives the terminal back', async (signal, expected) => {
    await using night = await evening()
    const chat = await night.chat({ checkTty: true })
    chat.kill(signal)
    const { code, tty } = await chat.exited
    expect(code).toBe(expected)
    expect(tty).toEqual({ canonical: true, echo: true })
    expect(chat.modes).toEqual(AT_REST)
  })

  test('a stop from outside that no shell noticed leaves the screen as it was, drawn once', async () => {
    await using night = await evening(String.raw`text "An **answer**.\n\n" "And its end." hold after=1`)
    const chat = await night.chat()
    chat.type('go\r')
    await chat.see('An answer')
    chat.kill('SIGSTOP')
    chat.kill('SIGCONT')
    await chat.until(() => chat.bytes.includes('\x1b[6n'), 'the question where the cursor is')
    chat.type('still here')
    await chat.see('› still here')
    night.demo.release()
    await chat.see('And its end.')
    await chat.gone('esc stops')
    const text = chat.emulator.text()
    for (const once of ['› go', 'An answer', 'And its end.', 'still here', 'Sonnet 5.5  '])
      expect(text.split(once)).toHaveLength(2)
    chat.press('ctrl+c', 'ctrl+d')
    await chat.exited
    expect(chat.modes).toEqual(AT_REST)
  })
})

const numbered = (tag: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${tag}${String(from + i).padStart(5, '0')}`).join(' ')
