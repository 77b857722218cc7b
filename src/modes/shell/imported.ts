/** What an import came to, in words: what was taken in, what was here, what was put right, what was left out. */

import { count, turnsInWords } from '../../core/figures/words.ts'
import { type Problem, sayProblem } from '../../core/problem.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import type { Brought } from '../../io/history.ts'

/** @param shown turns on the branch that is shown, by the names of the conversations */
export function report(
  brought: readonly Brought[],
  shown: ReadonlyMap<string, number>,
  isTrial: boolean,
): readonly string[] {
  if (brought.length === 0) return ['There is no conversation in it.']
  const of = (fate: Brought['fate']) => brought.filter((one) => one.fate === fate)
  const turns = (all: readonly Brought[]) => all.reduce((sum, one) => sum + one.turns, 0)
  const [fresh, grown, here, copied, empty] = [of('new'), of('grown'), of('here'), of('copied'), of('empty')]
  const onShown = fresh.reduce((sum, { uid, turns: all }) => sum + (shown.get(uid) ?? all), 0)
  const what = `${count(fresh.length, 'conversation')}, ${turnsInWords(onShown, turns(fresh) - onShown)}.`
  if (isTrial) return [`It holds ${what} Nothing was imported.`]
  const binned = brought.filter(({ isBinned }) => isBinned).length
  return [
    `Imported: ${what}`,
    grown.length > 0
      ? `Went on since the last time: ${count(grown.length, 'conversation')}, by ${count(turns(grown), 'turn')}.`
      : '',
    here.length > 0 ? `Here already: ${count(here.length, 'conversation')}.` : '',
    copied.length > 0
      ? `Here already, but gone another way since, and taken in beside it as a copy: ${count(copied.length, 'conversation')} (${copied
          .slice(0, 5)
          .map(({ uid, origin = '' }) => `${origin.slice(0, 8)} as ${uid.slice(0, 8)}`)
          .join(', ')}${copied.length > 5 ? ', …' : ''}).`
      : '',
    empty.length > 0 ? `Empty, and left out: ${count(empty.length, 'conversation')}.` : '',
    binned > 0
      ? `Of those that were here, ${binned} ${binned === 1 ? 'lies' : 'lie'} in the bin: \`claude-tui sessions list --deleted\`.`
      : '',
  ].filter((line) => line !== '')
}

/** Kinds of things that a note names one by one. */
const MOST_NAMED = 8

export function leftOutInWords(leftOut: ReadonlyMap<string, number>): string {
  const all = [...leftOut].sort(([, a], [, b]) => b - a)
  const named = all.slice(0, MOST_NAMED).map(([what, times]) => `${times} × ${sanitiseLine(what).slice(0, 60)}`)
  return [...named, ...(all.length > MOST_NAMED ? [`${all.length - MOST_NAMED} other kinds`] : [])].join(', ')
}

/** Mended places that are told one by one. */
const MOST_MENDED = 5

export function mendedLines(mended: readonly Problem[]): readonly string[] {
  const lines = mended.slice(0, MOST_MENDED).map((problem) => `Put right: ${sayProblem(problem)}.`)
  const more = mended.length - lines.length
  return more > 0 ? [...lines, `Put right besides: ${count(more, 'such place')}; --json tells them all.`] : lines
}
