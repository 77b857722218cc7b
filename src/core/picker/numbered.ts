/** A list as numbered lines, for screen readers: what is read out, and what an answer to it means. */

import type { Act } from './picker.ts'

/** Rows that are read out at once. */
export const READ_OUT = 10

/** What a person typed under the list. */
export type Heard =
  | { readonly type: 'take'; readonly at: number }
  | { readonly type: 'act'; readonly act: Act; readonly at: number | null }
  | { readonly type: 'seek'; readonly text: string }
  | { readonly type: 'more' }
  | { readonly type: 'leave' }
  | { readonly type: 'unknown'; readonly problem: string }

/** The line that asks: what can be typed, and what it does. */
export function question(takes: string, acts: readonly Act[], hasMore: boolean): string {
  const row = acts.filter(({ alone }) => !alone).map((act) => `${letterOf(act)} and a number to ${act.tells}`)
  const alone = acts.filter((act) => act.alone).map((act) => `${letterOf(act)} to ${act.name}`)
  const away = hasMore ? ['Enter for more', 'q to leave'] : ['Enter to leave']
  return `Type ${[`a number to ${takes}`, ...row, ...alone, 'words to search', ...away].join(', ')}: `
}

/** @param count rows that have a number so far */
export function heard(typed: string, acts: readonly Act[], count: number, hasMore: boolean): Heard {
  const text = typed.trim()
  if (text === '') return { type: hasMore ? 'more' : 'leave' }
  if (/^q(uit)?$/i.test(text)) return { type: 'leave' }
  const [, letter = '', digits] = /^([a-z]?)\s*(\d*)$/i.exec(text) ?? []
  if (digits === undefined) return { type: 'seek', text }
  const act = acts.find((one) => letterOf(one) === letter.toLowerCase())
  if (letter !== '' && !act) return { type: 'seek', text }
  if (act?.alone) return digits === '' ? { type: 'act', act, at: null } : { type: 'seek', text }
  const at = Number(digits) - 1
  if (digits === '' || at < 0 || at >= count) {
    const range = count === 0 ? 'There is nothing to choose from.' : `The numbers go from 1 to ${count}.`
    return { type: 'unknown', problem: range }
  }
  return act ? { type: 'act', act, at } : { type: 'take', at }
}

const letterOf = ({ name }: Act): string => name[0]!
