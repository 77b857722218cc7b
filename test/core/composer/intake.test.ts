import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelled, writtenOut } from '../../../src/core/composer/chips.ts'
import { type Composer, emptyComposer } from '../../../src/core/composer/composer.ts'
import { unsentDraft, withLeft, withOlder } from '../../../src/core/composer/intake.ts'
import { keys, pasteOf, play } from './keyboard.ts'

const sheets = (...texts: readonly string[]) => texts.map((text) => ({ text, pastes: [] }))
const shown = (composer: Composer) => labelled(composer).text

describe('messages of earlier sessions', () => {
  it('stand before those of this one, and the draft stays where it is', () => {
    const before = play('new<enter>draft').composer
    const after = withOlder(before, sheets('old', 'older'))
    expect(after.text).toBe('draft')
    expect(play('<up>', after).shown).toBe('new|')
    expect(play('<up><up><up>', after).shown).toBe('old|')
    expect(play('<up><up><up><down><down><down>', after).shown).toBe('draft|')
  })

  it('may come while one is walking through history', () => {
    const walking = play('one<enter>two<enter>draft<up><up>').composer
    const after = withOlder(walking, sheets('old'))
    expect(after.text).toBe('one')
    expect(play('<up>', after).shown).toBe('old|')
    expect(play('<down>', after).shown).toBe('two|')
    expect(play('<down><down>', after).shown).toBe('draft|')
  })

  it('have their chips again', () => {
    const after = withOlder(emptyComposer(), [{ text: 'see: a\nb', pastes: [[5, 8]] }])
    const { composer } = play('<up>', after)
    expect(shown(composer)).toBe('see: [paste 1: 2 lines, ~2 tokens]')
    expect(play('<up><enter>', after).said).toEqual([{ type: 'send', text: 'see: a\nb' }])
  })

  it('are harmless, whatever the file says', () => {
    expect(play('<up>', withOlder(emptyComposer(), sheets('a\x1b[2Jb'))).composer.text).not.toContain('\x1b')
  })

  it('change nothing about what is on any page (law)', () => {
    const script = fc.array(fc.constantFrom('a', 'b ', '<enter>', '<up>', '<down>', '<backspace>'), { maxLength: 30 })
    const texts = fc.array(fc.constantFrom('a', 'b', 'ab', '', 'c'), { maxLength: 6 })
    fc.assert(
      fc.property(script, texts, (presses, older) => {
        const before = play(presses.join('')).composer
        const after = withOlder(before, sheets(...older))
        expect(after.text).toBe(before.text)
        const walk = (composer: Composer) =>
          Array.from(
            { length: before.history.length - before.place + 1 },
            (_, n) => play('<ctrl-n>'.repeat(n), composer).composer.text,
          )
        expect(walk(after)).toEqual(walk(before))
        const entry = (composer: Composer) => composer.history.length - composer.place
        expect(entry(after)).toBe(entry(before))
      }),
    )
  })
})

describe('drafts that were left', () => {
  it('become the draft: the newest one, the others are a step up away', () => {
    const after = withLeft(emptyComposer(['sent']), sheets('left first', 'left last'))
    expect(after.text).toBe('left last')
    expect(play('<up>', after).shown).toBe('left first|')
    expect(play('<up><up><down><down>', after).shown).toBe('left last|')
  })

  it('never take the place of what is being typed', () => {
    const after = withLeft(play('typing').composer, sheets('left'))
    expect(after.text).toBe('typing')
    expect(play('<up>', after).shown).toBe('left|')
    expect(play('<up><down>', after).shown).toBe('typing|')
  })
})

describe('what would be lost', () => {
  it('is the draft, also while one looks at history', () => {
    const start = play('sent<enter>draft').composer
    expect(unsentDraft(start)).toBe('draft')
    expect(unsentDraft(play('<up>', start).composer)).toBe('draft')
    expect(unsentDraft(play('<up> changed', start).composer)).toBe('sent changed')
  })

  it('is nothing after sending or clearing', () => {
    expect(unsentDraft(play('sent<enter>').composer)).toBe('')
    expect(unsentDraft(play('gone<ctrl-c>').composer)).toBe('')
  })

  it('holds large pastes in full', () => {
    const { composer } = play([...keys('see '), pasteOf('x\n'.repeat(20))])
    expect(writtenOut(unsentDraft(composer), composer)).toBe(`see ${'x\n'.repeat(20)}`)
  })
})
