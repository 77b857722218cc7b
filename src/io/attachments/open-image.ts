/** Every image as something that can be drawn: what the library reads, and by other means what it does not. */

import type { ImageSize } from '../../core/attachments/images.ts'
import type { ImageType } from '../../core/attachments/sniff.ts'
import { refersElsewhere, SVG_LIMIT, svgTrouble } from '../../core/attachments/svg.ts'
import { openBitmap } from './bitmap.ts'
import { decodeText } from './decode-text.ts'
import { HEIC_WAY_OUT, jpegOfHeic } from './heic.ts'
import { type Facts, probe } from './probe.ts'
import type { Input, Open } from './sharp.ts'
import { drawSvg } from './svg.ts'

export interface Drawable {
  readonly input: Input
  readonly facts: Facts
  /** The size its own pixels have; of a drawing by lines, the largest worth drawing. */
  readonly own: ImageSize
  readonly notes: readonly string[]
  readonly startsLarge: boolean
}

/** The end of a sentence that begins with its name, and the way out. */
export interface Trouble {
  readonly trouble: string
  readonly wayOut: string
}

const EXPORT = 'Export it as PNG.'
/** Edges in such a proportion are receipts, chats, logs. */
const LONG = 2.5
export const isLong = ({ width, height }: ImageSize): boolean =>
  Math.max(width, height) > LONG * Math.min(width, height)

/** @param mostPx longer edge of a drawing by lines. @throws Error when it is damaged; the signal's reason when it was stopped */
export async function openImage(
  open: Open,
  bytes: Uint8Array,
  type: ImageType,
  mostPx: number,
  signal: AbortSignal,
): Promise<Drawable | Trouble> {
  if (type === 'svg') return openSvg(open, bytes, mostPx, signal)
  if (type === 'heic') {
    const jpeg = await jpegOfHeic(bytes, signal)
    if (!jpeg) return { trouble: 'is a HEIC image, which nothing on this machine decodes', wayOut: HEIC_WAY_OUT }
    return drawable(jpeg, { ...(await probe(open, jpeg, 'jpeg')), isPlain: false }, type)
  }
  if (type === 'bmp' || type === 'ico') {
    const found = await openBitmap(bytes, type, signal)
    if (typeof found === 'string') return { trouble: found, wayOut: EXPORT }
    if (found instanceof Uint8Array)
      return drawable(found, { ...(await probe(open, found, 'png')), isPlain: false }, type)
    const { width, height } = found
    return drawable(found, { width, height, frames: 1, isPlain: false, needs: width * height * 4 }, type)
  }
  return drawable(bytes, await probe(open, bytes, type), type)
}

function drawable(input: Input, facts: Facts, type: ImageType): Drawable {
  const { width, height, frames } = facts
  const isMoving = type === 'png' && input instanceof Uint8Array && isAnimatedPng(input)
  const pages = type === 'tiff' ? 'pages' : 'frames'
  const notes = frames > 1 ? [`first of ${frames} ${pages}`] : isMoving ? ['first frame of an animation'] : []
  const isLossy = type === 'jpeg' || type === 'heic' || type === 'avif'
  const startsLarge = !isLossy || isLong({ width, height })
  return { input, facts, own: { width, height }, notes, startsLarge }
}

/** Its first chunks say so, before the picture. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096)).includes('acTL')
}

async function openSvg(
  open: Open,
  bytes: Uint8Array,
  mostPx: number,
  signal: AbortSignal,
): Promise<Drawable | Trouble> {
  const wayOut = EXPORT
  if (bytes.length > SVG_LIMIT)
    return { trouble: `is an SVG of ${(bytes.length / 1e6).toFixed(1)} MB; 5 MB are drawn`, wayOut }
  const text = (await decodeText(bytes))?.text
  if (text === undefined) return { trouble: 'is an SVG in no encoding that is known here', wayOut }
  const trouble = svgTrouble(text)
  if (trouble) return { trouble: `is an SVG that ${trouble}`, wayOut }
  const drawn = await drawSvg(bytes, mostPx, signal)
  if (drawn === 'endless') return { trouble: 'is an SVG that takes too long to draw', wayOut }
  if (!drawn) return { trouble: 'is a damaged SVG image', wayOut }
  const facts = { ...(await probe(open, drawn.png, 'png')), isPlain: false }
  return {
    ...{ input: drawn.png, facts: { ...facts, width: drawn.width, height: drawn.height } },
    ...{ own: { width: facts.width, height: facts.height }, startsLarge: true },
    notes: refersElsewhere(text) ? ['without what lies elsewhere'] : [],
  }
}
