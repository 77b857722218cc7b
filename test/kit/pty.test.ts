import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { AT_REST } from './emulator.ts'
import { lodge } from './lodging.ts'
import { openPty, type PtyOptions } from './pty.ts'

const program = fileURLToPath(new URL('stand-in.mjs', import.meta.url))
const open = (options: PtyOptions = {}) => openPty({ program, ...options })

test('someone types, presses keys and pastes, and sees what the program made of it', async () => {
  await using session = open()
  await session.see(/^› /)
  session.type('hi')
  await session.see('<hi>')
  session.press('up')
  await session.see(String.raw`<\u001b[A>`)
  session.paste('two\nlines')
  await session.see(String.raw`<\u001b[200~two\rlines\u001b[201~>`)
})

test('a program that leaves well gives the terminal back: modes, cursor and tty', async () => {
  await using session = open({ checkTty: true })
  await session.see('›')
  expect(session.modes).toMatchObject({ bracketedPaste: true, kittyFlags: 1, cursorVisible: false })
  session.press('ctrl+d')
  expect(await session.exited).toEqual({ code: 0, signal: null, tty: { canonical: true, echo: true } })
  expect(session.modes).toEqual(AT_REST)
})

test('a program that dies leaves its mess behind, and the kit sees it', async () => {
  await using session = open({ checkTty: true })
  await session.see('›')
  session.type('die')
  expect(await session.exited).toMatchObject({ code: 137, tty: { canonical: false, echo: false } })
  expect(session.modes.bracketedPaste).toBe(true)
})

test('a signal reaches the program, with the tty check and without', async () => {
  for (const checkTty of [true, false]) {
    await using session = open({ checkTty })
    await session.see('›')
    session.kill('SIGTERM')
    expect((await session.exited).code).toBe(143)
  }
})

test('a signal that cannot be caught is told by name', async () => {
  await using session = open()
  await session.see('›')
  session.kill('SIGKILL')
  expect(await session.exited).toEqual({ code: 0, signal: 'SIGKILL', tty: null })
})

test('a resize reaches program and screen', async () => {
  await using session = open({ columns: 60, rows: 10 })
  await session.see('›')
  session.resize(40, 12)
  await session.see('[40x12]')
  expect(session.screen.split('\n')).toHaveLength(12)
})

test('what has scrolled away is seen anywhere but not on the screen', async () => {
  await using session = open({ rows: 10 })
  await session.see('›')
  session.type('long')
  await session.see('line 60')
  await session.seeAnywhere('line 1\n')
  expect(session.screen).not.toContain('line 1\n')
})

test('what is drawn inside a synchronized update is not seen before its end', async () => {
  await using session = open()
  await session.see('›')
  session.type('hold')
  const seen = session.see('held and seen').then(() => session.modes.synchronized)
  await session.until(() => session.bytes.includes('held'), 'the bytes')
  session.type('let go')
  expect(await seen).toBe(false)
})

test('text that goes is gone, and the clear is counted', async () => {
  await using session = open({ env: { GREETING: 'welcome ' } })
  await session.see('welcome')
  session.type('wipe')
  await session.gone('welcome')
  expect(session.counters.fullClears).toBe(1)
})

test('a wait in vain shows the screen', async () => {
  await using session = open({ columns: 30 })
  await session.see('›')
  const vain = session.see('never', { timeout: 50 })
  await expect(vain).rejects.toThrow(/50 ms went by, waiting for "never" on the screen[\s\S]*\n-{30}\n›\n-{30}/)
})

test('a wait does not outlive the program', async () => {
  await using session = open()
  await session.see('›')
  const vain = session.see('never')
  session.type('die')
  await expect(vain).rejects.toThrow('The program ended (SIGKILL), waiting for "never"')
})

test('the environment is clean, and the home goes with the session', async () => {
  process.env.ANTHROPIC_API_KEY = 'of the caller'
  const lodging = lodge({ OWN: 'value' })
  delete process.env.ANTHROPIC_API_KEY
  expect(lodging.env).toMatchObject({ OWN: 'value', HOME: lodging.home, CLAUDE_TUI_CONFIG_DIR: lodging.config })
  expect(Object.keys(lodging.env).filter((name) => /^(ANTHROPIC|CI$)/.test(name))).toEqual([])
  writeFileSync(join(lodging.home, 'note'), 'kept between sessions')
  for (const round of [1, 2]) {
    await using session = open({ lodging, env: { GREETING: `round ${round} ` } })
    await session.see(`round ${round}`)
  }
  expect(existsSync(join(lodging.home, 'note'))).toBe(true)
  lodging.remove()

  const session = open()
  expect(existsSync(session.home)).toBe(true)
  await session.close()
  expect(existsSync(session.home)).toBe(false)
})
