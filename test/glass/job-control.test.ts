import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pty from '@lydell/node-pty'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createEmulator } from '../kit/emulator.ts'

/** A small program on the glass: shows what was typed; z suspends, s is a stop from outside, x throws, q leaves. */
const PROGRAM = `
import { InputDecoder } from './src/glass/input.ts'
import { Painter } from './src/glass/painter.ts'
import { openTty } from './src/glass/tty.ts'
let typed = ''
let settled = ['settled once']
const tty = openTty({
  stdin: process.stdin,
  stdout: process.stdout,
  onBytes: (bytes) => decoder.feed(bytes),
  onSignal: () => leave(),
  onGone: () => process.exit(),
})
const painter = new Painter(tty)
const draw = () => {
  painter.paint({ settled, tail: [], chrome: ['> ' + typed, 'status'], caret: { row: 0, col: 2 + typed.length } })
  settled = []
}
const leave = () => {
  painter.leave()
  tty.release()
}
const decoder = new InputDecoder((key) => {
  if (key.type !== 'text') return
  if (key.text === 'q') return leave()
  if (key.text === 's') return process.kill(process.pid, 'SIGSTOP')
  if (key.text === 'x') throw new Error('thrown on purpose')
  if (key.text === 'z') {
    painter.leave()
    return tty.suspend()
  }
  typed += key.text
  draw()
}, { onReply: (reply) => tty.onReply(reply) })
tty.onResume((column) => {
  if (column === 2 + typed.length) painter.resized()
  else painter.forget()
  draw()
})
draw()
`

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glass-'))
  await build({
    stdin: { contents: PROGRAM, resolveDir: process.cwd(), loader: 'ts' },
    outfile: join(folder, 'program.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A shell with job control, and the eyes to see what it shows. */
function shell() {
  const emulator = createEmulator({ columns: 80, rows: 24 })
  const child = pty.spawn('/bin/sh', ['-i'], {
    cols: 80,
    rows: 24,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', PS1: '$ ', HOME: folder },
  })
  child.onData((data) => void emulator.write(data))
  emulator.onAnswer((bytes) => child.write(bytes))
  return {
    emulator,
    run: (command: string) => child.write(`${command}\r`),
    type: (text: string) => child.write(text),
    start: () => child.write(`'${process.execPath}' program.mjs\r`),
    see: (what: RegExp) => vi.waitFor(() => expect(emulator.text()).toMatch(what), { timeout: 10_000, interval: 20 }),
    close: () => child.kill('SIGKILL'),
  }
}

test.skipIf(process.platform === 'win32')(
  'suspended, the terminal is the shell’s again; brought back, it is ours and nothing was lost',
  async () => {
    const at = shell()
    at.start()
    await at.see(/> \nstatus/)
    at.type('abc')
    await at.see(/> abc\nstatus/)
    at.type('z')
    await at.see(/Stopped/)
    expect(at.emulator.modes.bracketedPaste).toBe(false)
    at.run('stty -a | grep -o -e "[- ]icanon" -e "[- ]echo "')
    await at.see(/\n icanon\n echo/)
    at.run('fg')
    await at.see(/fg\n.*\n?> abc\nstatus/)
    expect(at.emulator.modes.bracketedPaste).toBe(true)
    at.type('d')
    await at.see(/> abcd\nstatus/)
    at.type('q')
    await at.see(/status\n\$ $/)
    expect(at.emulator.text().match(/settled once/g)).toHaveLength(1)
    at.close()
  },
)

test.skipIf(process.platform === 'win32')(
  'stopped from outside and brought back, it stands below what the shell has written; nothing settled is repeated',
  async () => {
    const at = shell()
    at.start()
    await at.see(/> \nstatus/)
    at.type('abc')
    await at.see(/> abc\nstatus/)
    at.type('s')
    await at.see(/Stopped/)
    // A shell without line editing finds the terminal raw: no echo, and no Enter but the newline itself.
    at.type('fg\n')
    await at.see(/Stopped[\s\S]*\n> abc\nstatus/)
    at.type('d')
    await at.see(/> abcd\nstatus/)
    expect(at.emulator.text().match(/settled once/g)).toHaveLength(1)
    expect(at.emulator.text().match(/^> abc/gm)).toHaveLength(2)
    at.type('q')
    await at.see(/status\n\$ $/)
    expect(at.emulator.modes.bracketedPaste).toBe(false)
    at.close()
  },
)

test.skipIf(process.platform === 'win32')(
  'after a crash the terminal is given back before the error is shown',
  async () => {
    const at = shell()
    at.start()
    await at.see(/> \nstatus/)
    at.type('x')
    await at.see(/thrown on purpose[^$]*\n\$ $/)
    expect(at.emulator.modes.bracketedPaste).toBe(false)
    at.run('stty -a | grep -o -e "[- ]icanon"')
    await at.see(/\n icanon/)
    at.close()
  },
)

test.skipIf(process.platform === 'win32')(
  'where nothing can stop the job, the terminal is soon ours again',
  async () => {
    const emulator = createEmulator({ columns: 80, rows: 24 })
    // Without a shell above it the process group is orphaned, and the system ignores SIGTSTP.
    const child = pty.spawn(process.execPath, ['program.mjs'], {
      cols: 80,
      rows: 24,
      cwd: folder,
      env: { TERM: 'xterm' },
    })
    child.onData((data) => void emulator.write(data))
    await vi.waitFor(() => expect(emulator.text()).toMatch(/status/), { timeout: 10_000 })
    child.write('z')
    await vi.waitFor(() => expect(emulator.text().match(/status/g)).toHaveLength(2), { timeout: 10_000 })
    child.write('abc')
    await vi.waitFor(() => expect(emulator.text()).toMatch(/> abc\nstatus/), { timeout: 10_000 })
    child.kill('SIGKILL')
  },
)
