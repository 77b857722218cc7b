/** What painter tests share: a painter with an emulator behind it, and what may be seen of both. */

import { expect } from 'vitest'
import { Painter, type PainterOptions, type PaintTarget } from '../../src/glass/painter.ts'
import { createEmulator, type Emulator } from '../kit/emulator.ts'

/** Everything that the painter is allowed to send: text, and these. */
const ALLOWED =
  /\x1b\[\?(?:2026|25)[hl]|\x1b\[\?7h|\x1b\[[\d;:]*m|\x1b\]8;[^\x1b\x07]*(?:\x07|\x1b\\)|\x1b\[\d*[ABGKLM]|\x1b\[J|\r|\n/g

export interface Bench extends PaintTarget {
  columns: number
  rows: number
  readonly emulator: Emulator
  readonly painter: Painter
  /** Each write since the last call, as it was. */
  writes(): string[]
  /** Resolves when the emulator has understood everything written. */
  seen(): Promise<void>
  /** Resizes the terminal after all bytes written so far, as a window does. */
  resize(columns: number, rows: number): Promise<void>
}

export function bench(columns: number, rows: number, options: PainterOptions = {}): Bench {
  const emulator = createEmulator({ columns, rows })
  let writes: string[] = []
  let last: Promise<void> = Promise.resolve()
  const target = {
    columns,
    rows,
    emulator,
    write(data: string) {
      writes.push(data)
      expect(data.replace(ALLOWED, '')).not.toMatch(/\p{Cc}/u)
      last = emulator.write(data)
    },
    writes() {
      const before = writes
      writes = []
      return before
    },
    seen: () => last,
    async resize(wide: number, high: number) {
      await last
      emulator.resize(wide, high)
      const old = target.columns
      target.columns = wide
      target.rows = high
      painter.resized(old)
    },
  }
  const painter = new Painter(target, options)
  return Object.assign(target, { painter })
}

/** Text without its escape sequences. */
export function plain(row: string): string {
  return row.replace(/\x1b\[[\d;:]*m|\x1b\]8;[^\x1b\x07]*(?:\x07|\x1b\\)/g, '')
}

/** Every cell of scrollback and screen with its colours and styles, a line per row, empty rows at the end left out. */
export function cells({ terminal }: Emulator): string[] {
  const buffer = terminal.buffer.active
  const lines: string[] = []
  for (let y = 0; y < buffer.length; y++) {
    const line = buffer.getLine(y)!
    let text = ''
    let style = '0,0,0,0,0'
    for (let x = 0; x < line.length; x++) {
      const cell = line.getCell(x)!
      const now = [cell.getFgColor(), cell.getBgColor(), cell.isBold(), cell.isDim(), cell.isUnderline()].join(',')
      const isBlank = cell.getChars() === '' || cell.getChars() === ' '
      // The colour of a blank cannot be seen, its background can.
      if (now !== style && !(isBlank && cell.getBgColor() <= 0 && !cell.isUnderline())) {
        text += `<${now}>`
        style = now
      }
      text += cell.getChars() || (cell.getWidth() === 0 ? '' : ' ')
    }
    lines.push(text.trimEnd())
  }
  while (lines.at(-1) === '') lines.pop()
  return lines
}

/**
 * Lines of scrollback and screen, joined where the terminal has wrapped them. Reads the screen to its last row, also
 * where xterm.js, after some resizes, counts fewer rows than it shows.
 */
export function lines({ terminal }: Emulator): string[] {
  const buffer = terminal.buffer.active
  const found: string[] = []
  for (let y = 0; y < Math.max(buffer.length, buffer.baseY + terminal.rows); y++) {
    const line = buffer.getLine(y)
    const text = line?.translateToString(true) ?? ''
    if (line?.isWrapped && found.length > 0) found[found.length - 1] += text
    else found.push(text)
  }
  return found
}
