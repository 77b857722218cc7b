import { describe, expect, it } from 'vitest'
import { emptyComposer } from '../../../src/core/composer/composer.ts'
import { play } from './keyboard.ts'

const OLD = emptyComposer(['first', 'second', 'third'])

describe('history', () => {
  it('is walked back with Up and forth with Down, the newest first, the cursor at the end', () => {
    expect(play('<up>', OLD).shown).toBe('third|')
    expect(play('<up><up><up>', OLD).shown).toBe('first|')
    expect(play('<up><up><up><up><up>', OLD).shown).toBe('first|')
    expect(play('<up><up><down>', OLD).shown).toBe('third|')
  })

  it('gives the draft back as it was, with its cursor and its undo', () => {
    const back = play('a draft<left><left><up><up><down><down>', OLD)
    expect(back.shown).toBe('a dra|ft')
    expect(play('<ctrl-z><ctrl-z>', back.composer).shown).toBe('|')
  })

  it('takes in what is sent', () => {
    expect(play('one<enter>two<enter><up><up>').shown).toBe('one|')
  })

  it('keeps one of neighbours that say the same, and none that are blank', () => {
    expect(play('a<enter>a<enter>b<enter>a<enter>').composer.history).toEqual(['a', 'b', 'a'])
    expect(emptyComposer(['a', 'a', ' \n', 'a', 'b']).history).toEqual(['a', 'b'])
  })

  it('starts from the newest again after a message was sent', () => {
    expect(play('<up><up><enter><up>', OLD).shown).toBe('second|')
    expect(play('<up><up><enter>', OLD).composer.history).toEqual(['first', 'second', 'third', 'second'])
  })

  it('keeps changes made to an entry while others are looked at, and the entry itself as it was', () => {
    expect(play('<up>!<up><down>', OLD).shown).toBe('third!|')
    const sent = play('<up>!<enter>', OLD)
    expect(sent.said).toEqual([{ type: 'send', text: 'third!' }])
    expect(sent.composer.history).toEqual(['first', 'second', 'third', 'third!'])
  })

  it('does not lose a draft when an older message is sent from over it', () => {
    const sent = play('half a thought<up><enter>', OLD)
    expect(sent.said).toEqual([{ type: 'send', text: 'third' }])
    expect(sent.shown).toBe('|')
    expect(play('<up><up>', sent.composer).shown).toBe('half a thought|')
  })

  it('does not lose a draft when an older message is cleared from over it', () => {
    const cleared = play('half a thought<up>!<ctrl-c>', OLD)
    expect(cleared.composer.history).toEqual(['first', 'second', 'third', 'third!', 'half a thought'])
    expect(play('<up>', cleared.composer).shown).toBe('half a thought|')
  })

  it('has no second copy of an entry that was recalled and cleared unchanged', () => {
    expect(play('<up><up><ctrl-c>', OLD).composer.history).toEqual(['first', 'second', 'third'])
  })

  it('is reached only from the first and the last row of a text', () => {
    const tall = play('one<shift-enter>two', OLD).composer
    expect(play('<up>', tall).shown).toBe('one|\ntwo')
    expect(play('<up><up>', tall).shown).toBe('third|')
    expect(play('<up><up><down>', tall).shown).toBe('one|\ntwo')
    expect(play('<up><down><down>', tall).shown).toBe('one\ntwo|')
  })

  it('is reached from any row with Ctrl+P and Ctrl+N', () => {
    const tall = play('one<shift-enter>two', OLD).composer
    expect(play('<ctrl-p><ctrl-p>', tall).shown).toBe('second|')
    expect(play('<ctrl-p><ctrl-p><ctrl-n><ctrl-n>', tall).shown).toBe('one\ntwo|')
  })

  it('does nothing where there is none', () => {
    expect(play('a<left><up><down>').shown).toBe('|a')
    expect(play('<up><down>').said).toEqual([])
  })

  it('cannot carry escape sequences onto the screen', () => {
    expect(play('<up>', emptyComposer(['\x1b[2Jold'])).composer.text).not.toContain('\x1b')
  })
})

describe('moving by rows', () => {
  const narrow = { width: 6 }

  it('follows the rows of a soft-wrapped line', () => {
    const { composer } = play('one two three', OLD, narrow)
    expect(play('<up>', composer, narrow).shown).toBe('one two| three')
    expect(play('<up><up><up>', composer, narrow).shown).toBe('third|')
    expect(play('<up><up>', composer, narrow).shown).toBe('one| two three')
  })

  it('keeps the column it began at over shorter rows', () => {
    const { composer } = play('longer<ctrl-j>x<ctrl-j>longer')
    expect(play('<left><up><up>', composer).shown).toBe('longe|r\nx\nlonger')
    expect(play('<left><up><left><right><up>', composer).shown).toBe('l|onger\nx\nlonger')
  })

  it('stands before a wide character that the column falls into', () => {
    expect(play('日本<ctrl-j>abc<up>').shown).toBe('日|本\nabc')
  })

  it('comes out at the same place after going down and up again', () => {
    const { composer } = play('one two three four five<home><right>', OLD, narrow)
    expect(play('<down><down><up><up>', composer, narrow).shown).toBe('o|ne two three four five')
  })
})
