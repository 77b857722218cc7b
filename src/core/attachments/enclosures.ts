/**
 * What lies beside a draft: files on their way to become attachments, those that have become one, those that cannot.
 * Plain data and how lists of it change; how a row of it reads is `enclosure-words`'.
 */

import type { Attachment } from '../attachments.ts'
import type { ImageSizeChoice } from './image-size.ts'
import type { Refusal } from './prepared.ts'

export interface Enclosure {
  /** Names it for as long as it lies there. */
  readonly id: number
  /** For people, harmless. */
  readonly name: string
  readonly state: 'preparing' | { readonly attachment: Attachment } | Refusal
  /** The path of the `@` word that has brought it: it goes when the word goes. */
  readonly word?: string
}

/** What is not ready yet, as it is kept with the draft: where it lies, and in which size or part it is wanted. */
export interface Unready {
  readonly path?: string
  readonly url?: string
  readonly size?: ImageSizeChoice
  /** `head:20000`, `tail:50000`, `summary`. */
  readonly part?: string
  /** The path of the `@` word that has brought it. */
  readonly word?: string
}

/** A draft's enclosures, and which of them the keys mean; null: they mean the text. */
export interface Enclosed {
  readonly enclosed?: readonly Enclosure[]
  readonly pointed?: number | null
}

const NONE: readonly Enclosure[] = []

export const enclosedIn = ({ enclosed }: Enclosed): readonly Enclosure[] => enclosed ?? NONE

export const attachmentOf = ({ state }: Enclosure): Attachment | null =>
  typeof state === 'object' && 'attachment' in state ? state.attachment : null

export const refusalOf = ({ state }: Enclosure): string | null =>
  typeof state === 'object' && 'refused' in state ? state.refused : null

export const isPreparing = ({ state }: Enclosure): boolean => state === 'preparing'

/** What would go with the message now. */
export const readyIn = (enclosed: readonly Enclosure[]): readonly Attachment[] => {
  const ready = enclosed.flatMap((one) => attachmentOf(one) ?? [])
  return ready.length === 0 ? NO_ATTACHMENTS : ready
}
const NO_ATTACHMENTS: readonly Attachment[] = []

/** Attachments as they lie beside a draft again; numbers below 0 are never given to anything else. */
export const enclosedAgain = (attachments: readonly Attachment[]): readonly Enclosure[] =>
  attachments.length === 0
    ? NONE
    : attachments.map((attachment, i) => ({ id: -1 - i, name: attachment.name, state: { attachment } }))

/** The same with one of them changed; one that has gone meanwhile stays away. */
export const withState = (
  enclosed: readonly Enclosure[],
  id: number,
  change: Partial<Pick<Enclosure, 'state' | 'name'>>,
): readonly Enclosure[] => enclosed.map((one) => (one.id === id ? { ...one, ...change } : one))

export const without = (enclosed: readonly Enclosure[], id: number): readonly Enclosure[] =>
  enclosed.filter((one) => one.id !== id)
