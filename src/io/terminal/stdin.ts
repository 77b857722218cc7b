/** What comes on stdin: bytes, nothing, or something that cannot be read. */

import type { Readable } from 'node:stream'

export type Piped =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Closed without a byte, or nobody wrote within the grace time (`silent`). */
  | { readonly kind: 'none'; readonly silent: boolean }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'unreadable'; readonly why: string }

/** Bytes after which reading stops: of text no request could carry more, an image may become smaller. */
export interface Limits {
  readonly text: number
  readonly others: number
}

/**
 * Reads stdin to its end.
 * @param graceMs how long to wait for the first byte; null: for ever (there is no other prompt)
 */
export async function readPiped(stdin: Readable, limits: Limits, graceMs: number | null): Promise<Piped> {
  const chunks: Buffer[] = []
  let bytes = 0
  let limit = limits.text
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
      if (bytes === 0 && !beginsAsText(chunk)) limit = limits.others
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > limit) finish({ kind: 'too-large', bytes })
    })
    stdin.on('end', () =>
      finish(bytes === 0 ? { kind: 'none', silent: false } : { kind: 'bytes', bytes: Buffer.concat(chunks) }),
    )
    stdin.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      finish({ kind: 'unreadable', why: code === 'EISDIR' ? 'it is a folder' : message }),
    )
  })
}

const PDF = '%PDF-'

const beginsAsText = (bytes: Buffer) => !bytes.includes(0) && bytes.toString('latin1', 0, PDF.length) !== PDF

/** The text that these bytes are in UTF-8; null: they are something else, or text in another encoding. */
export function plainText(bytes: Uint8Array): string | null {
  if (!beginsAsText(bytes as Buffer)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
