/**
 * Sits at the terminal with a stopwatch: runs a client in a PTY and tells when something became visible.
 * Visible means: on the screen of the emulator at the end of a chunk, outside a synchronized update; its time is the
 * moment that chunk was read from the PTY, so what the emulator costs is not counted.
 */

import pty from '@lydell/node-pty'
import { createEmulator, type Emulator } from '../test/kit/emulator.ts'
import { keyBytes } from '../test/kit/key-bytes.ts'
import { type Lodging, lodge } from '../test/kit/lodging.ts'
import { monotonicMs } from './measure.ts'

export interface Client {
  readonly name: string
  /** The script that is the client. */
  readonly program: string
  readonly lodging: Lodging
}

/** A client with a home of its own that stays for the whole run, so that its caches are warm after a first start. */
export function client(name: string, program: string, baseUrl: string): Client {
  return { name, program, lodging: lodge({ ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_API_KEY: 'bench-key' }) }
}

/** Bytes as they were read from the PTY, and when. */
export interface Chunk {
  readonly at: number
  readonly bytes: Buffer
}

export interface TimedSession {
  readonly pid: number
  readonly emulator: Emulator
  /** Everything the client wrote, for a second look when nothing has to be quick any more. */
  readonly chunks: readonly Chunk[]
  /** When the process was asked for. Times are `monotonicMs()`. */
  readonly startedAt: number
  /** Bytes the client wrote so far. */
  readonly bytes: number
  /** The time of the chunk after which this held. @throws Error with the screen, after 30 s */
  visible(holds: (emulator: Emulator) => boolean, name: string): Promise<number>
  type(text: string): void
  resize(columns: number, rows: number): void
  /** Types the question, waits until it stands there, calls `ready`, and sends it. */
  ask(question: string, ready?: () => void | Promise<void>): Promise<void>
  /** Resolves when nothing has been written for so long, or after 2 s: a clock on the screen never falls silent. */
  quiet(ms: number): Promise<void>
  close(): Promise<void>
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
}

const PATIENCE_MS = 30_000
const QUIET_AT_MOST_MS = 2000
const LEAVING_MS = 1000

/** Starts a client at a terminal of 100 columns and 30 rows. */
export function sitDown({ name: clientName, program, lodging }: Client, args: readonly string[] = []): TimedSession {
  const emulator = createEmulator({ columns: 100, rows: 30 })
  const startedAt = monotonicMs()
  const child = pty.spawn(process.execPath, [program, ...args], {
    name: 'xterm-256color',
    cols: 100,
    rows: 30,
    cwd: lodging.home,
    env: lodging.env,
    encoding: null,
  })
  const watchers = new Set<(at: number) => void>()
  const chunks: Chunk[] = []
  let bytes = 0
  let lastByteAt = startedAt
  let running = true
  const exited = new Promise<void>((resolve) => {
    child.onExit(() => {
      running = false
      resolve()
    })
  })
  child.onData((data: unknown) => {
    const at = monotonicMs()
    const chunk = data as Buffer
    chunks.push({ at, bytes: chunk })
    bytes += chunk.length
    lastByteAt = at
    // Not through a promise: by the time that one is heard, later chunks may stand on the screen already.
    emulator.terminal.write(chunk, () => {
      if (emulator.modes.synchronized) return
      for (const watcher of watchers) watcher(at)
    })
  })
  emulator.onAnswer((answer) => running && child.write(answer))

  const session: TimedSession = {
    pid: child.pid,
    emulator,
    chunks,
    startedAt,
    get bytes() {
      return bytes
    },
    visible: (holds, name) =>
      new Promise((resolve, reject) => {
        if (holds(emulator)) return resolve(monotonicMs())
        const finish = (at: number | null) => {
          clearTimeout(timer)
          watchers.delete(watcher)
          if (at !== null) resolve(at)
          else reject(new Error(`${clientName}: ${name} never became visible. The screen:\n${emulator.golden()}`))
        }
        const watcher = (at: number) => {
          if (holds(emulator)) finish(at)
        }
        const timer = setTimeout(() => finish(null), PATIENCE_MS)
        watchers.add(watcher)
        void exited.then(() => finish(null))
      }),
    type: (text) => child.write(text),
    resize(columns, rows) {
      emulator.resize(columns, rows)
      child.resize(columns, rows)
    },
    async ask(question, ready) {
      session.type(question)
      // A composer wraps where it likes: compare without any white space.
      const bare = question.replaceAll(/\s/g, '')
      await session.visible(({ screen }) => screen().join('').replaceAll(/\s/g, '').includes(bare), 'the question')
      await ready?.()
      session.type(keyBytes('enter'))
    },
    quiet: (ms) =>
      new Promise((resolve) => {
        const from = monotonicMs()
        const look = () => {
          const now = monotonicMs()
          const rest = Math.min(Math.max(lastByteAt, from) + ms, from + QUIET_AT_MOST_MS) - now
          if (rest <= 0) resolve()
          else setTimeout(look, rest)
        }
        look()
      }),
    async close() {
      // Leave by the door first: Node keeps its compile cache only when a program ends by itself.
      for (const key of ['ctrl+c', 'ctrl+d']) if (running) child.write(keyBytes(key))
      const lateness = setTimeout(() => running && child.kill('SIGKILL'), LEAVING_MS)
      await exited
      clearTimeout(lateness)
      emulator.dispose()
    },
    async kill() {
      if (running) child.kill('SIGKILL')
      await exited
      emulator.dispose()
    },
  }
  return session
}

/** Whether a prompt waits for input: a row that begins with `›`. */
export function promptShown(emulator: Emulator): boolean {
  return emulator.screen().some((row) => row.startsWith('›'))
}

/** Whether some row of the screen holds this text. */
export function shows(text: string): (emulator: Emulator) => boolean {
  return (emulator) => emulator.screen().some((row) => row.includes(text))
}
