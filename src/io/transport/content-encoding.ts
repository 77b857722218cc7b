/**
 * What a gateway packs although nobody has asked for it: we send no `accept-encoding`, which forbids nothing. Loaded where
 * an answer says that it is packed.
 */

import { brotliDecompressSync, constants, inflateRawSync, inflateSync, unzipSync } from 'node:zlib'

/** How an answer is packed; empty: it is not. */
export function packingOf(headers: Pick<Headers, 'get'>): string {
  const said = (headers.get('content-encoding') ?? '').trim().toLowerCase()
  return said === 'identity' ? '' : said
}

/**
 * Bytes as they were before they were packed, as far as they came; what cannot be unpacked stays as it is.
 * @param most the largest it may become, in bytes
 */
export function unpacked(bytes: Buffer, packing: string, most: number): Buffer {
  try {
    return unpack(bytes, packing, most)
  } catch {
    return bytes
  }
}

function unpack(bytes: Buffer, packing: string, maxOutputLength: number): Buffer {
  // What came so far may be a part: it is not asked for its end.
  const zip = { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }
  switch (packing) {
    case 'gzip':
    case 'x-gzip':
      return unzipSync(bytes, zip)
    case 'deflate':
      // Some leave out the frame that belongs around it, whose first half byte is 8.
      return ((bytes[0] ?? 0) & 15) === 8 ? inflateSync(bytes, zip) : inflateRawSync(bytes, zip)
    case 'br':
      return brotliDecompressSync(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH })
    default:
      return bytes
  }
}
