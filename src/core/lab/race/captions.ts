/** What is said around a race. */

import { count, duration, money } from '../../figures/words.ts'
import { type Models, shortName } from '../../models.ts'
import { inFull, type Steps } from '../../text/steps.ts'
import type { Turn } from '../../turn/turns.ts'
import type { Rival } from '../../turn.ts'
import { figuresOf } from './columns.ts'

const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

export const CAPTION = {
  busy: 'An answer runs: a race can begin when it is over.',
  noServer: 'There is no server to ask.',
  nothingRaces: 'Nothing races just now: /race fast balanced: your question.',
  noneKept: 'None was kept: the next message does not know of them. /race show reads them, /retry asks one model.',
  asking: (names: readonly string[]) => `Asking ${listed(names)} at once. Ctrl+C stops them.`,
  keepWhich: (of: number) => `Keep which? Type its number, 1 to ${of}, or 0 for none.`,
  noneToKeep: 'None of the answers can be kept: 0 ends the race.',
  noSuch: (n: number, of: number) => `There is no answer ${n}: they are 1 to ${of}, and 0 keeps none.`,
  nothingToKeep: (n: number) => `Answer ${n} has nothing to keep.`,
  stillRuns: (n: number) => `Answer ${n} still runs. Esc stops all, and what came can be kept.`,
  notKept: (question: string) =>
    `Not kept of the race about "${question.length > 60 ? `${question.slice(0, 59)}…` : question}":`,
  kept: (others: number) =>
    `${count(others, 'other answer')} ${others === 1 ? 'is' : 'are'} on the bill as a race; /race show reads ${others === 1 ? 'it' : 'them'}.`,
  armed: (names: readonly string[]): Steps => [
    `The next message goes to ${listed(names)} at once · /race off`,
    `The next message goes to ${count(names.length, 'model')} · /race off`,
  ],
  choose: (of: number): Steps => [
    `1-${of}, or Left/Right and Enter, keeps an answer · Esc keeps none`,
    `1-${of} keeps an answer · Esc none`,
  ],
  failed: ['None of the answers can be kept · Esc ends the race', 'Esc ends the race'] as Steps,
  running: (canKeep: boolean): Steps =>
    canKeep
      ? ['Racing · the number of a finished answer keeps it · Esc stops all', 'Esc stops all']
      : ['Racing · Esc stops all'],
  answer: (n: number, turn: Turn, models: Models) =>
    `Answer ${n}, ${shortName(turn.model, models)}: ${inFull(figuresOf(turn, turn.times.ended ?? 0))}`.replaceAll(
      ' · ',
      ', ',
    ),
  rival: ({ ttftMs, otps, costUsd, answer, reason }: Rival) =>
    [
      ...(ttftMs === null ? [] : [`TTFT ${duration(ttftMs)}`]),
      ...(otps === null ? [] : [`${Math.round(otps)} tok/s`]),
      ...(costUsd === null ? [] : [money(costUsd)]),
      answer === '' ? reason || 'no words' : `${count(answer.trim().split(/\s+/).length, 'word')}`,
    ].join(', '),
}
