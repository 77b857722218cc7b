/** What `/advise` says: what was seen, what would answer it, what that is expected to change, and how to do it. */

import { count } from '../../figures/words.ts'
import type { Remark } from '../../text/remark.ts'
import type { Evidence } from './evidence.ts'
import { type Change, type Followed, sayChange, TURNS_AFTER } from './measured.ts'
import { type Finding, type Lever, TABLE } from './table.ts'

export type Found = Finding & { readonly id: string }

/** Everything the table sees, what is worth most first; what is not about money comes behind. */
export function findings(evidence: Evidence): readonly Found[] {
  const seen = TABLE.flatMap((row) => {
    const found = row.find(evidence)
    return found ? [{ id: row.id, ...found }] : []
  })
  // Two symptoms may ask for the same lever: the one that says more of it comes first in the table.
  const isFirst = ({ lever }: Found, i: number) =>
    !seen.slice(0, i).some((one) => leverInWords(one.lever) === leverInWords(lever))
  return seen.filter(isFirst).sort((a, b) => (b.usd ?? -1) - (a.usd ?? -1))
}

/** What a lever does, as it is typed. */
export function leverInWords(lever: Lever): string {
  if (lever.type === 'setting') return `claude-tui config set ${lever.key} ${spelled(lever.value)}`
  return lever.type === 'command' ? lever.line : lever.tells
}

export const spelled = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)

/**
 * @param how what is to be done to follow the advice of a number
 * @param applies what a number follows; only that has one
 */
export function adviceReport(
  found: readonly Found[],
  applies: (one: Found) => boolean,
  { turns, days }: Pick<Evidence, 'turns' | 'days'>,
  changes: readonly Change[],
  waiting: readonly Followed[],
  how: string,
): Remark {
  const looked = `${count(turns.length, 'turn')} of ${count(days, 'day')}`
  const past = [
    ...changes.map(sayChange),
    ...waiting.map(({ did }) => `${did} is measured once ${TURNS_AFTER} turns have followed it.`),
  ].flatMap((line) => ['', line])
  if (found.length === 0) {
    const all = TABLE.map(({ looksAt }) => looksAt).join('; ')
    return [`Nothing to advise. Looked at, in ${looked}: ${all}.`, ...past]
  }
  const numbered = found.filter(applies)
  const list = found.flatMap((one) => [
    [applies(one) ? String(numbered.indexOf(one) + 1) : 'seen', one.symptom] as const,
    [one.lever.type === 'person' ? 'to do' : 'lever', leverInWords(one.lever)] as const,
    ['expected', `${one.expected}.`] as const,
  ])
  const others = `${count(TABLE.length - found.length, 'other thing')} looked at ${TABLE.length - found.length === 1 ? 'is' : 'are'} well.`
  return [
    `Seen in ${looked}, all of it here on this machine:`,
    '',
    { list },
    '',
    `${numbered.length > 0 ? `${how} ` : ''}${others}`,
    ...past,
  ]
}
