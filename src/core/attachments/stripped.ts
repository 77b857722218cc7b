/**
 * An image without what does not belong to its picture: place and time, camera, thumbnails, comments, whatever was put
 * behind its end. The picture itself is not touched. Only what is known to be needed stays; what it cannot follow it leaves.
 */

/** No head of an image is shorter. */
const HEAD_BYTES = 13

type Strip = (bytes: Uint8Array) => readonly Uint8Array[] | null

/** Types that can be sent as they are. */
export type SendableType = 'png' | 'jpeg' | 'gif' | 'webp'

/** @returns null when its structure is not as it should be. Animations lose all but their first frame, WebPs are null. */
export function stripped(bytes: Uint8Array, type: SendableType): Uint8Array | null {
  const parts = bytes.length < HEAD_BYTES ? null : STRIPS[type](bytes)
  return parts && joined(parts)
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** Colour profiles go too: who calls has seen to it that the picture needs none. */
const PNG_KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'sRGB', 'gAMA', 'cHRM']

const png: Strip = (bytes) => {
  const view = viewOf(bytes)
  const parts = [bytes.subarray(0, 8)]
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) return null
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (PNG_KEPT.includes(name)) parts.push(bytes.subarray(at, end))
    // Whatever else the picture could not be read without.
    else if (/^[A-Z]/.test(name)) return null
    if (name === 'IEND') return parts
    at = end
  }
  return null
}

const jpeg: Strip = (bytes) => {
  const view = viewOf(bytes)
  const parts = [bytes.subarray(0, 2)]
  for (let at = 2; at + 2 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) return [...parts, bytes.subarray(at, at + 2)]
    if (at + 4 > bytes.length) return null
    let end = at + 2 + view.getUint16(at + 2)
    if (end > bytes.length) return null
    const isScan = marker === 0xda
    // Behind the head of a scan come its data, up to the next marker that is neither a restart nor an escaped ff.
    if (isScan) end = nextMarker(bytes, end)
    // Frames, tables, scans, restarts; of the applications' own, JFIF and Adobe's, which tells the colours apart.
    const isNeeded = (marker >= 0xc0 && marker <= 0xcf) || (marker >= 0xda && marker <= 0xdd) || marker === 0xee
    if (isNeeded || (marker === 0xe0 && isJfif(bytes, at))) parts.push(bytes.subarray(at, end))
    at = end
  }
  // No end in sight: the last bytes are missing.
  return null
}

function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1))
    if (isMarker(bytes, at)) return at
  return bytes.length
}

const isMarker = (bytes: Uint8Array, at: number) => {
  const next = bytes[at + 1] ?? 0
  return bytes[at] === 0xff && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)
}

/** A thumbnail can follow in the same segment; then the segment is left out: it is not needed. */
const isJfif = (bytes: Uint8Array, at: number) =>
  bytes[at + 4] === 0x4a && bytes[at + 5] === 0x46 && bytes[at + 3] === 16 && bytes[at + 2] === 0

const webp: Strip = (bytes) => {
  const view = viewOf(bytes)
  const parts: Uint8Array[] = []
  const total = Math.min(bytes.length, 8 + view.getUint32(4, true))
  for (let at = 12; at + 8 <= total; ) {
    const size = view.getUint32(at + 4, true)
    const end = at + 8 + size + (size % 2)
    if (at + 8 + size > total) return null
    const name = String.fromCharCode(...bytes.subarray(at, at + 4))
    if (name === 'ANIM' || name === 'ANMF') return null
    if (name === 'VP8X') {
      const head = bytes.slice(at, end)
      // Of what it announces, only transparency is still there.
      head[8] = head[8]! & 0x10
      parts.push(head)
    } else if (['VP8 ', 'VP8L', 'ALPH'].includes(name)) parts.push(bytes.subarray(at, end))
    at = end
  }
  if (parts.length === 0) return null
  const size = parts.reduce((sum, part) => sum + part.length, 4)
  const head = bytes.slice(0, 12)
  viewOf(head).setUint32(4, size, true)
  return [head, ...parts]
}

const gif: Strip = (bytes) => {
  const table = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0)
  const behindBlocks = (from: number) => {
    let at = from
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1
    return at + 1
  }
  let at = 13 + table(bytes[10] ?? 0)
  const parts = [bytes.subarray(0, at)]
  while (at < bytes.length) {
    const start = at
    if (bytes[at] === 0x21) {
      at = behindBlocks(at + 2)
      // How the frame is drawn: which colour is transparent. Comments and applications' own are left.
      if (bytes[start + 1] === 0xf9) parts.push(bytes.subarray(start, at))
    } else if (bytes[at] === 0x2c) {
      at = behindBlocks(at + 11 + table(bytes[at + 9] ?? 0))
      return at > bytes.length ? null : [...parts, bytes.subarray(start, at), Uint8Array.of(0x3b)]
    } else return null
  }
  return null
}

const STRIPS: Readonly<Record<SendableType, Strip>> = { png, jpeg, webp, gif }

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/**
 * Whether an image claims no other size than it was read in. Of a damaged GIF the library reads the first frame, and a
 * server may believe the claim.
 */
export function claimsSize(bytes: Uint8Array, type: SendableType, width: number, height: number): boolean {
  if (type !== 'gif' || bytes.length < HEAD_BYTES) return true
  const view = viewOf(bytes)
  return view.getUint16(6, true) === width && view.getUint16(8, true) === height
}
