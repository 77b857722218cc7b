/** How many images and pages a request may hold, and how large images are in one that holds many. */

import type { Attachment } from '../attachments.ts'
import type { ModelCard } from '../models.ts'
import { mostPages } from './pdf.ts'

/** From more images than that on, each may be `MANY_PX` wide or high (source: vision, as of 2026-08-22). */
export const MANY_IMAGES = 20
const MANY_PX = 2000

/** Why the server would not take these in one request, in a sentence; null: it would. */
export function tooMany(all: readonly Attachment[], card: Pick<ModelCard, 'window'>): string | null {
  const images = all.filter(({ kind }) => kind === 'image')
  const pages = all.reduce((sum, one) => sum + (one.kind === 'pdf' ? (one.pages ?? 1) : 0), 0)
  // Of a model nobody knows, only its server knows.
  const most = card.window === null ? Number.POSITIVE_INFINITY : mostPages(card)
  if (pages + images.length > most)
    return `The request would hold ${pages + images.length} images and pages of PDFs; this model takes ${most}.`
  if (images.length <= MANY_IMAGES) return null
  const large = images.filter(({ image }) => image && Math.max(image.width, image.height) > MANY_PX)
  if (large.length === 0) return null
  const names = [...new Set(large.map(({ name }) => name))].slice(0, 3).join(', ')
  return `The request would hold ${images.length} images; with more than ${MANY_IMAGES} none may be wider or higher than ${MANY_PX} px, and ${names} ${large.length === 1 ? 'is' : 'are'}.`
}
