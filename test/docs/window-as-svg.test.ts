import { expect, test } from 'vitest'
import { windowAsSvg } from '../../docs/window-as-svg.ts'
import { createEmulator } from '../kit/emulator.ts'

async function drawn(text: string, cursor = false): Promise<string> {
  const emulator = createEmulator({ columns: 20, rows: 3 })
  await emulator.write(text)
  const buffer = emulator.terminal.buffer.active
  return windowAsSvg({ buffer, columns: 20, rows: 3, title: 'a <title>', cursor: cursor ? emulator.cursor : null })
}

const texts = (svg: string) => [...svg.matchAll(/<text [^>]*textLength[^>]*>(.*?)<\/text>/g)].map((match) => match[1])

test('text stays text: a run for each style, blanks at its ends left out, signs of XML escaped', async () => {
  const svg = await drawn('  plain \x1b[1mbold\x1b[22m <&>\r\n\x1b[3;2mdim\x1b[m')
  expect(texts(svg)).toEqual(['plain', 'bold', '&lt;&amp;&gt;', 'dim'])
  expect(svg).toContain('class="b"')
  expect(svg).toContain('class="d i"')
  expect(svg).toContain('<title>a &lt;title&gt;</title>')
})

test('a run stands at its column and is as wide as its cells, whatever the font does', async () => {
  expect(await drawn('  four')).toContain('<text x="16.8" y="14" textLength="33.6"')
  expect(await drawn('a漢b')).toMatch(/x="8.4" y="14" textLength="16.8">漢<.*\n<text x="25.2"/)
})

test('colours are the palette, its cube and ramp, or the program’s own; inverse swaps them', async () => {
  expect(await drawn('\x1b[31mred')).toContain('fill:#f07a85')
  expect(await drawn('\x1b[38;5;208morange')).toContain('fill:#ff8700')
  expect(await drawn('\x1b[38;5;240mgrey')).toContain('fill:#585858')
  expect(await drawn('\x1b[38;2;1;2;3mown')).toContain('fill:#010203')
  expect(await drawn('\x1b[48;2;1;2;3m  ')).toContain('width="16.8" height="19" fill="#010203"')
  expect(await drawn('\x1b[7;38;2;1;2;3minverse')).toMatch(/fill="#010203"\/>\n<text [^>]*fill:#15181f/)
})

test('frames are lines that meet: a rule is one stroke, a corner a curve', async () => {
  const svg = await drawn('────\r\n╭─┐')
  expect(texts(svg)).toEqual([])
  expect(svg).toContain('<path d="M0 9.5H33.6" ')
  expect(svg).toMatch(/<path d="M4.2 38Q4.2 28.5 8.4 28.5M8.4 28.5H/)
})

test('the cursor is drawn where it stands, and only when there is one', async () => {
  expect(await drawn('ab', true)).toContain('<rect x="16.8" y="1"')
  expect(await drawn('ab')).not.toContain('opacity=".75"')
})

test('nothing comes from outside', async () => {
  expect((await drawn('text')).replace('http://www.w3.org/2000/svg', '')).not.toMatch(
    /https?:|url\(|<script|<image|@import/,
  )
})
