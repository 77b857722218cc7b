/** How many images and pages a request may hold, how large images are in one that holds many, and how long it may be. */

import { type Attachment, bytesSent } from '../attachments.ts'
import type { ModelCard } from '../models.ts'
import type { Message } from '../request.ts'
import { MAX_BODY_BYTES } from '../window/context.ts'
import { mostPages } from './pdf.ts'

/** From more images than that on, each may be `MANY_PX` wide or high (source: vision, as of 2026-08-22). */
export const MANY_IMAGES = 20
const MANY_PX = 2000

/** Why a request cannot go as it is, in a sentence. Leaving out `drop`, of earlier turns, or attaching less makes it go. */
export interface Excess {
  readonly why: string
  /** Names of what earlier turns hold of it: with all of them left out it goes. Empty: that would not help. */
  readonly drop: readonly string[]
  /** Images that may go along as long as nothing is left out; null: how many is not what it is about. */
  readonly most: number | null
  /** The new message brings some of it. */
  readonly isNew: boolean
}

type Sent = readonly Pick<Message, 'attachments'>[]

/** What the server would not take of these messages, the new one last, whatever their bytes; null: it takes them. */
export function tooMany(messages: Sent, card: Pick<ModelCard, 'window'>): Excess | null {
  const [earlier, fresh] = apart(messages)
  const all = [...earlier, ...fresh]
  // Of a model nobody knows, only its server knows.
  const most = card.window === null ? Number.POSITIVE_INFINITY : mostPages(card)
  const whole = total(all, sheets)
  if (whole > most)
    return {
      why: `The request would hold ${whole} images and pages of PDFs; this model takes ${most}.`,
      ...{ drop: fewest(earlier, sheets, whole - most), most: null, isNew: fresh.length > 0 },
    }
  const images = all.filter(isImage)
  const large = images.filter(isLarge)
  if (images.length <= MANY_IMAGES || large.length === 0) return null
  const names = namesOf(large).slice(0, 3).join(', ')
  const free = MANY_IMAGES - earlier.filter(isImage).length
  return {
    why: `The request would hold ${images.length} images; with more than ${MANY_IMAGES} none may be wider or higher than ${MANY_PX} px, and ${names} ${large.length === 1 ? 'is' : 'are'}.`,
    drop: fresh.some(isLarge) ? [] : namesOf(large),
    most: free > 0 && fresh.filter(isImage).length > free ? free : null,
    isNew: fresh.length > 0,
  }
}

/** The same of a body of so many bytes; null: it is not too long. */
export function tooHeavy(messages: Sent, bytes: number): Excess | null {
  if (bytes <= MAX_BODY_BYTES) return null
  const [earlier, fresh] = apart(messages)
  const drop = fewest(earlier, bytesSent, bytes - MAX_BODY_BYTES)
  const count = earlier.length + fresh.length
  const whole = count === 1 ? 'its attachment' : `its ${count} attachments`
  const mine = `${megabytes(total(fresh, bytesSent))} of it new`
  const isBoth = earlier.length > 0 && fresh.length > 0
  const more = !isBoth ? '' : drop.length > 0 ? ` (${mine})` : ` (${mine}, too much already)`
  return {
    why: `With ${whole} the request has ${megabytes(bytes)}${more}, and the API takes at most ${megabytes(MAX_BODY_BYTES)}.`,
    ...{ drop, most: null, isNew: fresh.length > 0 },
  }
}

/** The way out in the chat. */
export const lessInChat = (excess: Excess): string =>
  wayOut(excess, (names) => `Leave ${names} out with /attachments, or with its turn (/context drop N)`)

/** The same for a script: what a conversation holds is changed in the chat. */
export const lessInAScript = (excess: Excess): string =>
  wayOut(excess, (names) => `Leave ${names} out in the chat (claude-tui -c, then /attachments)`)

function wayOut({ drop, most, isNew }: Excess, leave: (names: string) => string): string {
  const fewer =
    most === null ? 'attach fewer or smaller files' : `attach at most ${most} ${most === 1 ? 'image' : 'images'}`
  if (drop.length === 0 && !isNew) return 'Begin anew with /clear, or send less.'
  if (drop.length === 0) return `${fewer[0]!.toUpperCase()}${fewer.slice(1)}.`
  const more = drop.length > NAMED ? ` and ${drop.length - NAMED} more` : ''
  return `${leave(`${drop.slice(0, NAMED).join(', ')}${more} of earlier turns`)}${isNew ? `, or ${fewer}` : ''}.`
}

/** So many are called by their names. */
const NAMED = 3

const isImage = ({ kind }: Attachment) => kind === 'image'
const isLarge = ({ image }: Attachment) => image !== undefined && Math.max(image.width, image.height) > MANY_PX
const sheets = ({ kind, pages }: Attachment) => (kind === 'image' ? 1 : kind === 'pdf' ? (pages ?? 1) : 0)
const namesOf = (some: readonly Attachment[]) => [...new Set(some.map(({ name }) => name))]
const total = (some: readonly Attachment[], of: (one: Attachment) => number) =>
  some.reduce((sum, one) => sum + of(one), 0)
/** As everywhere else: millions of bytes. The server's 32 MB are 33.6 of them. */
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** What earlier messages hold, and the last one. */
function apart(messages: Sent): readonly [earlier: readonly Attachment[], fresh: readonly Attachment[]] {
  return [messages.slice(0, -1).flatMap(({ attachments = [] }) => attachments), messages.at(-1)?.attachments ?? []]
}

/** Names of as few of them as take `over` or more together, the largest first; none where all of them are not enough. */
function fewest(some: readonly Attachment[], of: (one: Attachment) => number, over: number): readonly string[] {
  if (total(some, of) < over) return []
  const largest = [...some].sort((a, b) => of(b) - of(a))
  let sum = 0
  const taken = largest.filter((one) => {
    if (sum >= over) return false
    sum += of(one)
    return true
  })
  return namesOf(taken)
}
