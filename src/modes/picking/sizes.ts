/** The sizes an image can be sent in, or the parts of a text, as a list: Enter prepares it anew so. */

import { cardFor } from '../../core/attachments/image-size.ts'
import type { State } from '../../core/conversation.ts'
import { attachmentOf, type Enclosure, refusalOf } from '../../core/enclosures.ts'
import { modelCard } from '../../core/models.ts'
import { USUAL_PACE } from '../../core/pace.ts'
import { imageSizes, SIZES, type SizeRow, sizeLooks, textParts } from '../../core/picker/sizes.ts'
import { rentOf } from '../../core/room.ts'
import { PARTS_OFFERED } from '../../io/attachments/text.ts'
import type { Ref } from '../attaching.ts'
import type { Source } from './chooser.ts'

/** Tokens whose price is asked for: enough of them not to be rounded away. */
const MANY = 1_000_000

/** @returns a sentence where there is nothing to choose */
export function sizeSource(one: Enclosure, ref: Ref, state: State, take: (ref: Ref) => void): Source<SizeRow> | string {
  const attachment = attachmentOf(one)
  const { warm, cold } = rentOf(state, 0)(MANY, USUAL_PACE)
  const perToken = { now: cold && cold.value / MANY, later: warm && warm.value / MANY }
  const card = modelCard(state.choices.model, state.models)
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
  const isText = attachment?.kind === 'text' || refusalOf(one)?.includes(PARTS_OFFERED)
  if (isText) return source((typed) => textParts(card.window, typed), 'head or tail, or a number of tokens')
  if (one.state === 'preparing') return `${one.name} is still being prepared.`
  return attachment ? `${one.name} goes as it is: a PDF has no sizes.` : (refusalOf(one) ?? '')
}
