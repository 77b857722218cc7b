/**
 * Files that were dropped on the terminal, or whose paths were pasted: terminals write them in quotes, with escapes, as
 * `file://` addresses, or bare, several in a row. Which of them are there is for others.
 */

import { filesNamed } from '../composer/file-words.ts'

/** A text that is longer is no list of files. In UTF-16 units. */
const LONGEST = 16_000
const MOST = 100

/** Where a path begins that needs no folder to be found: `/`, `~/`, `./`, `../`, `C:\`, `\\server`, `file://`. */
const ROOTED = /^(?:\/|~\/|\.{1,2}\/|[A-Za-z]:[\\/]|\\\\[^\\]|file:\/\/)/i
const WINDOWS = /^(?:[A-Za-z]:[\\/]|\\\\[^\\])/

/**
 * The ways in which a text may be read as nothing but paths, the likeliest first; none: it is text.
 */
export function droppedPaths(text: string): readonly (readonly string[])[] {
  const trimmed = withoutEdges(text)
  if (trimmed === '' || trimmed.length > LONGEST || !/^['"]?(?:\/|~|\.|[A-Za-z]:|\\\\|file:)/i.test(trimmed)) return []
  const lines = trimmed.split(/\s*\n\s*/)
  const words = wordsIn(trimmed)
  // A path with a space in it that nobody has escaped is a whole line.
  const ways = [words, lines.map(unquoted)]
  return ways.filter(
    (way): way is readonly string[] =>
      way !== null && way.length > 0 && way.length <= MOST && way.every((path) => ROOTED.test(path)),
  )
}

/** Whether a text may have anything to do with files: all else is sent as it is. */
export const isAboutFiles = (text: string): boolean =>
  filesNamed(text).length > 0 || droppedPaths(text).length > 0 || leadingPaths(text).length > 0

/** A path at the beginning of a text, and where the text goes on behind it. */
export interface LeadingPath {
  readonly path: string
  readonly end: number
}

/** Behind a path a name with its kind is hardly a word. */
const NAMED = /\.[A-Za-z]\w{0,4}$/

/** Paths that a text begins with, before whatever else it says; whether they are there is for others. */
export function leadingPaths(text: string): readonly LeadingPath[] {
  const found: LeadingPath[] = []
  for (let at = text.length - text.trimStart().length; at < text.length && found.length < MOST; ) {
    const read = wordIn(text.slice(at))
    if (read === null) break
    const isMarked = text.slice(at, at + read.length) !== read.word || NAMED.test(read.word)
    if (!ROOTED.test(read.word) && !(isMarked && found.length > 0)) break
    at += read.length
    found.push({ path: read.word, end: at })
    at = text.length - text.slice(at).trimStart().length
  }
  return found
}

/** A text without the blanks around it; one at its end that is escaped is part of a name. */
const withoutEdges = (text: string) => {
  const bare = text.trim()
  const escapes = /\\*$/.exec(bare)?.[0].length ?? 0
  return escapes % 2 === 0 ? bare : bare + text.slice(text.lastIndexOf(bare) + bare.length).slice(0, 1)
}

/** Words as a shell reads them: quotes and backslashes; null: a quote has no end. */
export function wordsIn(text: string): readonly string[] | null {
  const words: string[] = []
  let rest = text.trimStart()
  while (rest !== '') {
    const read = wordIn(rest)
    if (read === null) return null
    words.push(read.word)
    rest = rest.slice(read.length).trimStart()
  }
  return words
}

/** The word that a text begins with, and how much of the text it takes; null: a quote has no end. */
function wordIn(text: string): { readonly word: string; readonly length: number } | null {
  let [word, rest] = ['', text]
  // Windows' own paths are full of backslashes that escape nothing.
  const isWindows = WINDOWS.test(rest.replace(/^["']/, ''))
  while (rest !== '' && !/^\s/.test(rest)) {
    const [part, inner] =
      /^'([^']*)'/.exec(rest) ??
      (isWindows ? /^"([^"]*)"/ : /^"((?:[^"\\]|\\[\s\S])*)"/).exec(rest) ??
      (isWindows ? /^([^\s"']+)/ : /^((?:[^\s"'\\]|\\[\s\S])+)/).exec(rest) ??
      []
    if (part === undefined || inner === undefined) return null
    word += part.startsWith("'") || isWindows ? inner : inner.replace(/\\([\s\S])/g, '$1')
    rest = rest.slice(part.length)
  }
  return { word, length: text.length - rest.length }
}

const unquoted = (line: string) => /^(['"])(.*)\1$/.exec(line)?.[2] ?? line

/** Where Windows' own path is found from within its Linux: `C:\a` is `/mnt/c/a`. */
export function fromWindows(path: string): string {
  const [, drive, rest = ''] = /^([A-Za-z]):[\\/](.*)$/s.exec(path) ?? []
  return drive === undefined ? path : `/mnt/${drive.toLowerCase()}/${rest.replaceAll('\\', '/')}`
}
