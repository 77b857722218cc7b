/** What the parts of a prompt cost with every turn: paragraphs of the system prompt, turns, attachments, the largest first. */

import type { State } from '../../conversation.ts'
import type { ReadingPace } from '../../figures/pace.ts'
import { duration, money, percent, tokens } from '../../figures/words.ts'
import { type ModelCard, priceFor } from '../../models.ts'
import type { Listing } from '../../text/remark.ts'
import { sanitiseLine } from '../../text/sanitise.ts'
import { clip } from '../../text/wrap.ts'
import { rentOf, roomOf } from '../../window/room.ts'
import { nameOf } from '../../window/room-report.ts'

/** Parts that are named, and columns of a name. */
const NAMED = 5
const NAME = 34

type Line = readonly [name: string, means: string]

const named = (text: string) => clip(sanitiseLine(text.trim().replace(/\s+/g, ' ')), NAME)
const paragraphs = (system: string) => system.split(/\n\s*\n/).filter((part) => part.trim() !== '')

/** The paragraphs of a system prompt; empty where there is but one. Sizes are estimates. */
export function paragraphLines(system: string, card: ModelCard): readonly Line[] {
  const parts = paragraphs(system)
  if (parts.length < 2) return []
  const price = priceFor(card, 0)
  return parts
    .map((part) => ({ part, size: part.length / card.charsPerToken }))
    .sort((a, b) => b.size - a.size)
    .slice(0, NAMED)
    .map(({ part, size }): Line => {
      const usd = price
        ? ` · ~${money((size * price.read) / 1e6)} a turn, ~${money((size * price.input) / 1e6)} read anew`
        : ''
      return [
        named(part),
        `~${tokens(size)} tokens, ${percent(part.length / system.length)} of the system prompt${usd}`,
      ]
    })
}

/** The largest parts of what the next question carries along; null: nothing is carried. */
export function partsOfPrompt(state: State, card: ModelCard, pace: ReadingPace): Listing | null {
  const room = roomOf(state)
  const rent = rentOf(state, room.whole.value)
  const sent = room.parts.filter(({ place }) => place === 'sent')
  const pieces = sent.flatMap((part) => [
    { name: `${part.turn ? `turn ${part.id}: ` : ''}${nameOf(part)}`, size: part.tokens.value },
    ...part.attached
      .filter(({ isSent }) => isSent)
      .map(({ attachment, tokens: size }) => ({ name: attachment.name, size: size.value })),
  ])
  const lines = pieces
    .sort((a, b) => b.size - a.size)
    .slice(0, NAMED)
    .map(({ name, size }): Line => {
      const { warm, warmMs } = rent(size, pace)
      return [
        named(name),
        `~${tokens(size)} tokens · ${warm ? `~${money(warm.value)}` : '$?'} and ~${duration(warmMs)} a turn`,
      ]
    })
  const { system } = state.choices
  const list = [...lines, ...(system === null ? [] : paragraphLines(system, card))]
  return list.length === 0 ? null : { list }
}
