/** Two requests for one answer, once it is there: which of them it came from, and what both cost. */

import { money } from '../figures/words.ts'
import { type Figure, withMark } from '../figures.ts'
import type { Turn } from '../turn/turns.ts'

/** What became of two requests, with both costs; null: there was only one. */
export function sayRaced({ hedge, wasted, cost }: Pick<Turn, 'hedge' | 'wasted' | 'cost'>): string | null {
  if (!hedge) return null
  const { won, failure } = hedge
  if (failure?.kind === 'budget') return `A second request was not sent: ${failure.reason}`
  const lost = wasted.findLast(({ isHedge }) => isHedge)
  const bill = `The answer cost ${usd(cost)}, the one given up ${lost ? usd(lost.cost) : 'nothing'}. Both are in the bill.`
  if (won === null) return `Two requests ran, and neither had a word to say. ${bill}`
  const loser = won === 'first' ? 'second' : 'first'
  const how = failure ? `the ${loser} one failed` : `the ${won} one had the first word`
  return `Two requests ran, and ${how}${failure ? `: ${failure.reason.replace(/[.]$/, '')}` : ''}. ${bill}`
}

const usd = (figure: Figure | null) => (figure ? withMark(figure, money) : 'an unknown amount')
