/** What may be typed behind `/race`. */

import type { Choices } from '../../conversation/choices.ts'
import { count } from '../../figures/words.ts'
import { isKnown, type Models, modelCard, modelNames, suggest } from '../../models.ts'

export const FEWEST = 2
export const MOST = 4

export type RaceTyped =
  /** Who has won how often. */
  | { readonly type: 'tally' }
  | { readonly type: 'off' }
  /** Answers that were not kept: a list of them, or number `n`. */
  | { readonly type: 'show'; readonly n: number | null }
  /** Keep answer `n`; 0: none. */
  | { readonly type: 'keep'; readonly n: number }
  /** Ask these, by their ids. `text` empty: with the next message. */
  | { readonly type: 'race'; readonly models: readonly string[]; readonly text: string }
  | { readonly type: 'problem'; readonly problem: string }

/** Ids of local servers have colons in them (`llama3:8b`): the one that ends the names has white space or nothing behind it. */
const PARTS = /^([\s\S]*?):(?:\s+([\s\S]*))?$/

export function raceTyped(argument: string, known: { readonly models: Models } & Pick<Choices, 'features'>): RaceTyped {
  const typed = argument.trim()
  if (typed === '') return { type: 'tally' }
  if (typed === 'off') return { type: 'off' }
  const shown = /^show(?:\s+(\d+))?$/.exec(typed)
  if (shown) return { type: 'show', n: shown[1] === undefined ? null : Number(shown[1]) }
  if (/^\d$/.test(typed)) return { type: 'keep', n: Number(typed) }
  const [, before = typed, text = ''] = PARTS.exec(typed) ?? []
  const names = namesIn(before)
  const problem = problemWith(names, known)
  if (problem !== null) return { type: 'problem', problem }
  return { type: 'race', models: names.map((name) => modelCard(name, known.models).id), text: text.trim() }
}

/** Names in a list, parted by blanks or commas. */
export const namesIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter((name) => name !== '')

function problemWith(
  names: readonly string[],
  { models, features }: { readonly models: Models } & Pick<Choices, 'features'>,
): string | null {
  for (const name of names) {
    if (isKnown(name, models) || name.startsWith('claude-') || features === 'plain') continue
    const near = suggest(name, modelNames(models))
    const meant = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
    return `Unknown model "${name}".${meant} A question stands behind a colon: /race fast balanced: why?`
  }
  const ids = names.map((name) => modelCard(name, models).id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice) return `A race is between different models, and ${twice} was named twice.`
  if (names.length >= FEWEST && names.length <= MOST) return null
  return `A race is between ${FEWEST} and ${MOST} models, and ${count(names.length, 'was', 'were')} named: /race fast balanced deep`
}
