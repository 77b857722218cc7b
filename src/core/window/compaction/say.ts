/** What is said of summaries: before one is made, once it stands, and when there is none. */

import { count, money, tokens } from '../../figures/words.ts'
import { type Figure, mark, withMark } from '../../figures.ts'
import { history } from '../../request/messages.ts'
import type { Remark } from '../../text/remark.ts'
import { sanitiseLine } from '../../text/sanitise.ts'
import type { Fact } from './facts.ts'
import { KEPT_TOKENS } from './kept-facts.ts'
import type { Offer, Offers } from './offers.ts'
import type { Runs, Span } from './span.ts'
import type { Worth } from './worth.ts'

/** Facts that are named when they are lost. */
const NAMED = 8
/** UTF-16 units of a fact that is named. */
const FACT_CHARS = 60

/** `turn 1`, `turns 1–2 and 4`. */
export function stretch({ stands }: { readonly stands: Runs }): string {
  const names = stands.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`))
  // All of them were pinned since.
  if (names.length === 0) return 'no turn'
  const rest = names.slice(0, -1).join(', ')
  return `${isOne(stands) ? 'turn' : 'turns'} ${rest}${rest === '' ? '' : ' and '}${names.at(-1)}`
}

const isOne = (stands: Runs) => stands.length === 0 || (stands.length === 1 && stands[0]![0] === stands[0]![1])

const size = (figure: Figure) => `${mark(figure)}${tokens(figure.value)}`
const price = (cost: Figure | null) => (cost ? withMark(cost, money) : 'a price nobody knows')
const short = (offer: Offer) => offer.card.name.replace(/^Claude /, '')

/** How an offer reads what is to be summarised. */
const reading = ({ way, isCached, requests }: Offer) =>
  way === 'pieces' ? `in ${count(requests.length, 'piece')}` : isCached ? 'from the prompt cache' : 'afresh'

/** Before a summary is made by hand: what it is about, and what each way costs. */
export function sayIntent(span: Span, { chosen, other }: Offers): string {
  const stays = history([...span.recent, ...span.pinned]).length / 2
  const rest = stays === 0 ? '' : ` ${count(stays, 'turn stays', 'turns stay')} word for word.`
  const aside = other ? `, not ${short(other)} (${reading(other)}, ${price(other.cost)})` : ''
  return `Summarising ${stretch(span)}, ~${tokens(span.tokens)} tokens, in the background: by ${short(chosen)} (${reading(chosen)}, ${price(chosen.cost)})${aside}.${rest}`
}

export interface Told {
  readonly span: Span
  readonly offers: Offers
  readonly worth: Worth
  /** Of the summary; null: unknown. */
  readonly cost: Figure | null
  readonly kept: number
  readonly lost: readonly Fact[]
  /** The person has asked for it; else it was made because the conversation became too long. */
  readonly isByHand: boolean
}

/** A summary stands: its numbers in one line, and below it what it rests on. */
export function saySummarised({ span, offers, worth, cost, kept, lost, isByHand }: Told): Remark {
  const { before, after, rebuild } = worth
  const { chosen, other } = offers
  const beside = other ? `; ${short(other)} ${reading(other)} would have been ${price(other.cost)}` : ''
  const writing =
    rebuild && rebuild.value > 0 ? ` Writing the new beginning into the cache costs ${price(rebuild)}, once.` : ''
  const all = kept + lost.length
  return [
    `Summarised ${stretch(span)}: ${size(before)} → ${size(after)} tokens, ${price(cost)}${payoff(worth, isByHand)}. /uncompact takes it back.`,
    `${short(chosen)} read it ${reading(chosen)}${beside}.${writing}`,
    ...(all === 0
      ? []
      : [lost.length === 0 ? `All of ${count(all, 'fact')} found in it survive.` : sayLost(all, lost)]),
  ]
}

/** What it is good for. One that comes by itself comes to make room: whether it saves money, too, is another matter. */
function payoff({ rebuild, turns }: Worth, isByHand: boolean): string {
  const room = isByHand ? '' : ', to make room'
  if (rebuild === null) return room
  if (turns === null) return isByHand ? ', saves room, not money' : `${room}; it saves no money`
  return isByHand
    ? `, pays off after ${count(turns, 'turn')}`
    : `${room}; in money it is even after ${count(turns, 'turn')}`
}

const sayLost = (all: number, lost: readonly Fact[]): string =>
  `${lost.length} of ${count(all, 'fact')} missing in it: ${named(lost)}. Alt+P or /compact keep keeps them.`

function named(facts: readonly Fact[]): string {
  const names = facts
    .slice(0, NAMED)
    .map(({ text }) => (text.length > FACT_CHARS ? `${text.slice(0, FACT_CHARS - 1)}…` : text))
  return `${names.join(' · ')}${facts.length > NAMED ? ` and ${facts.length - NAMED} more` : ''}`
}

/** Missing facts were wanted. @param added lines that are kept now @param over facts for whose lines there is no room */
export function sayKept(added: number, over: readonly Fact[]): string {
  const kept =
    added === 0 ? '' : `Kept beside the summary, word for word: ${count(added, 'line')}, where the missing facts stand.`
  if (over.length === 0) return kept === '' ? 'All of the missing facts stand in lines that are kept already.' : kept
  const most = `~${tokens(KEPT_TOKENS)} tokens of such lines are kept at most`
  return `${kept} ${count(over.length, 'fact')} found no room and ${over.length === 1 ? 'is' : 'are'} missing still, for ${most}: ${named(over)}. /uncompact sends the turns word for word again.`.trim()
}

/** There is nothing to summarise. @param tokensOf what could be; null: no turn at all */
export function sayTooLittle(tokensOf: number | null, least: number): string {
  const came = tokensOf === null ? 'none' : `~${tokens(tokensOf)}`
  return `Expected at least ~${tokens(least)} tokens besides recent and pinned turns, which stay word for word; there are ${came}. Nothing is summarised.`
}

/** A summary would take no less than what it stands for. */
export const sayFreesNothing = (span: Span, would: number): string =>
  `A summary of ${stretch(span)} would free nothing: it would take ~${tokens(would)} tokens, as much as the ~${tokens(span.tokens)} it stands for. Nothing is summarised.`

/** No summary could be made. @param again turns until the next try; null: none by itself */
export function sayFailed(span: Span, trouble: string, again: number | null): string {
  const next = again === null ? '' : ` It is tried again after ${again === 1 ? 'the next turn' : count(again, 'turn')}.`
  return `No summary of ${stretch(span)}: ${trouble} Everything is sent as before.${next}`
}

/** Why a summary that was made is not used. */
export const sayNoGain = ({ before, after }: Worth): string =>
  `With it ${size(after)} tokens would be sent, no less than the ${size(before)} there are.`

export function sayOmitted(stands: Runs, trouble: string): string {
  return `No summary: ${trouble} The next message would not fit, so ${stretch({ stands })} ${isOne(stands) ? 'is' : 'are'} left out of what is sent. Nothing is deleted: /uncompact brings them back.`
}

/** What is sent again, and what that costs. @param without names of attachments that stay left out */
export function sayTakenBack(
  stands: Runs,
  now: Figure,
  cost: { readonly warm: Figure; readonly cold: Figure } | null,
  without: readonly string[] = [],
): string {
  const out = without.slice(0, NAMED).map(sanitiseLine).join(', ')
  const more = without.length > NAMED ? ` and ${without.length - NAMED} more` : ''
  const left = out === '' ? '' : ` Left out as before: ${out}${more} (/attachments).`
  const cached = cost && cost.warm.value < cost.cold.value ? `, ${price(cost.warm)} where the cache still holds it` : ''
  const usd = cost ? ` Sending it costs ${price(cost.cold)}${cached}.` : ''
  return `${capital(stretch({ stands }))} ${isOne(stands) ? 'is' : 'are'} sent word for word again: ${size(now)} tokens.${left}${usd} /uncompact again brings the summary back.`
}

export function sayHolds(stands: Runs, now: Figure): string {
  return `A summary stands for ${stretch({ stands })} again: ${size(now)} tokens are sent. /uncompact takes it back.`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
