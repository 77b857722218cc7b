/** From the turns of a conversation to rows: the question, a line of thinking, the answer, how it ended. */

import { estimateTokens } from '../core/context.ts'
import type { Event, State, Turn } from '../core/conversation.ts'
import { type AnswerRows, answerRows } from '../core/markdown/answer.ts'
import { thinkingMs } from '../core/metrics.ts'
import { endNote } from '../core/outcome.ts'
import { sanitise } from '../core/sanitise.ts'
import type { Theme } from '../core/theme.ts'
import { count, duration, tokens } from '../core/words.ts'
import { wrapText } from '../core/wrap.ts'

/** Rows of a question that are echoed; a long paste is counted instead. */
const QUESTION_ROWS = 20

export interface Transcript {
  /** Takes in what happened; returns the rows that are final with it. */
  follow(state: State, event: Event): readonly string[]
  /** What a session begins with, as dim rows. */
  greet(text: string): readonly string[]
  /** A remark of the program itself, as dim rows. */
  remark(text: string): readonly string[]
  tail(maxRows: number): readonly string[]
  resize(columns: number): void
}

export function createTranscript(theme: Theme, columns: number): Transcript {
  let width = columns
  let number = 0
  let answer: AnswerRows | null = null
  let taken = 0
  let thoughtTold = false

  const rowsOf = (text: string) => wrapText(sanitise(text), width)
  const dimmed = (text: string) => rowsOf(text).map((row) => theme.dim(row))

  const remarked = (text: string) => text.split('\n').flatMap((line) => (line === '' ? [''] : dimmed(line)))

  const question = (turn: Turn): string[] => {
    const rows = wrapText(sanitise(turn.question), Math.max(1, width - 2))
    const shown = rows.slice(0, QUESTION_ROWS)
    const rest = rows.length - shown.length
    return [
      '',
      ...shown.map((row, i) => (i === 0 ? theme.accent('› ') : '  ') + theme.strong(row)),
      ...(rest > 0 ? [theme.dim(`  … ${count(rest, 'more row')}`)] : []),
      '',
    ]
  }

  /** Told once, when the answer begins: how long it thought, and about how much. */
  const thought = (turn: Turn): string[] => {
    const spent = thinkingMs(turn.times)
    if (thoughtTold || !spent) return []
    thoughtTold = true
    const known = turn.usage?.thinking
    const size = known
      ? ` · ${tokens(known)} tokens`
      : turn.thinking
        ? ` · ~${tokens(estimateTokens(turn.thinking))} tokens`
        : ''
    return [theme.dim(`✻ thought for ${duration(spent.value)}${size}`), '']
  }

  const open = (turn: Turn): string[] => {
    number = turn.number
    answer = answerRows({ width, theme })
    taken = 0
    thoughtTold = false
    return question(turn)
  }

  /** Takes the piece from the event, not from the answer so far: the work stays the same however long the answer is. */
  const grow = (turn: Turn, text: string): readonly string[] => {
    if (!answer) return []
    const before = taken === 0 ? thought(turn) : []
    taken += text.length
    return [...before, ...answer.push(text)]
  }

  const close = (turn: Turn): string[] => {
    const rows = [...(answer?.end() ?? [])]
    answer = null
    const note = endNote(turn)
    if (note)
      rows.push(
        ...(rows.length > 0 || taken > 0 ? [''] : []),
        ...rowsOf(note).map((row) => (turn.end?.type === 'failed' ? theme.error(row) : theme.dim(row))),
      )
    return rows
  }

  return {
    follow(state, event) {
      const rows: string[] = []
      // A turn can settle and the next one begin in a single step: the settled one is closed first.
      if (answer && state.live?.number !== number) {
        const settled = state.turns.find((turn) => turn.number === number)
        if (settled) rows.push(...close(settled))
      }
      if (state.live && state.live.number !== number) rows.push(...open(state.live))
      if (state.live && event.type === 'delta') rows.push(...grow(state.live, event.text))
      return rows
    },
    greet: remarked,
    remark: (text) => ['', ...remarked(text)],
    tail: (maxRows) => answer?.tail(maxRows) ?? [],
    resize(columns) {
      width = columns
      answer?.resize(columns)
    },
  }
}
