/** The sizes an image can be sent in, or the parts of a text, as a list: Enter prepares it anew so. */

import { attachmentOf, type Enclosure, readyIn, refusalOf } from '../../core/attachments/enclosures.ts'
import { cardFor } from '../../core/attachments/image-size.ts'
import { summaryCard } from '../../core/attachments/summary.ts'
import { questionOf } from '../../core/attachments.ts'
import type { State } from '../../core/conversation.ts'
import { modelCard, priceFor } from '../../core/models.ts'
import { writePrice } from '../../core/money/prompt-price.ts'
import { imageSizes, SIZES, type SizeRow, sizeLooks, summaryRow, textParts } from '../../core/picker/sizes.ts'
import { planRequest } from '../../core/request/plan.ts'
import type { Ref } from '../attachments/attaching.ts'
import type { Source } from './chooser.ts'

/**
 * @param enclosed all that lies beside the draft: it is a matter of their size whether they are cached
 * @returns a sentence where there is nothing to choose
 */
export function sizeSource(
  one: Enclosure,
  enclosed: readonly Enclosure[],
  ref: Ref,
  state: State,
  take: (ref: Ref) => void,
): Source<SizeRow> | string {
  const attachment = attachmentOf(one)
  const card = modelCard(state.choices.model, state.models)
  const { end } = planRequest(state, questionOf('', readyIn(enclosed))).cache
  const price = priceFor(card, 0)
  const perToken = {
    now: price && writePrice(price, end) / 1e6,
    later: price && (end === null ? price.input : price.read) / 1e6,
  }
  const source = (find: (typed: string) => readonly SizeRow[], hint: string): Source<SizeRow> => ({
    kind: SIZES,
    looks: sizeLooks(one.name, hint, perToken),
    find: (typed) => ({ rows: find(typed), hasMore: false }),
    take({ size, part }) {
      const { size: _, part: __, ...where } = ref
      take({ ...where, ...(size ? { size } : {}), ...(part ? { part } : {}) })
      return true
    },
    act() {},
  })
  if (attachment?.image) {
    const { image } = attachment
    // Where only what was sent is at hand, that is the original now.
    const own = 'path' in ref || 'url' in ref || ref.bytes.length !== attachment.bytes ? image.from : image
    const isAuto = ref.size === undefined || ref.size === 'auto'
    const find = (typed: string) => imageSizes(own, cardFor(card, true), typed, isAuto ? image : null)
    return source(find, 'or width and height in pixels, as in 1024x768')
  }
  const isText = attachment?.kind === 'text' || (typeof one.state === 'object' && 'isTooLong' in one.state)
  if (isText) {
    const chars = charsOf(one, ref)
    const rows = (typed: string) => [...textParts(card.window, typed), ...summaryRow(chars, summaryCard(state), typed)]
    return source(rows, 'head, tail, a number of tokens, or summary')
  }
  if (one.state === 'preparing') return `${one.name} is still being prepared.`
  return attachment ? `${one.name} goes as it is: a PDF has no sizes.` : (refusalOf(one) ?? '')
}

/** Of the whole text; null: what lies there is a part of it. */
function charsOf({ state }: Enclosure, { part }: Ref): number | null {
  if (typeof state !== 'object') return null
  if ('attachment' in state) return part === undefined ? (state.attachment.chars ?? null) : null
  return state.chars ?? null
}
