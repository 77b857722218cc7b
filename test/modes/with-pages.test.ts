/** What lies beside the composer stays with its page, whatever keys are pressed, and is kept with it. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { enclosedAgain, enclosedIn, readyIn } from '../../src/core/attachments/enclosures.ts'
import type { Attachment } from '../../src/core/attachments.ts'
import type { Key } from '../../src/core/chat/keys.ts'
import { emptyComposer, withDraft } from '../../src/core/composer/composer.ts'
import { pressed } from '../../src/modes/chat/pressing.ts'
import type { Ui } from '../../src/modes/chat/view.ts'
import { besidePages, withoutAsked, withPages, withUnsent } from '../../src/modes/chat/with-pages.ts'
import { photo } from '../kit/attachments.ts'
import { fresh } from '../kit/lived.ts'

const [cat, dog] = [photo('cat.png', 10, 10, 1).attachment, photo('dog.png', 10, 10, 2).attachment]
const context = { columns: 80, state: fresh(), presets: [], files: () => [] }
const KEYS = {
  up: { type: 'key', name: 'up' },
  down: { type: 'key', name: 'down' },
  clear: { type: 'chord', ctrl: true, alt: false, shift: false, char: 'c' },
  undo: { type: 'chord', ctrl: true, alt: false, shift: false, char: '_' },
} as const
type Name = keyof typeof KEYS

const chat = (history: readonly string[], draft: string, attached: readonly Attachment[] = []): Ui => ({
  ...{ composer: withDraft(emptyComposer(history), draft), notice: null, welcome: null, vim: null },
  enclosed: enclosedAgain(attached),
})
const press = (ui: Ui, ...names: readonly Name[]): Ui =>
  names.reduce((before, name) => pressed(before, KEYS[name] as unknown as Key, context).ui, ui)
const type = (ui: Ui, text: string): Ui => pressed(ui, { type: 'text', text } as Key, context).ui
const lain = (ui: Ui) => ({ words: ui.composer.text, files: readyIn(enclosedIn(ui)).map(({ name }) => name) })
const kept = (ui: Ui) => {
  const { draft, pages } = besidePages(ui)
  return {
    draft: readyIn(draft).map(({ name }) => name),
    pages: pages.map(({ text, attachments = [] }) => [text, ...attachments.map(({ name }) => name)]),
  }
}

test('a returned question whose words stand in history, too, has its file wherever it is shown', () => {
  const ui = chat(['older', 'gamma'], 'gamma', [cat])
  expect(lain(press(ui, 'up'))).toEqual({ words: 'gamma', files: ['cat.png'] })
  expect(lain(press(ui, 'up', 'up'))).toEqual({ words: 'older', files: [] })
  expect(lain(press(ui, 'up', 'up', 'down', 'down'))).toEqual({ words: 'gamma', files: ['cat.png'] })
})

test('a returned question whose words are on the page already has its file there', () => {
  const up = press(chat(['hi', 'queued'], ''), 'up')
  const back = withUnsent(up, [{ text: 'queued', attachments: [cat] }])
  expect(lain(back)).toEqual({ words: 'queued', files: ['cat.png'] })
  expect(lain(press(back, 'down'))).toEqual({ words: '', files: [] })
  // Beside a file of its own it waits until somebody comes back to it.
  const own = chat(['hi', 'queued'], 'queued', [dog])
  expect(lain(withUnsent(own, [{ text: 'queued', attachments: [cat] }])).files).toEqual(['dog.png'])
})

test('Ctrl+C clears words and files together, and Up or undo bring both back', () => {
  const ui = press(chat([], 'look', [cat]), 'clear')
  expect(lain(ui)).toEqual({ words: '', files: [] })
  expect(lain(press(ui, 'up'))).toEqual({ words: 'look', files: ['cat.png'] })
  expect(lain(press(ui, 'undo'))).toEqual({ words: 'look', files: ['cat.png'] })
  expect(kept(type(ui, 'next'))).toEqual({ draft: [], pages: [['look', 'cat.png']] })
})

describe('with the draft is kept what belongs to it', () => {
  test('while an earlier message is shown with a file of its own', () => {
    const named = { id: 7, name: 'x.png', word: 'x.png', state: { attachment: photo('x.png', 10, 10, 3).attachment } }
    const plain: Ui = { ...press(chat(['one @x.png'], 'two plain'), 'up'), enclosed: [named] }
    // Its words bring it again.
    expect(kept(plain)).toEqual({ draft: [], pages: [] })
    const other: Ui = { ...press(chat(['one @x.png'], 'two', [dog]), 'up'), enclosed: [named] }
    expect(kept(other)).toEqual({ draft: ['dog.png'], pages: [] })
    expect(lain(press(other, 'down'))).toEqual({ words: 'two', files: ['dog.png'] })
  })

  test('and of the page that is shown, what was attached to it', () => {
    const ui = press(withPages(chat(['one'], 'two', [dog]), [{ text: 'one', attachments: [cat] }]), 'up')
    expect(kept(ui)).toEqual({ draft: ['dog.png'], pages: [['one', 'cat.png']] })
    expect(kept(type(ui, '!'))).toEqual({ draft: ['cat.png'], pages: [['two', 'dog.png']] })
  })
})

test('a file without words stays beside the draft, also when an earlier message is sent meanwhile', () => {
  const ui = press(chat(['one'], '', [cat]), 'up')
  expect(lain(ui)).toEqual({ words: 'one', files: [] })
  expect(lain(press(ui, 'down'))).toEqual({ words: '', files: ['cat.png'] })
  const sent = pressed(ui, { type: 'key', name: 'enter' } as Key, context).ui
  expect(lain(withoutAsked(sent, { text: 'one' }))).toEqual({ words: '', files: ['cat.png'] })
})

test('law: no key that turns pages loses a file, makes a second of it, or moves it to other words', () => {
  const texts = ['a', 'b', 'c']
  const page = fc.record({ text: fc.constantFrom(...texts), files: fc.subarray([cat, dog]) })
  fc.assert(
    fc.property(
      fc.uniqueArray(page, { selector: ({ text }) => text, maxLength: 3 }),
      fc.constantFrom('', 'd', 'a'),
      fc.subarray([cat, dog]),
      fc.array(fc.constantFrom<Name>('up', 'down'), { maxLength: 12 }),
      (waiting, draft, files, names) => {
        const others = waiting.filter(({ text }) => text !== draft)
        const asked = others.map((one) => ({ text: one.text, attachments: one.files }))
        const begun = withPages(chat(texts, draft, files), asked)
        const expected = new Map([...others.map((one) => [one.text, one.files] as const), [draft, files]])
        let ui = begun
        for (const name of names) {
          ui = press(ui, name)
          expect(lain(ui).files).toEqual((expected.get(ui.composer.text) ?? []).map((one) => one.name))
          // Words that the draft has, too, are one page.
          const all = [
            ...besidePages(ui).draft.map((one) => one.name),
            ...kept(ui).pages.flatMap(([, ...rest]) => rest),
          ]
          expect(all).toHaveLength([...expected.values()].flat().length)
        }
      },
    ),
  )
})
