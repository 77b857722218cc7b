/** Attachments for plays: small files that are what they say, made here. */

import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import type { Attachment } from '../../src/core/attachments.ts'

export interface Sample {
  readonly attachment: Attachment
  readonly bytes: Uint8Array
}

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A PNG of one colour, so many pixels wide and high. */
export function png(width: number, height: number, grey = 128): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 8
  const rows = Buffer.alloc((width + 1) * height, grey)
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    ...[signature, chunk('IHDR', head)],
    ...[chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))],
  ])
}

export function photo(name = 'photo.png', width = 1176, height = 882, grey = 128): Sample {
  const bytes = png(width, height, grey)
  const from = { width: 4032, height: 3024, bytes: 3_400_000, mediaType: 'image/jpeg' }
  const size = { width, height, from }
  return { attachment: { ...about(bytes, name), kind: 'image', mediaType: 'image/png', image: size }, bytes }
}

/** A PDF of so many empty pages, as plain as the format allows. */
export function pdf(name = 'paper.pdf', pages = 2, isEncrypted = false): Sample {
  const kids = Array.from({ length: pages }, (_, i) => `${i + 3} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
    ...Array.from({ length: pages }, () => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>'),
  ]
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R${isEncrypted ? ' /Encrypt 9 0 R' : ''} >>`
  const body = objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join('')
  const bytes = Buffer.from(`%PDF-1.7\n${body}trailer\n${trailer}\n%%EOF\n`, 'latin1')
  return { attachment: { ...about(bytes, name), kind: 'pdf', mediaType: 'application/pdf', pages }, bytes }
}

export function text(name = 'notes.txt', words = 'The harbour opens at six.'): Sample {
  const bytes = Buffer.from(words)
  return { attachment: { ...about(bytes, name), kind: 'text', mediaType: 'text/plain', chars: words.length }, bytes }
}

const about = (bytes: Uint8Array, name: string) => ({ hash: sha(bytes), name, bytes: bytes.length })

export const PHOTO: Attachment = photo().attachment
