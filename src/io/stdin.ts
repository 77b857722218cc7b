/** What comes on stdin: text, nothing, or something that no prompt can be made of. */

import type { Readable } from 'node:stream'

export type Piped =
  | { readonly kind: 'text'; readonly text: string }
  /** Closed without a byte, or nobody wrote within the grace time (`silent`). */
  | { readonly kind: 'none'; readonly silent: boolean }
  | { readonly kind: 'binary'; readonly looksLike: string }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'unreadable'; readonly why: string }

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['gzipped data', [0x1f, 0x8b]],
  ['text in UTF-16', [0xff, 0xfe]],
  ['text in UTF-16', [0xfe, 0xff]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
]

/**
 * Reads stdin to its end.
 * @param limit bytes after which reading stops: no request could carry more
 * @param graceMs how long to wait for the first byte; null: for ever (there is no other prompt)
 */
export async function readPiped(stdin: Readable, limit: number, graceMs: number | null): Promise<Piped> {
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve) => {
    const timer = graceMs === null ? null : setTimeout(() => finish({ kind: 'none', silent: true }), graceMs)
    const finish = (piped: Piped) => {
      if (timer) clearTimeout(timer)
      stdin.removeAllListeners()
      stdin.on('error', () => {})
      stdin.destroy()
      resolve(piped)
    }
    stdin.on('data', (chunk: Buffer) => {
      if (timer) clearTimeout(timer)
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > limit) finish({ kind: 'too-large', bytes })
    })
    stdin.on('end', () => finish(bytes === 0 ? { kind: 'none', silent: false } : decoded(Buffer.concat(chunks))))
    stdin.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      finish({ kind: 'unreadable', why: code === 'EISDIR' ? 'it is a folder' : message }),
    )
  })
}

function decoded(bytes: Buffer): Piped {
  const known = SIGNATURES.find(([, head]) => head.every((byte, i) => bytes[i] === byte))
  if (known) return { kind: 'binary', looksLike: known[0] }
  if (bytes.includes(0)) return { kind: 'binary', looksLike: 'binary data' }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { kind: 'binary', looksLike: 'text in an encoding other than UTF-8' }
  }
}
