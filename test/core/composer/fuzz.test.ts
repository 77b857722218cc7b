/** Bytes of a keyboard gone wild, through the decoder into the composer, with and without vim's keys. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { completeCommand } from '../../../src/core/chat/commands.ts'
import type { Key } from '../../../src/core/chat/keys.ts'
import { labelled, sheetOf, writtenOut } from '../../../src/core/composer/chips.ts'
import { type Composer, emptyComposer, givenBack, press, withDraft } from '../../../src/core/composer/composer.ts'
import { undo } from '../../../src/core/composer/edit.ts'
import { fileCompletion, filesLike, fileWord } from '../../../src/core/composer/file-words.ts'
import { unsentDraft, withLeft, withOlder } from '../../../src/core/composer/intake.ts'
import { layoutComposer } from '../../../src/core/composer/layout.ts'
import { pressVim, selected, VIM, type Vim } from '../../../src/core/composer/vim.ts'
import { graphemesOf } from '../../../src/core/text/width.ts'
import { InputDecoder } from '../../../src/glass/input.ts'

const SIGNS = fc.constantFrom(
  ...['a', 'w', ' ', '.', '(', ')', '"', '/', '@', '@src', '/model ', '/help', 'e\u0301', '\u0301', '日', '👨‍👩‍👧‍👦'],
  ...['🇩🇪', '🇩', '\u200d', 'नि', '\t', '𝒳', '\u{10fc00}', '\u202e', 'İ', 'ß', '\u1112', '\u1161'],
)
const PASTES = fc.constantFrom(
  'x\n'.repeat(10),
  'word '.repeat(250),
  '日'.repeat(1001),
  `${'\u0301'.repeat(20)}${'\n'.repeat(9)}`,
)
const brackets = (text: string) => `\x1b[200~${text}\x1b[201~`
const KEYS = fc.constantFrom(
  ...['\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1b[H', '\x1b[F', '\x1b[3~', '\x1b[1;5C', '\x1b[1;5D', '\x1b[Z'],
  ...[
    '\x1b[13;2u',
    '\x1b[122;6u',
    '\x1b[91;5u',
    '\x7f',
    '\x08',
    '\r',
    '\r',
    '\t',
    '\x1b',
    '\x1b',
    '\x1b\x7f',
    '\x1b\r',
  ],
  ...[
    '\x1f',
    '\x1b_',
    '\x1bb',
    '\x1bd',
    '\x1by',
    '\x1b[200~',
    '\x1b[201~',
    '\x1b]11;?\x07',
    '\x00',
    '\x0f',
    '\x12',
    '\x0b',
  ],
  ...['\x15', '\x17', '\x19', '\x1a', '\x10', '\x0e', '\x03'],
)
const COMMANDS = fc.constantFrom(
  ...'h l w b W E ge 0 ^ $ G gg fa Ta t( ; , % { } i I A o O x X D C s Y p P u dd yy cc cw d$ diw daw ci( da"'.split(
    ' ',
  ),
  ...'>> << J gJ ~ g~w gUU r. r日 r . 3 9999 v V Vj ve va( Vd vy vc vp v~ vJ v> vr- vo / "_dd j k 3j q'.split(' '),
)
const piece = fc.oneof(
  { weight: 3, arbitrary: SIGNS },
  { weight: 3, arbitrary: KEYS },
  { weight: 3, arbitrary: COMMANDS },
  { weight: 1, arbitrary: PASTES.map(brackets) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
)
/** What the chat itself does to the draft meanwhile. */
const meanwhile = fc.constantFrom<(composer: Composer) => Composer>(
  (composer) => withDraft(composer.search?.origin ?? composer, `${writtenOut(composer.text, composer)}!`),
  (composer) => withOlder(composer, [{ text: `from disk ${'x\n'.repeat(10)}`, pastes: [[10, 30]] }]),
  (composer) => withLeft(composer, [{ text: 'x\n'.repeat(20), pastes: [[0, 40]] }]),
  (composer) => givenBack(composer, ['not sent']),
)
const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ bytes: piece, cut: fc.nat(6), silence: fc.boolean() }) },
  { weight: 1, arbitrary: meanwhile },
)

const complete = (composer: Composer) => {
  const commands = composer.text.startsWith('/') ? completeCommand(composer.text, composer.cursor, []) : []
  const word = fileWord(composer)
  if (commands.length > 0 || word === null) return commands
  return filesLike(word, ['src/a.ts', 'src/b c.ts', 'é/日.ts'], 9).map(fileCompletion)
}

const isBetween = (text: string, index: number) => {
  let at = 0
  for (const grapheme of graphemesOf(text)) if (at < index) at += grapheme.length
  return at === index
}

/** What must hold after every key. */
function check(composer: Composer, vim: Vim | null, width: number): void {
  const { text, cursor, chips, pages, history } = composer
  expect(text.isWellFormed()).toBe(true)
  expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
  expect(isBetween(text, cursor)).toBe(true)
  // Every sign that is left stands for its chip.
  for (const [sign] of text.matchAll(/[\u{10fc00}-\u{10fffd}]/gu))
    expect(chips[sign.codePointAt(0)! - 0x10fc00]).toBeDefined()
  for (const page of pages.values()) expect(isBetween(page.text, page.cursor)).toBe(true)
  expect(composer.place).toBeLessThanOrEqual(history.length)
  const span = vim && selected(vim, composer)
  if (span) expect(isBetween(text, span.from) && isBetween(text, span.to) && span.from <= span.to).toBe(true)
  const shown = labelled(composer)
  const selection = span && { from: shown.shownIndex(span.from), to: shown.shownIndex(span.to) }
  const { rows, caret, marks } = layoutComposer(shown, { width, maxRows: 5, selection })
  expect(caret.col).toBeLessThan(width)
  marks?.forEach((mark, i) => {
    if (mark) expect(mark[0] < mark[1] && mark[1] <= rows[i]!.length).toBe(true)
  })
  expect(sheetOf(text, composer).text).toBe(writtenOut(text, composer))
  expect(typeof unsentDraft(composer)).toBe('string')
}

/** Whether a text can be had back: by undo, or from history, where what the menu has completed holds it. */
function isKept(text: string, composer: Composer): boolean {
  const others = [...composer.history, ...[...composer.pages.values()].map((page) => page.text)]
  if (others.some((other) => other.includes(text.trimEnd()))) return true
  for (let back = composer; back.undo; back = undo(back)) if (undo(back).text.includes(text)) return true
  return composer.text.includes(text)
}

/** A key that takes more than a slip of the finger away. */
const takes = (before: string, after: string) =>
  before.trim() !== '' && graphemesOf(before).length - graphemesOf(after).length > 3

it.each(['the usual keys', "vim's keys"])(
  'whatever bytes come, with %s: the cursor stands between graphemes, no chip is torn, nothing is lost',
  (name) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.integer({ min: 2, max: 30 }), (steps, width) => {
        let vim: Vim | null = name === 'the usual keys' ? null : VIM
        let composer = emptyComposer(['old one', 'a 👨‍👩‍👧‍👦\nnewer', '/help'])
        const onKey = (key: Key) => {
          const before = composer
          const pressed = vim
            ? pressVim(vim, composer, key, { complete, width })
            : press(composer, key, { complete, width })
          composer = pressed.composer
          if ('vim' in pressed) vim = pressed.vim as Vim
          check(composer, vim, width)
          if (!before.search && !composer.search && !composer.redo && takes(before.text, composer.text))
            expect(isKept(before.text, composer)).toBe(true)
        }
        let silence: (() => void) | null = null
        const decoder = new InputDecoder(onKey, {
          setTimer(_, end) {
            silence = end
            return () => {
              silence = null
            }
          },
        })
        for (const next of steps) {
          if (typeof next === 'function') {
            composer = next(composer)
            check(composer, vim, width)
            continue
          }
          const bytes = Buffer.from(next.bytes)
          decoder.feed(bytes.subarray(0, next.cut))
          decoder.feed(bytes.subarray(next.cut))
          if (next.silence) (silence as (() => void) | null)?.()
        }
      }),
      { numRuns: 250 },
    )
  },
)
