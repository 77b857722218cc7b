import { describe, expect, it } from 'vitest'
import { emptyComposer, press } from '../../../src/core/composer/composer.ts'
import { key, keys, pasteOf, play, ROOMY } from './keyboard.ts'

const FAMILY = '👨‍👩‍👧‍👦'

describe('characters', () => {
  it.each([
    ['a family of emoji', FAMILY],
    ['a flag', '🇩🇪'],
    ['a letter with a combining accent', 'e\u0301'],
    ['a skin tone', '👍🏽'],
    ['a Devanagari cluster', 'नि'],
    ['a Hangul syllable of three letters', '\u1112\u1161\u11ab'],
  ])('are passed and erased whole: %s', (_, grapheme) => {
    const { composer } = play([pasteOf(`a${grapheme}b`)])
    expect(play('<left><left>', composer).shown).toBe(`a|${grapheme}b`)
    expect(play('<home><right><right>', composer).shown).toBe(`a${grapheme}|b`)
    expect(play('<left><backspace>', composer).shown).toBe('a|b')
    expect(play('<home><right><delete>', composer).shown).toBe('a|b')
  })

  it('join when their parts are typed one after the other', () => {
    const { composer } = play([...FAMILY].map((text) => ({ type: 'text', text }) as const))
    expect(composer.text).toBe(FAMILY)
    expect(play('<backspace>', composer).shown).toBe('|')
  })

  it('keep the cursor out of their middle when two come together', () => {
    const { composer } = play([pasteOf('x\u0301'), key('home')])
    expect(play('<delete>', composer).shown).toBe('|')
    const flags = play([pasteOf('🇩a🇪!'), key('home'), key('right'), key('delete')])
    expect(flags.shown).toBe('🇩🇪|!')
  })
})

describe('moving', () => {
  it.each([
    ['ctrl-a', '|one two'],
    ['home', '|one two'],
    ['ctrl-b', 'one tw|o'],
    ['alt-b', 'one |two'],
    ['alt-left', 'one |two'],
    ['ctrl-left', 'one |two'],
  ])('goes back with %s', (held, shown) => {
    expect(play(`one two<${held}>`).shown).toBe(shown)
  })

  it.each([
    ['ctrl-e', 'one two|'],
    ['end', 'one two|'],
    ['ctrl-f', 'o|ne two'],
    ['alt-f', 'one| two'],
    ['alt-right', 'one| two'],
    ['ctrl-right', 'one| two'],
  ])('goes on with %s', (held, shown) => {
    expect(play(`one two<home><${held}>`).shown).toBe(shown)
  })

  it('goes to the ends of the line with Home and End, of the text with Ctrl', () => {
    const { composer } = play('one<ctrl-j>two<ctrl-j>three<left><ctrl-p><up>')
    expect(play('<home>', composer).shown).toBe('one\n|two\nthree')
    expect(play('<end>', composer).shown).toBe('one\ntwo|\nthree')
    expect(play('<ctrl-home>', composer).shown).toBe('|one\ntwo\nthree')
    expect(play('<ctrl-end>', composer).shown).toBe('one\ntwo\nthree|')
  })

  it('stays where it is at both ends', () => {
    expect(play('a<right><ctrl-f><alt-f><ctrl-right>').shown).toBe('a|')
    expect(play('a<home><left><ctrl-b><alt-b><ctrl-left>').shown).toBe('|a')
  })

  it('takes accents, digits and underscores for parts of a word, signs and emoji for gaps', () => {
    expect(play('e\u0301te\u0301_9 👍 (x<alt-b><alt-b>').shown).toBe('|e\u0301te\u0301_9 👍 (x')
    expect(play('👍👍 ab<home><alt-f>').shown).toBe('👍👍 ab|')
  })

  it('finds words where nobody writes spaces', () => {
    const { composer } = play([pasteOf('今日は東京へ')])
    const stops = [composer.cursor]
    for (let at = composer; at.cursor > 0; stops.push(at.cursor)) at = press(at, key('alt-b'), ROOMY).composer
    expect(stops.length).toBeGreaterThan(3)
  })
})

describe('killing and yanking', () => {
  it.each([
    ['ctrl-u', '|two'],
    ['ctrl-k', 'one |'],
    ['ctrl-w', '|two'],
    ['alt-backspace', '|two'],
    ['ctrl-backspace', '|two'],
    ['alt-d', 'one |'],
    ['ctrl-delete', 'one |'],
  ])('cuts with %s what Ctrl+Y brings back', (held, shown) => {
    const cut = play(`one two<alt-b><${held}>`)
    expect(cut.shown).toBe(shown)
    expect(play('<ctrl-y>', cut.composer).composer.text).toBe('one two')
  })

  it('cuts back to white space with Ctrl+W, to the word with Alt+Backspace', () => {
    expect(play('see /usr/bin<ctrl-w>').shown).toBe('see |')
    expect(play('see /usr/bin<alt-backspace>').shown).toBe('see /usr/|')
  })

  it('goes on over the line end when the line is empty that way', () => {
    expect(play('one<ctrl-j>two<ctrl-u><ctrl-u>').shown).toBe('one|')
    expect(play('one<ctrl-j>two<up><end><ctrl-k>').shown).toBe('one|two')
  })

  it('joins cuts that follow each other, in reading order', () => {
    expect(play('one two three<ctrl-w><ctrl-w><ctrl-y>').shown).toBe('one two three|')
    expect(play('one two<home><alt-d><alt-d><ctrl-y><ctrl-y>').shown).toBe('one twoone two|')
    expect(play('one two<alt-b><ctrl-k><ctrl-u><ctrl-y>').shown).toBe('one two|')
  })

  it('keeps cuts apart when something happens between them', () => {
    expect(play('one two<ctrl-w><left><ctrl-e><ctrl-w><ctrl-y>').shown).toBe('one |')
  })

  it('walks round the older cuts with Alt+Y', () => {
    const { composer } = play('a<ctrl-u>b<ctrl-u>c<ctrl-u>[]<left><ctrl-y>')
    const seen = ['', '<alt-y>', '<alt-y><alt-y>', '<alt-y><alt-y><alt-y>'].map((more) => play(more, composer).shown)
    expect(seen).toEqual(['[c|]', '[b|]', '[a|]', '[c|]'])
  })

  it('does nothing with Alt+Y when nothing was yanked, or Ctrl+Y when nothing was cut', () => {
    expect(play('a<ctrl-u>x<alt-y>').shown).toBe('x|')
    expect(play('x<ctrl-y>').shown).toBe('x|')
  })

  it('keeps its cuts over a message sent', () => {
    expect(play('keep me<ctrl-u>go<enter><ctrl-y>').shown).toBe('keep me|')
  })
})

describe('undo', () => {
  it('takes back what was typed word by word, and redo brings it again', () => {
    const steps = ['', '<ctrl-z>', '<ctrl-z><ctrl-z>', '<ctrl-z><ctrl-z><ctrl-z>'].map(
      (more) => play(`one two three${more}`).shown,
    )
    expect(steps).toEqual(['one two three|', 'one two |', 'one |', '|'])
    expect(play('one two<ctrl-_><ctrl-_><ctrl-shift-z><alt-_>').shown).toBe('one two|')
    expect(play('one two<ctrl-z><ctrl-Z>').shown).toBe('one two|')
  })

  it('takes back a run of erasing word by word', () => {
    expect(play(`one two${'<backspace>'.repeat(5)}<ctrl-z>`).shown).toBe('one|')
    expect(play(`one two${'<backspace>'.repeat(5)}<ctrl-z><ctrl-z>`).shown).toBe('one two|')
    expect(play(`one two<home>${'<delete>'.repeat(6)}<ctrl-z>`).shown).toBe('|two')
  })

  it('starts a new step where the cursor was moved', () => {
    expect(play('ab<left>c<ctrl-z>').shown).toBe('a|b')
  })

  it.each(['ctrl-z', 'ctrl-_', 'ctrl-/', 'ctrl-shift--'])('is %s, whatever the terminal calls it', (held) => {
    expect(play(`one two<${held}>`).shown).toBe('one |')
  })

  it('forgets what could be done again once something else is typed', () => {
    expect(play('one two<ctrl-z>x<ctrl-shift-z>').shown).toBe('one x|')
  })

  it('does nothing when there is nothing to take back, and never says so', () => {
    expect(play('<ctrl-z><ctrl-shift-z>').said).toEqual([])
    expect(play('<ctrl-z><ctrl-shift-z>').composer.text).toBe('')
  })

  it('does not bring back what was sent', () => {
    expect(play('hello<enter><ctrl-z>').shown).toBe('|')
  })

  it('shares its past between composers instead of changing it', () => {
    const before = play('one ').composer
    const one = play(keys('two'), before)
    const other = play(keys('2'), before)
    expect(play('<ctrl-z>', one.composer).shown).toBe('one |')
    expect(play('<ctrl-z>', other.composer).shown).toBe('one |')
    expect(before).toEqual(play('one ', emptyComposer()).composer)
  })
})
