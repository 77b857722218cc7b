/** What the first bytes of an image or a PDF say of it: its type, its size, whether it is locked. */

export interface ImageHead {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly width: number
  readonly height: number
}

/** null: it is none of the four types, or too short to tell. */
export function imageHead(bytes: Buffer): ImageHead | null {
  try {
    return png(bytes) ?? gif(bytes) ?? webp(bytes) ?? jpeg(bytes)
  } catch {
    // Read past its end.
    return null
  }
}

function png(bytes: Buffer): ImageHead | null {
  if (bytes.readUInt32BE(0) !== 0x89504e47) return null
  return { mediaType: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

function gif(bytes: Buffer): ImageHead | null {
  if (!/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return null
  return { mediaType: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
}

/** The three forms of WebP keep their size in three places (source: WebP container specification, RFC 9649). */
function webp(bytes: Buffer): ImageHead | null {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return null
  const mediaType = 'image/webp'
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { mediaType, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { mediaType, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    default:
      return { mediaType, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  }
}

/** Walks the segments up to the one that begins a frame (SOF). */
function jpeg(bytes: Buffer): ImageHead | null {
  if (bytes.readUInt16BE(0) !== 0xffd8) return null
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
    while (bytes.readUInt8(at) === 0xff && bytes.readUInt8(at + 1) === 0xff) at++
    const marker = bytes.readUInt8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame)
      return { mediaType: 'image/jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
  }
}

export interface PdfHead {
  /** As far as they can be seen: in a compressed file one at least. */
  readonly pages: number
  readonly isLocked: boolean
}

/** null: it is no PDF. */
export function pdfHead(bytes: Buffer): PdfHead | null {
  if (!bytes.subarray(0, 1024).includes('%PDF-')) return null
  const text = bytes.toString('latin1')
  const pages = text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0
  const counted = [...text.matchAll(/\/Count\s+(\d{1,6})/g)].map(([, count]) => Number(count))
  return { pages: Math.max(1, pages, ...counted), isLocked: /\/Encrypt\s+\d+\s+\d+\s+R/.test(text) }
}
