/**
 * What goes with a question besides its words: images, PDFs, text files. Plain data; the bytes lie on the shelf
 * (`io/attachments/shelf`), by their hash. Knows how many tokens each takes, as far as that can be told beforehand.
 */

import type { ModelCard } from './catalogue.ts'
import { imageTokens } from './images.ts'

/** Something that goes with a question, as it is sent. */
export interface Attachment {
  /** sha256 of the bytes as they are sent, in hex. */
  readonly hash: string
  readonly kind: 'image' | 'pdf' | 'text'
  /** File name for people, and the title of a document; sanitised. */
  readonly name: string
  /** `image/png`, `image/jpeg`, `image/webp`, `image/gif`, `application/pdf` or `text/plain`. */
  readonly mediaType: string
  /** As sent, before base64. */
  readonly bytes: number
  /** Pixels as they are sent, and what the original was. */
  readonly image?: {
    readonly width: number
    readonly height: number
    readonly from: {
      readonly width: number
      readonly height: number
      readonly bytes: number
      readonly mediaType: string
    }
  }
  /** Of a PDF. */
  readonly pages?: number
  /** UTF-16 units of a text. */
  readonly chars?: number
  /** What was done to it that its user should know, such as "first of 12 frames". */
  readonly notes?: readonly string[]
}

/** A question with what goes with it. */
export interface Asking {
  readonly text: string
  readonly attachments?: readonly Attachment[]
}

/** A question; one that nothing goes with is its words. */
export type Question = string | Asking

export const wordsOf = (question: Question): string => (typeof question === 'string' ? question : question.text)

const NONE: readonly Attachment[] = []

export const attachedTo = (question: Question): readonly Attachment[] =>
  typeof question === 'string' ? NONE : (question.attachments ?? NONE)

/** These words with these attachments; without any, the words alone. */
export function questionOf(text: string, attachments: readonly Attachment[] | undefined): Question {
  return attachments === undefined || attachments.length === 0 ? text : { text, attachments }
}

/** The same as a part of something larger: the field is there only when it holds something. */
export function withAttachments(attachments: readonly Attachment[] | undefined): Pick<Asking, 'attachments'> {
  return attachments === undefined || attachments.length === 0 ? {} : { attachments }
}

/** Whether two questions bring the same bytes under the same names, in the same order. */
export function isSameAttached(a: readonly Attachment[] = NONE, b: readonly Attachment[] = NONE): boolean {
  return a === b || (a.length === b.length && a.every((one, i) => one.hash === b[i]!.hash && one.name === b[i]!.name))
}

/**
 * Tokens of a page of a PDF (source: PDF page, 2026-08-22): 1,500 to 3,000 for its text; and the page as an image, which
 * is taken to be as large as the older tier reads them, for nobody says how large it is.
 */
const PAGE = { text: 2_250, mostText: 3_000, image: 1_568 } as const

type Card = Pick<ModelCard, 'images' | 'charsPerToken'>

/** Tokens of an attachment for a model: an estimate until the server has counted. */
export function attachmentTokens({ kind, image, pages, chars, bytes }: Attachment, card: Card): number {
  if (kind === 'image') return image ? imageTokens(image.width, image.height, card) : card.images.tokens
  if (kind === 'pdf') return (pages ?? 1) * (PAGE.text + PAGE.image)
  return Math.ceil((chars ?? bytes) / card.charsPerToken)
}

/** The most tokens it can have, where nobody has counted. */
export function mostAttachmentTokens(attachment: Attachment, card: Card): number {
  const { kind, pages, bytes } = attachment
  if (kind === 'image') return attachmentTokens(attachment, card)
  return kind === 'pdf' ? (pages ?? 1) * (PAGE.mostText + card.images.tokens) : bytes
}

/** Tokens of all that goes with a question. */
export function attachedTokens(attachments: readonly Attachment[] | undefined, card: Card): number {
  return (attachments ?? NONE).reduce((sum, one) => sum + attachmentTokens(one, card), 0)
}

/** Bytes that it takes of a request's body: images and PDFs go as base64, a text nearly as it is. */
export function bytesSent({ kind, bytes }: Attachment): number {
  return kind === 'text' ? bytes : 4 * Math.ceil(bytes / 3)
}
