import { test } from 'vitest'
import { bench } from './glass-kit.ts'
test('x', async () => {
  const at = bench(26, 30, { reflows: 'xterm.js' })
  at.painter.paint({settled:[], tail:[''], chrome:['word aword aaかax1漢字한a','word aaaax1かword a漢a漢a'], caret:{row:0,col:0}})
  await at.seen()
  const dump = () => { const b = at.emulator.terminal.buffer.active; console.log(b.baseY, b.cursorX, b.cursorY, at.emulator.golden()); console.log(at.writes()) }
  dump()
  await at.resize(24, 30)
  dump()
  at.painter.paint({settled:[], tail:[''], chrome:['word aword aaか','word'], caret:{row:0,col:0}})
  await at.seen(); dump()
})
