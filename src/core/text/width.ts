/**
 * How many terminal columns a text takes, and where its graphemes begin. One width function for painter, wrapping
 * and editor. Knows Unicode's rules only; what one terminal does differently is left to the painter, which rewrites
 * whole rows when they hold anything but the plain characters below.
 */

/** Clusters longer than this many UTF-16 units are no character of any language; they are measured by code point. */
export const LONGEST_CLUSTER = 64

/** First and last code points of East Asian Wide and Fullwidth ranges (Unicode 16, EastAsianWidth.txt), emoji aside. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18df2],
  [0x1aff0, 0x1b2fb],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
]

const SKIN = /\ud83c[\udffb-\udfff]/

interface Emoji {
  readonly presented: RegExp
  readonly pictographic: RegExp
  readonly flagHalf: RegExp
  readonly zero: RegExp
}

// Both cost milliseconds to build, so they wait until a text needs them.
let emoji: Emoji | null = null
let segmenter: Intl.Segmenter | null = null

function patterns(): Emoji {
  emoji ??= {
    presented: /^\p{Emoji_Presentation}/u,
    pictographic: /^\p{Extended_Pictographic}/u,
    flagHalf: /^\p{Regional_Indicator}/u,
    // Marks, controls, format characters and the vowels and finals of conjoining Hangul take no column of their own;
    // the Arabic, Syriac and Kaithi number signs are format characters that do.
    zero: /^(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Mn}\p{Me}\p{Cf}\p{Cc}\p{Zl}\p{Zp}\u1160-\u11ff\ud7b0-\ud7ff]/u,
  }
  return emoji
}

/**
 * Columns of a character that is a cluster of its own whenever its neighbours are of this kind too; 0 when only the
 * rules of Unicode can tell. Covers ASCII, Latin, Greek, Cyrillic, punctuation, arrows, mathematics, boxes, CJK.
 */
function plainColumns(code: number): 0 | 1 | 2 {
  if (code < 0x7f) return code >= 0x20 ? 1 : 0
  if (code < 0x300) return code >= 0xa0 && code !== 0xad ? 1 : 0
  if (code < 0x530) return code >= 0x370 && (code <= 0x482 || code >= 0x48a) ? 1 : 0
  if (code < 0x2010) return 0
  if (code < 0x3000) {
    if (code <= 0x2027 || (code >= 0x2030 && code <= 0x205e) || (code >= 0x20a0 && code <= 0x20c0)) return 1
    return (code >= 0x2190 && code <= 0x22ff) ||
      (code >= 0x2400 && code <= 0x2426) ||
      (code >= 0x2500 && code <= 0x259f)
      ? 1
      : 0
  }
  if (code <= 0x30ff) return (code <= 0x3029 || code >= 0x3041) && (code < 0x3097 || code > 0x309a) ? 2 : 0
  return (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xff01 && code <= 0xff60)
    ? 2
    : 0
}

/** Columns of plain text: no escape sequences; a control character counts as none. */
export function widthOf(text: string): number {
  let width = 0
  for (let i = 0; i < text.length; i++) {
    const columns = plainColumns(text.charCodeAt(i))
    if (columns === 0) return widthByClusters(text)
    width += columns
  }
  return width
}

/** Grapheme clusters of a text, in order; joined they are the text again. */
export function graphemesOf(text: string): readonly string[] {
  for (let i = 0; i < text.length; i++) {
    if (plainColumns(text.charCodeAt(i)) === 0) return clusters(text)
  }
  return text.split('')
}

/** Columns of a row that may hold colour (SGR) and hyperlink (OSC 8) sequences. */
export function styledWidthOf(row: string): number {
  return widthOf(row.includes('\x1b') ? row.replace(/\x1b(?:\[[\d;:]*m|\]8;[^\x07\x1b]*(?:\x07|\x1b\\))/g, '') : row)
}

function clusters(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  const out: string[] = []
  for (const { segment } of segmenter.segment(text)) out.push(segment)
  return out
}

function widthByClusters(text: string): number {
  let width = 0
  for (const cluster of clusters(text)) width += graphemeWidth(cluster)
  return width
}

/** Columns of one grapheme cluster, as `graphemesOf` gives it. */
export function graphemeWidth(cluster: string): number {
  if (cluster.length === 1) return plainColumns(cluster.charCodeAt(0)) || codePointColumns(cluster)
  if (cluster.length <= LONGEST_CLUSTER && isEmoji(cluster)) return 2
  let width = 0
  for (const char of cluster) width += codePointColumns(char)
  // A variation selector in a monster may widen its base once the cluster is cut: counted, so that a row never overflows.
  if (cluster.length > LONGEST_CLUSTER) width += cluster.split('\ufe0f').length - 1
  return width
}

/**
 * Columns a cluster takes at most: a terminal that does not join emoji draws the parts of a family, a skin tone or a flag
 * one by one. What must never overflow a row is measured by this; where the cursor stands, by `graphemeWidth`.
 */
export function graphemeRoom(cluster: string): number {
  const width = graphemeWidth(cluster)
  if (cluster.length === 1 || cluster.length > LONGEST_CLUSTER) return width
  let parts = 0
  for (const char of cluster) parts += patterns().flagHalf.test(char) ? 2 : codePointColumns(char)
  return Math.max(width, parts)
}

/** Columns a plain text takes at most, on any terminal; see `graphemeRoom`. */
export function roomOf(text: string): number {
  let room = 0
  for (let i = 0; i < text.length; i++) {
    const columns = plainColumns(text.charCodeAt(i))
    if (columns === 0) return clusters(text).reduce((sum, cluster) => sum + graphemeRoom(cluster), 0)
    room += columns
  }
  return room
}

/** Pictures drawn two columns wide: emoji by nature, by selector U+FE0F or by joiner, flags, keycaps. */
function isEmoji(cluster: string): boolean {
  const { presented, pictographic, flagHalf } = patterns()
  if (flagHalf.test(cluster)) return cluster.length > 2
  // A skin tone without a face before it is a picture of its own, and so is the next one.
  if (presented.test(cluster)) return !SKIN.test(cluster.slice(0, 2))
  if (!/[\ufe0f\u200d]/.test(cluster) && !SKIN.test(cluster)) return false
  return pictographic.test(cluster) || /^[\d#*]\ufe0f\u20e3/.test(cluster)
}

function codePointColumns(char: string): number {
  const { zero, presented, flagHalf } = patterns()
  if (zero.test(char)) return 0
  const code = char.codePointAt(0) ?? 0
  if (WIDE.some(([first, last]) => code >= first && code <= last)) return 2
  return presented.test(char) && !flagHalf.test(char) ? 2 : 1
}
