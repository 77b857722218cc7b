/**
 * How many tokens something is, by a deterministic estimate. The real tokenizer is not public; only the size is meant
 * to be right.
 */

import { imageTokens } from '../core/attachments/images.ts'
import type { ModelCard } from '../core/models.ts'
import { imageHead, pdfHead } from './validate/media-head.ts'

/**
 * Characters a token stands for (source: models overview, 2026-10-08): about 2.5 from Opus 4.7 on, and about 30% more
 * on the models before it.
 */
export const CHARS_PER_TOKEN = { new: 2.5, old: 3.25 } as const
export type Tokenizer = keyof typeof CHARS_PER_TOKEN

/** Code units from here on (CJK, full-width forms, halves of an emoji) are about a token each. */
const WIDE = 0x2e80

/** Tokens of a text as a fraction, so that the tokens of its pieces add up to those of the whole. */
export function weight(text: string, tokenizer: Tokenizer): number {
  let wide = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= WIDE) wide++
  const perToken = CHARS_PER_TOKEN[tokenizer]
  return (text.length - wide) / perToken + (wide * CHARS_PER_TOKEN.new) / perToken
}

/** Tokens of a text: at least one unless it is empty. */
export function textTokens(text: string, tokenizer: Tokenizer): number {
  return Math.ceil(weight(text, tokenizer))
}

/** What the server makes of a page of a PDF as an image: a sheet of paper, as large as the older tier reads it. */
const SHEET = { width: 1212, height: 1568 } as const
/** Tokens of the text on a page (source: PDF page, 2026-08-22: 1,500 to 3,000). */
const PAGE_TEXT = 2000

/**
 * Tokens of an image: by its patches as the model's tier sees them, by the most there can be where its size cannot be
 * read (it lies elsewhere).
 */
export function imageBlockTokens(base64: string | null, card: Pick<ModelCard, 'images'>): number {
  const head = base64 === null ? null : imageHead(Buffer.from(base64, 'base64'))
  return head ? imageTokens(head.width, head.height, card) : card.images.tokens
}

/** Tokens of a PDF: the text of its pages, and each of them as an image. */
export function pdfTokens(base64: string | null, card: Pick<ModelCard, 'images'>): number {
  const pages = (base64 === null ? null : pdfHead(Buffer.from(base64, 'base64')))?.pages ?? 1
  return pages * (PAGE_TEXT + imageTokens(SHEET.width, SHEET.height, card))
}
