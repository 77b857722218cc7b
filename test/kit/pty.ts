/**
 * An evening at the terminal: runs the built client in a real PTY with an emulator behind it, presses keys and waits
 * for what a person would see. What should be seen is the test's business.
 */

import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import pty from '@lydell/node-pty'
import { type Counters, createEmulator, type Emulator, type Modes } from './emulator.ts'
import { keyBytes, pasteBytes } from './key-bytes.ts'
import { CLIENT, type Environment, type Lodging, lodge } from './lodging.ts'

export interface PtyOptions {
  readonly args?: readonly string[]
  /** Laid over a clean environment; `undefined` takes a variable away. */
  readonly env?: Environment
  readonly columns?: number
  readonly rows?: number
  /** The Node to run with; the one that runs the test when absent. */
  readonly node?: string
  readonly cwd?: string
  /** A script to run in place of the built client. */
  readonly program?: string
  /** A home that outlives this session, for settings and history that the next one should find. */
  readonly lodging?: Lodging
  /** Looks at the tty after the program's end (through `sh` and `stty`; a death by signal n is then code 128 + n). */
  readonly checkTty?: boolean
}

export interface PtyExit {
  readonly code: number
  readonly signal: NodeJS.Signals | null
  /** How the tty was left behind; null unless asked for with `checkTty`. */
  readonly tty: { readonly canonical: boolean; readonly echo: boolean } | null
}

export interface Patience {
  /** Milliseconds until a wait gives up; 10,000 when absent. */
  readonly timeout?: number
}

export interface PtySession extends AsyncDisposable {
  readonly pid: number
  readonly home: string
  readonly config: string
  readonly emulator: Emulator
  /** The view as text, a row per line. */
  readonly screen: string
  readonly modes: Modes
  readonly counters: Counters
  /** Everything the program wrote so far. */
  readonly bytes: Buffer
  /** Resolves when the program has ended and its last byte is on the screen. */
  readonly exited: Promise<PtyExit>
  type(text: string): void
  /** Presses keys by name, one after the other: `press('esc')`, `press('ctrl+c', 'ctrl+c')`. */
  press(...keys: readonly string[]): void
  /** Pastes as a terminal does: in brackets when the program has asked for them. */
  paste(text: string): void
  resize(columns: number, rows: number): void
  /** Sends a signal to the program. */
  kill(signal: NodeJS.Signals): void
  /** Closes the terminal, as a window that is closed or a connection that breaks does. */
  hangUp(): void
  /** Waits until the text stands on the screen. @throws Error that shows the screen */
  see(what: string | RegExp, patience?: Patience): Promise<void>
  /** Waits until the text stands on the screen or in the scrollback. @throws Error that shows the screen */
  seeAnywhere(what: string | RegExp, patience?: Patience): Promise<void>
  /** Waits until the text has left the screen. @throws Error that shows the screen */
  gone(what: string | RegExp, patience?: Patience): Promise<void>
  /** Waits until something holds. @throws Error that names it and shows the screen */
  until(holds: () => boolean, name: string, patience?: Patience): Promise<void>
  /** Ends the program if it still runs, and removes its home. */
  close(): Promise<void>
}

// What the tty was left like goes to a file, not to the screen. The traps do nothing, and are not inherited.
const CHECKED = 'trap : INT TERM HUP QUIT; "$@"; code=$?; stty -a > "$HOME/tty-left"; exit $code'

/** Starts a session of 100 columns and 30 rows unless told otherwise. */
export function openPty(options: PtyOptions = {}): PtySession {
  const { columns = 100, rows = 30, node = process.execPath, program = CLIENT } = options
  const lodging = options.lodging ?? lodge(options.env, node)
  const env = options.lodging ? { ...lodging.env, ...options.env } : lodging.env
  const emulator = createEmulator({ columns, rows })
  const command = [node, program, ...(options.args ?? [])]
  const [file, ...args] = options.checkTty ? ['/bin/sh', '-c', CHECKED, 'sh', ...command] : command
  const child = pty.spawn(file as string, args, {
    name: env.TERM ?? '',
    cols: columns,
    rows,
    cwd: options.cwd ?? lodging.home,
    env,
    encoding: null,
  })

  const chunks: Buffer[] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const check of waiting) check()
  }
  // With `encoding: null` the chunks are buffers, whatever the type says.
  child.onData((chunk: unknown) => {
    chunks.push(chunk as Buffer)
    void emulator.write(chunk as Buffer).then(look)
  })
  emulator.onAnswer((answer) => send(answer))

  let exit: PtyExit | null = null
  const exited = new Promise<PtyExit>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      void emulator.write('').then(() => {
        exit = { code: exitCode, signal: signalName(signal), tty: options.checkTty ? ttyLeft(lodging.home) : null }
        look()
        resolve(exit)
      })
    })
  })
  const send = (bytes: string) => {
    if (!exit) child.write(bytes)
  }

  const until = (holds: () => boolean, name: string, { timeout = 10_000 }: Patience = {}) =>
    new Promise<void>((resolve, reject) => {
      const finish = (trouble: string | null) => {
        clearTimeout(timer)
        waiting.delete(check)
        if (trouble === null) resolve()
        else reject(new Error(`${trouble}, waiting for ${name}. The screen:\n${framed(emulator)}`))
      }
      const check = () => {
        if (holds()) finish(null)
        else if (exit) finish(`The program ended (${exit.signal ?? `code ${exit.code}`})`)
      }
      const timer = setTimeout(() => finish(holds() ? null : `${timeout} ms went by`), timeout)
      waiting.add(check)
      check()
    })
  const screen = () => emulator.screen().join('\n')
  // What is drawn inside a synchronized update stands in the grid, but nobody sees it yet.
  const drawn = () => !emulator.modes.synchronized

  const session: PtySession = {
    pid: child.pid,
    home: lodging.home,
    config: lodging.config,
    emulator,
    exited,
    get screen() {
      return screen()
    },
    get modes() {
      return emulator.modes
    },
    get counters() {
      return emulator.counters
    },
    get bytes() {
      return Buffer.concat(chunks)
    },
    type: send,
    press(...keys) {
      for (const key of keys) send(keyBytes(key))
    },
    paste: (text) => send(pasteBytes(text, emulator.modes.bracketedPaste)),
    resize(wide, high) {
      emulator.resize(wide, high)
      if (!exit) child.resize(wide, high)
    },
    kill(signal) {
      if (!exit) signalGroup(child.pid, signal)
    },
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    see: (what, patience) => until(() => drawn() && has(screen(), what), `${shown(what)} on the screen`, patience),
    seeAnywhere: (what, patience) =>
      until(() => drawn() && has(emulator.text(), what), `${shown(what)} anywhere`, patience),
    gone: (what, patience) => until(() => drawn() && !has(screen(), what), `${shown(what)} to go`, patience),
    until,
    async close() {
      session.kill('SIGKILL')
      await exited
      emulator.dispose()
      if (!options.lodging) lodging.remove()
    },
    [Symbol.asyncDispose]: () => session.close(),
  }
  return session
}

/** To the whole group: with `checkTty` the program is the shell's child. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Too early for a group of its own, or too late for anything.
    try {
      process.kill(pid, signal)
    } catch {}
  }
}

function has(text: string, what: string | RegExp): boolean {
  return typeof what === 'string'
    ? text.includes(what)
    : new RegExp(what.source, what.flags.replace(/[gy]/g, '')).test(text)
}

function shown(what: string | RegExp): string {
  return typeof what === 'string' ? JSON.stringify(what) : String(what)
}

function signalName(number: number | undefined): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return (found?.[0] as NodeJS.Signals | undefined) ?? null
}

function ttyLeft(home: string): PtyExit['tty'] {
  const path = join(home, 'tty-left')
  if (!existsSync(path)) return null
  const flags = readFileSync(path, 'utf8').split(/[\s;]+/)
  return { canonical: flags.includes('icanon'), echo: flags.includes('echo') }
}

/** The screen between two rules, its empty rows at the end left out. */
function framed(emulator: Emulator): string {
  const rule = '-'.repeat(emulator.terminal.cols)
  return `${rule}\n${emulator.golden()}\n${rule}`
}
