/**
 * Large pastes as chips: in the draft each is a single sign that stands for a text kept beside it, so that a key costs
 * the same however much was pasted, and Backspace takes the whole. Knows the signs, what they are called on the screen
 * and how they turn into text again; which keys do that is for others.
 */

import { count, tokens } from '../figures/words.ts'
import { estimateTokens } from '../window/context.ts'
import type { Chip, Composer } from './state.ts'

/** A paste with more lines or more characters than this becomes a chip. */
const CHIP_LINES = 8
const CHIP_CHARS = 1000

/**
 * Signs are the last private characters of Unicode, U+10FC00 to U+10FFFD: no font draws them and no text uses them.
 * They share their first UTF-16 unit, so that looking for them is a search for a single one.
 */
const FIRST = 0x10fc00
const MOST = 0x3fe
const HIGH = '\udbff'
const SIGN_UNITS = 2
const FOREIGN = /[\u{10fc00}-\u{10fffd}]/gu

/** The part of a composer that texts are read with. */
type Chips = Pick<Composer, 'chips'>

/** A text as it is kept outside: written out, with the stretches (UTF-16 units) that were chips. */
export interface Sheet {
  readonly text: string
  readonly pastes: readonly (readonly [start: number, end: number])[]
}

/** Text from outside that holds such a character must not look like a chip. */
export function withoutSigns(text: string): string {
  return text.includes(HIGH) ? text.replace(FOREIGN, '\ufffd') : text
}

export function isLarge(text: string): boolean {
  return text.length > CHIP_CHARS || linesOf(text, CHIP_LINES + 1) > CHIP_LINES
}

/** Whether a sign begins at an index. */
export function isSign(char: string): boolean {
  return char.length === SIGN_UNITS && char[0] === HIGH && char.codePointAt(0)! < FIRST + MOST
}

/** Keeps a harmless text; `sign` stands for it from now on. null: there are more chips than signs. */
export function keep<C extends Chips & Pick<Composer, 'text'>>(
  composer: C,
  text: string,
): { readonly composer: C; readonly sign: string } | null {
  if (composer.chips.length >= MOST) return null
  const number = 1 + Math.max(0, ...chipsIn(composer.text, composer).map(({ chip }) => chip.number))
  // Pasted again, as people do after an undo, it takes no more memory.
  const same = composer.chips.find((chip) => chip.text === text)
  const chips = [...composer.chips, same ? { ...same, number } : chipOf(text, number)]
  return { composer: { ...composer, chips }, sign: signOf(chips.length - 1) }
}

/** A draft as it is sent: every chip in full. Costs as much as the draft, not as what was pasted. */
export function writtenOut(draft: string, composer: Chips): string {
  let out = ''
  let at = 0
  for (const { index, chip } of chipsIn(draft, composer)) {
    out += draft.slice(at, index) + chip.text
    at = index + SIGN_UNITS
  }
  return at === 0 ? draft : out + draft.slice(at)
}

/** A draft part by part: words as they stand, and chips with their number among all of the composer. */
export type Part = string | { readonly nth: number; readonly text: string }

export function partsOf(draft: string, composer: Chips): readonly Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { index, chip } of chipsIn(draft, composer)) {
    parts.push(draft.slice(at, index), { nth: draft.codePointAt(index)! - FIRST, text: chip.text })
    at = index + SIGN_UNITS
  }
  return [...parts, draft.slice(at)]
}

/** A draft as it is kept outside. */
export function sheetOf(draft: string, composer: Chips): Sheet {
  let text = ''
  const pastes: [number, number][] = []
  for (const part of partsOf(draft, composer)) {
    const words = typeof part === 'string' ? part : part.text
    if (part !== words) pastes.push([text.length, text.length + words.length])
    text += words
  }
  return { text, pastes }
}

/**
 * Drafts from sheets, with the chips they need behind those there are. Sheets come from disk: stretches that make no
 * sense, or for which no sign is left, stay text.
 * @param clean makes text from outside harmless
 */
export function draftsOf(
  sheets: readonly Sheet[],
  { chips: before }: Chips,
  clean: (text: string) => string,
): { readonly drafts: readonly string[]; readonly chips: readonly Chip[] } {
  const chips = [...before]
  const draftOf = ({ text, pastes }: Sheet): string => {
    let draft = ''
    let at = 0
    let number = 0
    for (const [start, end] of pastes) {
      // Some signs are left for what will be pasted today.
      if (!(start >= at && end > start && end <= text.length) || chips.length >= MOST / 2) continue
      draft += clean(text.slice(at, start)) + signOf(chips.length)
      chips.push(chipOf(clean(text.slice(start, end)), ++number))
      at = end
    }
    return draft + clean(text.slice(at))
  }
  // Signs are few: the newest come first.
  const drafts = sheets.toReversed().map(draftOf).reverse()
  return { drafts, chips }
}

/** A text that came back from elsewhere, with the chips of a draft where they still stand in it word for word. */
export function foldedAgain(text: string, draft: string, composer: Chips): string {
  let folded = ''
  let at = 0
  for (const { index, chip } of chipsIn(draft, composer)) {
    const found = text.indexOf(chip.text, at)
    if (found < 0) continue
    folded += text.slice(at, found) + draft.slice(index, index + SIGN_UNITS)
    at = found + chip.text.length
  }
  return folded + text.slice(at)
}

/** The chip beside the cursor, before it rather than behind it; else the last one of the draft. null: there is none. */
export function chipNear(
  composer: Composer,
): { readonly start: number; readonly end: number; readonly chip: Chip } | null {
  const all = chipsIn(composer.text, composer)
  const found =
    all.find(({ index }) => index + SIGN_UNITS === composer.cursor) ??
    all.find(({ index }) => index === composer.cursor) ??
    all.at(-1)
  return found ? { start: found.index, end: found.index + SIGN_UNITS, chip: found.chip } : null
}

/** A draft as it is shown: chips by their labels. */
export interface Labelled {
  readonly text: string
  readonly cursor: number
  /** The index in the shown text for one in the draft. */
  shownIndex(draft: number): number
  /** The index in the draft for one in the shown text; inside a label it is the chip's start (-1) or end (1). */
  draftIndex(shown: number, side: -1 | 1): number
}

export function labelled(composer: Pick<Composer, 'text' | 'cursor' | 'chips'>): Labelled {
  const { text, cursor } = composer
  const chips = chipsIn(text, composer)
  if (chips.length === 0) return { text, cursor, shownIndex: (draft) => draft, draftIndex: (shown) => shown }
  let shownText = ''
  let at = 0
  const labels: { readonly index: number; readonly start: number; readonly end: number }[] = []
  for (const { index, chip } of chips) {
    shownText += text.slice(at, index)
    const label = labelOf(chip)
    labels.push({ index, start: shownText.length, end: shownText.length + label.length })
    shownText += label
    at = index + SIGN_UNITS
  }
  const shownIndex = (draft: number) => {
    const last = labels.findLast(({ index }) => index + SIGN_UNITS <= draft)
    return last ? last.end + draft - last.index - SIGN_UNITS : draft
  }
  return {
    text: shownText + text.slice(at),
    cursor: shownIndex(cursor),
    shownIndex,
    draftIndex(shown, side) {
      const last = labels.findLast(({ start }) => start < shown)
      if (!last) return shown
      if (shown < last.end) return side < 0 ? last.index : last.index + SIGN_UNITS
      return last.index + SIGN_UNITS + (shown - last.end)
    },
  }
}

/** `[paste 1: 52 lines, ~420 tokens]` */
function labelOf({ number, lines, text }: Chip): string {
  return `[paste ${number}: ${count(lines, 'line')}, ~${tokens(estimateTokens(text))} tokens]`
}

interface Found {
  /** Where its sign begins. */
  readonly index: number
  readonly chip: Chip
}

function chipsIn(text: string, { chips }: Chips): readonly Found[] {
  const found: Found[] = []
  if (chips.length === 0) return found
  for (let index = text.indexOf(HIGH); index >= 0; index = text.indexOf(HIGH, index + 1)) {
    const chip = chips[text.codePointAt(index)! - FIRST]
    if (chip) found.push({ index, chip })
  }
  return found
}

function chipOf(text: string, number: number): Chip {
  return { number, text, lines: linesOf(text, Number.POSITIVE_INFINITY) }
}

const signOf = (nth: number) => String.fromCodePoint(FIRST + nth)

/** Lines up to `most`; a newline at the very end begins none. */
function linesOf(text: string, most: number): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < text.length - 1 && lines < most; at = text.indexOf('\n', at + 1)) {
    lines++
  }
  return lines
}
