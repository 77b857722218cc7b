/**
 * The terminal as a device: raw mode, the modes we switch on, its size, and giving it back. The only owner of all that.
 * What is drawn is the painter's, what keys mean the decoder's.
 *
 * Modes used, each undone on release:
 *
 *     ?2004h, ?2004l    bracketed paste: pasted text arrives in one piece
 *     > 1 u, < u        kitty keyboard flags: Shift+Enter and Enter are told apart. Only where `? u` was answered
 *     = 1 u             the same flags in the place of what a stop has left: nothing is to be undone twice
 *     ?25h              the cursor, visible again whoever hid it
 *
 * After a stop from outside (SIGSTOP) it also asks where the cursor is: `6n`.
 */

import { BY_SIGNAL, type EndingSignal } from '../core/turn/outcome.ts'
import type { PaintTarget } from './painter.ts'
import { KITTY_QUERY, type TerminalReply } from './replies.ts'
import { QUIET_IN_TMUX_MS, QUIET_MS, watchSize } from './window-size.ts'

export interface Tty extends PaintTarget {
  readonly columns: number
  readonly rows: number
  /** True from the first sign of a resize until its listeners have been called; nothing should be painted meanwhile. */
  readonly resizing: boolean
  /** True while another program has the terminal, or may have had it; nothing should be painted meanwhile. */
  readonly lent: boolean
  /** Writes at once (a terminal is written synchronously on POSIX); silently nothing once the terminal is gone. */
  write(data: string): void
  /** Calls back when the window has come to rest, with the size before. @returns a function that ends it */
  onResize(listener: (oldColumns: number, oldRows: number) => void): () => void
  /** Takes what the decoder heard from the terminal; switches the kitty keyboard on when it was asked for and exists. */
  onReply(reply: TerminalReply): void
  /** Switches the kitty keyboard on, for a terminal that has said that it has it. */
  enableKitty(): void
  /** Gives the terminal back to the shell and stops the whole job, as Ctrl+Z does. */
  suspend(): void
  /** Gives the terminal to another program for as long as `use` takes, then takes it again. */
  lend<T>(use: () => Promise<T>): Promise<T>
  /**
   * Calls back when the terminal is ours again: with the cursor's column, from 0, after a stop that may have gone by
   * unnoticed by the screen; with null when somebody else has had it, or it does not tell. @returns a function that ends it
   */
  onResume(listener: (column: number | null) => void): () => void
  /** Gives the terminal back for good: modes off, cursor visible, listeners gone. Calling it again does nothing. */
  release(): void
}

export interface TtyOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly onBytes: (bytes: Uint8Array) => void
  /** Somebody wants us gone. The default is not done any more: the listener releases and exits. */
  readonly onSignal: (signal: EndingSignal) => void
  /** The terminal is gone (its window was closed, the connection broke). Called once. */
  readonly onGone: () => void
  /** Ask for the kitty keyboard. */
  readonly kitty?: boolean
}

const MODES_ON = '\x1b[?2004h'
const MODES_OFF = '\x1b[?2004l'
const KITTY_ON = '\x1b[>1u'
const KITTY_AGAIN = '\x1b[=1u'
const KITTY_OFF = '\x1b[<u'
const PLACE_QUERY = '\x1b[6n'
const CURSOR_ON = '\x1b[?25h'

const SIGNALS = Object.keys(BY_SIGNAL) as EndingSignal[]

/** How long to wait for the stop before taking the terminal back, in ms: a job without a shell cannot be stopped. */
const UNSTOPPABLE_MS = 200

/** How long to wait for the terminal to tell where the cursor is, in ms. */
export const PLACE_MS = 250

/** Takes the terminal. Bytes that an earlier stage left in stdin's buffer are delivered first. */
export function openTty(options: TtyOptions): Tty {
  const { stdin, stdout, onBytes, onSignal, onGone } = options
  const resumeListeners = new Set<(column: number | null) => void>()
  let state: 'ours' | 'lent' | 'released' = 'ours'
  let isGone = false
  let hasKitty = false
  let unstoppable: NodeJS.Timeout | undefined
  let asking: NodeJS.Timeout | undefined

  const gone = () => {
    if (isGone || state === 'released') return
    isGone = true
    onGone()
  }
  const write = (data: string) => {
    if (isGone || !stdout.writable) return
    try {
      stdout.write(data)
    } catch {
      gone()
    }
  }
  const setRaw = (raw: boolean) => {
    try {
      stdin.setRawMode?.(raw)
    } catch {
      // The device is gone; its end is told by the streams themselves.
    }
  }
  const take = (kitty: string) => {
    // Somebody else may have changed the device meanwhile; only a change of mode is passed on to it.
    setRaw(false)
    setRaw(true)
    write(MODES_ON + (hasKitty ? kitty : ''))
  }
  const resumed = (column: number | null) => {
    clearTimeout(asking)
    asking = undefined
    for (const listener of resumeListeners) listener(column)
  }
  const giveBack = () => {
    write((hasKitty ? KITTY_OFF : '') + MODES_OFF + CURSOR_ON)
    setRaw(false)
  }

  // Ctrl+C and Ctrl+\ in a borrowed terminal are meant for the program that has it, though they reach the whole job.
  const heard = (signal: EndingSignal) => {
    const isTyped = signal === 'SIGINT' || signal === 'SIGQUIT'
    if (!isTyped || state !== 'lent') onSignal(signal)
  }

  const onData = (chunk: Uint8Array | string) => {
    onBytes(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  }
  const comeBack = () => {
    clearTimeout(unstoppable)
    unstoppable = undefined
    if (state === 'released') return
    state = 'ours'
    take(KITTY_ON)
    stdin.resume()
    resumed(null)
  }
  const onContinue = () => {
    if (unstoppable) return comeBack()
    if (state !== 'ours') return
    // A stop that was not ours (SIGSTOP): a shell may have used the terminal in between, or nobody at all.
    take(KITTY_AGAIN)
    clearTimeout(asking)
    asking = setTimeout(() => resumed(null), PLACE_MS)
    write(PLACE_QUERY)
  }

  const size = watchSize(stdout, process.env.TMUX ? QUIET_IN_TMUX_MS : QUIET_MS)
  const release = () => {
    if (state === 'released') return
    const wasOurs = state === 'ours'
    state = 'released'
    clearTimeout(unstoppable)
    clearTimeout(asking)
    if (wasOurs) giveBack()
    size.stop()
    stdin.off('data', onData)
    stdin.off('end', gone)
    stdin.off('close', gone)
    stdin.pause()
    for (const signal of SIGNALS) process.off(signal, heard)
    process.off('SIGCONT', onContinue)
    process.off('exit', release)
    process.off('uncaughtExceptionMonitor', release)
  }

  // From here on the end is ours to make: others may know nothing better to do about an error than to end the process at
  // once, with what it has not saved yet.
  for (const stream of [stdin, stdout]) stream.removeAllListeners('error')
  // These stay after the release: an error that comes late must not end the process with a stack trace.
  for (const stream of [stdin, stdout]) stream.on('error', gone)
  stdin.on('end', gone)
  stdin.on('close', gone)
  for (const signal of SIGNALS) process.on(signal, heard)
  process.on('SIGCONT', onContinue)
  process.on('exit', release)
  process.on('uncaughtExceptionMonitor', release)
  setRaw(true)
  write(MODES_ON + (options.kitty ? KITTY_QUERY : ''))
  stdin.on('data', onData)
  stdin.resume()

  const enableKitty = () => {
    if (hasKitty || state !== 'ours') return
    hasKitty = true
    write(KITTY_ON)
  }
  return {
    get columns() {
      return size.columns
    },
    get rows() {
      return size.rows
    },
    get resizing() {
      return size.resizing
    },
    get lent() {
      return state === 'lent' || asking !== undefined
    },
    write,
    onResize: size.onResize,
    onReply(reply) {
      if (reply.type === 'kitty' && options.kitty) enableKitty()
      if (reply.type === 'position' && asking) resumed(reply.column - 1)
    },
    enableKitty,
    suspend() {
      if (state !== 'ours') return
      state = 'lent'
      giveBack()
      // After a stop this timer is overdue as well; SIGCONT, heard in the same turn of the loop, goes first.
      unstoppable = setTimeout(() => setImmediate(() => unstoppable && comeBack()), UNSTOPPABLE_MS)
      // The whole job, as the terminal's own Ctrl+Z would: a wrapper that still ran would keep the shell waiting.
      process.kill(0, 'SIGTSTP')
    },
    async lend(use) {
      const wasOurs = state === 'ours'
      if (wasOurs) {
        state = 'lent'
        stdin.pause()
        giveBack()
      }
      try {
        return await use()
      } finally {
        if (wasOurs) comeBack()
      }
    },
    onResume(listener) {
      resumeListeners.add(listener)
      return () => resumeListeners.delete(listener)
    },
    release,
  }
}
