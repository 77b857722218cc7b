/**
 * A conversation as lines that are never touched again, for screen readers and for terminals that cannot move the
 * cursor: who speaks stands before it, an answer comes block by block, its figures follow in one line.
 */

import { wordsWithNames } from '../core/attachments.ts'
import { statusBar } from '../core/chat/status.ts'
import type { Event, State, Turn } from '../core/conversation.ts'
import { thinkingMs } from '../core/figures/metrics.ts'
import { duration } from '../core/figures/words.ts'
import { type AnswerRows, answerRows } from '../core/markdown/answer.ts'
import { CATALOGUE, shortName } from '../core/models.ts'
import { sanitise } from '../core/text/sanitise.ts'
import { theme } from '../core/text/theme.ts'
import { wrapText } from '../core/text/wrap.ts'
import { ANNOUNCED, announced, endNote, sayFailed, sayNext, standInOf } from '../core/turn/outcome.ts'
import type { Ms } from '../core/turn.ts'
import { isResting, otherModel } from '../core/weather/countdown.ts'
import { sayRaced } from '../core/weather/raced.ts'

export const YOU = 'You:'
const CLAUDE = 'Claude:'

export interface PlainLines {
  /** Takes in what happened; returns the lines to be written with it, the last one perhaps not to its end (`core/text/rows`). */
  follow(state: State, event: Event, now: Ms): readonly string[]
}

/** How everything looks that is said here. */
export const SPOKEN = theme({ colour: 'none', links: false, spoken: true })

/** Wide enough for every figure in its longest form. */
const ALL_FIGURES = 400

/** What a turn that is over had said, and how it ended. */
export function plainTurn(turn: Turn, columns: number): readonly string[] {
  const answer = answerRows({ width: columns, theme: SPOKEN })
  const note = endNote(turn, 'chat')
  return [...announced(turn, CATALOGUE), CLAUDE, ...answer.push(turn.answer), ...answer.end(), ...(note ? [note] : [])]
}

/** @param columns width at which lines are broken between words, read anew for each turn */
export function plainLines(columns: () => number): PlainLines {
  let number = 0
  let answer: AnswerRows | null = null
  let isBegun = false

  const said = (text: string) => wrapText(sanitise(text), columns())

  const begin = (turn: Turn): string[] => {
    if (isBegun) return []
    isBegun = true
    const spent = thinkingMs(turn.times)
    return [...(spent ? [`Thought for ${duration(spent.value)}.`] : []), CLAUDE]
  }

  const close = (turn: Turn, state: State, now: Ms): string[] => {
    const rows = [...(answer?.end() ?? [])]
    answer = null
    // Another conversation counts from 1 again.
    number = 0
    const notes = [endNote(turn, 'chat'), sayRaced(turn)].flatMap((note) => (note ? said(note) : []))
    const figures = statusLine({ ...state, live: null }, now)
    return [...(rows.length > 0 ? begin(turn) : []), ...rows, ...notes, '', ...said(figures), '']
  }

  return {
    follow(state, event, now) {
      const lines: string[] = []
      const { live } = state
      if (answer && live?.number !== number) {
        if (state.settled?.number === number) lines.push(...close(state.settled, state, now))
      }
      if (live && live.number !== number) {
        number = live.number
        answer = answerRows({ width: columns(), theme: SPOKEN })
        isBegun = false
        // What was typed stands there already; what waited in the queue is a while ago.
        if (event.type !== 'asked') lines.push(...said(`${YOU} ${wordsWithNames(live)}`))
        lines.push(...said('Waiting for the answer. Ctrl+C stops it.'))
      }
      if (event.type === 'waiting') {
        const { attempt, of, delayMs, failure } = event
        const other = live && otherModel(state, live)
        const isRest = live !== null && isResting(state, live)
        const ways = `/now tries at once${other ? `, /now ${other} asks ${shortName(other, state.models)}` : ''}, Ctrl+C stops it.`
        const name = live && standInOf(live)
        const time = `follows in ${duration(delayMs)}`
        const next = sayNext({ attempt: attempt + 1, of, isRest }, time, name, state.models)
        lines.push(...said(`${sayFailed(failure)} ${next}. ${ways}`))
      }
      if (live && ANNOUNCED.has(event.type)) lines.push(...announced(live, state.models).slice(-1).flatMap(said))
      if (live && answer && event.type === 'delta') {
        const rows = answer.push(event.text)
        if (rows.length > 0) lines.push(...begin(live), ...rows)
      }
      return lines
    },
  }
}

/** The figures of the status bar in one line to be read aloud: without the meter, with commas. */
function statusLine(state: State, now: Ms): string {
  return statusBar(state, '', now, ALL_FIGURES)
    .map(({ text }) => text.replace(/ [━─┼]+/, ''))
    .join('')
    .replace(/ {2,}/g, ', ')
}
