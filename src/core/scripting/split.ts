/**
 * A text that is too long to be asked about at once: cut into parts, each of which is asked, and one answer over theirs.
 * The parts joined are the text, and the same text always gives the same parts.
 */

import { count, tokens } from '../figures/words.ts'
import type { ModelCard } from '../models/catalogue.ts'

/** Share of a window above which a text is split by itself, and share that a part then takes: tokens are estimated. */
const FULL_SHARE = 0.8
const PART_SHARE = 0.4
/** Where nobody says how much a model holds, in tokens. */
const UNKNOWN_WINDOW = 32_000
/** Tokens for the answer to a part, thinking included: as many as leave room for all of them, within these. */
const ROOM = { most: 16_000, least: 2_000, shareOfAll: 0.6 } as const
/** Headings, the blank lines between paragraphs, lines: where to cut, the best first. */
const SEAMS = [/\n(?=#{1,6} )/g, /\n[ \t]*\n+/g, /\n/g] as const

export interface Split {
  readonly parts: readonly string[]
  /** Output tokens that the answer to a part may take. */
  readonly room: number
}

/** What follows hangul, kana and all that is written without an alphabet begins here: a sign is a token, about. */
const FIRST_WIDE = 0x2e80
const isWide = (unit: number) => unit >= FIRST_WIDE

/** How long a text is, in characters of an alphabet: as many as are in a token weigh as much as one wide sign. */
export function weighed(text: string, charsPerToken: number): number {
  let wide = 0
  for (let i = 0; i < text.length; i++) if (isWide(text.charCodeAt(i))) wide++
  return text.length - wide + wide * charsPerToken
}

/**
 * Parts that weigh so much at most, at least half as long as they may be but for the last.
 * @param wide what a wide sign weighs; anything else weighs 1
 */
export function partsOf(text: string, most: number, wide = 1): readonly string[] {
  const parts: string[] = []
  for (let from = 0; ; ) {
    const upTo = reach(text, from, most, wide)
    if (upTo === text.length) return from < upTo || parts.length === 0 ? [...parts, text.slice(from)] : parts
    const end = from + cutIn(text.slice(from, upTo))
    parts.push(text.slice(from, end))
    from = end
  }
}

/** Where a piece ends that begins there and weighs no more; at least one sign further. */
function reach(text: string, from: number, most: number, wide: number): number {
  let left = most
  for (let at = from; at < text.length; at++) {
    left -= isWide(text.charCodeAt(at)) ? wide : 1
    if (left < 0) return Math.max(at, from + 1)
  }
  return text.length
}

/** Where to cut a piece that is as long as may be: behind a seam in its second half, else at its end. */
function cutIn(piece: string): number {
  for (const seam of SEAMS) {
    let at = -1
    for (const { 0: found, index } of piece.matchAll(seam)) at = index + found.length
    if (at >= piece.length / 2) return at
  }
  // Never between the halves of a sign.
  return /[\uD800-\uDBFF]$/.test(piece) && piece.length > 1 ? piece.length - 1 : piece.length
}

/**
 * How a text is split for a model; null: it is asked about at once; a sentence: it cannot be.
 * @param size tokens of a part at most, and of a text that is not split; null: as the window allows
 */
export function splitFor(
  text: string,
  { window, charsPerToken, maxOutput }: Pick<ModelCard, 'window' | 'charsPerToken' | 'maxOutput'>,
  size: number | null,
): Split | null | string {
  const room = window ?? UNKNOWN_WINDOW
  const most = Math.min(size ?? room * PART_SHARE, room * PART_SHARE)
  const isShort = weighed(text, charsPerToken) <= (size === null ? room * FULL_SHARE : most) * charsPerToken
  if (isShort) return null
  const parts = partsOf(text, Math.max(1, Math.floor(most * charsPerToken)), charsPerToken)
  const each = Math.floor((room * ROOM.shareOfAll) / parts.length)
  if (each < ROOM.least)
    return `In ${count(parts.length, 'part')} the text would have more answers than fit into one request of ${tokens(room)} tokens: take larger parts (--split=${Math.floor(room * PART_SHARE)}).`
  return { parts, room: Math.min(each, ROOM.most, maxOutput ?? ROOM.most) }
}

/** What is asked of a part. @param number from 1 */
export const partQuestion = (part: string, number: number, of: number, prompt: string): string =>
  `<part number="${number}" of="${of}">\n${part}\n</part>\n\n<prompt>\n${prompt}\n</prompt>\n\nThis is part ${number} of ${of} of a text that is too long to be read at once. Answer the prompt as far as this part allows, for somebody who joins the answers to all parts and sees nothing else of the text: keep names, numbers and places, and say nothing that this part does not show.`

/** What is asked in the end. */
export function wholeQuestion(answers: readonly string[], prompt: string): string {
  const all = answers.map((answer, i) => `<answer part="${i + 1}">\n${answer.trim()}\n</answer>`).join('\n')
  return `<answers>\n${all}\n</answers>\n\n<prompt>\n${prompt}\n</prompt>\n\nA text that is too long to be read at once was asked about in ${answers.length} parts. These are the answers, in the order of the text. Answer the prompt for the whole text out of them.`
}
