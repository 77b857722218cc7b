import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Composer, emptyComposer, givenBack } from '../../../src/core/composer/composer.ts'
import { withOlder } from '../../../src/core/composer/intake.ts'
import { sayOfSearch } from '../../../src/core/composer/search.ts'
import { key, keys, pasteOf, play } from './keyboard.ts'

const PAST = emptyComposer(['fix the tests', 'a poem about rain', 'fix the build', 'Fix the docs', 'and rain again'])
const search = (script: string, from: Composer = PAST) => {
  const { composer, said, shown } = play(`<ctrl-r>${script}`, from)
  return { composer, said, shown, says: composer.search && sayOfSearch(composer.search) }
}

describe('Ctrl+R', () => {
  it('shows the newest match as one types, the cursor at it, capital letters aside', () => {
    expect(search('rain').shown).toBe('and |rain again')
    expect(search('fix').shown).toBe('|Fix the docs')
    expect(search('fix the b').shown).toBe('|fix the build')
    expect(search('docs<backspace><backspace><backspace><backspace>poem').shown).toBe('a |poem about rain')
  })

  it('goes to older ones with Ctrl+R again, and back with Ctrl+S', () => {
    expect(search('fix<ctrl-r>').shown).toBe('|fix the build')
    expect(search('fix<ctrl-r><ctrl-r><ctrl-r><ctrl-r>').shown).toBe('|fix the tests')
    expect(search('fix<ctrl-r><ctrl-r><ctrl-s>').shown).toBe('|fix the build')
  })

  it('takes the match into the draft with Enter, and sends nothing', () => {
    const taken = search('fix<ctrl-r><enter>')
    expect(taken.said).toEqual([])
    expect(taken.says).toBeNull()
    expect(play('<end>!<enter>', taken.composer).said).toEqual([{ type: 'send', text: 'fix the build!' }])
  })

  it.each(['<escape>', '<ctrl-g>', '<ctrl-c>'])('leaves everything as it was with %s', (leaves) => {
    const draft = play('my draft<left><left>', PAST).composer
    expect(search(`rain${leaves}`, draft)).toMatchObject({ shown: 'my dra|ft', said: [], says: null })
  })

  it('keeps the draft a step down away when a match is taken', () => {
    const taken = search('rain<enter>', play('my draft', PAST).composer).composer
    expect(play('<ctrl-n>', taken).shown).toBe('my draft|')
  })

  it('takes an entry as it was left, with what was changed in it', () => {
    const changed = play('<up>!<down>', PAST).composer
    expect(search('rain', changed).shown).toBe('and |rain again!')
    expect(search('rain again!<enter>', changed).shown).toBe('and |rain again!')
  })

  it('loses nothing that was written on the page it finds', () => {
    const twice = play('<up>!<down><up>?', PAST).composer
    const taken = search('rain<enter>', twice)
    expect(taken.shown).toBe('and |rain again!?')
    expect(play('<down><up>', taken.composer).shown).toBe('and |rain again!?')
  })

  it('takes the match and then does what any other key means', () => {
    expect(search('rain<end>').shown).toBe('and rain again|')
    expect(search('rain<right>').shown).toBe('and r|ain again')
    expect(search('rain<ctrl-k>').shown).toBe('and |')
  })

  it('says what it looks for, and when nothing is found; the draft stays in sight', () => {
    expect(search('').says).toContain('type what to look for')
    expect(search('rain').says).toMatch(/^Search history: rain · Enter takes it/)
    const none = search('zebra', play('draft', PAST).composer)
    expect(none.says).toContain('zebra · nothing found')
    expect(none.shown).toBe('draft|')
    expect(search('rainy<backspace>').shown).toBe('and |rain again')
    expect(search('zebra<enter>', play('draft', PAST).composer).shown).toBe('draft|')
  })

  it('finds words within a large paste', () => {
    const pasted = play([pasteOf(`${'row\n'.repeat(20)}needle`), key('enter')]).composer
    expect(search('needle<enter><enter>', pasted).said[0]).toMatchObject({ text: `${'row\n'.repeat(20)}needle` })
  })

  it('takes signs for themselves', () => {
    expect(search('(.*', emptyComposer(['plain', 'a (.*) b'])).shown).toBe('a |(.*) b')
  })

  it('goes on when earlier sessions are found meanwhile, and gives way to what failed', () => {
    const waiting = search('oldest').composer
    expect(withOlder(waiting, [{ text: 'the oldest', pastes: [] }]).text).toBe('the oldest')
    expect(givenBack(search('rain').composer, ['lost words'])).toMatchObject({ text: 'lost words', search: null })
  })

  it('that is left changes nothing, whatever was searched for (law)', () => {
    const pressed = fc.array(fc.constantFrom('a', 'x', 'fix', ' ', '<backspace>', '<ctrl-r>', '<ctrl-s>'), {
      maxLength: 15,
    })
    fc.assert(
      fc.property(pressed, (script) => {
        const before = play('draft<left>', PAST).composer
        expect(search(`${script.join('')}<escape>`, before).composer).toEqual(before)
        const found = play([key('ctrl-r'), ...keys(script.join(''))], before).composer
        const { query = '', hit = null } = found.search ?? {}
        if (hit !== null) expect(found.history[hit]!.toLowerCase()).toContain(query.toLowerCase())
      }),
    )
  })
})
