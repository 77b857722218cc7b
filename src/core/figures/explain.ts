/** What `/explain` says: the list of all figures, or one with its formula and the last turn's own numbers in it. */

import { type Models, suggest } from '../models.ts'
import type { Remark } from '../text/remark.ts'
import type { Turn } from '../turn/turns.ts'
import { GLOSSARY, termNamed } from './glossary.ts'

/** @param turn whose numbers to put in; null: nothing was answered yet */
export function explain(typed: string, turn: Turn | null, models: Models): Remark {
  if (typed.trim() === '')
    return [
      { list: GLOSSARY.map(({ name, tells }) => [name, tells] as const) },
      '',
      '/explain NAME tells the formula, with the numbers of the last turn.',
    ]
  const term = termNamed(typed)
  if (!term) {
    const near = suggest(
      typed.trim().toLowerCase(),
      GLOSSARY.flatMap(({ name, also }) => [name, ...also]),
    )
    const meant = near.length > 0 ? ` Did you mean ${near[0]}?` : ''
    return `There is no figure called "${typed.trim()}".${meant} /explain lists them.`
  }
  const { name, tells, formula, own } = term
  const numbers = turn && own ? own(turn, models) : null
  const said = numbers === null ? [] : ['', `Turn ${turn!.number}: ${numbers}`]
  const none = own && turn && numbers === null ? ['', `Turn ${turn.number} has none.`] : []
  return [`${name}: ${tells}.`, '', formula, ...said, ...none]
}
