/**
 * Ink as a source of frames: streams that it may take for a terminal, though it never meets the real one. What it would
 * draw arrives as plain styled text; what becomes of it is the painter's business.
 *
 * Ink's `debug` option is what makes it write every frame whole and at once. Its switching of modes comes as writes of
 * their own, which begin with `CSI ?`, `CSI >` or `CSI <`; the modes are the tty's, so these are dropped.
 */

import { Readable, Writable } from 'node:stream'

export interface InkFrames {
  readonly stdout: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  /** Everything that `render` needs to be told, so that frames come also where `CI` is set. */
  readonly options: {
    readonly stdout: NodeJS.WriteStream
    readonly stdin: NodeJS.ReadStream
    readonly debug: true
    readonly interactive: true
    readonly patchConsole: false
    readonly exitOnCtrlC: false
    readonly isScreenReaderEnabled: false
  }
  /** Tells Ink that `size` has changed; it lays out anew, and the frame is there when this returns. */
  resize(): void
}

const MODE_SWITCH = /^\x1b\[[?><]/

/**
 * @param size read whenever Ink asks, so it may change; call `resize` when it has
 * @param onFrame called with each frame: rows joined by `\n`, no more than `size.columns` wide
 */
export function inkFrames(
  size: { readonly columns: number; readonly rows: number },
  onFrame: (text: string) => void,
): InkFrames {
  const stdout = new Writable() as NodeJS.WriteStream
  stdout.isTTY = true
  Object.defineProperty(stdout, 'columns', { get: () => size.columns })
  Object.defineProperty(stdout, 'rows', { get: () => size.rows })
  /** While Ink takes in a new size it also erases what it believes to have drawn: only its last write is a frame. */
  let isResizing = false
  let latest: string | null = null
  // Not through the stream's queue: a frame has to be there when `rerender` returns.
  stdout.write = (chunk: unknown, ...rest: readonly unknown[]) => {
    const written = rest.find((each) => typeof each === 'function')
    // The empty write with a callback is how Ink waits for all others on its way out.
    const text = String(chunk)
    if (!(text === '' && written) && !MODE_SWITCH.test(text)) {
      if (isResizing) latest = text
      else onFrame(text)
    }
    written?.()
    return true
  }
  const stdin = new Readable({ read() {} }) as NodeJS.ReadStream
  const options = {
    stdout,
    stdin,
    debug: true,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    isScreenReaderEnabled: false,
  } as const
  const resize = () => {
    isResizing = true
    latest = null
    stdout.emit('resize')
    isResizing = false
    if (latest !== null) onFrame(latest)
  }
  return { stdout, stdin, options, resize }
}
