import { describe, expect, it } from 'vitest'
import { emptyComposer, press, withDraft } from '../../../src/core/composer/composer.ts'
import { key, keys, pasteOf, play, ROOMY } from './keyboard.ts'

describe('sending', () => {
  it('sends what was written, without the white space at its end, and starts afresh', () => {
    const { said, shown } = play('  hello  <enter>')
    expect(said).toEqual([{ type: 'send', text: '  hello' }])
    expect(shown).toBe('|')
  })

  it('sends from anywhere in the text', () => {
    expect(play('hello<home><enter>').said).toEqual([{ type: 'send', text: 'hello' }])
  })

  it('has nothing to send in white space, and keeps it', () => {
    const { said, shown } = play(' <shift-enter> <enter>')
    expect(said).toEqual([])
    expect(shown).toBe(' \n |')
  })

  it.each(['shift-enter', 'alt-enter', 'ctrl-enter', 'ctrl-j'])('starts a new line with %s', (held) => {
    const { said, shown } = play(`one<${held}>two`)
    expect(said).toEqual([])
    expect(shown).toBe('one\ntwo|')
  })

  it('starts a new line in the place of a backslash right before Enter', () => {
    expect(play('one\\<enter>two').shown).toBe('one\ntwo|')
    expect(play('a\\b<left><enter>').shown).toBe('a\n|b')
  })

  it('takes the backslash back with one undo', () => {
    expect(play('one\\<enter><ctrl-z>').shown).toBe('one\\|')
  })

  it('sends a backslash that is not right before the cursor', () => {
    expect(play('a\\b<enter>').said).toEqual([{ type: 'send', text: 'a\\b' }])
  })
})

describe('keys with a meaning of their own', () => {
  it('says what Escape, Ctrl+L and Ctrl+T ask for, and leaves the draft alone', () => {
    const { said, shown } = play('hi<escape><ctrl-l><ctrl-t>')
    expect(said.map(({ type }) => type)).toEqual(['stop', 'redraw', 'thinking'])
    expect(shown).toBe('hi|')
  })

  it('quits on Ctrl+D only when there is no draft, and deletes forward when there is one', () => {
    expect(play('<ctrl-d>').said).toEqual([{ type: 'quit' }])
    const { said, shown } = play('hi<home><ctrl-d>')
    expect(said).toEqual([])
    expect(shown).toBe('|i')
    expect(play('hi<ctrl-d>').said).toEqual([])
  })

  it('clears a draft with Ctrl+C first, and interrupts with the next one', () => {
    const { said, shown } = play('hi<ctrl-c><ctrl-c>')
    expect(said.map(({ type }) => type)).toEqual(['cleared', 'interrupt'])
    expect(shown).toBe('|')
  })

  it.each([
    ['Up', 'up'],
    ['Ctrl+Z', 'ctrl-z'],
    ['Ctrl+_', 'ctrl-_'],
  ])('brings a cleared draft back with %s', (_, held) => {
    expect(play(`half a thought<ctrl-c><${held}>`).shown).toBe('half a thought|')
  })

  it.each(['f1', 'pageup', 'ctrl-v', 'alt-x', 'tab', 'shift-tab', 'ctrl-shift-c'])(
    'leaves %s to others and itself unchanged',
    (held) => {
      const { composer } = play('hi')
      const pressed = press(composer, key(held), ROOMY)
      expect(pressed.said).toEqual({ type: 'unhandled', key: key(held) })
      expect(pressed.composer).toBe(composer)
    },
  )
})

describe('what is pasted', () => {
  it('goes in verbatim at the cursor, with its tabs and newlines', () => {
    const { composer } = play('[]<left>')
    expect(play([pasteOf('if (a) {\n\tb()  \n}')], composer).shown).toBe('[if (a) {\n\tb()  \n}|]')
  })

  it('does not send, whatever newlines it holds', () => {
    expect(play([pasteOf('one\ntwo\n')]).said).toEqual([])
  })

  it('can do nothing to a terminal', () => {
    const { composer } = play([pasteOf('a\x1b[2Jb\x07c\x9bd\r\ne\rf')])
    expect(composer.text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
    expect(composer.text.replace(/[^a-f\n]/g, '')).toBe('abcd\ne\nf')
  })

  it('is undone in one step', () => {
    expect(play([pasteOf('many words\nand lines'), key('ctrl-z')]).shown).toBe('|')
  })

  it('is there at once when it has 50,000 lines', () => {
    const text = Array.from({ length: 50_000 }, (_, n) => `line ${n} with some words`).join('\n')
    const { composer } = play([pasteOf(text), ...keys('<ctrl-o><up><home>x<backspace>')])
    expect(composer.text).toBe(text)
    expect(composer.cursor).toBe(text.lastIndexOf('line 49998'))
  })
})

describe('a draft from elsewhere', () => {
  it('takes the place of the text, harmless, and undo brings the text back', () => {
    const given = withDraft(play('mine').composer, 'from\x1b an editor')
    expect(given.text).not.toContain('\x1b')
    expect(given.cursor).toBe(given.text.length)
    expect(play('<ctrl-z>', given).shown).toBe('mine|')
  })

  it('starts empty, with the cursor at the start', () => {
    expect(emptyComposer()).toMatchObject({ text: '', cursor: 0 })
  })
})
