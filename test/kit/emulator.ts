/**
 * A terminal without a window: takes the bytes of a program and knows what a person would see, scroll back to and
 * be left with. Who runs the program, and why, it leaves to others.
 */

import addon from '@xterm/addon-unicode11'
import headless, { type IBuffer, type IBufferLine } from '@xterm/headless'

/** What a program can leave switched on. Raw mode is the tty's, not the screen's: see `PtyExit.tty`. */
export interface Modes {
  readonly altScreen: boolean
  readonly bracketedPaste: boolean
  readonly cursorVisible: boolean
  readonly focusReports: boolean
  /** Flags of the kitty keyboard protocol; 0 is off. */
  readonly kittyFlags: number
  readonly modifyOtherKeys: number
  readonly mouse: string
  /** Inside a synchronized update (mode 2026): what is drawn now, nobody sees yet. */
  readonly synchronized: boolean
}

/** A terminal that has been given back. */
export const AT_REST: Modes = {
  altScreen: false,
  bracketedPaste: false,
  cursorVisible: true,
  focusReports: false,
  kittyFlags: 0,
  modifyOtherKeys: 0,
  mouse: 'none',
  synchronized: false,
}

export interface Counters {
  /** Times the whole screen or the scrollback was wiped: 2J, 3J, RIS, and J from the home position. */
  readonly fullClears: number
  readonly altScreenEnters: number
  readonly bells: number
}

export interface Emulator {
  /** The grid itself, for those who need cells and colours. */
  readonly terminal: headless.Terminal
  /** Resolves when these bytes, and all before them, have been understood. */
  write(bytes: Uint8Array | string): Promise<void>
  resize(columns: number, rows: number): void
  /** Rows in view, top to bottom, without trailing spaces. */
  screen(): string[]
  /** Scrollback and screen, a line of text per line: rows the terminal itself wrapped are joined again. */
  text(): string
  /** The screen as one comparable text: no trailing spaces, no empty rows at the end. */
  golden(): string
  /** Zero-based, from the top left of the view. */
  readonly cursor: { readonly column: number; readonly row: number }
  readonly modes: Modes
  readonly counters: Counters
  /** Takes what a terminal answers by itself (cursor position, device attributes). */
  onAnswer(listener: (bytes: string) => void): void
  dispose(): void
}

export interface EmulatorSize {
  readonly columns: number
  readonly rows: number
  /** Rows kept above the screen. */
  readonly scrollback?: number
}

/** Opens an empty terminal with the widths of Unicode 11. */
export function createEmulator({ columns, rows, scrollback = 100_000 }: EmulatorSize): Emulator {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback, allowProposedApi: true })
  terminal.loadAddon(new addon.Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  const watch = watchControls(terminal)
  const screen = () => {
    const buffer = terminal.buffer.active
    return Array.from(
      { length: terminal.rows },
      (_, y) => buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '',
    )
  }
  return {
    terminal,
    write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
    resize: (wide, high) => terminal.resize(wide, high),
    screen,
    text: () => joinedLines(terminal.buffer.active).join('\n'),
    golden: () => screen().join('\n').trimEnd(),
    get cursor() {
      return { column: terminal.buffer.active.cursorX, row: terminal.buffer.active.cursorY }
    },
    get modes() {
      return {
        altScreen: terminal.buffer.active.type === 'alternate',
        bracketedPaste: terminal.modes.bracketedPasteMode,
        cursorVisible: watch.cursorVisible,
        focusReports: terminal.modes.sendFocusMode,
        kittyFlags: watch.kittyFlags.at(-1) ?? 0,
        modifyOtherKeys: watch.modifyOtherKeys,
        mouse: terminal.modes.mouseTrackingMode,
        synchronized: watch.synchronized,
      }
    },
    get counters() {
      return { fullClears: watch.fullClears, altScreenEnters: watch.altScreenEnters, bells: watch.bells }
    },
    onAnswer: (listener) => void terminal.onData(listener),
    dispose: () => terminal.dispose(),
  }
}

/** Lines of text, terminal-wrapped rows joined, without the empty ones below the last. */
function joinedLines(buffer: IBuffer): string[] {
  const lines: string[] = []
  let open = ''
  for (let y = 0; y < buffer.length; y++) {
    const row = buffer.getLine(y) as IBufferLine
    const wrapsOn = buffer.getLine(y + 1)?.isWrapped === true
    // A row that wraps on is full: its trailing spaces are part of the text.
    open += row.translateToString(!wrapsOn)
    if (wrapsOn) continue
    lines.push(open)
    open = ''
  }
  while (lines.at(-1) === '') lines.pop()
  return lines
}

/** Counts and remembers what the grid does not tell. Each handler answers false, so that xterm still does the work. */
function watchControls(terminal: headless.Terminal) {
  const seen = {
    fullClears: 0,
    altScreenEnters: 0,
    bells: 0,
    cursorVisible: true,
    synchronized: false,
    modifyOtherKeys: 0,
    /** The stack of the kitty protocol; the last one holds. */
    kittyFlags: [] as number[],
  }
  const { parser } = terminal
  const first = (params: readonly (number | number[])[], otherwise: number) =>
    Number(params[0] ?? otherwise) || otherwise
  const on = (
    id: { prefix?: string; intermediates?: string; final: string },
    see: (params: (number | number[])[]) => void,
  ) =>
    parser.registerCsiHandler(id, (params) => {
      see(params)
      return false
    })

  terminal.onBell(() => seen.bells++)
  on({ final: 'J' }, (params) => {
    const { cursorX, cursorY } = terminal.buffer.active
    const what = first(params, 0)
    if (what === 2 || what === 3 || (what === 0 && cursorX === 0 && cursorY === 0)) seen.fullClears++
  })
  parser.registerEscHandler({ final: 'c' }, () => {
    Object.assign(seen, {
      fullClears: seen.fullClears + 1,
      cursorVisible: true,
      synchronized: false,
      modifyOtherKeys: 0,
    })
    seen.kittyFlags.length = 0
    return false
  })
  on({ intermediates: '!', final: 'p' }, () => Object.assign(seen, { cursorVisible: true }))
  on({ prefix: '?', final: 'h' }, (params) => {
    for (const mode of params) {
      if (mode === 25) seen.cursorVisible = true
      if (mode === 2026) seen.synchronized = true
      if (mode === 47 || mode === 1047 || mode === 1049) seen.altScreenEnters++
    }
  })
  on({ prefix: '?', final: 'l' }, (params) => {
    for (const mode of params) {
      if (mode === 25) seen.cursorVisible = false
      if (mode === 2026) seen.synchronized = false
    }
  })
  on({ prefix: '>', final: 'u' }, (params) => seen.kittyFlags.push(first(params, 0)))
  on({ prefix: '<', final: 'u' }, (params) => seen.kittyFlags.splice(-first(params, 1)))
  on({ prefix: '=', final: 'u' }, (params) => seen.kittyFlags.splice(-1, 1, first(params, 0)))
  on({ prefix: '>', final: 'm' }, (params) => {
    if (params[0] === 4) seen.modifyOtherKeys = Number(params[1] ?? 0)
  })
  return seen
}
