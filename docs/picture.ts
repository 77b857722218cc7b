/**
 * `node docs/picture.ts`: draws docs/screen.svg from the real screen. It runs the built client with `--demo` at a
 * terminal of 80 columns, asks a question, and takes what the emulator shows when the answer stands.
 */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import build from '../test/kit/built.ts'
import { openPty } from '../test/kit/pty.ts'
import { windowAsSvg } from './window-as-svg.ts'

const COLUMNS = 80
const QUESTION = 'What does this cost?'

const { values } = parseArgs({
  options: {
    ask: { type: 'string', default: QUESTION },
    rows: { type: 'string', default: '24' },
    out: { type: 'string', default: fileURLToPath(new URL('screen.svg', import.meta.url)) },
    program: { type: 'string' },
  },
})

if (!values.program) build()
const rows = Number(values.rows)
await using session = openPty({
  args: ['--demo'],
  // The emulator does not tell its background, and the picture's is dark.
  env: { CLAUDE_TUI_THEME: 'dark' },
  columns: COLUMNS,
  rows,
  ...(values.program ? { program: values.program } : {}),
})
await session.see(/^› /m)
session.type(values.ask)
await session.see(values.ask)
session.press('enter')
// While the answer comes its speed is an estimate, marked `~`; the speed of an answer that stands is measured.
await session.see(/[^~\d]\d+ t(ok)?\/s/, { timeout: 60_000 })

const { emulator } = session
const svg = windowAsSvg({
  buffer: emulator.terminal.buffer.active,
  columns: COLUMNS,
  rows,
  title: 'claude-tui --demo',
  cursor: emulator.modes.cursorVisible ? emulator.cursor : null,
})
writeFileSync(values.out, svg)
console.log(`${(svg.length / 1024).toFixed(1)} KB`)
