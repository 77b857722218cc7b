import { expect, test } from 'vitest'
import { AT_REST, createEmulator } from './emulator.ts'

async function shown(text: string, columns = 20, rows = 4) {
  const emulator = createEmulator({ columns, rows })
  await emulator.write(text)
  return emulator
}

test('the screen is what stands in view, the text is everything that can be scrolled back to', async () => {
  const emulator = await shown('one\r\ntwo\r\nthree\r\nfour\r\nfive  ')
  expect(emulator.screen()).toEqual(['two', 'three', 'four', 'five  '])
  expect(emulator.golden()).toBe('two\nthree\nfour\nfive')
  expect(emulator.text()).toBe('one\ntwo\nthree\nfour\nfive  ')
  expect(emulator.cursor).toEqual({ column: 6, row: 3 })
})

test('a line that the terminal wrapped is one line of text, also after a resize', async () => {
  const emulator = await shown('a long line that does not fit\r\nnext')
  expect(emulator.screen()[1]).toBe('s not fit')
  expect(emulator.text()).toBe('a long line that does not fit\nnext')
  emulator.resize(10, 4)
  expect(emulator.text()).toBe('a long line that does not fit\nnext')
})

test('CJK and emoji are two columns wide', async () => {
  const emulator = await shown('漢字🚀')
  expect(emulator.cursor.column).toBe(6)
})

test('every way to wipe the screen counts as a full clear, erasing from the middle does not', async () => {
  const ways = ['\x1b[2J', '\x1b[3J', '\x1bc', '\x1b[H\x1b[J', '\x1b[1;1H\x1b[0J']
  for (const way of ways) expect((await shown(`text${way}`)).counters.fullClears, JSON.stringify(way)).toBe(1)
  const harmless = ['\x1b[K', '\x1b[1J', '\x1b[J', '\r\n\x1b[J']
  for (const way of harmless) expect((await shown(`text${way}`)).counters.fullClears, JSON.stringify(way)).toBe(0)
})

test('modes are remembered until they are switched off', async () => {
  const emulator = await shown('')
  expect(emulator.modes).toEqual(AT_REST)
  await emulator.write('\x1b[?2004h\x1b[?25l\x1b[?1049h\x1b[?1004h\x1b[?1003h\x1b[>5u\x1b[>4;2m\x1b[?2026h')
  expect(emulator.modes).toEqual({
    altScreen: true,
    bracketedPaste: true,
    cursorVisible: false,
    focusReports: true,
    kittyFlags: 5,
    modifyOtherKeys: 2,
    mouse: 'any',
    synchronized: true,
  })
  expect(emulator.counters.altScreenEnters).toBe(1)
  await emulator.write('\x1b[?2004l\x1b[?25h\x1b[?1049l\x1b[?1004l\x1b[?1003l\x1b[<u\x1b[>4m\x1b[?2026l')
  expect(emulator.modes).toEqual(AT_REST)
})

test('kitty flags are a stack: what was pushed last holds, and popping brings back the one before', async () => {
  const emulator = await shown('\x1b[>1u\x1b[>3u')
  expect(emulator.modes.kittyFlags).toBe(3)
  await emulator.write('\x1b[=9u')
  expect(emulator.modes.kittyFlags).toBe(9)
  await emulator.write('\x1b[<u')
  expect(emulator.modes.kittyFlags).toBe(1)
})

test('a question to the terminal is answered', async () => {
  const emulator = createEmulator({ columns: 20, rows: 4 })
  const answers: string[] = []
  emulator.onAnswer((bytes) => answers.push(bytes))
  await emulator.write('abc\x1b[6n')
  expect(answers).toEqual(['\x1b[1;4R'])
})
