/**
 * Whether the API would take the images and documents of a request, refused in its own words as far as those are known
 * from what people were told (source: limits: vision and PDF pages, 2026-08-22).
 */

import type { Model } from '../abilities.ts'
import type { Fields } from './fields.ts'
import { imageHead, pdfHead } from './media-head.ts'

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']
/** Base64 of one image, in bytes. */
const IMAGE_BYTES = 10 * 1024 * 1024
/** Longest side of an image in pixels; with more than `MANY` images in a request it is the shorter one. */
const MOST_PX = { few: 8000, many: 2000 } as const
const MANY = 20
/** Images and pages of a request: with a window of a million tokens, and below. */
const MOST_MEDIA = { large: 600, small: 100 } as const
const LARGE_WINDOW = 1_000_000

/** A loop over single signs: over groups of four, the engine would keep a place to go back to for each. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

interface Media {
  readonly block: Fields
  /** Its place in the request. */
  readonly at: string
}

/** The first thing wrong with what is attached, in a sentence; null: nothing is. */
export function mediaProblem(messages: readonly Fields[], { card }: Model): string | null {
  const all = messages.flatMap(({ content }, i) =>
    (Array.isArray(content) ? (content as readonly Fields[]) : []).flatMap((block, j): readonly Media[] =>
      block.type === 'image' || block.type === 'document' ? [{ block, at: `messages.${i}.content.${j}` }] : [],
    ),
  )
  const images = all.filter(({ block }) => block.type === 'image')
  let pages = 0
  for (const { block, at } of all) {
    const source = block.source as Fields
    const found = block.type === 'image' ? imageProblem(source, at, images.length) : documentProblem(block, source, at)
    if (typeof found === 'string') return found
    pages += found
  }
  const most = (card.window ?? 0) >= LARGE_WINDOW ? MOST_MEDIA.large : MOST_MEDIA.small
  if (pages > most) return `A maximum of ${most} PDF pages may be provided.`
  return pages + images.length > most
    ? `Too much media: ${pages} document pages + ${images.length} images > ${most}`
    : null
}

/** A sentence, or 0: an image has no pages. */
function imageProblem(source: Fields, at: string, images: number): string | 0 {
  const { type, media_type: claimed, data } = source
  if (type === 'url' || type === 'file') return 0
  if (type !== 'base64') return `${at}.image.source.type: Input should be 'base64', 'url' or 'file'`
  const place = `${at}.image.source.base64`
  if (typeof claimed !== 'string' || !IMAGE_TYPES.includes(claimed))
    return `${place}.media_type: Input should be ${IMAGE_TYPES.map((one) => `'${one}'`).join(', ')}`
  const bytes = decoded(data)
  if (typeof data !== 'string' || !bytes) return `${place}: invalid base64 data`
  if (data.length > IMAGE_BYTES)
    return `${place}: image exceeds 10 MB maximum: ${data.length} bytes > ${IMAGE_BYTES} bytes`
  const head = imageHead(bytes)
  if (!head || head.width === 0 || head.height === 0) return `${place}.data: Could not process image`
  if (head.mediaType !== claimed)
    return `${place}.data: The image was specified using the ${claimed} media type, but the image appears to be a ${head.mediaType} image`
  const side = Math.max(head.width, head.height)
  if (side > MOST_PX.few)
    return `${place}.data: At least one of the image dimensions exceed max allowed size: ${MOST_PX.few} pixels`
  if (images > MANY && side > MOST_PX.many)
    return `${place}.data: At least one of the image dimensions exceed max allowed size for many-image requests: ${MOST_PX.many} pixels`
  return 0
}

/** A sentence, or the number of pages. */
function documentProblem({ title }: Fields, source: Fields, at: string): string | number {
  const { type, media_type: claimed, data } = source
  if (title !== undefined && title !== null && typeof title !== 'string')
    return `${at}.document.title: Input should be a valid string`
  switch (type) {
    case 'url':
    case 'file':
    case 'content':
      return 0
    case 'text':
      if (claimed !== 'text/plain') return `${at}.document.source.text.media_type: Input should be 'text/plain'`
      if (typeof data !== 'string') return `${at}.document.source.text.data: Field required`
      return data.trim() === '' ? `${at}.document.source.text.data: text content must be non-empty` : 0
    case 'base64':
      break
    default:
      return `${at}.document.source.type: Input should be 'base64', 'text', 'content', 'url' or 'file'`
  }
  const place = `${at}.document.source.base64`
  if (claimed !== 'application/pdf') return `${place}.media_type: Input should be 'application/pdf'`
  const bytes = decoded(data)
  if (!bytes) return `${place}: invalid base64 data`
  const head = pdfHead(bytes)
  if (!head) return `${place}.data: The PDF specified was not valid.`
  return head.isLocked ? `${place}.data: The PDF specified is password protected.` : head.pages
}

const decoded = (data: unknown): Buffer | null =>
  typeof data === 'string' && data !== '' && data.length % 4 === 0 && BASE64.test(data)
    ? Buffer.from(data, 'base64')
    : null
