/** How terminals write the paths of files that are dropped on them. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  droppedPaths,
  fromWindows,
  isAboutFiles,
  leadingPaths,
  wordsIn,
} from '../../../src/core/attachments/dropped.ts'
import { filesNamed, meantFiles } from '../../../src/core/composer/file-words.ts'

describe('a dropped file', () => {
  test.each([
    ['/home/me/photo.jpg', ['/home/me/photo.jpg']],
    ['/home/me/photo.jpg ', ['/home/me/photo.jpg']],
    ["'/home/me/my photo.jpg'", ['/home/me/my photo.jpg']],
    ['"/home/me/my photo.jpg"', ['/home/me/my photo.jpg']],
    ['/home/me/my\\ photo\\(1\\).jpg', ['/home/me/my photo(1).jpg']],
    ['/home/me/a\\ name\\  ', ['/home/me/a name ']],
    ["'/home/me/it'\\''s.png'", ["/home/me/it's.png"]],
    ['file:///home/me/my%20photo.jpg', ['file:///home/me/my%20photo.jpg']],
    ['/a.png /b.png', ['/a.png', '/b.png']],
    ["'/a b.png' '/c d.png'\n/e.png", ['/a b.png', '/c d.png', '/e.png']],
    ['~/a.png ./b.png ../c.png', ['~/a.png', './b.png', '../c.png']],
    ['C:\\Users\\me\\a.png', ['C:\\Users\\me\\a.png']],
    ['"C:\\Users\\me\\my photo.png"', ['C:\\Users\\me\\my photo.png']],
  ])('%s', (text, paths) => {
    expect(droppedPaths(text)[0]).toEqual(paths)
  })

  test('with blanks that nobody has escaped may be a line of its own', () => {
    expect(droppedPaths('/home/me/my photo.jpg')).toEqual([['/home/me/my photo.jpg']])
    expect(droppedPaths('/a b.png\n/c d.png')).toEqual([['/a b.png', '/c d.png']])
  })

  test.each(['', 'photo.jpg', 'look at /home/me/photo.jpg', '/'.repeat(20_000), "'/a.png"])(
    'is not what this says: %.30s',
    (text) => expect(droppedPaths(text)).toEqual([]),
  )

  test('law: whatever a path holds, quoted, escaped or between others it is read back', () => {
    const path = fc.string({ unit: 'grapheme', minLength: 1 }).map((name) => `/${name.replace(/[\n\r]/g, '_')}`)
    const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
    const escaped = (text: string) => text.replace(/[\s'"\\]/g, '\\$&')
    fc.assert(
      fc.property(fc.array(fc.tuple(path, fc.constantFrom(single, escaped)), { minLength: 1, maxLength: 5 }), (all) => {
        const line = all.map(([one, write]) => write(one)).join(' ')
        expect(wordsIn(line)).toEqual(all.map(([one]) => one))
      }),
    )
  })

  test('on a drive of Windows lies below /mnt in its Linux', () => {
    expect(fromWindows('C:\\Users\\me\\a.png')).toBe('/mnt/c/Users/me/a.png')
    expect(fromWindows('/home/me/a.png')).toBe('/home/me/a.png')
  })
})

describe('a text that begins with paths', () => {
  test('goes on behind them', () => {
    const text = "  '/a b.png' ~/c\\ d.pdf what's this"
    expect(leadingPaths(text).map(({ path, end }) => [path, text.slice(end)])).toEqual([
      ['/a b.png', " ~/c\\ d.pdf what's this"],
      ['~/c d.pdf', " what's this"],
    ])
    expect(['what /a.png', "'/a b", 'and/or'].flatMap(leadingPaths)).toEqual([])
    expect(isAboutFiles("'/a b.png' what's this")).toBe(true)
  })
})

describe('files named in a text', () => {
  const paths = (text: string) => filesNamed(text).map(({ path }) => path)
  test('stand behind an @ that begins a word, each once', () => {
    expect(paths('@a.ts and @"my file.md" (@b/c.ts) me@example.org @a.ts')).toEqual(['a.ts', 'my file.md', 'b/c.ts)'])
    expect(paths('nothing here')).toEqual([])
  })
  test('may be followed by what belongs to the sentence', () => {
    expect(meantFiles('b/c.ts),')).toEqual([{ path: 'b/c.ts),' }, { path: 'b/c.ts' }])
    expect(meantFiles('a.ts')).toEqual([{ path: 'a.ts' }])
  })
  test('may have a size behind them, unless a file has that very name', () => {
    expect(paths('@a.jpg@720p, @"b c.jpg"@100x100 or @d@2x.png')).toEqual([
      'a.jpg@720p,',
      'b c.jpg@100x100',
      'd@2x.png',
    ])
    expect(meantFiles('a.jpg@720p,').at(-1)).toEqual({ path: 'a.jpg', size: '720p' })
    expect(meantFiles('b c.jpg@100X100')[0]).toEqual({ path: 'b c.jpg@100X100' })
    expect(meantFiles('b c.jpg@100X100')[1]).toEqual({ path: 'b c.jpg', size: '100x100' })
    expect(meantFiles('d@2x.png')).toEqual([{ path: 'd@2x.png' }, { path: 'd' }])
  })
  test('a text without paths or @ words has nothing to do with files', () => {
    expect(['why?', 'me@example.org', 'and/or'].map(isAboutFiles)).toEqual([false, false, false])
    expect(['see @a.ts', '/etc/hosts'].map(isAboutFiles)).toEqual([true, true])
  })
})
