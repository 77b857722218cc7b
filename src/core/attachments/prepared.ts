/** What a file is prepared from, by which wishes, and what comes of it. */

import type { Attachment } from '../attachments.ts'
import type { ModelCard } from '../models.ts'
import type { ImageSizeChoice } from './image-size.ts'

/** A file as it came. */
export interface Source {
  /** File name or address, as it is called to people. */
  readonly name: string
  readonly bytes: Uint8Array
  /** Where it lies, when it lies on a disk. */
  readonly path?: string
}

export interface PrepareOptions {
  readonly size: ImageSizeChoice
  /** Of the model it is for. */
  readonly card: Pick<ModelCard, 'images' | 'window' | 'charsPerToken'>
  /** The request may hold more than 20 images. */
  readonly many: boolean
  /** How much of a text is sent; whole when absent. */
  readonly part?: TextPart
}

/** What is asked for of a text: a part, or a summary, which a model has to write first. */
export type WantedPart = TextPart | 'summary'

/** Whole, or a head or tail of about so many tokens. */
export type TextPart = 'whole' | { readonly end: 'head' | 'tail'; readonly tokens: number }

export interface Ready {
  readonly attachment: Attachment
  /** What `attachment.hash` is the hash of. */
  readonly bytes: Uint8Array
}

/** One sentence or two: what came, what is expected, the way out. */
export interface Refusal {
  readonly refused: string
  /** A part of it would be taken: it is a text that does not fit. */
  readonly isTooLong?: true
  /** Of that text: its length in UTF-16 units. */
  readonly chars?: number
}

export type Prepared = Ready | Refusal

export const isReady = (prepared: Prepared): prepared is Ready => 'attachment' in prepared
