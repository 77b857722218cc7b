/**
 * From the turns of a conversation to rows: the question, a line of thinking, the answer, how it ended. What the program
 * says meanwhile waits for a place where it splits no paragraph, list, table or code.
 */

import { sayAttachment } from '../core/attachments/words.ts'
import type { Attachment } from '../core/attachments.ts'
import type { Event, State, Turn } from '../core/conversation.ts'
import { thinkingMs } from '../core/figures/metrics.ts'
import { count, duration, tokens } from '../core/figures/words.ts'
import { type AnswerRows, answerRows, type Highlight } from '../core/markdown/answer.ts'
import { CATALOGUE } from '../core/models.ts'
import { type Remark, remarkRows } from '../core/text/remark.ts'
import { sanitise } from '../core/text/sanitise.ts'
import type { Theme } from '../core/text/theme.ts'
import { clip, wrapText } from '../core/text/wrap.ts'
import { ANNOUNCED, announced, endNote } from '../core/turn/outcome.ts'
import { sayRaced } from '../core/weather/raced.ts'
import { estimateTokens } from '../core/window/context.ts'
import { textOf } from './styling.ts'
import { type ThoughtRows, thoughtRows } from './thoughts.ts'

/** Rows of a question that are echoed; a long paste is counted instead. */
const QUESTION_ROWS = 20

export interface Transcript {
  /** Takes in what happened; returns the rows that are final with it. */
  follow(state: State, event: Event): readonly string[]
  /** What a session begins with, as rows. */
  greet(text: string): readonly string[]
  /** A remark of the program itself, as rows; none yet where it has to wait: `follow` gives them then. */
  remark(remark: Remark): readonly string[]
  /** Whether something waits for a place. */
  readonly isHolding: boolean
  /** A whole turn once more, for a screen that has lost it; one that still runs goes on below these rows. */
  again(turn: Turn): readonly string[]
  /** Pictures of the running turn's question that were not ready when it was asked; no rows once anything stands below it. */
  pictured(turn: Turn): readonly string[]
  /** Whether thinking is shown as it comes, or folded into one line. */
  readonly unfolded: boolean
  /** Shows or folds thinking from now on; returns the rows of the turn's thinking so far, unless they have to wait. */
  unfold(on: boolean, turn: Turn | null): readonly string[]
  tail(maxRows: number): readonly string[]
  resize(columns: number): void
  /** What is drawn from now on looks like this; an answer that has begun keeps its look. */
  restyle(theme: Theme): void
}

/** What goes with a question, in pictures; no rows where there is nothing to see. */
export type Pictures = (attached: readonly Attachment[]) => readonly string[]

/** A row on which nothing is to be seen; it may still draw on those above it. */
const isBlank = (row: string | undefined) => row !== undefined && textOf(row) === ''

export function createTranscript(
  look: Theme,
  columns: number,
  highlight?: Highlight,
  pictures: Pictures = () => [],
): Transcript {
  let theme = look
  let width = columns
  let number = 0
  let answer: AnswerRows | null = null
  let taken = 0
  let thoughtTold = false
  let unfolded = false
  let thoughts: ThoughtRows | null = null
  /** The answer has given rows: from then on each of its blocks brings a blank row along. */
  let isBegun = false
  let isBlankAbove = false
  /** Pictures may still come: the question is the last that stands there. */
  let isBare = false
  /** What waits for a place. Laid out when there is one, for the width of that moment. */
  let asides: { readonly what: 'remark' | 'thinking'; lay(): readonly string[] }[] = []

  const begin = () => answerRows({ width, theme, highlight })
  const think = () => thoughtRows(theme, () => width)

  const rowsOf = (text: string) => wrapText(sanitise(text), width)

  /** A blank row below these rows, unless there is one. */
  const gapBelow = (rows: readonly string[]) => ((rows.length > 0 ? isBlank(rows.at(-1)) : isBlankAbove) ? [] : [''])

  /** Rows on their way out. */
  const giving = (rows: readonly string[]): readonly string[] => {
    if (rows.length > 0) isBlankAbove = isBlank(rows.at(-1))
    return rows
  }

  /** Rows just laid out, and what waits set in at the first place where it splits nothing. */
  const withAsides = (rows: readonly string[]): readonly string[] => {
    const pen = thoughts ?? answer
    const here = pen === null || pen.between ? 0 : null
    const since = rows.length > 0 ? (pen?.sinceSeam ?? here) : here
    if (asides.length === 0 || since === null || since > rows.length) return rows
    const place = rows.length - since
    const out = rows.slice(0, place)
    for (const { lay } of asides.splice(0)) out.push(...gapBelow(out), ...lay())
    const below = rows.slice(place)
    const isParted = below.length > 0 ? below[0] === '' : answer === null || (isBegun && !thoughts)
    return [...out, ...(isParted ? [] : ['']), ...below]
  }

  const question = (turn: Turn, above: readonly string[] = []): string[] => {
    const rows = turn.question === '' ? [] : wrapText(sanitise(turn.question), Math.max(1, width - 2))
    const attached = (turn.attachments ?? []).map((one) => clip(`+ ${sayAttachment(one)}`, Math.max(1, width - 2)))
    const shown = rows.slice(0, QUESTION_ROWS)
    const rest = rows.length - shown.length
    const drawn = pictures(turn.attachments ?? [])
    isBare = drawn.length === 0
    return [
      ...gapBelow(above),
      ...shown.map((row, i) => (i === 0 ? theme.accent('› ') : '  ') + theme.strong(row)),
      ...(rest > 0 ? [theme.dim(`  … ${count(rest, 'more row')}`)] : []),
      ...attached.map((row, i) => (rows.length + i === 0 ? theme.accent('› ') : '  ') + theme.dim(row)),
      ...drawn,
      ...(isBlank(drawn.at(-1)) ? [] : ['']),
    ]
  }

  /** Who answers in whose place, below the question. */
  const announcement = (lines: readonly string[]): string[] =>
    lines.flatMap((line) => [...rowsOf(line).map((row) => theme.dim(row)), ''])

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

  const open = (turn: Turn, above: readonly string[]): string[] => {
    number = turn.number
    answer = begin()
    taken = 0
    thoughtTold = false
    thoughts = null
    isBegun = false
    return question(turn, above)
  }

  /** Takes the piece from the event, not from the answer so far: the work stays the same however long the answer is. */
  const grow = (turn: Turn, text: string): readonly string[] => {
    if (!answer) return []
    const before = taken === 0 ? [...unthink(), ...thought(turn)] : []
    taken += text.length
    const rows = answer.push(text)
    isBegun ||= rows.length > 0
    return [...before, ...rows]
  }

  const close = (turn: Turn): string[] => {
    const rows = [...unthink(), ...(taken === 0 ? thought(turn) : []), ...(answer?.end() ?? [])]
    answer = null
    // Another conversation counts from 1 again.
    number = 0
    return [...rows, ...ending(turn, rows.length > 0 || taken > 0)]
  }

  const ending = (turn: Turn, isBelowText: boolean): string[] => {
    const note = endNote(turn, 'chat')
    const raced = sayRaced(turn)
    if (!note && !raced) return []
    const end = rowsOf(note ?? '').map((row) => (turn.end?.type === 'failed' ? theme.error(row) : theme.dim(row)))
    const rows = [...(note ? end : []), ...(raced ? rowsOf(raced).map(theme.dim) : [])]
    return isBelowText ? ['', ...rows] : rows
  }

  /** Thinking that was shown comes to its end: its last rows, and one to part them from what follows. */
  const unthink = (): string[] => {
    const rows = thoughts ? [...thoughts.end(), ''] : []
    thoughts = null
    return rows
  }

  /** The thinking of a turn that is over, or has begun to answer. */
  const thinkingOf = (turn: Turn): string[] => {
    const pen = think()
    return [...pen.push(turn.thinking), ...pen.end()]
  }

  return {
    follow(state, event) {
      const rows: string[] = []
      // A turn can settle and the next one begin in a single step: the settled one is closed first.
      if (answer && state.live?.number !== number) {
        if (state.settled?.number === number) rows.push(...withAsides(close(state.settled)))
      }
      const isNew = state.live !== null && state.live.number !== number
      if (state.live && isNew) rows.push(...open(state.live, rows))
      if (state.live && event.type === 'delta') rows.push(...grow(state.live, event.text))
      if (event.type === 'waiting') rows.push(...unthink())
      if (state.live && ANNOUNCED.has(event.type))
        rows.push(...unthink(), ...announcement(announced(state.live, state.models).slice(-1)))
      if (state.live && unfolded && event.type === 'thinking' && event.text !== '' && taken === 0) {
        thoughts ??= think()
        rows.push(...thoughts.push(event.text))
      }
      isBare &&= isNew || rows.length === 0
      return giving(withAsides(rows))
    },
    pictured(turn) {
      const rows = isBare && answer && turn.number === number && taken === 0 ? pictures(turn.attachments ?? []) : []
      if (rows.length > 0) isBare = false
      return giving(isBlank(rows.at(-1)) ? rows : rows.length > 0 ? [...rows, ''] : [])
    },
    greet: (text) => giving(remarkRows(text, width, theme)),
    remark(remark) {
      asides.push({ what: 'remark', lay: () => remarkRows(remark, width, theme) })
      return giving(withAsides([]))
    },
    get isHolding() {
      return asides.length > 0
    },
    again(turn) {
      const isOpen = answer !== null && turn.number === number
      const pen = begin()
      const rows = [...question(turn), ...announcement(announced(turn, CATALOGUE))]
      if (turn.answer === '' && isOpen) {
        // Still thinking, or waiting: what was shown of it is shown again, and goes on.
        if (thoughts) {
          thoughts = think()
          rows.push(...thoughts.push(turn.thinking))
        }
        return giving(rows)
      }
      if (unfolded && turn.thinking !== '') rows.push(...thinkingOf(turn), '')
      thoughtTold = false
      const answered = pen.push(turn.answer)
      rows.push(...thought(turn), ...answered)
      if (isOpen) {
        answer = pen
        isBegun = answered.length > 0
      } else {
        rows.push(...pen.end())
        rows.push(...ending(turn, turn.answer !== ''))
      }
      return giving(rows)
    },
    get unfolded() {
      return unfolded
    },
    unfold(on, turn) {
      unfolded = on
      if (!on) {
        asides = asides.filter(({ what }) => what !== 'thinking')
        return giving(withAsides(unthink()))
      }
      if (!turn || turn.thinking === '') return []
      if (!answer || turn.number !== number || turn.answer !== '') {
        const label = theme.dim(`✻ thinking of answer ${turn.number}`)
        asides.push({ what: 'thinking', lay: () => [label, '', ...thinkingOf(turn)] })
        return giving(withAsides([]))
      }
      thoughts = think()
      return giving(withAsides(thoughts.push(turn.thinking)))
    },
    tail(maxRows) {
      const open = thoughts ? thoughts.tail() : (answer?.tail(maxRows) ?? [])
      return maxRows > 0 ? open.slice(-maxRows) : []
    },
    resize(columns) {
      width = columns
      answer?.resize(columns)
    },
    restyle(next) {
      theme = next
    },
  }
}
