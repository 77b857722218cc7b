/** What vim's users have in their fingers. The tables agree with vim 9, but for a tab, which `<<` takes whole. */

import { describe, expect, it } from 'vitest'
import { labelled, writtenOut } from '../../../src/core/composer/chips.ts'
import { emptyComposer } from '../../../src/core/composer/composer.ts'
import { unsentDraft } from '../../../src/core/composer/intake.ts'
import { VIM } from '../../../src/core/composer/vim.ts'
import { keys, pasteOf } from './keyboard.ts'
import { on, vim } from './vim-keyboard.ts'

const CALL = 'say(now, "to you", [x])'

describe('motions', () => {
  it.each([
    ['f', CALL, 'fy', 'sa|y(now, "to you", [x])'],
    ['f with a count', 'a-b-c', '2f-', 'a-b|-c'],
    ['f that is not there', 'abc', 'fz', '|abc'],
    ['f stays in its line', 'abc\nxyz', 'fz', '|abc\nxyz'],
    ['F', CALL, '$Fo', 'say(now, "to y|ou", [x])'],
    ['t', CALL, 't(', 'sa|y(now, "to you", [x])'],
    ['T', CALL, '$T[', 'say(now, "to you", [|x])'],
    ['; goes on', 'a-b-c-d', 'f-;', 'a-b|-c-d'],
    [', goes back', 'a-b-c-d', 'f-;;,', 'a-b|-c-d'],
    ['; behind t passes what it stands at', 'a-b-c', 't-;', 'a-|b-c'],
    ['% from one bracket to the other', CALL, '%', 'say(now, "to you", [x]|)'],
    ['% and back', CALL, '%%', 'say|(now, "to you", [x])'],
    ['gg and G', '  a\nb\nc', 'Ggg', '  |a\nb\nc'],
    ['G with a line', 'a\n  b\nc', '2G', 'a\n  |b\nc'],
    ['W and B go by white space', 'one,two (three)', 'WB', '|one,two (three)'],
    ['E', 'one,two (three)', 'E', 'one,tw|o (three)'],
    ['ge', 'one, two', '$ge', 'one|, two'],
    ['w stops at an empty line', 'a\n\nb', 'w', 'a\n|\nb'],
    ['} and {', 'a\nb\n\nc', '}', 'a\nb\n|\nc'],
    ['{', 'a\n\nb\nc', 'G{', 'a\n|\nb\nc'],
    ['|', 'abcdef', '4|', 'abc|def'],
    ['$ keeps to the ends of lines', 'a\nlonger\nab', '$jj', 'a\nlonger\na|b'],
    ['arrows are motions, too', 'one two', 'd<right>', '|ne two'],
    ['scripts without spaces are words by themselves', '東京タワーです', 'w', '東京|タワーです'],
  ])('%s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })
})

it('signs of several code points are one, as what is looked for and as what is put there', () => {
  const typed = (text: string) => ({ type: 'text', text }) as const
  expect(on('ab👨‍👩‍👧‍👦cd', [typed('f👨‍👩‍👧‍👦')]).shown).toBe('ab|👨‍👩‍👧‍👦cd')
  expect(on('ab👨‍👩‍👧‍👦cd', [typed('f👨')]).shown).toBe('|ab👨‍👩‍👧‍👦cd')
  expect(on('abc', [typed('r👍🏽l'), typed('x')]).shown).toBe('👍🏽|c')
})

describe('operators', () => {
  it.each([
    ['df', CALL, 'df(', '|now, "to you", [x])'],
    ['dt', CALL, 'dt(', '|(now, "to you", [x])'],
    ['dF', 'a-b-c', '$dF-', 'a-b|c'],
    ['d; repeats the find', 'a-b-c-d', 'f-d;', 'a|c-d'],
    ['a find that fails takes nothing', 'abc', 'dfz', '|abc'],
    ['a change that fails writes nothing', 'abc', 'cfz<escape>', '|abc'],
    ['dG takes lines', 'a\nb\nc', 'jdG', '|a'],
    ['dgg', 'a\nb\nc', 'jdgg', '|c'],
    ['dj', 'a\nb\nc', 'dj', '|c'],
    ['dk', 'a\nb\nc', 'Gdk', '|a'],
    ['d}', 'a\nb\n\nc', 'd}', '|\nc'],
    ['d%', CALL, 'f(d%', 'sa|y'],
    ['dW', 'one,two three', 'dW', '|three'],
    ['cw on white space', 'a  b', 'lcwx<escape>', 'a|xb'],
    ['X', 'abc', '$X', 'a|c'],
    ['s', 'abc', 'sx<escape>', '|xbc'],
    ['S', 'a\nbc\nd', 'jSx<escape>', 'a\n|x\nd'],
    ['Y and p', 'a\nb', 'Yp', 'a\n|a\nb'],
    ['>>', 'a\nb', '>>', '  |a\nb'],
    ['<< takes a tab as well', '\ta', '<lt><lt>', '|a'],
    ['>j', 'a\nb\nc', '>j', '  |a\n  b\nc'],
    ['~', 'aBc', '3~', 'Ab|C'],
    ['gUiw', 'one two', 'gUiw', '|ONE two'],
    ['guu', 'ONE\nTWO', 'guu', '|one\nTWO'],
    ['g~w', 'One two', 'g~w', '|oNE two'],
    ['J', 'a\n  b', 'J', 'a| b'],
    ['J with a count', 'a\nb\nc', '3J', 'a b| c'],
    ['gJ', 'a\nb', 'gJ', 'a|b'],
    ['gJ where letter and accent meet', 'a\n\u0301b', 'gJ', '|a\u0301b'],
    ['J before a bracket', 'f(a\n)', 'J', 'f(a|)'],
    ['r', 'abc', 'rx', '|xbc'],
    ['r with a count', 'abc', '2rx', 'x|xc'],
    ['r with a count too great', 'abc', '9rx', '|abc'],
    ['r with Enter', 'ab', 'r<enter>', '\n|b'],
    ['a control key is nothing to put there', 'abc', 'r<ctrl-r>x', '|bc'],
    ['an unfinished command is called off', 'abc', 'd<escape>x', '|bc'],
    ['"_d keeps the register', 'one two', 'dw"_dwP', 'one| '],
    ['3i', 'b', '3ia<escape>', 'aa|ab'],
    ['2o', 'a', '2ox<escape>', 'a\nx\n|x'],
  ])('%s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })
})

describe('text objects', () => {
  it.each([
    ['iw', 'one two three', 'wdiw', 'one | three'],
    ['aw', 'one two three', 'wdaw', 'one |three'],
    ['aw at the end takes the space before', 'one two', 'wdaw', 'on|e'],
    ['2aw', 'one two three four', '2daw', '|three four'],
    ['iW', 'a (b.c) d', 'wdiW', 'a | d'],
    ['i"', CALL, 'fnci"me<escape>', 'say(now, "m|e", [x])'],
    ['a" takes white space', 'say "hi" now', 'fhda"', 'say |now'],
    ["i' in prose", "don't say 'no' now", "2fodi'", "don't say '|' now"],
    ['i( across lines', 'f(a,\n  b)', 'fadi(', 'f(|)'],
    ['ib from within another', 'f((a), b)', '$hdib', 'f(|)'],
    ['2ib', 'f((a), b)', 'fad2ib', 'f(|)'],
    ['a[', CALL, 'fxda[', 'say(now, "to you", |)'],
    ['i{ leaves brackets with lines of their own', '{\n  a\n  b\n}', 'jdiB', '{\n|}'],
    ['the next brackets when outside', 'call f(a, b)', 'di(', 'call f(|)'],
    ['ip', 'a\nb\n\nc', 'dip', '|\nc'],
    ['ap', 'a\nb\n\nc', 'dap', '|c'],
    ['none there', 'abc', 'di"', '|abc'],
  ])('%s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })
})

describe('visual mode', () => {
  it.each([
    ['v with a motion', 'one two', 'vee', 'one two'],
    ['v with a find', CALL, 'vf(', 'say('],
    ['backwards', 'one two', '$vb', 'two'],
    ['o goes to the other end', 'one two three', 'wvlohh', 'e tw'],
    ['V', 'a\nbc\nd', 'jV', 'bc'],
    ['Vj', 'a\nbc\nd', 'Vj', 'a\nbc'],
    ['viw', 'one two', 'wviw', 'two'],
    ['viw again takes more', 'one two three', 'viwiwiw', 'one two'],
    ['va(', CALL, 'fnva(', '(now, "to you", [x])'],
    ['vip', 'a\nb\n\nc', 'vip', 'a\nb'],
    ['v and V turn into each other', 'a b\nc', 'wvV', 'a b'],
    ['arrows', 'abc', 'v<right>', 'ab'],
    ['v again', 'abc', 'vlv', null],
    ['Escape', 'abc', 'vl<escape>', null],
  ])('selects: %s', (_, text, script, taken) => {
    expect(on(text, script).taken).toBe(taken)
  })

  it.each([
    ['d', 'one two', 'vld', '|e two'],
    ['x over lines', 'ab\ncd', 'lvjx', '|a'],
    ['Vd', 'a\nb\nc', 'jVd', 'a\n|c'],
    ['X takes lines', 'ab\ncd', 'vX', '|cd'],
    ['c', 'one two', 'vecx<escape>', '|x two'],
    ['y, and p after it', 'ab', 'vyp', 'a|ab'],
    ['p over a selection', 'one two', 'yiwwviwp', 'one on|e'],
    ['p keeps what it took', 'one two', 'yiwwviwp0P', 'tw|oone one'],
    ['P keeps what it put', 'one two', 'yiwwviwP0P', 'on|eone one'],
    ['>', 'a\nb', 'Vj>', '  |a\n  b'],
    ['2<', '    a', 'V2<lt>', '|a'],
    ['2>', 'a', 'V2>', '    |a'],
    ['~', 'aBc', 'v$~', '|AbC'],
    ['U and u', 'abc', 'vlU', '|ABc'],
    ['J', 'a\nb\nc', 'VGJ', 'a b| c'],
    ['r', 'ab\ncd', 'vjrx', '|xx\nxd'],
  ])('acts on it: %s', (_, text, script, shown) => {
    const done = on(text, script)
    expect(done.shown).toBe(shown)
    expect(done.vim.mode).toBe('normal')
  })

  it('a paste takes the place of what is selected, and one undo brings it back', () => {
    const pasted = vim([pasteOf('new')], on('one two', 'wviw').composer, on('one two', 'wviw').vim)
    expect(pasted.shown).toBe('one ne|w')
    expect(vim('u', pasted.composer, pasted.vim).composer.text).toBe('one two')
  })
})

describe('.', () => {
  it.each([
    ['a deletion', 'a b c', 'dw.', '|c'],
    ['x with its count', 'abcdef', '2x.', '|ef'],
    ['another count takes its place', 'abcdefg', 'x3.', '|efg'],
    ['a change with what was written', 'one two one', 'cwsix<escape>ww.', 'six two si|x'],
    ['an insertion', 'ab', 'ix<escape>$.', 'xa|xb'],
    ['o', 'a', 'ob<escape>.', 'a\nb\n|b'],
    ['a find', 'a.b.c', 'df..', '|c'],
    ['r', 'abc', 'rxl.', 'x|xc'],
    ['p', 'ab', 'xp.', 'ba|a'],
    ['as much as was selected', 'abcdef', 'vld.', '|ef'],
    ['as many lines', 'a\nb\nc\nd\ne', 'Vjd.', '|e'],
    ['a change of what was selected', 'aa bb', 'vlcx<escape>w.', 'x |x'],
    ['nothing yet', 'ab', '.', '|ab'],
    ['but no yank, no motion and no undo', 'a b c', 'dwywuw.', 'a |c'],
  ])('does again: %s', (_, text, script, shown) => {
    expect(on(text, script).shown).toBe(shown)
  })

  it('writes again what stands there at last, however it was typed', () => {
    expect(on('', 'iabx<backspace>c<escape>.').shown).toBe('abab|cc')
    expect(on('', 'iab<left>x<escape>.').shown).toBe('a|xxb')
  })
})

describe('undo', () => {
  it('takes back a whole insertion at once, and brings it back at once', () => {
    const typed = on('start', 'A one two<backspace> three<escape>')
    const back = vim('u', typed.composer, typed.vim)
    expect(back.shown).toBe('star|t')
    expect(vim('<ctrl-r>', back.composer, back.vim).composer.text).toBe(typed.composer.text)
    expect(on('one two', 'cwfour five<escape>u').shown).toBe('|one two')
    expect(on('a', 'ob c d<escape>u').shown).toBe('|a')
    expect(on('ab', '3ix y<escape>u').shown).toBe('|ab')
    expect(on('a b', 'cwnew words<escape>w.u').composer.text).toBe('new words b')
  })

  it('takes back what was typed at the very beginning', () => {
    expect(vim('one two three<escape>u').composer.text).toBe('')
  })

  it('never loses what was killed while writing', () => {
    const killed = on('', 'iwords worth keeping<ctrl-u>others<escape>')
    expect(vim('u', killed.composer, killed.vim).composer.text).toBe('words worth keeping')
    expect(vim('uu', killed.composer, killed.vim).composer.text).toBe('')
  })

  it('goes with its cursor to where the change was', () => {
    expect(on('a b\nc d', 'wxGu').shown).toBe('a |b\nc d')
    expect(on('a\nb\nc', 'jddggu').shown).toBe('a\n|b\nc')
  })
})

describe('chips', () => {
  const chip = (script: string) => {
    const typed = vim([...keys('look: '), pasteOf('row\n'.repeat(12)), ...keys(' why?')])
    const played = vim(`<escape>${script}`, typed.composer, typed.vim)
    return { ...played, label: labelled(played.composer).text }
  }

  it('are words of their own', () => {
    expect(chip('0wwdw').label).toBe('look: why?')
    expect(chip('0fkldiw').label).toBe('look [paste 1: 12 lines, ~20 tokens] why?')
    expect(chip('0wwviw').taken).toHaveLength(2)
  })

  it('are deleted, put and repeated whole', () => {
    const twice = chip('0wwxp.')
    expect(twice.label.match(/\[paste 1: 12 lines/g)).toHaveLength(2)
    const put = chip('0wwyl$p')
    expect(writtenOut(put.composer.text, put.composer)).toBe(`look: ${'row\n'.repeat(12)} why?${'row\n'.repeat(12)}`)
    expect(chip('0wwxu').label).toBe('look: [paste 1: 12 lines, ~20 tokens] why?')
  })
})

describe('modes', () => {
  it('Alt with a letter is Escape and the letter: terminals send the same for both', () => {
    expect(vim('one two<alt-0>').shown).toBe('|one two')
    expect(vim([...keys('one'), { type: 'chord', char: 'o', ctrl: false, alt: true, shift: true }]).shown).toBe(
      '|\none',
    )
  })

  it('Ctrl+[ is Escape', () => {
    const bracket = { type: 'chord', char: '[', ctrl: true, alt: false, shift: false } as const
    expect(vim([...keys('one'), bracket]).shown).toBe('on|e')
  })

  it('Enter calls off an unfinished command and sends nothing; the next one sends', () => {
    expect(on('abc', 'd<enter>')).toMatchObject({ shown: '|abc', said: [] })
    expect(on('abc', 'f<enter><enter>').said).toEqual([{ type: 'send', text: 'abc' }])
  })

  it('a cleared draft is written anew in insert mode', () => {
    expect(on('abc', '<ctrl-c>x')).toMatchObject({ shown: 'x|', said: [{ type: 'cleared' }] })
  })

  it('/ searches history, and the match is taken in normal mode', () => {
    const found = vim('<escape>/older<enter>')
    expect(found.shown).toBe('|older message')
    expect(found.vim.mode).toBe('normal')
  })

  it('a selection stays within the draft: k at its first row does not leave it', () => {
    expect(vim('draft<escape>vk').shown).toBe('draf|t')
  })

  it('a count that nobody means fills no memory', () => {
    const { composer } = vim('<escape>yy9999p9999p', on('x'.repeat(900), '').composer)
    expect(composer.text.length).toBeLessThan(4_000_000)
    expect(unsentDraft(composer)).toBe(composer.text)
  })

  it('digits and commands without an end are forgotten', () => {
    expect(vim('9'.repeat(60), emptyComposer(), { ...VIM, mode: 'normal' }).vim.pending.length).toBeLessThan(40)
  })
})
