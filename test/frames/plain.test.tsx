/** Before Ink is loaded the live region is drawn without it; nobody may see the difference. */

import { renderToString } from 'ink'
import { describe, expect, test } from 'vitest'
import { App } from '../../components/App.tsx'
import { isPlain, plainRows } from '../../components/plain.ts'
import type { View } from '../../components/view.ts'
import { span } from '../../src/core/text/spans.ts'
import { type Colour, theme } from '../../src/core/text/theme.ts'

const status: View['status'] = [
  { text: 'Sonnet 5.5', tone: 'plain' },
  { text: '  ', tone: 'plain' },
  { text: 'ctx ', tone: 'dim' },
  { text: '85%', tone: 'warn' },
  { text: ' ━━─', tone: 'dim' },
]
const view = (rows: readonly string[], placeholder = '', colour: Colour = 'truecolor'): View => ({
  columns: 79,
  waiting: null,
  queue: [],
  enclosed: [],
  composer: { rows, placeholder, above: 0, below: 0 },
  menu: null,
  notice: null,
  tag: null,
  status,
  welcome: null,
  theme: theme({ colour, links: false }),
})

describe('the first frames', () => {
  test.each([[['']], [['abc']], [['abc  ']], [['a', '  b', '', 'd']], [['漢字 👩‍👩‍👧']]])(
    'of %j are what Ink draws, byte for byte',
    (rows) => {
      for (const placeholder of ['', 'Ask anything']) {
        for (const colour of ['none', 'ansi16', 'truecolor'] as const) {
          const shown = {
            ...view(rows, placeholder, colour),
            tag: placeholder === '' ? null : 'warm ~$0.03 · cold ~$0.31',
          }
          expect(plainRows(shown)).toEqual(renderToString(<App view={shown} />, { columns: 80 }).split('\n'))
        }
      }
    },
  )

  test('show what goes along as Ink does', () => {
    for (const colour of ['none', 'ansi16', 'truecolor'] as const) {
      const enclosed = [
        [span('  '), span('photo.jpg', 'strong'), span(' 4032x3024 → 1176x882 · 1,344 tok · $0.0027/turn', 'dim')],
        [span('› ', 'accent'), span('a.png', 'selected'), span(': is damaged ', 'warn')],
        [span('  2 attachments · ← size, remove', 'dim')],
      ]
      const shown = { ...view(['what?'], '', colour), enclosed }
      expect(isPlain(shown)).toBe(true)
      expect(plainRows(shown)).toEqual(renderToString(<App view={shown} />, { columns: 80 }).split('\n'))
    }
  })

  test('show a selection as Ink does, also at the end of a row and without colours', () => {
    for (const colour of ['none', 'truecolor'] as const) {
      const shown = view(['one two ', ' ', 'three'], '', colour)
      const composer = { ...shown.composer, marks: [[4, 8], [0, 1], null] as const }
      const rows = plainRows({ ...shown, composer })
      expect(rows[1]).toContain('one \x1b[7mtwo \x1b[27m')
      expect(rows).toEqual(renderToString(<App view={{ ...shown, composer }} />, { columns: 80 }).split('\n'))
    }
  })

  test('leave everything else to Ink', () => {
    expect(isPlain(view(['']))).toBe(true)
    for (const more of [
      { waiting: ['Thinking…'] },
      { queue: ['next'] },
      { notice: 'n' },
      { welcome: { rows: [] } },
      { menu: { items: [], chosen: 0 } },
      { picker: { head: null, line: { sign: '', text: '', placeholder: '' }, rows: [], preview: [], foot: '' } },
      { columns: 30 },
    ]) {
      expect(isPlain({ ...view(['']), ...more })).toBe(false)
    }
  })
})
