/** What a file is, by its first bytes. Its name is never asked: names lie. */

import { decodeUnicode } from './text.ts'

export type ImageType = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'heic' | 'tiff' | 'bmp' | 'ico' | 'svg'

/** `known` is told only to be refused by its name. */
export type Sniffed =
  | { readonly kind: 'image'; readonly type: ImageType }
  | { readonly kind: 'pdf' | 'text' | 'binary' | 'empty' }
  | { readonly kind: 'known'; readonly what: string; readonly wayOut: string }

/** What images are called in a request, and to people. */
export const MEDIA_TYPES: Readonly<Record<ImageType, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  heic: 'image/heic',
  tiff: 'image/tiff',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  svg: 'image/svg+xml',
}

/** How much of a text is looked at for signs that it is none. */
const LOOKED_AT = 1 << 16
/** Readers of PDFs look for its head this far in, as mail gateways and printers put lines before it. */
const PDF_HEAD = 1024

/** Sizes of the heads that BMPs have had. */
const BMP_HEADS = [12, 40, 52, 56, 64, 108, 124]

const AS_PDF = 'Export it as PDF or as text, and attach that.'
const UNPACK = 'Unpack it and attach the files you mean.'
const AS_PICTURE = 'Export it as PNG or JPEG.'

/** Signatures at the very start, in hex; `..` is any byte. */
const SIGNATURES: readonly (readonly [hex: string, sniffed: Sniffed])[] = [
  ['89504e470d0a1a0a', { kind: 'image', type: 'png' }],
  ['ffd8ff', { kind: 'image', type: 'jpeg' }],
  ['474946383761', { kind: 'image', type: 'gif' }],
  ['474946383961', { kind: 'image', type: 'gif' }],
  ['52494646........57454250', { kind: 'image', type: 'webp' }],
  ['49492a00', { kind: 'image', type: 'tiff' }],
  ['4d4d002a', { kind: 'image', type: 'tiff' }],
  ['49492b00', { kind: 'image', type: 'tiff' }],
  ['4d4d002b', { kind: 'image', type: 'tiff' }],
  ['00000100..00', { kind: 'image', type: 'ico' }],
  [
    '504b0304',
    { kind: 'known', what: 'a ZIP archive or an Office document', wayOut: `${AS_PDF} An archive: unpack it.` },
  ],
  ['d0cf11e0a1b11ae1', { kind: 'known', what: 'an old Office document', wayOut: AS_PDF }],
  ['1f8b', { kind: 'known', what: 'a gzip archive', wayOut: UNPACK }],
  ['377abcaf271c', { kind: 'known', what: 'a 7z archive', wayOut: UNPACK }],
  ['28b52ffd', { kind: 'known', what: 'a zstd archive', wayOut: UNPACK }],
  ['fd377a585a00', { kind: 'known', what: 'an xz archive', wayOut: UNPACK }],
  ['ff0a', { kind: 'known', what: 'a JPEG XL image', wayOut: AS_PICTURE }],
  ['0000000c4a584c20', { kind: 'known', what: 'a JPEG XL image', wayOut: AS_PICTURE }],
  ['0000000c6a502020', { kind: 'known', what: 'a JPEG 2000 image', wayOut: AS_PICTURE }],
  ['38425053', { kind: 'known', what: 'a Photoshop document', wayOut: AS_PICTURE }],
  ['7f454c46', { kind: 'known', what: 'a program', wayOut: 'Attach its source or its output instead.' }],
  [
    '53514c69746520666f726d6174203300',
    { kind: 'known', what: 'an SQLite database', wayOut: 'Export the rows you mean as text.' },
  ],
  ['4f676753', { kind: 'known', what: 'sound or video', wayOut: 'Attach a transcript or single pictures of it.' }],
  ['494433', { kind: 'known', what: 'sound', wayOut: 'Attach a transcript of it.' }],
  ['1a45dfa3', { kind: 'known', what: 'a video', wayOut: 'Attach a transcript or single pictures of it.' }],
]

export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { kind: 'empty' }
  const found = SIGNATURES.find(([hex]) => startsWith(bytes, hex))
  if (found) return found[1]
  if (isBmp(bytes)) return { kind: 'image', type: 'bmp' }
  const boxed = sniffBoxed(bytes)
  if (boxed) return boxed
  const head = ascii(bytes.subarray(0, PDF_HEAD + 5))
  if (head.includes('%PDF-')) return { kind: 'pdf' }
  if (isSvg(ascii(bytes.subarray(0, LOOKED_AT)))) return { kind: 'image', type: 'svg' }
  return { kind: looksLikeText(bytes) ? 'text' : 'binary' }
}

/** Two letters are too few to tell: the size of what follows them has to be one that exists. */
function isBmp(bytes: Uint8Array): boolean {
  return startsWith(bytes, '424d') && startsWith(bytes.subarray(15), '000000') && BMP_HEADS.includes(bytes[14] ?? 0)
}

/** Files in boxes, as MP4 has them, say of which brand they are: AVIF, HEIC, or a film. */
function sniffBoxed(bytes: Uint8Array): Sniffed | null {
  if (ascii(bytes.subarray(4, 8)) !== 'ftyp') return null
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0)
  const brands = ascii(bytes.subarray(8, Math.min(size, 128, bytes.length))).match(/[\s\S]{4}/g) ?? []
  if (brands.some((brand) => /^avi[fs]$/.test(brand))) return { kind: 'image', type: 'avif' }
  if (brands.some((brand) => /^(?:he[ivj][cmsx]|mif1|msf1)$/.test(brand))) return { kind: 'image', type: 'heic' }
  return { kind: 'known', what: 'a video', wayOut: 'Attach single pictures of it.' }
}

/** An SVG begins with its element, or with what XML allows before it. */
function isSvg(head: string): boolean {
  let rest = head.replace(/^ï»¿/, '').trimStart()
  for (;;) {
    if (/^<(?:[\w-]+:)?svg[\s>/]/.test(rest)) return true
    const end = rest.startsWith('<!--')
      ? rest.indexOf('-->') + 2
      : rest.startsWith('<?')
        ? rest.indexOf('?>') + 1
        : /^<!doctype\s+(?:\w+:)?svg/i.test(rest)
          ? doctypeEnd(rest)
          : -1
    if (end <= 1) return false
    rest = rest.slice(end + 1).trimStart()
  }
}

function doctypeEnd(text: string): number {
  const inner = text.indexOf('[')
  const plain = text.indexOf('>')
  if (inner === -1 || inner > plain) return plain
  return text.indexOf('>', text.indexOf(']', inner))
}

/**
 * Whether it can be text of some encoding: with a byte order mark, or with few control characters and zeros only where
 * those of two bytes a character are.
 */
function looksLikeText(bytes: Uint8Array): boolean {
  if (startsWith(bytes, 'fffe') || startsWith(bytes, 'feff')) return bytes.length % 2 === 0
  const looked = bytes.subarray(0, LOOKED_AT)
  if (!bytes.includes(0)) return hasFewControls(looked)
  const units = decodeUnicode(bytes)?.text.slice(0, LOOKED_AT)
  return units !== undefined && hasFewControls(Array.from(units, (char) => char.charCodeAt(0)))
}

/** @param codes of bytes or characters */
function hasFewControls(codes: ArrayLike<number> & Iterable<number>): boolean {
  let controls = 0
  for (const code of codes) {
    // Escape begins the colours of logs, a bell ends the titles of windows; form feed and backspace are in old manuals.
    if (code < 0x20 && !(code >= 7 && code <= 13) && code !== 0x1b) controls++
  }
  return controls <= codes.length / 50
}

function startsWith(bytes: Uint8Array, hex: string): boolean {
  if (bytes.length < hex.length / 2) return false
  for (let i = 0; i < hex.length; i += 2) {
    const part = hex.slice(i, i + 2)
    if (part !== '..' && bytes[i / 2] !== Number.parseInt(part, 16)) return false
  }
  return true
}

/** Bytes as characters of the same number. */
export function ascii(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return text
}
