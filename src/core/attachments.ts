/**
 * What goes with a question besides its words: images, PDFs, text files. Plain data; the bytes lie on the shelf
 * (`io/attachments/shelf`), by their hash. Knows how many tokens each takes, as far as that can be told beforehand.
 */

import { imageTokens } from './attachments/images.ts'
import { type ModelCard, NEWER } from './models/catalogue.ts'

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

export const askingOf = (question: Question): Asking => (typeof question === 'string' ? { text: question } : question)

/** Whether nothing is asked and nothing goes with it. */
export const isNothing = (question: Question): boolean => wordsOf(question) === '' && attachedTo(question).length === 0

/** A question for people, in a line where it has to be short: its words, and the names of what goes with it. */
export function wordsWithNames(turn: {
  readonly question: string
  readonly attachments?: readonly Attachment[]
}): string {
  if (turn.attachments === undefined) return turn.question
  return `${turn.question} ${inBrackets(turn.attachments)}`.trim()
}

/** The same of a question that is asked. */
export const spelledOut = (question: Question): string =>
  wordsWithNames({ question: wordsOf(question), ...withAttachments(attachedTo(question)) })

const inBrackets = (attachments: readonly Attachment[]) => attachments.map(({ name }) => `[${name}]`).join(' ')

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

/** Whether two questions are the same to a reader. */
export const isSameQuestion = (a: Question, b: Question): boolean =>
  wordsOf(a) === wordsOf(b) && isSameAttached(attachedTo(a), attachedTo(b))

/**
 * Tokens of a page of a PDF (source: PDF page, 2026-08-22): 1,500 to 3,000 for its text; and the page as an image. Nobody
 * says how large that is: it is taken to be a sheet of paper at the longest edge of the older tier, as this model sees it.
 */
const PAGE = { text: 2_250, mostText: 3_000, sheet: { width: 1_212, height: 1_568 } } as const

const pageTokens = (card: Pick<ModelCard, 'images'>): number =>
  PAGE.text + imageTokens(PAGE.sheet.width, PAGE.sheet.height, card)

type Card = Pick<ModelCard, 'images' | 'charsPerToken'>

/** Tokens of an attachment for a model: an estimate until the server has counted. */
export function attachmentTokens({ kind, image, pages, chars, bytes }: Attachment, card: Card): number {
  if (kind === 'image') return image ? imageTokens(image.width, image.height, card) : card.images.tokens
  if (kind === 'pdf') return (pages ?? 1) * pageTokens(card)
  return Math.ceil((chars ?? bytes) / card.charsPerToken)
}

/** Tokens of all of them, for a model of today: where none is chosen yet, or about as many will do. */
export const attachedTokens = (attachments: readonly Attachment[] = NONE, card: Card = NEWER): number =>
  attachments.reduce((sum, one) => sum + attachmentTokens(one, card), 0)

/** The most tokens it can have, where nobody has counted. */
export function mostAttachmentTokens(
  { kind, image, pages, bytes }: Attachment,
  card: Pick<ModelCard, 'images'>,
): number {
  if (kind === 'image') return image ? imageTokens(image.width, image.height, card) : card.images.tokens
  return kind === 'pdf' ? (pages ?? 1) * (PAGE.mostText + card.images.tokens) : bytes
}

/** How large something is that is sent: characters of its texts, and tokens of what is no text. */
export interface Size {
  readonly chars: number
  readonly tokens: number
  /** A PDF is part of it, so that nobody knows the tokens well. */
  readonly isVague: boolean
}

/** The size of questions and answers together. */
export function sizeOf(parts: Iterable<Asking>, card: Card = NEWER): Size {
  let [chars, tokens, isVague] = [0, 0, false]
  for (const { text, attachments = NONE } of parts) {
    chars += text.length
    for (const one of attachments) {
      if (one.kind === 'text') chars += one.chars ?? one.bytes
      else tokens += attachmentTokens(one, card)
      isVague ||= one.kind === 'pdf'
    }
  }
  return { chars, tokens, isVague }
}

/** Bytes that it takes of a request's body: images and PDFs go as base64, a text nearly as it is. */
export function bytesSent({ kind, bytes }: Attachment): number {
  return kind === 'text' ? bytes : 4 * Math.ceil(bytes / 3)
}
