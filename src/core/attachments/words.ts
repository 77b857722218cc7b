/** Attachments in words: what each is, how large, and how many tokens it takes. */

import { type Attachment, attachmentTokens } from '../attachments.ts'
import { bytes, count } from '../figures/words.ts'
import type { ModelCard } from '../models/catalogue.ts'
import { sanitiseLine } from '../text/sanitise.ts'

/** `photo.jpg · 1176x882 · 148 kB`. */
export function sayAttachment({ name, kind, image, pages, bytes: size }: Attachment): string {
  const shape = image
    ? `${image.width}x${image.height}`
    : kind === 'pdf'
      ? `PDF${pages === undefined ? '' : `, ${count(pages, 'page')}`}`
      : kind
  return `${sanitiseLine(name)} · ${shape} · ${bytes(size)}`
}

/** The same with its tokens, by an estimate. */
export function sayWithTokens(attachment: Attachment, card: Pick<ModelCard, 'images' | 'charsPerToken'>): string {
  return `${sayAttachment(attachment)} · ~${attachmentTokens(attachment, card).toLocaleString('en-US')} tokens`
}
