/**
 * What was cut off before this program began, and nobody has dealt with since: offered at the start, until it was gone on
 * with or something else was asked instead. `/continue` finds what was declined in this chat, and then the others.
 */

import type { State } from '../../core/conversation.ts'
import { DAY_MS } from '../../core/history/retention.ts'
import { type GoingOn, goingOn, offerInWords } from '../../core/turn/going-on.ts'
import type { History } from '../../io/history.ts'
import { type RecallParts, recall } from './recall.ts'

/** For how many days it is offered; after that it is one of the earlier conversations. */
const OFFERED_DAYS = 30

export interface Offer {
  readonly id: number
  readonly goingOn: GoingOn
}

export interface Offering {
  /** Finds what to offer, and says so. Its program may have ended long ago, and any other may have settled it. */
  find(parts: RecallParts, state: () => State): Promise<void>
  /** What the one key goes on from; null: nothing, or it was declined. */
  readonly offer: Offer | null
  /**
   * The conversation `/continue` goes to when the present one has nothing to go on from: what was offered first, then the
   * others that the offer spoke of. null: none, or nothing was offered.
   */
  next(history: History, present: number | null): number | null
  /** It was gone to. */
  taken(id: number): void
  /** Something else was asked: it is not offered again. @returns the conversation, or null when nothing was declined */
  decline(): number | null
}

/** @param goesOn the key or the command that takes the offer */
export function createOffering(goesOn: string, say: (text: string) => void): Offering {
  let offer: Offer | null = null
  let isOffered = false
  let isDeclined = false
  const waiting = (history: History) => history.cutOff(Date.now() - OFFERED_DAYS * DAY_MS)

  return {
    async find(parts, state) {
      const ids = waiting(parts.history)
      for (const [i, id] of ids.entries()) {
        const { state: past } = await recall(id, parts)
        const found = goingOn(past)
        const one = parts.history.one(id)
        // On a branch that is not shown any more, say.
        if (!found || !one) continue
        if (state().turns.length > 0 || state().live) return
        offer = { id, goingOn: found }
        isOffered = true
        const { title, updatedMs } = one
        const others = ids.length - 1 - i
        return say(offerInWords({ turn: found.turn, title, agoMs: Date.now() - updatedMs, others }, goesOn))
      }
    },
    get offer() {
      return isDeclined ? null : offer
    },
    next(history, present) {
      const ids = [...(offer ? [offer.id] : []), ...(isOffered ? waiting(history) : [])]
      return ids.find((id) => id !== present) ?? null
    },
    taken(id) {
      if (offer?.id === id) offer = null
    },
    decline() {
      if (!offer || isDeclined) return null
      isDeclined = true
      return offer.id
    },
  }
}
