/**
 * The keyboard between the start of the program and the chat: raw from the first moment, so that what is typed ahead is
 * neither echoed nor loses its Enter, and kept until somebody reads it. Ctrl+C ends the program, as it would have.
 */

import { closeSync, constants, openSync, readSync } from 'node:fs'
import { sanitise } from '../core/text/sanitise.ts'
import { BY_SIGNAL, type EndingSignal } from '../core/turn/outcome.ts'

export interface EarlyKeys {
  /** Resolves when all that has reached the process by now has been heard. */
  heard(): Promise<void>
  /**
   * Hands over to the chat, which has taken the terminal meanwhile: it stays raw, and has just been heard.
   * @returns what was typed
   */
  handOver(): Buffer
  /**
   * Gives the terminal back as it was found; lines that were typed are the next thing that stdin says.
   * @param isEchoed they are shown, as the terminal would have done; false: whoever reads them does that
   */
  giveBack(isEchoed?: boolean): void
  /** Gives the terminal to a program that may ask the person something, and takes it again. */
  lend<T>(use: () => Promise<T>): Promise<T>
}

/** What early keys need of the process. */
export interface EarlyTerminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  exit(code: number): void
}

const SIGNALS = Object.keys(BY_SIGNAL) as EndingSignal[]
const INTERRUPT = 3
const END_OF_FILE = 4
const NEWLINE = 10
const RETURN = 13

/**
 * Takes the keyboard, for a chat that is certain to come.
 * @param typedBefore gives what was typed before raw mode
 */
export function takeEarlyKeys(terminal: EarlyTerminal, typedBefore = typedInLines): EarlyKeys {
  const { stdin, stdout } = terminal
  let typed: Buffer[] = []
  let isTaken = false
  let isLineOpen = false

  const onData = (chunk: Buffer) => {
    typed.push(chunk)
    if (chunk.includes(INTERRUPT)) leave('SIGINT')
  }
  const leave = (signal: EndingSignal) => {
    finish()
    stdin.pause()
    setRaw(false)
    terminal.exit(BY_SIGNAL[signal])
  }
  const setRaw = (raw: boolean) => {
    try {
      stdin.setRawMode(raw)
    } catch {
      // The device is gone; who reads from it will be told.
    }
  }
  const take = () => {
    isTaken = true
    setRaw(true)
    const lines = typedBefore()
    if (lines.length > 0) typed.push(asKeys(lines))
    // Its echo stands on the screen without an end.
    isLineOpen ||= lines.length > 0 && lines.at(-1) !== NEWLINE
    stdin.on('data', onData)
    stdin.resume()
  }
  const letGo = () => {
    isTaken = false
    stdin.off('data', onData)
  }
  const finish = () => {
    letGo()
    for (const signal of SIGNALS) process.off(signal, leave)
    const all = Buffer.concat(typed)
    typed = []
    return all
  }

  for (const signal of SIGNALS) process.on(signal, leave)
  // A terminal that goes away this early is for the chat to notice.
  stdin.on('error', () => {})
  take()
  return {
    async heard() {
      // Loading and setting up may have kept the loop from looking at its signals and streams. One turn may be half over.
      for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
    },
    handOver() {
      const all = finish()
      // The draft shows it again.
      if (isLineOpen) stdout.write('\r\x1b[K')
      return all
    },
    giveBack(isEchoed = true) {
      if (!isTaken) return
      const all = Buffer.from(finish().map((byte) => (byte === RETURN ? NEWLINE : byte)))
      stdin.pause()
      setRaw(false)
      if (all.length === 0) return
      if (isEchoed) stdout.write(sanitise(all.toString()))
      stdin.unshift(all)
    },
    async lend(use) {
      if (!isTaken) return use()
      letGo()
      stdin.pause()
      setRaw(false)
      try {
        return await use()
      } finally {
        take()
      }
    },
  }
}

/**
 * What was typed before raw mode. The terminal has taken it for lines, so that it can be told from what comes after by
 * nothing but the time: it is there at once. Our own stdin would wait for more, hence a second look at the same device.
 */
function typedInLines(): Buffer {
  const chunks: Buffer[] = []
  let device: number | null = null
  try {
    const path = process.platform === 'linux' ? '/proc/self/fd/0' : '/dev/tty'
    device = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    for (;;) {
      const chunk = Buffer.alloc(4096)
      const length = readSync(device, chunk)
      if (length === 0) break
      chunks.push(chunk.subarray(0, length))
    }
  } catch {
    // Nothing is there (EAGAIN), or the device cannot be opened a second time: then its lines come with the keys.
  } finally {
    if (device !== null) closeSync(device)
  }
  return Buffer.concat(chunks)
}

/** Lines as the keys that made them: the end of a line was Enter, an end of file (kept as NUL) Ctrl+D. */
function asKeys(lines: Buffer): Buffer {
  return Buffer.from(lines.map((byte) => (byte === NEWLINE ? RETURN : byte === 0 ? END_OF_FILE : byte)))
}
