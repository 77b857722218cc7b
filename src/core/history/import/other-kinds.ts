/** Files that people take for conversations and that are something else: what they are, and what to do with them. */

export interface OtherKind {
  /** "a recording of a session". */
  readonly what: string
  /** A whole sentence; empty: nothing can be done. */
  readonly wayOut: string
}

const EXPORT = 'The words of a conversation come back from json or jsonl: claude-tui sessions export ID -o FILE.jsonl'

const SIGNATURES: readonly (readonly [head: readonly number[], what: string, wayOut: string])[] = [
  [[0xff, 0xfe], 'text in UTF-16', 'Expected UTF-8: iconv -f UTF-16 -t UTF-8 FILE'],
  [[0xfe, 0xff], 'text in UTF-16', 'Expected UTF-8: iconv -f UTF-16 -t UTF-8 FILE'],
  [[0x1f, 0x8b], 'compressed (gzip)', 'Unpack it first: gunzip -c FILE | claude-tui import -'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed (zstd)', 'Unpack it first: zstd -dc FILE | claude-tui import -'],
  [
    [...'SQLite format 3\0'].map((char) => char.charCodeAt(0)),
    'a SQLite database',
    'From another history, export first: claude-tui sessions export --all -o all.jsonl',
  ],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image', ''],
  [[0xff, 0xd8, 0xff], 'a JPEG image', ''],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF image', ''],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF document', ''],
]

/** Characters looked at: enough for any first line that tells what follows. */
const LOOK = 2_000

/** @param name the file as it can be typed, or `-`. null: it may well hold conversations */
export function otherKind(bytes: Uint8Array, name: string): OtherKind | null {
  const known = SIGNATURES.find(([head]) => head.every((byte, i) => bytes[i] === byte))
  if (known) return { what: known[1], wayOut: known[2].replace('FILE', name === '-' ? 'FILE' : name) }
  const start = bytes.subarray(0, LOOK)
  if (start.includes(0)) return { what: 'binary data', wayOut: '' }
  const text = new TextDecoder().decode(start).replace(/^\ufeff?\s*/, '')
  if (/^\{\s*"type"\s*:\s*"claude-tui-recording"/.test(text))
    return { what: 'a recording of a session', wayOut: `To see it again: claude-tui replay ${name}` }
  if (/^(?:<!doctype|<html|<\?xml)/i.test(text)) return { what: 'a page of HTML', wayOut: EXPORT }
  if (/^(?:---\r?\n(?:\w+:.*\r?\n)+---|#{1,6} \S)/.test(text)) return { what: 'Markdown', wayOut: EXPORT }
  return null
}
