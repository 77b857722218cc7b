/** Before Ink is loaded the live region is drawn without it; nobody may see the difference. */

import { describe, expect, test, vi } from 'vitest'
import { isPlain, plainRows } from '../../components/plain.ts'
import type { View } from '../../components/view.ts'

// Chalk, inside Ink, decides about colours when it is first loaded.
vi.stubEnv('FORCE_COLOR', '3')
const { renderToString } = await import('ink')
const { App } = await import('../../components/App.tsx')

const status: View['status'] = [
  { text: 'Sonnet 5.5', tone: 'plain' },
  { text: '  ', tone: 'plain' },
  { text: 'ctx ', tone: 'dim' },
  { text: '85%', tone: 'warn' },
  { text: ' ━━─', tone: 'dim' },
]
const view = (rows: readonly string[], placeholder = ''): View => ({
  columns: 79,
  waiting: null,
  queue: [],
  composer: { rows, placeholder, above: 0, below: 0 },
  menu: null,
  notice: null,
  status,
  welcome: null,
  colour: true,
})

describe('the first frames', () => {
  test.each([[['']], [['abc']], [['abc  ']], [['a', '  b', '', 'd']], [['漢字 👩‍👩‍👧']]])(
    'of %j are what Ink draws, byte for byte',
    (rows) => {
      for (const placeholder of ['', 'Ask anything']) {
        expect(plainRows(view(rows, placeholder))).toEqual(
          renderToString(<App view={view(rows, placeholder)} />, { columns: 80 }).split('\n'),
        )
      }
    },
  )

  test('leave everything else to Ink', () => {
    expect(isPlain(view(['']))).toBe(true)
    for (const more of [
      { waiting: 'Thinking…' },
      { queue: ['next'] },
      { notice: 'n' },
      { welcome: { rows: [] } },
      { menu: { items: [], chosen: 0 } },
      { columns: 30 },
    ]) {
      expect(isPlain({ ...view(['']), ...more })).toBe(false)
    }
  })
})
