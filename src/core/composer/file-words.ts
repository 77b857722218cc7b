/**
 * Files named in a draft with an `@`: where such a word stands, and which of many paths it may mean. Where the paths
 * come from is for others.
 */

import { type ImageSizeChoice, readImageSize } from '../attachments/image-size.ts'
import type { Completion } from '../chat/commands.ts'
import type { Composer } from './state.ts'

/** How far back an `@` is looked for, in UTF-16 units: longer than any path a person types. */
const REACH = 256

/** What has been written behind the `@` that begins the word at the cursor; null when there is none. */
export function fileWord({ text, cursor }: Pick<Composer, 'text' | 'cursor'>): string | null {
  return /(?:^|\s)@([^\s@]*)$/.exec(text.slice(Math.max(0, cursor - REACH), cursor))?.[1] ?? null
}

/** A file that is named in a text. */
export interface NamedFile {
  /** As it stands behind its `@`, quotes left out; with what follows another `@`, as a size does. */
  readonly path: string
  readonly start: number
  /** Behind its last character. */
  readonly end: number
}

/**
 * Files named in a text with an `@`, each path once. Whether there is one of that name is for others: `@someone` looks the
 * same.
 */
export function filesNamed(text: string): readonly NamedFile[] {
  const found = new Map<string, NamedFile>()
  if (!text.includes('@')) return []
  for (const match of text.matchAll(/(?<=^|\s|\()@(?:"([^"\n]{1,1000})"|([^\s@"]{1,1000}))(@[^\s@"]{1,1000})?/g)) {
    const path = (match[1] ?? match[2]!) + (match[3] ?? '')
    if (!found.has(path)) found.set(path, { path, start: match.index, end: match.index + match[0].length })
  }
  return [...found.values()]
}

/** A file that may be meant, and the size in which. */
export interface MeantFile {
  readonly path: string
  readonly size?: ImageSizeChoice
}

/**
 * What is named so may be these, the likeliest first: at its end may stand what belongs to the sentence, or a size. A
 * file of that very name goes before what else it could mean.
 */
export function meantFiles(named: string): readonly MeantFile[] {
  const [, path, end = ''] = /^(.+)@([^@]+)$/s.exec(named) ?? []
  const all = bareAlso(named).map((one) => ({ path: one }))
  if (path === undefined) return all
  const [size] = bareAlso(end).flatMap((one) => readImageSize(one) ?? [])
  return [...all, ...(size ? [{ path, size }] : bareAlso(path).map((one) => ({ path: one })))]
}

function bareAlso(path: string): readonly string[] {
  const bare = path.replace(/[.,;:!?)\]}'’”]+$/, '')
  return bare === '' || bare === path ? [path] : [path, bare]
}

/** A path as it is put into the draft; the space says that the word is done. */
export function fileCompletion(path: string): Completion {
  return { insert: /\s/.test(path) ? `@"${path}" ` : `@${path} `, label: path, tells: '' }
}

/**
 * The paths that a query may mean, best first: its letters in this order, better together than apart, better in the
 * file's name than in a folder's. Capital letters count only when the query has some. Without a query the paths as
 * they come, the shallow ones first.
 */
export function filesLike(query: string, paths: readonly string[], most: number): readonly string[] {
  if (query === '') return paths.toSorted((a, b) => depthOf(a) - depthOf(b)).slice(0, most)
  const exact = query !== query.toLowerCase()
  const found: { readonly path: string; readonly score: number }[] = []
  for (const path of paths) {
    const score = scoreOf(query, exact ? path : path.toLowerCase())
    if (score !== null) found.push({ path, score })
  }
  return found
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, most)
    .map(({ path }) => path)
}

/** null: the letters are not there in this order. Of two that match alike the shorter path wins. */
function scoreOf(query: string, path: string): number | null {
  const name = path.lastIndexOf('/') + 1
  const brevity = 1 - path.length / 10_000
  const inName = path.indexOf(query, name)
  if (inName === name) return 9 + brevity
  if (inName > 0) return (isWordStart(path, inName) ? 8 : 7) + brevity
  const within = path.indexOf(query)
  if (within >= 0) return (isWordStart(path, within) ? 6 : 5) + brevity
  const span = spanOf(query, path)
  if (span === null) return null
  // Letters close together, and all of them in the name.
  return (span.start >= name ? 3 : 1) + query.length / (span.end - span.start) + brevity / 1000
}

/** The letters one after the other, found from the end: what matches there is nearer to the name. */
function spanOf(query: string, path: string): { readonly start: number; readonly end: number } | null {
  let at = path.length
  let end = 0
  for (let i = query.length - 1; i >= 0; i--) {
    at = at === 0 ? -1 : path.lastIndexOf(query[i]!, at - 1)
    if (at < 0) return null
    if (end === 0) end = at + 1
  }
  return { start: at, end }
}

function isWordStart(path: string, at: number): boolean {
  return at === 0 || /[/._ -]/.test(path[at - 1]!)
}

function depthOf(path: string): number {
  let depth = 0
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth++
  return depth
}
