import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyComposer, withDraft } from '../../../src/core/composer/composer.ts'
import { VIM } from '../../../src/core/composer/vim.ts'
import { graphemesOf } from '../../../src/core/text/width.ts'
import { on, vim } from './vim-keyboard.ts'

describe('insert mode', () => {
  it('types, and Escape leaves it, one step back', () => {
    const typed = vim('hello<escape>')
    expect(typed).toMatchObject({ shown: 'hell|o', said: [] })
    expect(typed.vim.mode).toBe('normal')
  })

  it('sends with Enter, from either mode, and is there again for the next message', () => {
    for (const script of ['hi<enter>', 'hi<escape><enter>']) {
      const sent = vim(script)
      expect(sent.said).toEqual([{ type: 'send', text: 'hi' }])
      expect(sent.vim.mode).toBe('insert')
    }
  })
})

describe('normal mode', () => {
  it.each([
    ['h', 'one two', 'wh', 'one| two'],
    ['l with a count', 'one two', '3l', 'one| two'],
    ['l at the end of a line', 'ab\ncd', '9l', 'a|b\ncd'],
    ['w', 'one, two', 'www', 'one, tw|o'],
    ['w over signs', 'one, two', 'w', 'one|, two'],
    ['b', 'one, two', '$bb', 'one|, two'],
    ['e with a count', 'one two three', '2e', 'one tw|o three'],
    ['0 and ^', '  ab', '$0', '|  ab'],
    ['^', '  ab', '$^', '  |ab'],
    ['$', 'ab\ncd', '$', 'a|b\ncd'],
    ['j and k', 'abc\nde\nfgh', '$jjk', 'abc\nd|e\nfgh'],
    ['wide graphemes', '👨‍👩‍👧‍👦 日本', 'w', '👨‍👩‍👧‍👦 |日本'],
  ])('moves: %s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })

  it.each([
    ['x', 'abc', 'x', '|bc'],
    ['x with a count', 'abc', '2x', '|c'],
    ['x at the end', 'abc', '$x', 'a|b'],
    ['dw', 'one two three', 'dw', '|two three'],
    ['counts multiply', 'a b c d e', '2d2w', '|e'],
    ['dw at the end of a line', 'one\ntwo', 'dw', '|\ntwo'],
    ['de', 'one two', 'de', '| two'],
    ['db', 'one two', '$db', 'one |o'],
    ['D', 'one two\nx', 'wD', 'one| \nx'],
    ['d0', 'one two', 'wd0', '|two'],
    ['dd', 'a\nb\nc', 'jdd', 'a\n|c'],
    ['dd on the last line', 'a\nb', 'jdd', '|a'],
    ['dd with a count', 'a\nb\nc', '2dd', '|c'],
    ['an unknown motion does nothing', 'abc', 'dq', '|abc'],
    ['Escape forgets a count', 'abcdef', '3<escape>x', '|bcdef'],
  ])('deletes: %s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })

  it.each([
    ['i', 'ab', 'lix', 'ax|b'],
    ['a', 'ab', 'ax', 'ax|b'],
    ['I', '  ab', '$Ix', '  x|ab'],
    ['A', 'ab', 'Ax', 'abx|'],
    ['o', 'a\nb', 'ox', 'a\nx|\nb'],
    ['O', 'a\nb', 'jOx', 'a\nx|\nb'],
    ['cw leaves the space', 'one two', 'cwx', 'x| two'],
    ['cc', 'a\nbcd\ne', 'jccx', 'a\nx|\ne'],
    ['C', 'one two', 'wCx', 'one x|'],
  ])('writes: %s', (_, text, script, shown) => {
    const done = on(text, script)
    expect(done.shown).toBe(shown)
    expect(done.vim.mode).toBe('insert')
  })

  it.each([
    ['yy and p', 'a\nb', 'yyp', 'a\n|a\nb'],
    ['yy and P', 'a\nb', 'jyyP', 'a\n|b\nb'],
    ['dd and p', 'a\nb', 'ddp', 'b\n|a'],
    ['x and p', 'ab', 'xp', 'b|a'],
    ['yw and p, twice', 'ab cd', 'yw$2p', 'ab cdab ab| '],
    ['nothing yanked', 'ab', 'p', '|ab'],
  ])('puts: %s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })

  it('undoes with u, and redoes with Ctrl+R', () => {
    expect(on('one two', 'dwu').shown).toBe('|one two')
    expect(on('one two', 'dwu<ctrl-r>').shown).toBe('|two')
    expect(on('a b c', 'dwdw2u').composer.text).toBe('a b c')
  })

  it('leaves to the composer what vim does not name', () => {
    expect(on('', '<escape>').said).toEqual([{ type: 'stop' }])
    expect(on('', '<ctrl-c>').said).toEqual([{ type: 'interrupt' }])
    expect(vim('draft<escape>k').shown).toBe('older messag|e')
    expect(on('one', '<ctrl-e>').shown).toBe('on|e')
  })
})

it('whatever is pressed, the cursor stands between two graphemes, and undo comes back to the start (law)', () => {
  const commands = [
    'h l w b e W B E ge 0 $ ^ % { } fa Fb t, T\n ; , gg i a I A o O x X s S D C J gJ ~ ra r<enter> p P u <ctrl-r> .',
    'dd dw d$ dG db cc cw yy yw yiw diw daw di( ca" >> <lt><lt> gUiw g~~ v V vd Vd vp Vp vc vJ v~ vrb viw o 2 3 G',
    '<escape> <escape> <backspace> <ctrl-w> <ctrl-u> <left> é 日 <enter>',
  ].flatMap((row) => row.split(' '))
  const script = fc.array(fc.constantFrom(...commands), { maxLength: 40, size: 'max' }).map((parts) => parts.join(''))
  const text = fc
    .array(fc.constantFrom('a', 'b ', ', ', '\n', '(b)', '"a"', '👨‍👩‍👧‍👦', 'e\u0301', '\u0301'), { maxLength: 12 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, script, (draft, presses) => {
      const start = { ...withDraft(emptyComposer(), draft), cursor: 0, undo: null }
      const { composer, said } = vim(presses, start, { ...VIM, mode: 'normal' })
      const boundaries = [0]
      for (const grapheme of graphemesOf(composer.text)) boundaries.push(boundaries.at(-1)! + grapheme.length)
      expect(boundaries).toContain(composer.cursor)
      if (said.some(({ type }) => type === 'send')) return
      // The first Escape may only leave a search.
      expect(vim('<escape><escape>9999u', composer).composer.text).toBe(draft)
    }),
  )
})
