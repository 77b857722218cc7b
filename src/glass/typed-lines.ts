/**
 * Lines that a person types where nothing is drawn. The terminal's own line mode cuts a line after 4,095 bytes, and says
 * nothing: so a terminal is read key by key, and what it did for a line is done here: the echo, Backspace, Ctrl+U, Ctrl+W,
 * Ctrl+C, Ctrl+D, Ctrl+Z. As there, nothing is written over but what is erased.
 *
 * Where `TERM` is `dumb` the terminal may be a program that has its own line and its own echo (Emacs): it keeps them.
 */

import { createInterface } from 'node:readline'
import type { Key } from '../core/chat/keys.ts'
import { graphemeBefore } from '../core/composer/graphemes.ts'
import { sanitise } from '../core/text/sanitise.ts'
import { roomOf } from '../core/text/width.ts'
import { InputDecoder } from './input.ts'

export interface TypedLines {
  /** Whether what is typed is shown. */
  show(isShown: boolean): void
  /** Gives the terminal back; nothing is heard any more. */
  close(): void
}

export interface TypedLinesOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'columns'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onLine: (line: string) => void
  /** A line as long as the terminal lets any be: its end may be missing. */
  readonly onCut: () => void
  /** Ctrl+C, where it is a key and no signal. */
  readonly onInterrupt: () => void
  /** Ctrl+D in an empty line, or nothing more will ever come. */
  readonly onEnd: () => void
}

const INTERRUPT = 3
const END_OF_FILE = 4
/** Bytes of a line in the terminal's own line mode at most, its end not counted (Linux: N_TTY_BUF_SIZE). */
const LONGEST_LINE = 4_094
/** After so many ms the terminal is taken again when Ctrl+Z has stopped nothing: a job without a shell. */
const UNSTOPPABLE_MS = 200
/** A tab as it is echoed, so that it can be erased. */
const TAB = '  '

export function typedLines(options: TypedLinesOptions): TypedLines {
  const { stdin, env } = options
  return stdin.isTTY && env.TERM !== 'dumb' ? byKeys(options) : byLines(options)
}

function byLines({ stdin, onLine, onCut, onInterrupt, onEnd }: TypedLinesOptions): TypedLines {
  const lines = createInterface({ input: stdin, terminal: false })
  let isShown = true
  lines.on('line', (line) => {
    if (!isShown) onLine(corrected(line))
    else if (stdin.isTTY && Buffer.byteLength(line) >= LONGEST_LINE) onCut()
    else onLine(line)
  })
  lines.on('close', onEnd)
  // In raw mode the terminal echoes nothing; what it would have done with these keys is done here.
  const watch = (bytes: Uint8Array) => {
    if (bytes.includes(INTERRUPT)) onInterrupt()
    else if (bytes.includes(END_OF_FILE)) onEnd()
  }
  return {
    show(shows) {
      isShown = shows
      stdin.setRawMode?.(!shows)
      if (shows) stdin.off('data', watch)
      else stdin.on('data', watch)
    },
    close() {
      if (!isShown) this.show(true)
      lines.close()
    },
  }
}

/** A line with what Backspace took away taken away. */
function corrected(line: string): string {
  let text = line
  while (/[^\x7f]\x7f/.test(text)) text = text.replace(/[^\x7f]\x7f/g, '')
  return text
}

function byKeys({ stdin, stdout, onLine, onInterrupt, onEnd }: TypedLinesOptions): TypedLines {
  let line = ''
  let isShown = true
  let isOpen = true
  let isStopped = false
  const echo = (text: string) => {
    if (isShown && text !== '') stdout.write(text)
  }
  const setRaw = (raw: boolean) => {
    try {
      stdin.setRawMode(raw)
    } catch {
      // The device is gone; its end is told by the stream itself.
    }
  }
  const take = () => {
    if (!isOpen) return
    // A shell has been talking meanwhile.
    if (isStopped) echo(shown(line))
    isStopped = false
    // Somebody else may have changed the device meanwhile; only a change of mode is passed on to it.
    setRaw(false)
    setRaw(true)
  }
  const suspend = () => {
    isStopped = true
    setRaw(false)
    setTimeout(() => isStopped && take(), UNSTOPPABLE_MS)
    // The whole job, as the terminal's own Ctrl+Z would.
    process.kill(0, 'SIGTSTP')
  }
  const add = (text: string) => {
    line += text
    echo(shown(text))
  }
  const enter = () => {
    const whole = line
    line = ''
    echo('\n')
    onLine(whole)
  }
  const erase = (from: number) => {
    const room = roomOf(shown(line.slice(from)))
    line = line.slice(0, from)
    // What stands on rows above cannot be reached from here.
    echo(room < (stdout.columns || 80) ? '\b \b'.repeat(room) : '\n')
  }
  const chord = (char: string) => {
    if (char === 'c') {
      line = ''
      echo('^C')
      onInterrupt()
    } else if (char === 'd') {
      if (line === '') onEnd()
    } else if (char === 'j') enter()
    else if (char === 'u') erase(0)
    else if (char === 'w') erase(line.replace(/\S*\s*$/, '').length)
    else if (char === 'z') suspend()
    else if (char === '\\') process.kill(process.pid, 'SIGQUIT')
  }
  const onKey = (key: Key) => {
    if (!isOpen) return
    if (key.type === 'text') add(key.text)
    else if (key.type === 'chord' && key.ctrl && !key.alt) chord(key.char)
    else if (key.type === 'paste') {
      for (const [i, part] of key.text.split('\n').entries()) {
        if (i > 0) enter()
        add(part)
      }
    } else if (key.type !== 'key') return
    else if (key.name === 'enter') enter()
    else if (key.name === 'tab') add('\t')
    else if (key.name === 'backspace' && line !== '') erase(graphemeBefore(line, line.length))
  }
  const decoder = new InputDecoder(onKey)
  const onData = (chunk: Uint8Array | string) => decoder.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)

  setRaw(true)
  process.on('SIGCONT', take)
  stdin.on('data', onData)
  for (const end of ['end', 'close', 'error'] as const) stdin.on(end, onEnd)
  stdin.resume()
  return {
    show(shows) {
      isShown = shows
    },
    close() {
      if (!isOpen) return
      isOpen = false
      process.off('SIGCONT', take)
      stdin.off('data', onData)
      for (const end of ['end', 'close'] as const) stdin.off(end, onEnd)
      stdin.pause()
      setRaw(false)
    },
  }
}

const shown = (text: string) => sanitise(text).replaceAll('\t', TAB)
