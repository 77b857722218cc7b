/**
 * What follows `--attach`: names of files, patterns, addresses of the web, `-` for stdin, an image with its own size
 * behind an `@`. Words in, refs out; what stands for nothing is a slip of the command line.
 */

import { existsSync, globSync, readdirSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { type Args, UsageError } from '../../args.ts'
import { IMAGE_SIZES_IN_WORDS, type ImageSizeChoice, readImageSize } from '../../core/attachments/image-size.ts'
import type { Refusal, WantedPart } from '../../core/attachments/prepared.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { unwarned } from '../../io/process/unwarned.ts'
import { type Ref, refOf } from './attaching.ts'

/** Tokens of a head or a tail for which no other number is given. */
const PART_TOKENS = 20_000
/** More files than that are hardly meant: a request takes 600 images at most. */
const MOST_FILES = 600

/** What is piped in, and its names on a disk: read there it would come twice. */
const STDIN: readonly string[] = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']

/** All that `--attach` names, in order, each file once. @throws UsageError */
export function attachedBy({ many, flags }: Pick<Args, 'many' | 'flags'>): readonly (Ref | 'stdin')[] {
  const part = partBy(flags)
  const seen = new Set<string>()
  const all = (many?.attach ?? []).flatMap((word): readonly (Ref | 'stdin')[] => {
    if (word.trim() === '') throw new UsageError('--attach takes a file, an address, a pattern or -; nothing came.')
    if (STDIN.includes(word)) {
      if (seen.has('-')) throw new UsageError('--attach - stands for stdin, and there is one. Name it once.')
      seen.add('-')
      return ['stdin']
    }
    return refsOf(word).flatMap((ref) => {
      const place = 'path' in ref ? resolve(ref.path) : 'url' in ref ? ref.url : ''
      const key = `${place}@${ref.size ?? ''}`
      if (seen.has(key)) return []
      seen.add(key)
      return [{ ...ref, ...(part === undefined ? {} : { part }) }]
    })
  })
  if (all.length > MOST_FILES)
    throw new UsageError(
      `--attach names ${all.length.toLocaleString('en-US')} files; a request takes ${MOST_FILES} at most. Name fewer.`,
    )
  return all
}

/** What the words behind `/attach` stand for. @returns a sentence when one of them stands for nothing */
export function refsBehind(words: readonly string[]): readonly Ref[] | string {
  try {
    return words.flatMap(refsOf)
  } catch (error) {
    return (error as UsageError).message.replace(/^--attach /, '')
  }
}

/** What one word stands for. A file of that very name goes before what else it could mean. */
function refsOf(word: string): readonly Ref[] {
  const ref = refOf(word)
  if ('url' in ref || ('path' in ref && isThere(ref.path))) return [ref]
  const [, name, given] = /^(.+)@([^@/\\]+)$/s.exec(word) ?? []
  const size = given === undefined ? null : readImageSize(given)
  if (name !== undefined && size) {
    const bare = refOf(name)
    if ('path' in bare && isThere(bare.path)) return [{ ...bare, size }]
    if (isPattern(name)) return matches(name, size)
  }
  if (isPattern(word)) return matches(word, null)
  if (name !== undefined && !size && isThere(name))
    throw new UsageError(
      `--attach ${quoted(word)}: an image may be sent as ${IMAGE_SIZES_IN_WORDS}; "${sanitiseLine(given!)}" came.`,
    )
  // What is not there is told by who looks for it.
  return [ref]
}

const isThere = (path: string) => existsSync(path)

const isPattern = (word: string) => /[*?[\]{}]/.test(word)

/** Files of a pattern, by name; numbers in them as people count. */
function matches(pattern: string, size: ImageSizeChoice | null): readonly Ref[] {
  const where = refOf(pattern)
  const path = 'path' in where ? where.path : pattern
  const found = unwarned('glob', () => globSync(sep === '\\' ? path.replaceAll('/', sep) : path))
  const files = found.filter(isFile).filter((name) => !isHidden(name, path))
  if (files.length === 0) throw new UsageError(`--attach ${quoted(pattern)}: ${noMatch(path, found)}`)
  const order = new Intl.Collator('en', { numeric: true })
  return files.sort(order.compare).map((file) => ({ path: file, ...(size === null ? {} : { size }) }))
}

/** @param found what matches, and is no file */
function noMatch(path: string, found: readonly string[]): string {
  const odd = found.find((name) => name.includes('\ufffd') && !existsSync(name))
  if (odd !== undefined)
    return `what matches, ${quoted(odd)}, has a name that is no UTF-8. Rename it, or pipe it in: -a -`
  const folder = lockedIn(path)
  if (folder !== null)
    return `the folder ${sanitiseLine(folder)} may not be read by you. Change its rights, or attach copies.`
  const only = found.length > 0 ? ', only folders' : ''
  return `no file matches${only}. Look at the pattern and at the folder you are in; ** goes through folders.`
}

/** The folder before the first word of a pattern that is none, where it is there and may not be read. */
function lockedIn(pattern: string): string | null {
  const words = pattern.split(/(?<=[\\/])/)
  const folder = words.slice(0, words.findIndex(isPattern)).join('') || '.'
  try {
    readdirSync(folder)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EACCES' || code === 'EPERM' ? folder : null
  }
}

/** As in a shell: what begins with a dot is meant only when the pattern says so. */
const isHidden = (name: string, pattern: string) =>
  !/(^|[\\/{,])\.[^./\\]/.test(pattern) && /(^|[\\/])\.[^./\\]/.test(name)

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** `--part head`, `--part tail:50000`, `--part summary`. @throws UsageError */
export function partBy({ part }: Args['flags']): WantedPart | undefined {
  return typeof part === 'string' ? readPart(part) : undefined
}

/** The same behind what `/attach` takes: `notes.txt --part summary`. @returns a sentence when the part is none */
export function partBehind(argument: string): { readonly words: string; readonly part?: WantedPart } | string {
  const [, words, part] = /^(.*\S)\s+--part(?:\s+|=)(\S+)$/s.exec(argument.trim()) ?? []
  if (words === undefined) return { words: argument }
  try {
    return { words, part: readPart(part!) }
  } catch (error) {
    return (error as UsageError).message
  }
}

function readPart(part: string): WantedPart {
  if (part.trim() === 'summary') return 'summary'
  const [, end, tokens] = /^(head|tail)(?::([1-9]\d{0,6}))?$/.exec(part.trim()) ?? []
  if (end === undefined)
    throw new UsageError(
      `--part takes head or tail, with a number of tokens if you like (tail:50000), or summary. "${sanitiseLine(part)}" came.`,
    )
  return { end: end as 'head' | 'tail', tokens: tokens === undefined ? PART_TOKENS : Number(tokens) }
}

const quoted = (word: string) => `"${sanitiseLine(word)}"`

/**
 * A shell that has made a pattern into names gives the first of them to `--attach` and the others to the prompt.
 * @throws UsageError
 */
export function checkFollowers({ followers = [] }: Pick<Args, 'followers'>): void {
  const file = followers.find(isFile)
  if (file === undefined) return
  throw new UsageError(
    `${quoted(file)} stands behind what --attach takes, and would be a word of the prompt. Attach it with a flag of its own, or quote the pattern: -a '*.png'. A prompt that is a file's name goes after \`--\`.`,
  )
}

const PARTS =
  '`--part head`, `--part tail:50000` (tokens) or `--part summary` (written first, by the fast model) does that.'

/** Why nothing is sent, each refusal in a line of its own. */
export const sayRefused = (refused: readonly Refusal[]): string =>
  ['Nothing was sent.', ...refused.map((one) => (one.isTooLong ? `${one.refused} ${PARTS}` : one.refused))].join('\n')
