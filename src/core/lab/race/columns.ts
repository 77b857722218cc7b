/**
 * A race on the glass: live columns side by side, each with its figures and the end of what it has said. Where columns
 * would be too narrow they stand below each other.
 */

import { otps, ttftMs } from '../../figures/metrics.ts'
import { duration, money } from '../../figures/words.ts'
import { mark } from '../../figures.ts'
import { type Models, shortName } from '../../models.ts'
import { sanitise } from '../../text/sanitise.ts'
import { clipSpans, padSpans, roomOfSpans, type Span, span } from '../../text/spans.ts'
import { fitted, type Steps } from '../../text/steps.ts'
import { expandTabs, wrapText } from '../../text/wrap.ts'
import { sayFailed } from '../../turn/outcome.ts'
import type { Turn } from '../../turn/turns.ts'
import type { Ms } from '../../turn.ts'

/** A column narrower than this holds no sentence. */
const NARROWEST_COLUMN = 24
const GAP = span(' │ ', 'dim')
/** Text looked at for the rows of a column, in UTF-16 units: more than any window shows. */
const LOOKED_AT = 6_000

export interface RaceView {
  readonly turns: readonly Turn[]
  readonly models: Models
  /** Which column is pointed at, from 0; null: none yet. */
  readonly chosen: number | null
  readonly now: Ms
}

/** Rows that are no wider than `width` and no more than `rows`. */
export function raceRows(view: RaceView, width: number, rows: number): readonly (readonly Span[])[] {
  const count = view.turns.length
  const each = Math.floor((width - (count - 1) * 3) / count)
  return each >= NARROWEST_COLUMN ? beside(view, each, rows) : below(view, width, rows)
}

function beside(view: RaceView, each: number, rows: number): readonly (readonly Span[])[] {
  const columns = view.turns.map((turn, i) => [
    headOf(view, i, each),
    [span(fitted(figuresOf(turn, view.now), each), 'dim')],
    ...tailOf(turn, each, Math.max(0, rows - 2)),
  ])
  const height = Math.min(rows, Math.max(...columns.map(({ length }) => length)))
  return Array.from({ length: height }, (_, row) =>
    columns.flatMap((column, i) => {
      const cell = column[row] ?? []
      return i < columns.length - 1 ? [...padSpans(cell, each), GAP] : cell
    }),
  )
}

/** Each takes a head and the same share of the rows; those that say less leave theirs to nobody, so that nothing jumps. */
function below(view: RaceView, width: number, rows: number): readonly (readonly Span[])[] {
  const share = Math.max(0, Math.floor(rows / view.turns.length) - 1)
  return view.turns
    .flatMap((turn, i) => {
      const head = headOf(view, i, width)
      const room = width - roomOfSpans(head) - 3
      const figures = room < 6 ? [] : [span(` · ${fitted(figuresOf(turn, view.now), room)}`, 'dim')]
      return [clipSpans([...head, ...figures], width), ...tailOf(turn, width, share)]
    })
    .slice(0, rows)
}

function headOf({ turns, models, chosen }: RaceView, i: number, width: number): readonly Span[] {
  const name = `${i + 1} ${shortName(turns[i]!.model, models)}`
  const head = i === chosen ? [span('› ', 'accent'), span(name, 'accent')] : [span(name, 'strong')]
  return clipSpans(head, width)
}

/** Time to the first token, speed and cost, as far as they are known, in several lengths. */
export function figuresOf(turn: Turn, now: Ms): Steps {
  const first = ttftMs(turn.times)
  const speed = otps(turn)
  const { cost } = turn
  const rate = speed ? [`${mark(speed)}${Math.round(speed.value)} tok/s`] : []
  const usd = cost ? [`${mark(cost)}${money(cost.value)}`] : []
  if (!first) {
    const waiting = turn.end ? usd : [sayWaiting(turn, now), ...usd]
    return [waiting.join(' · '), waiting[0] ?? '']
  }
  const ttft = duration(first.value)
  return [
    [`TTFT ${ttft}`, ...rate, ...usd].join(' · '),
    [ttft, ...rate, ...usd].join(' · '),
    [ttft, ...usd].join(' · '),
    ttft,
  ]
}

function sayWaiting({ phase, times, retry }: Turn, now: Ms): string {
  if (phase === 'waiting' && retry) return `attempt ${retry.attempt} in ${duration(Math.max(0, retry.until - now))}`
  const since = duration(Math.max(0, now - (times.asked ?? now)))
  return `${phase === 'thinking' ? 'thinking' : 'waiting'} ${since}`
}

/** The last rows of what a column has said, and how it ended when that was not well. */
function tailOf(turn: Turn, width: number, rows: number): readonly (readonly Span[])[] {
  const said = wrapText(expandTabs(sanitise(endOf(turn.answer))), width).map((row) => [span(row)])
  const why = whyUnfinished(turn)
  const notes =
    why === ''
      ? []
      : wrapText(sanitise(why), width).map((row) => [span(row, turn.end?.type === 'failed' ? 'error' : 'warn')])
  const all = turn.answer === '' ? notes : [...said, ...notes]
  return rows === 0 ? [] : all.slice(-rows)
}

/** Cut where a line begins, so that what is shown is not wrapped anew with every word. */
function endOf(answer: string): string {
  if (answer.length <= LOOKED_AT) return answer
  const end = answer.slice(-LOOKED_AT)
  return end.slice(end.indexOf('\n') + 1)
}

/** Why a turn has no whole answer, in a sentence; empty: it has one, or still runs. */
export function whyUnfinished({ end, answer, retry }: Pick<Turn, 'end' | 'answer' | 'retry'>): string {
  if (retry) return sayFailed(retry.failure)
  if (end?.type === 'failed') return sayFailed(end.failure)
  if (end?.type === 'stopped') return 'Stopped.'
  if (end?.type !== 'finished') return ''
  if (end.stopReason === 'refusal') return end.explanation ? `It declined: ${end.explanation}` : 'It declined.'
  return answer.trim() === '' ? 'It answered without a word.' : ''
}

/** Whether there is something to keep. */
export const isKeepable = ({ answer, end }: Pick<Turn, 'answer' | 'end'>): boolean =>
  answer.trim() !== '' && !(end?.type === 'finished' && end.stopReason === 'refusal')
