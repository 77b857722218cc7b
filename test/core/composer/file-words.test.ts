import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileCompletion, filesLike, fileWord } from '../../../src/core/composer/file-words.ts'

const word = (marked: string) => fileWord({ text: marked.replace('|', ''), cursor: marked.indexOf('|') })

describe('a word that names a file', () => {
  it('begins with an @ at the start or behind white space', () => {
    expect(word('@|')).toBe('')
    expect(word('see @src/ma|in')).toBe('src/ma')
    expect(word('two\n@b|')).toBe('b')
  })

  it('is no address, and ends with white space', () => {
    for (const text of ['me@home.org|', 'see @src |', '@@|', 'plain|', '|@']) expect(word(text)).toBeNull()
  })

  it('is put into the draft with quotes where the path has spaces', () => {
    expect(fileCompletion('a b.txt').insert).toBe('@"a b.txt" ')
    expect(fileCompletion('a.txt').insert).toBe('@a.txt ')
  })
})

describe('files like a query', () => {
  const PATHS = [
    'src/main.ts',
    'src/core/domain/names.ts',
    'docs/MAIN.md',
    'test/main.test.ts',
    'm/a/i/n.txt',
    'README.md',
  ]

  it('prefer the name to the folder, the whole word to its letters, the short path to the long one', () => {
    expect(filesLike('main', PATHS, 9)).toEqual([
      'src/main.ts',
      'docs/MAIN.md',
      'test/main.test.ts',
      'src/core/domain/names.ts',
      'm/a/i/n.txt',
    ])
    expect(filesLike('cna', PATHS, 1)).toEqual(['src/core/domain/names.ts'])
    expect(filesLike('src/m', PATHS, 1)).toEqual(['src/main.ts'])
  })

  it('mind capital letters when there are some', () => {
    expect(filesLike('MAIN', PATHS, 9)).toEqual(['docs/MAIN.md'])
  })

  it('are the shallow ones while nothing is asked', () => {
    expect(filesLike('', PATHS, 2)).toEqual(['README.md', 'src/main.ts'])
  })

  it('hold the letters in order, all that do and no other (law)', () => {
    const name = fc.stringMatching(/^[abc/.]{1,8}$/)
    fc.assert(
      fc.property(fc.stringMatching(/^[abc]{1,4}$/), fc.uniqueArray(name), (query, paths) => {
        const letters = new RegExp([...query].join('.*'))
        const expected = paths.filter((path) => letters.test(path))
        expect(filesLike(query, paths, 1000).toSorted()).toEqual(expected.toSorted())
      }),
    )
  })
})
