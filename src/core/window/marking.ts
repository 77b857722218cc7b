/** What dropping, pinning or keeping a turn does: to the tokens that are sent, to the cache, to the bill. */

import type { Attachment } from '../attachments.ts'
import { promptAfter } from '../cache/entries.ts'
import { type Event, fold, type State } from '../conversation.ts'
import { count, money, moneyApart, tokens } from '../figures/words.ts'
import { about, estimated, type Figure, withMark } from '../figures.ts'
import { promptPrice } from '../money/prompt-price.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import type { Ms } from '../turn.ts'
import { type Part, roomOf } from './room.ts'
import { leftOutBy, type Mark, markWithout, windowOf } from './window.ts'

export interface Marking {
  /** Tokens of the prompt before and after. */
  readonly before: Figure
  readonly after: Figure
  /** The prompt is the same up to here, by tokens of it that the cache is known to hold; 0: nothing is held. */
  readonly held: number
  /** The next prompt costs so much, US dollars; it would have cost so much. null: unknown. */
  readonly next: Figure | null
  readonly instead: Figure | null
  /** Less with every turn after that, while the cache is warm; below 0: more. null: unknown. */
  readonly saved: number | null
  /** Turns after which it has paid for itself; 0: at once; null: never, or the price is unknown. */
  readonly turns: number | null
}

/** @param now on the clock of the turns' times */
export function markingOf(state: State, turns: readonly number[], as: Mark | null, now: Ms): Marking {
  const other = marked(state, turns, as)
  const { parts, whole: before } = roomOf(state)
  const [sent, then] = [sentIn(state), sentIn(other)]
  const change = parts
    .filter(({ id }) => turns.includes(id))
    .reduce((sum, { id, tokens: size }) => sum + (Number(then.has(id)) - Number(sent.has(id))) * size.value, 0)
  return compared(state, other, before, estimated(Math.max(0, before.value + change)), now)
}

/** @param before tokens of the prompt @param after of the other one */
function compared(state: State, other: State, before: Figure, after: Figure, now: Ms): Marking {
  const [one, two] = [priced(state, before.value, now), priced(other, after.value, now)]
  const extra = one && two ? two.usd - one.usd : null
  const saved = one && two ? one.warmUsd - two.warmUsd : null
  return {
    ...{ before, after, held: two?.read ?? 0, saved },
    ...{ next: two && estimated(two.usd), instead: one && estimated(one.usd) },
    turns: extra === null || saved === null ? null : extra <= 0 ? 0 : saved > 0 ? Math.ceil(extra / saved) : null,
  }
}

const marks = (turns: readonly number[], as: Mark | null): readonly Event[] =>
  turns.map((turn) => ({ type: 'marked', turn, as }))

/** The conversation with turns marked so. */
const marked = (state: State, turns: readonly number[], as: Mark | null): State => fold(state, marks(turns, as))

const sentIn = (state: State): ReadonlySet<number> => new Set(windowOf(state).turns.map(({ number }) => number))

/** What the next prompt of so many tokens costs. */
const priced = (state: State, tokens: number, now: Ms) =>
  promptPrice(state, promptAfter(state, state.turns, ''), tokens, now)

/** In a sentence or two: what changes, and when it pays off. */
export const sayMarking = (marking: Marking): string => markingSteps(marking)[0]!

/** The same in whole sentences of several lengths, the longest first. */
export function markingSteps({ before, after, held, next, instead, saved, turns }: Marking): readonly string[] {
  const freed = Math.round(before.value - after.value)
  if (freed === 0) return ['What is sent stays as it is.']
  const size = `~${tokens(Math.abs(freed))} tokens ${freed > 0 ? 'less' : 'more'}`
  if (!next || !instead || saved === null) return [`${size}; the price is unknown.`, `${size}.`]
  const cost = (figure: Figure) => withMark(figure, money)
  const prefix = held > 0 ? `of which the cache holds the first ~${tokens(held)} tokens` : 'none of it in the cache'
  const then = `then ${about(money(Math.abs(saved)))} ${saved > 0 ? 'less' : 'more'} a turn`
  // Without a conversation there is nothing to pay for but the question itself.
  if (after.value < 1) {
    const rest = `Nothing of the conversation is sent from here on: the next question would have cost ${cost(instead)} more.`
    return [`${size}. ${rest}`, `${size}.`]
  }
  const payoff =
    saved <= 0 || turns === null ? '' : turns === 0 ? ': cheaper at once' : `: even after ${count(turns, 'turn')}`
  const [now, usual] = moneyApart(next.value, instead.value)
  const without = instead.from === 'estimate' ? about(usual) : usual
  const price = `${about(now)}, ${now === usual ? 'about the same as without' : `not ${without}`}`
  return [
    `${size}. Next question ${price} (${prefix}), ${then}${payoff}.`,
    `${size}. Next: ${price}${payoff}.`,
    `${size}.`,
  ]
}

/** What of an attachment's turn is sent. */
const sends = ({ marks }: State, turn: number, hash: string) => !leftOutBy(marks[turn]).includes(hash)

/** The event that leaves an attachment of a turn out of what is sent, or takes it in again. */
function marksAttachment(state: State, turn: number, hash: string): Event {
  const out = leftOutBy(state.marks[turn])
  const others = out.filter((one) => one !== hash)
  return { type: 'marked', turn, as: markWithout(others.length < out.length ? others : [...out, hash]) }
}

/** What leaving an attachment out, or taking it in again, would do; nothing, where its turn is not sent anyway. */
export function leavingOut(state: State, turn: number, attachment: Attachment, now: Ms): Marking {
  const other = fold(state, [marksAttachment(state, turn, attachment.hash)])
  const { parts, whole } = roomOf(state)
  // What is said beforehand is what it will say of itself, its note included.
  const after = placeIn(parts, turn) === 'sent' ? roomOf(other).whole : whole
  return compared(state, other, whole, after, now)
}

const placeIn = (parts: readonly Part[], turn: number) => parts.find(({ id }) => id === turn)?.place

export interface LeavingOut {
  readonly events: readonly Event[]
  /** What it does to what is sent, the longest form first. */
  readonly steps: readonly string[]
  readonly remark: string
}

/** The same as a deed. @returns a sentence where it cannot be done */
export function leaveOut(state: State, turn: number, attachment: Attachment, now: Ms): LeavingOut | string {
  const mark = state.marks[turn]
  if (state.live) return 'An answer is running: what is sent can be changed once it is over.'
  if (mark === 'pinned') return `Turn ${turn} is pinned, and goes word for word: /context keep ${turn} takes that back.`
  if (mark === 'dropped') return `Turn ${turn} is left out as a whole: /context keep ${turn} takes that back.`
  const place = placeIn(roomOf(state).parts, turn)
  if (place === 'nothing') return `Turn ${turn} has no answer that goes back to the model: nothing of it is sent.`
  const isSent = sends(state, turn, attachment.hash)
  const events = [marksAttachment(state, turn, attachment.hash)]
  const named = `${sanitiseLine(attachment.name)} of turn ${turn}`
  if (place === 'summarised') {
    const then = isSent
      ? 'it stays left out when its turn comes back (/uncompact)'
      : 'it comes back with its turn (/uncompact)'
    const steps = [`a summary stands for its turn, so what is sent stays as it is; ${then}.`, `${then}.`]
    return { events, steps, remark: `${named} is ${isSent ? 'left out' : 'no longer left out'}: ${steps[0]}` }
  }
  const steps = markingSteps(leavingOut(state, turn, attachment, now))
  const deed = isSent ? 'is left out of what is sent; a note stands in its place' : 'is sent again'
  return { events, steps, remark: `${named} ${deed}. ${steps[0]}` }
}

/** What a person wants of turns. */
export type Deed = 'drop' | 'pin' | 'keep'

const AS = { drop: 'dropped', pin: 'pinned', keep: null } as const
const SAYS: Readonly<Record<Deed, readonly [one: string, many: string]>> = {
  drop: ['is left out of what is sent', 'are left out of what is sent'],
  pin: ['stays word for word, whatever is summarised', 'stay word for word, whatever is summarised'],
  keep: ['is neither dropped nor pinned any more', 'are neither dropped nor pinned any more'],
}

/** The events of a deed, and what is said of it: what it does to what is sent, and how it is taken back. */
export function markTurns(
  state: State,
  turns: readonly number[],
  deed: Deed,
  now: Ms,
): { readonly events: readonly Event[]; readonly remark: string } {
  const as = AS[deed]
  const changed = turns.filter((turn) => (state.marks[turn] ?? null) !== as)
  if (changed.length === 0)
    return { events: [], remark: `${named(turns)} ${SAYS[deed][turns.length > 1 ? 1 : 0]} as it is.` }
  const back = deed === 'keep' ? '' : ` /context keep ${changed.join(' ')} takes it back.`
  const what = sayMarking(markingOf(state, changed, as, now))
  return {
    events: marks(changed, as),
    remark: `${named(changed)} ${SAYS[deed][changed.length > 1 ? 1 : 0]}. ${what}${back}`,
  }
}

const named = (turns: readonly number[]) => (turns.length > 1 ? `Turns ${turns.join(', ')}` : `Turn ${turns[0]}`)

/** The turns of this conversation that are meant by numbers and ranges such as `3-7`; a sentence when some are not there. */
export function turnsNamed({ turns, live }: State, words: readonly string[]): readonly number[] | string {
  const all = turns.map(({ number }) => number)
  const [first, last] = [all[0], all.at(-1)]
  if (live) return 'An answer is running: what is sent can be changed once it is over.'
  if (first === undefined) return 'There are no turns yet.'
  const range = first === last ? `there is turn ${first}` : `there are turns ${first} to ${last}`
  if (words.length === 0) return `Expected the number of a turn, or several as 3-7; none came, ${range}.`
  const meant = new Set<number>()
  for (const word of words) {
    const [, from, to = from] = /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(word) ?? []
    const found = all.filter((number) => number >= Number(from) && number <= Number(to))
    if (from === undefined || found.length === 0)
      return `Expected the number of a turn, or several as 3-7; "${word}" came, ${range} on this branch.`
    for (const number of found) meant.add(number)
  }
  return [...meant].sort((a, b) => a - b)
}
