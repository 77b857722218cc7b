/**
 * Words made harmless: every letter is an x and every digit a 0, of the same width and as many bytes long. What gives a
 * text its shape stays: white space, punctuation, symbols, and with them Markdown.
 */

import { resolved } from '../markdown/entities.ts'
import { widthOf } from '../text/width.ts'

/**
 * Letters, marks and digits; before them what looks like words and is structure. The first number of a list is: no other
 * begins one in the middle of a paragraph. Nothing here looks further than the visible ASCII around it.
 */
const WORDLY = /https?:\/\/|mailto:|<br(?=[\s/>])|(?<![!-~])1[.)](?=\s)|&#?\w{1,10};|[\p{L}\p{M}\p{N}]/giu

/** Marks that make a picture of a sign, and signs that Japanese sets like punctuation: they matter for the shape alone. */
const SHAPING = /^[\ufe00-\ufe0f\u20e3々ー]$/

/** By bytes in UTF-8 and by columns. */
const STANDS: Readonly<Record<string, string>> = {
  '1.1': 'x',
  '2.0': '\u0301',
  '2.1': 'ñ',
  '3.0': '\u20d0',
  '3.1': 'ẋ',
  '3.2': '口',
  '4.0': '\u{1d167}',
  '4.1': '\u{1d6a1}',
  '4.2': '\u{20000}',
}

export function harmless(text: string): string {
  return text.replace(WORDLY, (found) => {
    if (found.startsWith('&')) return entity(found)
    return [...found].length > 1 ? found : standFor(found)
  })
}

function standFor(char: string): string {
  if (/^[a-z]$/.test(char)) return 'x'
  if (/^[A-Z]$/.test(char)) return 'X'
  if (/^[0-9]$/.test(char)) return '0'
  if (SHAPING.test(char)) return char
  const stand = STANDS[`${bytesOf(char)}.${widthOf(char)}`] ?? char
  return /^\p{Lu}$/u.test(char) ? stand.toUpperCase() : stand
}

/** One that stands for a sign stays, one for a letter stands for another; what only looks like one is text. */
function entity(found: string): string {
  const char = resolved(found)
  const inside = found.slice(1, -1)
  if (char === found) return `&${inside.replace(/\w/g, standFor)};`
  return /[\p{L}\p{M}\p{N}]/u.test(char) ? `&#${'0'.repeat(inside.length - 1)};` : found
}

/** Length of one character in UTF-8. */
export function bytesOf(char: string): number {
  const code = char.codePointAt(0) ?? 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

/** What the API's ids begin with. Another word before the sign is somebody's own. */
const PREFIX = /^(?:req|msg|msgbatch|file|toolu|srvtoolu|container|org|wrkspc|user|session)_/

/**
 * Another id in the place of an id: the same one each time, of the same form (`msg_01Ab` may become `msg_73Xq`). What an
 * id is like tells nothing, so a plain hash is enough.
 */
export function otherId(id: string): string {
  const prefix = PREFIX.exec(id)?.[0] ?? ''
  let hash = 0x811c9dc5
  const mix = (code: number) => {
    hash = Math.imul(hash ^ code, 0x01000193) >>> 0
    return hash >>> 8
  }
  for (const char of id) mix(char.codePointAt(0) ?? 0)
  const next = (first: string, count: number) => String.fromCharCode(first.charCodeAt(0) + (mix(count) % count))
  return (
    prefix +
    harmless(id.slice(prefix.length)).replace(/[xX0]/g, (char) =>
      char === '0' ? next('0', 10) : char === 'x' ? next('a', 26) : next('A', 26),
    )
  )
}
