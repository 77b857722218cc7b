import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftsOf, labelled, sheetOf, writtenOut } from '../../../src/core/composer/chips.ts'
import { type Composer, emptyComposer, press, withDraft } from '../../../src/core/composer/composer.ts'
import { harmless } from '../../../src/core/composer/edit.ts'
import { layoutComposer } from '../../../src/core/composer/layout.ts'
import { pressVim, VIM } from '../../../src/core/composer/vim.ts'
import { key, keys, pasteOf, play } from './keyboard.ts'

const NINE = Array.from({ length: 9 }, (_, n) => `row ${n + 1}`).join('\n')
const LONG = 'word '.repeat(300)
const shown = (composer: Composer) => {
  const { text, cursor } = labelled(composer)
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}
const chip = (lead = '') => play([...keys(lead), pasteOf(NINE)]).composer

describe('a large paste', () => {
  it('becomes a chip with its lines and its estimated tokens, above eight lines or a thousand characters', () => {
    expect(shown(chip())).toBe('[paste 1: 9 lines, ~22 tokens]|')
    expect(shown(play([pasteOf(LONG)]).composer)).toBe('[paste 1: 1 line, ~600 tokens]|')
    expect(play([pasteOf(NINE.replace('row 1\n', ''))]).shown).toContain('row 9|')
    expect(play([pasteOf('x'.repeat(1000))]).shown).toContain('xxx|')
  })

  it('does not count the newline at its very end as a line', () => {
    expect(play([pasteOf('1\n2\n3\n4\n5\n6\n7\n8\n')]).shown).toBe('1\n2\n3\n4\n5\n6\n7\n8\n|')
  })

  it('is sent in full, with the words around it', () => {
    const { said } = play(keys(' and more<enter>'), chip('see: '))
    expect(said).toEqual([{ type: 'send', text: `see: ${NINE} and more` }])
  })

  it('of nothing but white space is nothing to send', () => {
    expect(play(keys('<enter>'), play([pasteOf('\n'.repeat(20))]).composer).said).toEqual([])
  })

  it('goes with one Backspace, and comes back with one undo', () => {
    const gone = play(keys('<backspace>'), chip('a '))
    expect(gone.shown).toBe('a |')
    expect(shown(play(keys('<ctrl-z>'), gone.composer).composer)).toBe('a [paste 1: 9 lines, ~22 tokens]|')
  })

  it.each(['<ctrl-w>', '<alt-backspace>'])('is one word of its own for %s', (erases) => {
    expect(play(keys(erases), chip('left')).shown).toBe('left|')
    expect(shown(play(keys(`right${erases}`), chip('left')).composer)).toBe('left[paste 1: 9 lines, ~22 tokens]|')
  })

  it('is one word forwards, too', () => {
    expect(play(keys('<ctrl-a><alt-f><alt-d>'), chip('left ')).shown).toBe('left|')
  })

  it('is passed with one step', () => {
    expect(shown(play(keys('<left><left>'), chip('ab')).composer)).toBe('a|b[paste 1: 9 lines, ~22 tokens]')
  })

  it('unfolds in its place with Ctrl+O, and folds again with undo', () => {
    const open = play(keys('!<left><ctrl-o>'), chip('see: '))
    expect(open.shown).toBe(`see: ${NINE}|!`)
    expect(shown(play(keys('<ctrl-z>'), open.composer).composer)).toBe('see: [paste 1: 9 lines, ~22 tokens]|!')
  })

  it('unfolds the one beside the cursor, the last one from afar, and says so when there is none', () => {
    const two = play([...keys(' b '), pasteOf(LONG)], chip()).composer
    expect(shown(two)).toBe('[paste 1: 9 lines, ~22 tokens] b [paste 2: 1 line, ~600 tokens]|')
    expect(play(keys('<ctrl-a><ctrl-o>'), two).composer.text).toContain('row 9')
    expect(play(keys('<ctrl-a><right><right><ctrl-o>'), two).composer.text).toContain('word word')
    expect(play(keys('plain<ctrl-o>')).said).toEqual([{ type: 'unhandled', key: key('ctrl-o') }])
  })

  it('is cut and yanked like any word', () => {
    const twice = play(keys('<ctrl-w><ctrl-y> <ctrl-y>'), chip()).composer
    expect(writtenOut(twice.text, twice)).toBe(`${NINE} ${NINE}`)
  })

  it('comes back from history as the chip it was', () => {
    const again = play(keys('<enter><up>'), chip('see: ')).composer
    expect(shown(again)).toBe('see: [paste 1: 9 lines, ~22 tokens]|')
    expect(play(keys('<enter>'), again).said).toEqual([{ type: 'send', text: `see: ${NINE}` }])
  })

  it('is a chip still when an editor gives it back word for word, and text where it was changed', () => {
    const before = chip('see: ')
    expect(shown(withDraft(before, `look: ${NINE}.`))).toBe('look: [paste 1: 9 lines, ~22 tokens].|')
    expect(withDraft(before, `see: ${NINE.replace('row 5', 'row five')}`).text).toContain('row five')
  })

  it('is walked around by rows as they are shown', () => {
    const draft = play(keys('<shift-enter>below'), chip('a ')).composer
    const up = play(keys('<up>'), draft, { width: 60 }).composer
    expect(shown(up)).toBe('a |[paste 1: 9 lines, ~22 tokens]\nbelow')
    const narrow = play(keys('<ctrl-home><down><down>'), draft, { width: 12 }).composer
    expect(shown(narrow)).toMatch(/tokens\]\|?\n\|?/)
  })
})

describe('text from outside', () => {
  it('that holds a sign of ours is no chip', () => {
    const imposter = chip().text
    expect(play(keys(imposter)).shown).toBe('\ufffd|')
    expect(writtenOut(play(keys(imposter), chip()).composer.text, chip())).toBe(`${NINE}\ufffd`)
    expect(emptyComposer([imposter]).history).toEqual(['\ufffd'])
  })
})

describe('laws', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 5 }).map((text) => ({ type: 'text', text }) as const),
    fc.integer({ min: 9, max: 12 }).map((lines) => pasteOf('ab\n'.repeat(lines))),
    fc.constantFrom('left', 'right', 'ctrl-w', 'ctrl-y', 'ctrl-a', 'ctrl-z', 'ctrl-shift-z', 'backspace').map(key),
  )
  const drafts = fc.array(part, { maxLength: 25 }).map((presses) => play(presses).composer)

  it('a draft written to a sheet and read again is the same text, with its chips', () => {
    fc.assert(
      fc.property(fc.array(drafts, { maxLength: 4 }), (all) => {
        const sheets = all.map((composer) => sheetOf(composer.text, composer))
        const { drafts, chips } = draftsOf(sheets, emptyComposer(), harmless)
        all.forEach((composer, i) => {
          expect(sheets[i]!.text).toBe(writtenOut(composer.text, composer))
          expect(writtenOut(drafts[i]!, { chips })).toBe(sheets[i]!.text)
          expect(drafts[i]!.length).toBe(composer.text.length)
        })
      }),
    )
  })

  it('sheets that were tampered with are still read, as text', () => {
    const range = fc.tuple(fc.integer({ min: -3, max: 40 }), fc.integer({ min: -3, max: 40 }))
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.array(range, { maxLength: 5 }), (text, pastes) => {
        const { drafts, chips } = draftsOf([{ text: harmless(text), pastes }], emptyComposer(), harmless)
        expect(writtenOut(drafts[0]!, { chips })).toBe(harmless(text))
      }),
    )
  })

  it('every place in the shown text leads to a place in the draft, and the cursor to itself', () => {
    fc.assert(
      fc.property(drafts, (composer) => {
        const view = labelled(composer)
        expect(view.draftIndex(view.cursor, -1)).toBe(composer.cursor)
        expect(view.draftIndex(view.cursor, 1)).toBe(composer.cursor)
        expect(view.shownIndex(composer.cursor)).toBe(view.cursor)
        for (let at = 0; at <= view.text.length; at++) {
          const [left, right] = [view.draftIndex(at, -1), view.draftIndex(at, 1)]
          expect(0 <= left && left <= right && right <= composer.text.length).toBe(true)
        }
      }),
    )
  })

  it('whatever keys are pressed around a chip, nothing of it is looked at but its length', () => {
    const text = {
      length: 1_300_000,
      toString(): string {
        throw new Error('The text of a chip was read for a key.')
      },
    }
    const start = chip()
    const chips = start.chips.map((one) => ({ ...one, text: text as unknown as string }))
    const names =
      'left right up down home end ctrl-w ctrl-u ctrl-k ctrl-y alt-b alt-d ctrl-z ctrl-shift-z backspace delete'
    const vimKeys = fc.constantFrom(...'h l w b x p P u . dd yy v V d ~ J i A'.split(' ').flatMap((text) => keys(text)))
    const pressed = fc.oneof(fc.constantFrom(...names.split(' ')).map(key), vimKeys, fc.constant(key('escape')))
    fc.assert(
      fc.property(fc.array(pressed, { maxLength: 40 }), fc.boolean(), (presses, isVim) => {
        let composer: Composer = { ...start, chips }
        let vim = VIM
        for (const next of presses) {
          const done = isVim
            ? pressVim(vim, composer, next, { width: 40 })
            : { vim, ...press(composer, next, { width: 40 }) }
          composer = done.composer
          vim = done.vim
          expect(layoutComposer(labelled(composer), { width: 40, maxRows: 8 }).rows.length).toBeLessThan(9)
        }
      }),
    )
  })

  it('a text that is pasted again and again is kept in memory once', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const used = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const paste = () => pasteOf(Array.from({ length: 50_000 }, (_, n) => `line ${n} with words`).join('\n'))
    let { composer } = play([paste(), key('ctrl-z')])
    const before = used()
    for (let i = 0; i < 20; i++) composer = play([paste(), key('ctrl-z')], composer).composer
    expect(composer.chips).toHaveLength(21)
    expect(used() - before).toBeLessThan(composer.chips[0]!.text.length * 3)
  })

  it('a huge paste costs a key no more than a small one: the draft does not grow with it', () => {
    const huge = Array.from({ length: 50_000 }, (_, n) => `line ${n} with some words`).join('\n')
    const { composer } = play([pasteOf(huge), ...keys(' why?')])
    expect(composer.text.length).toBeLessThan(10)
    expect(layoutComposer(labelled(composer), { width: 80, maxRows: 8 }).rows).toEqual([
      '[paste 1: 50,000 lines, ~536k tokens] why?',
    ])
    expect(play(keys('<enter>'), composer).said).toEqual([{ type: 'send', text: `${huge} why?` }])
  })
})
