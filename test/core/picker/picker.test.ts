import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Key } from '../../../src/core/chat/keys.ts'
import { excerpt } from '../../../src/core/picker/excerpt.ts'
import { type Looks, layOutPicker, pageOf } from '../../../src/core/picker/layout.ts'
import { heard, question } from '../../../src/core/picker/numbered.ts'
import {
  arrived,
  chosenRow,
  isCurrent,
  type Kind,
  openPicker,
  type Picker,
  pointedAt,
  pressPicker,
  type Row,
  type Said,
} from '../../../src/core/picker/picker.ts'
import { roomOfSpans, type Span, span } from '../../../src/core/text/spans.ts'
import { roomOf } from '../../../src/core/text/width.ts'
import { key, keys, pasteOf } from '../composer/keyboard.ts'

interface Fruit extends Row {
  readonly title: string
}
const KIND: Kind<Fruit> = {
  takes: 'eat it',
  begins: 'first',
  name: ({ title }) => title,
  acts: [
    { name: 'rename', keys: ['ctrl+r'], tells: 'rename', asks: 'Name' },
    { name: 'delete', keys: ['ctrl+d', 'delete'], tells: 'delete' },
    { name: 'undo', keys: ['ctrl+z'], tells: '', alone: true },
  ],
}
const LOOKS: Looks<Fruit> = {
  head: 'Fruit',
  placeholder: 'type to search',
  empty: 'No fruit yet.',
  columns: [
    { align: 'left', rank: 1 },
    { align: 'right', rank: 0 },
  ],
  cells: ({ id, title }) => ({ text: [span(title)], columns: [id % 3 === 0 ? span('ripe') : null, span(`${id}g`)] }),
  aloud: ({ title }) => title,
  preview: ({ title }, typed, size) =>
    excerpt({ question: title, answer: `${title}\n`.repeat(3), note: title }, typed, size),
}
const fruit = (n: number): readonly Fruit[] =>
  Array.from({ length: n }, (_, i) => ({ id: i + 1, title: `fruit ${i + 1}` }))
const full = (n: number) => arrived(openPicker(KIND), fruit(n), { answers: '' })
const PAGE = { page: 5 }

interface Play {
  readonly picker: Picker<Fruit>
  readonly said: readonly Said<Fruit>[]
}
function play(script: string | readonly Key[], from: Picker<Fruit>): Play {
  let picker = from
  const said: Said<Fruit>[] = []
  for (const next of typeof script === 'string' ? keys(script) : script) {
    const pressed = pressPicker(picker, next, PAGE)
    picker = pressed.picker
    if (pressed.said) said.push(pressed.said)
  }
  return { picker, said }
}
const at = (script: string, from: Picker<Fruit>) => chosenRow(play(script, from).picker)?.id

describe('the choice', () => {
  test('moves by rows, by pages and to both ends, and stops there', () => {
    expect(at('<down><down><up>', full(20))).toBe(2)
    expect(at('<up>', full(20))).toBe(1)
    expect(at('<pagedown>', full(20))).toBe(5)
    expect(at('<pagedown><pageup>', full(20))).toBe(1)
    expect(at('<end>', full(20))).toBe(20)
    expect(at('<end><down><home>', full(20))).toBe(1)
    expect(at('<ctrl-n><ctrl-n><ctrl-p>', full(20))).toBe(2)
  })

  test('begins at the other end where the newest stands there', () => {
    const rows = arrived(openPicker({ ...KIND, begins: 'last' }), fruit(9), { answers: '' })
    expect(chosenRow(rows)?.id).toBe(9)
  })

  test('stays with its row when the same list comes anew, and with its place when the row is gone', () => {
    const { picker } = play('<down><down>', full(9))
    const reversed = arrived(picker, [...fruit(9)].reverse(), { answers: '' })
    expect(chosenRow(reversed)?.id).toBe(3)
    const without = arrived(
      picker,
      fruit(9).filter(({ id }) => id !== 3),
      { answers: '' },
    )
    expect(chosenRow(without)?.id).toBe(4)
    expect(chosenRow(pointedAt(without, 8))?.id).toBe(8)
    expect(chosenRow(pointedAt(without, 3))?.id).toBe(4)
  })

  test('asks for more rows before the end is reached, when there are more', () => {
    const some = arrived(openPicker(KIND), fruit(20), { answers: '', hasMore: true })
    expect(play('<down><down>', some).said).toEqual([])
    expect(play('<end>', some).said).toEqual([{ type: 'more' }])
    expect(play('<end>', full(20)).said).toEqual([])
  })
})

describe('what is typed', () => {
  test('asks for other rows, each key at once', () => {
    expect(play('fi<left>g', full(3)).said).toEqual([
      { type: 'seek', text: 'f' },
      { type: 'seek', text: 'fi' },
      { type: 'seek', text: 'fgi' },
    ])
  })

  test('is edited with readline’s keys, and a paste becomes one line', () => {
    expect(play([pasteOf('two\n\twords'), key('ctrl-w'), ...keys('more')], full(3)).picker.line.text).toBe('two more')
    expect(play([...keys('abc'), key('ctrl-a'), key('ctrl-d')], full(3)).picker.line.text).toBe('bc')
    expect(play([pasteOf('x'.repeat(5_000))], full(3)).picker.line.text).toHaveLength(400)
  })

  test('is cleared by Esc first; the next Esc leaves', () => {
    const { picker, said } = play('fig<escape>', full(3))
    expect(picker.line.text).toBe('')
    expect(said.at(-1)).toEqual({ type: 'seek', text: '' })
    expect(play('<escape>', picker).said).toEqual([{ type: 'leave' }])
    expect(play('fig<ctrl-c>', full(3)).said.at(-1)).toEqual({ type: 'leave' })
  })

  test('must be answered before Enter or a deed takes a row: never one that stood there before', () => {
    const typing = play('fig', full(3)).picker
    for (const word of ['enter', 'delete', 'ctrl-d', 'ctrl-r']) {
      expect(play([key(word)], typing).said).toEqual([{ type: 'await', key: key(word) }])
    }
    const answered = arrived(typing, fruit(2).slice(1), { answers: 'fig' })
    expect(play('<enter>', answered).said).toEqual([{ type: 'take', row: fruit(2)[1] }])
    const nothing = arrived(typing, [], { answers: 'fig' })
    expect(play('<enter><delete><ctrl-r>', nothing).said).toEqual([])
  })

  test('that finds later than it is typed begins the choice anew', () => {
    const { picker } = play('<down><down>fi', full(9))
    const late = arrived(picker, fruit(4), { answers: 'f' })
    expect(chosenRow(late)?.id).toBe(1)
    expect(isCurrent(late)).toBe(false)
  })
})

describe('a deed', () => {
  test('is done with the chosen row', () => {
    expect(play('<down><ctrl-d>', full(3)).said).toMatchObject([
      { type: 'act', act: { name: 'delete' }, row: { id: 2 } },
    ])
    expect(play('<delete>', full(3)).said).toMatchObject([{ act: { name: 'delete' }, row: { id: 1 } }])
    expect(play('<ctrl-z>', full(0)).said).toMatchObject([{ act: { name: 'undo' }, row: null }])
  })

  test('never takes the place of erasing a character', () => {
    const answered = (text: string) => arrived(play(text, full(3)).picker, fruit(1), { answers: text })
    const { picker, said } = play('<left><delete>', answered('ab'))
    expect(picker.line.text).toBe('a')
    expect(said).toEqual([{ type: 'seek', text: 'a' }])
  })

  test('that needs a line begins with what the row is called; Enter says it, Esc leaves all as it was', () => {
    const asked = play('<down><ctrl-r>', full(3))
    expect(asked.said).toEqual([])
    expect(asked.picker.asked?.line.text).toBe('fruit 2')
    expect(play('<ctrl-u>plum<enter>', asked.picker).said).toMatchObject([
      { type: 'act', act: { name: 'rename' }, row: { id: 2 }, text: 'plum' },
    ])
    const left = play('<ctrl-u>plum<escape>', asked.picker)
    expect(left.said).toEqual([])
    expect(left.picker).toMatchObject({ asked: null, line: { text: '' } })
    expect(play('<ctrl-u><enter>', asked.picker).said).toEqual([])
  })
})

const held = (names: string) => fc.constantFrom(...names.split(' ').map(key))
const anyKey: fc.Arbitrary<Key> = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }).map((text) => ({ type: 'text', text }) as const),
  fc.string({ unit: 'binary', maxLength: 40 }).map(pasteOf),
  held('up down pageup pagedown home end enter escape tab delete backspace left right ctrl-left alt-backspace'),
  held('ctrl-a ctrl-b ctrl-c ctrl-d ctrl-e ctrl-j ctrl-k ctrl-l ctrl-n ctrl-o ctrl-p ctrl-r ctrl-u ctrl-w ctrl-y'),
  held('ctrl-z ctrl-_ alt-b alt-d alt-y shift-enter shift-tab f1 insert'),
)
/** Keys, and rows that come in between: for what is typed or for something older, fewer or more. */
const evening = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: anyKey.map((pressed) => ({ pressed })) },
    { weight: 1, arbitrary: fc.record({ rows: fc.nat(30), late: fc.boolean(), more: fc.boolean() }) },
  ),
  { maxLength: 60 },
)
const size = fc.record({ columns: fc.integer({ min: 20, max: 130 }), rows: fc.integer({ min: 6, max: 60 }) })

describe('LAW: whatever is pressed and whenever rows come', () => {
  test('nothing throws, the choice is one of the rows and on the screen, and no row is taken that does not answer', () => {
    fc.assert(
      fc.property(evening, size, (acts, window) => {
        let picker = openPicker(KIND)
        for (const act of acts) {
          if ('rows' in act)
            picker = arrived(picker, fruit(act.rows), {
              answers: act.late ? 'old' : picker.line.text,
              hasMore: act.more,
            })
          else {
            const before = picker
            const { picker: next, said } = pressPicker(picker, act.pressed, { page: pageOf(window) })
            picker = next
            if (said?.type === 'take' || (said?.type === 'act' && said.row && !before.asked && !said.act.alone))
              expect(isCurrent(before)).toBe(true)
          }
          expect(picker.chosen).toBeGreaterThanOrEqual(0)
          expect(picker.chosen).toBeLessThan(Math.max(1, picker.rows.length))
          expect(picker.line.text).not.toMatch(/[\n\t\x1b]/)
          const { view, caret } = layOutPicker(picker, LOOKS, window)
          if (picker.rows.length > 0) expect(view.rows.filter(({ chosen }) => chosen)).toHaveLength(1)
          expect(caret.col).toBeLessThan(window.columns)
        }
      }),
    )
  })

  test('the list is shorter than the window and every row narrower, wide characters and joined emoji included', () => {
    const title = fc.string({ unit: fc.constantFrom('a', ' ', '漢', '👩‍👩‍👧', 'é', '🇩🇪'), maxLength: 60 })
    fc.assert(
      fc.property(
        fc.array(title, { maxLength: 30 }),
        fc.array(anyKey, { maxLength: 8 }),
        size,
        (titles, typed, window) => {
          const rows = titles.map((text, i) => ({ id: i + 1, title: text }))
          const { picker } = play(typed, arrived(openPicker(KIND), rows, { answers: '' }))
          const { view } = layOutPicker(picker, LOOKS, window)
          const height =
            (view.head ? 1 : 0) + 1 + view.rows.length + (view.preview.length > 0 ? 1 : 0) + view.preview.length + 1
          // A blank row stands above it, and one row of the window stays free.
          expect(height).toBeLessThanOrEqual(window.rows - 2)
          const spans: (readonly Span[])[] = [...view.rows.map((row) => row.spans), ...view.preview, view.head ?? []]
          for (const row of spans) expect(roomOfSpans(row)).toBeLessThan(window.columns)
          expect(roomOf(view.foot)).toBeLessThan(window.columns)
        },
      ),
    )
  })
})

describe('the rows of a window', () => {
  test('follow the choice, and move no more than they must', () => {
    const window = { columns: 80, rows: 24 }
    const page = { page: pageOf(window) }
    let picker = full(40)
    const first = () =>
      layOutPicker(picker, LOOKS, window)
        .view.rows[0]!.spans.map(({ text }) => text)
        .join('')
    const press = (word: string) => {
      picker = pressPicker(picker, key(word), page).picker
    }
    for (let i = 1; i < page.page; i++) press('down')
    expect(first()).toContain('fruit 1 ')
    press('down')
    expect(first()).toContain('fruit 2 ')
    press('up')
    expect(first()).toContain('fruit 2 ')
  })

  test('say what is the matter when there are none', () => {
    const window = { columns: 80, rows: 24 }
    const says = (picker: Picker<Fruit>) => layOutPicker(picker, LOOKS, window).view.rows[0]!.spans[1]!.text
    expect(says(openPicker(KIND))).toBe('Looking…')
    expect(says(full(0))).toBe('No fruit yet.')
    expect(says(arrived(play('fig', full(3)).picker, [], { answers: 'fig' }))).toMatch(/^Nothing holds “fig”\./)
  })

  test('hints and remarks are told in fewer words where there is less room, and never half a word', () => {
    const foot = (picker: Picker<Fruit>, columns: number) =>
      layOutPicker(picker, LOOKS, { columns, rows: 24 }).view.foot
    expect([60, 50, 40, 35, 24, 20].map((columns) => foot(full(3), columns))).toEqual([
      '  Enter eat it · Ctrl+R rename · Ctrl+D delete · Esc leave',
      '  Ctrl+R rename · Ctrl+D delete · Esc leave',
      '  Ctrl+R rename · Ctrl+D delete · Esc',
      '  Ctrl+R rename · Esc leave',
      '  Ctrl+R rename · Esc',
      '  Esc leave',
    ])
    const told = { ...full(3), notice: ['“Fruit” is in the bin. Ctrl+Z takes it out.', 'Binned. Ctrl+Z undoes it.'] }
    expect(foot(told, 80)).toBe('  “Fruit” is in the bin. Ctrl+Z takes it out.')
    expect(foot(told, 40)).toBe('  Binned. Ctrl+Z undoes it.')
    expect(foot(told, 22)).toBe('  Binned. Ctrl+Z…')
  })

  test('a remark stands in the place of the hint until the next key', () => {
    const told = { ...full(3), notice: 'Deleted.' }
    const window = { columns: 80, rows: 24 }
    expect(layOutPicker(told, LOOKS, window).view.foot).toBe('  Deleted.')
    expect(layOutPicker(play('<down>', told).picker, LOOKS, window).view.foot).toContain('Enter eat it')
  })
})

describe('in numbered lines', () => {
  test('an answer is a number, a letter and a number, words to search, or nothing', () => {
    const acts = KIND.acts
    const hears = (typed: string, hasMore = false) => heard(typed, acts, 10, hasMore)
    expect(hears('3')).toEqual({ type: 'take', at: 2 })
    expect(hears(' d 3 ')).toMatchObject({ type: 'act', act: { name: 'delete' }, at: 2 })
    expect(hears('u')).toMatchObject({ type: 'act', act: { name: 'undo' }, at: null })
    expect(hears('salt 3')).toEqual({ type: 'seek', text: 'salt 3' })
    expect(hears('x3')).toEqual({ type: 'seek', text: 'x3' })
    expect(hears('11')).toEqual({ type: 'unknown', problem: 'The numbers go from 1 to 10.' })
    expect(hears('d')).toEqual({ type: 'unknown', problem: 'The numbers go from 1 to 10.' })
    expect(hears('')).toEqual({ type: 'leave' })
    expect(hears('', true)).toEqual({ type: 'more' })
    expect(hears('q')).toEqual({ type: 'leave' })
  })

  test('the question says all of it', () => {
    expect(question(KIND.takes, KIND.acts, true)).toBe(
      'Type a number to eat it, r and a number to rename, d and a number to delete, u to undo, words to search, Enter for more, q to leave: ',
    )
  })
})
