/**
 * Which turns a summary would stand for, and which stay word for word: the recent ones within a budget of tokens, and
 * whatever is pinned.
 */

import { attachedTokens } from '../../attachments.ts'
import type { State } from '../../conversation.ts'
import { history } from '../../request/messages.ts'
import type { Turn } from '../../turn/turns.ts'
import { estimateTokens } from '../context.ts'
import { messagesOf, type Summary, windowOf } from '../window.ts'

/** Tokens of recent turns that stay word for word, at most; and the share of the conversation they may be. */
export const RECENT_TOKENS = 20_000
const RECENT_SHARE = 1 / 4
/** A last turn larger than that, and than this share of the conversation, is what there is to summarise. */
const LARGE_SHARE = 1 / 2
/** Less than this, in tokens, is not worth a request. */
export const LEAST_TOKENS = 1_000

/** Turns by number, in runs of neighbours on a branch: the first and the last of each. */
export type Runs = readonly (readonly [first: number, last: number])[]

export interface Span {
  /** The first and the last turn of the stretch, by number. */
  readonly first: number
  readonly upTo: number
  /** The turns of it that are not sent word for word any more. */
  readonly stands: Runs
  /**
   * What the summary is made from, besides `of`: turns of the stretch that are sent word for word today. Pinned ones are
   * not among them: they stay beside it.
   */
  readonly covered: readonly Turn[]
  /** The summary it takes the place of. */
  readonly of: Summary | null
  /** Turns of the stretch that neither this summary nor the one before tells of, for they are pinned or dropped. */
  readonly spared: readonly number[]
  /** Turns that stay word for word: pinned ones of the stretch, then the recent ones. */
  readonly pinned: readonly Turn[]
  readonly recent: readonly Turn[]
  /** Tokens of what is covered, the summary before included: an estimate. */
  readonly tokens: number
}

/**
 * What a summary of a stretch should still tell of. What the summary before told was worth telling, and is missed like a
 * word of the user's own.
 */
export function toldIn({ of, covered }: Pick<Span, 'of' | 'covered'>) {
  return [
    ...(of ? [{ text: of.text, by: 'user' as const }] : []),
    ...covered.flatMap(({ question, answer }) => [
      { text: question, by: 'user' as const },
      { text: answer, by: 'model' as const },
    ]),
  ]
}

export const turnTokens = ({ question, attachments, answer }: Turn): number =>
  estimateTokens(question) + attachedTokens(attachments) + estimateTokens(answer)

const total = (turns: readonly Turn[]) => turns.reduce((sum, turn) => sum + turnTokens(turn), 0)

/** The stretch that a summary would stand for now; null: there is none. */
export function spanOf(state: Pick<State, 'turns' | 'summaries' | 'marks'>): Span | null {
  const window = windowOf(state)
  const first = state.turns[0]
  if (!first) return null
  const { summary: of, turns: sent } = window
  const before = messagesOf({ summary: of, turns: [] }).reduce((sum, { text }) => sum + estimateTokens(text), 0)
  const all = before + total(sent)
  const behind = of ? state.turns.findIndex(({ number }) => number === of.upTo) : -1
  const later = new Set(state.turns.slice(behind + 1))
  const untold = new Set(state.turns.filter((turn) => later.has(turn) || of?.spared?.includes(turn.number)))

  let at = sent.length
  for (let left = Math.min(RECENT_TOKENS, all * RECENT_SHARE); at > 0; at--) {
    const turn = sent[at - 1]!
    const size = turnTokens(turn)
    const isLast = at === sent.length
    left -= size
    // What is sent of the turns up to the summary before stays where it is.
    if (!later.has(turn) || (left < 0 && !(isLast && size <= Math.max(RECENT_TOKENS, all * LARGE_SHARE)))) break
  }
  const recent = sent.slice(at)
  const next = recent[0]
  const end = next ? state.turns.findIndex(({ number }) => number === next.number) - 1 : state.turns.length - 1
  const isPinned = ({ number }: Turn) => state.marks[number] === 'pinned'
  const isWholly = (turn: Turn) => isPinned(turn) || state.marks[turn.number] === 'dropped'
  const stretch = sent.slice(0, at)
  const covered = stretch.filter((turn) => untold.has(turn) && !isPinned(turn))
  // What has no answer is not sent in any case.
  if (history(covered).length === 0) return null
  const upTo = state.turns[end]!.number
  const reached = state.turns.slice(0, end + 1)
  const spared = reached.filter((turn) => untold.has(turn) && isWholly(turn)).map(({ number }) => number)
  return {
    ...{ first: first.number, upTo, covered, of, spared },
    stands: standsFor(state, upTo),
    ...{ pinned: stretch.filter(isPinned), recent, tokens: before + total(covered) },
  }
}

/**
 * The turns up to this one that a summary takes the place of: pinned ones are sent all the same, dropped ones not at all.
 * @param spared turns that it tells nothing of
 */
export function standsFor(
  { turns, marks }: Pick<State, 'turns' | 'marks'>,
  upTo: number,
  spared: readonly number[] = [],
): Runs {
  const runs: [number, number][] = []
  let isOpen = false
  for (const { number } of turns.slice(0, turns.findIndex((turn) => turn.number === upTo) + 1)) {
    const mark = marks[number]
    const isMeant = mark !== 'pinned' && mark !== 'dropped' && !spared.includes(number)
    if (isMeant && isOpen) runs.at(-1)![1] = number
    else if (isMeant) runs.push([number, number])
    isOpen = isMeant
  }
  return runs
}

/** Where a conversation has to begin so that what is sent takes about so many tokens; null: it is not that long. */
export function omittedUpTo(state: Pick<State, 'turns' | 'summaries' | 'marks'>, tokens: number): number | null {
  const { turns: sent, summary } = windowOf(state)
  let left = tokens
  const first = sent.findLast((turn) => {
    left -= turnTokens(turn)
    return left < 0
  })
  // The last turn stays where anything does.
  const over = first && first === sent.at(-1) ? sent.at(-2) : first
  return !over || over.number === summary?.upTo ? null : over.number
}
