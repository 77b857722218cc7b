/**
 * What of a conversation goes to the model: which turns word for word, and what stands for the others. Nothing is ever
 * deleted: a summary, or what was left out, is a way of looking at turns that are still there.
 */

import { withAttachments } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { history } from '../request/messages.ts'
import type { Message } from '../request.ts'
import type { Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'

/** What stands for the beginning of a conversation. */
export interface Summary {
  /** Counts from 1 within a conversation. */
  readonly id: number
  readonly at: Ms
  /** The last turn it stands for: those before it on the branch are meant, too. It holds wherever this turn leads. */
  readonly upTo: number
  /** The summary it was made from, besides the turns since; null: from turns alone. */
  readonly of: number | null
  /** `summary`: in the model's words; `omitted`: nothing but a note that the beginning was left out. */
  readonly kind: 'summary' | 'omitted'
  readonly text: string
  /** What the user wanted to be kept though the summary lost it, word for word. */
  readonly facts: readonly string[]
  /**
   * Turns up to `upTo` that it tells nothing of: they were pinned or dropped when it was made. Once they are neither,
   * they are sent as before. Absent: none.
   */
  readonly spared?: readonly number[]
  /** Taken back: the turns are sent word for word again. */
  readonly isUndone: boolean
  /** The first turn that was, or will be, asked with it as it stands now. */
  readonly sentFrom: number
}

/**
 * What the user wants of a turn: `pinned`, sent word for word whatever is summarised; `dropped`, not sent at all;
 * `without:` and hashes, sent without these attachments.
 */
export type Mark = 'pinned' | 'dropped' | Without
type Without = `without:${string}`

/** A mark as it stands in a file. */
export const MARK_PATTERN = '^(?:pinned|dropped|without:[\\da-zA-Z]{64}(?:,[\\da-zA-Z]{64})*)$'

/** Hashes of the attachments that a mark leaves out. */
export const leftOutBy = (mark: Mark | null | undefined): readonly string[] =>
  mark?.startsWith('without:') ? mark.slice('without:'.length).split(',') : []

/** The mark that leaves them out; null: none are. */
export const markWithout = (hashes: readonly string[]): Mark | null =>
  hashes.length === 0 ? null : `without:${[...new Set(hashes)].sort().join(',')}`

export type WindowEvent =
  | { readonly type: 'marked'; readonly turn: number; readonly as: Mark | null }
  /** A summary takes the place of turns. */
  | ({ readonly type: 'summarised' } & Omit<Summary, 'id' | 'isUndone' | 'sentFrom'>)
  /** Facts are added to a summary. */
  | { readonly type: 'amended'; readonly id: number; readonly facts: readonly string[] }
  /** A summary is taken back, or holds again. */
  | { readonly type: 'unsummarised'; readonly id: number; readonly isUndone: boolean }

/** What of a conversation is sent. */
export interface Window {
  /** It stands for the turns up to its own; null: none does. */
  readonly summary: Summary | null
  /** Turns that are sent word for word, in order. */
  readonly turns: readonly Turn[]
}

type Parts = Pick<State, 'turns' | 'summaries' | 'marks'>

/** What of these turns is sent with the next question. @param path the branch that is meant; absent: the one at hand */
export function windowOf({ turns, summaries, marks }: Parts, path: readonly Turn[] = turns): Window {
  const summary = summaries.findLast(({ upTo, isUndone }) => !isUndone && path.some(({ number }) => number === upTo))
  const behind = summary ? path.findIndex(({ number }) => number === summary.upTo) : -1
  const sent = path
    .filter(({ number }, at) => {
      const mark = marks[number]
      return mark === 'pinned' || (mark !== 'dropped' && (at > behind || summary?.spared?.includes(number) === true))
    })
    .map((turn) => (marks[turn.number] ? lessened(turn, marks[turn.number]!) : turn))
  return { summary: summary ?? null, turns: sent }
}

/** The same turn gives the same one each time: who compares turns compares objects. */
const less = new WeakMap<Turn, { readonly mark: Mark; readonly turn: Turn }>()

/** A turn as a mark wants it sent: without some of its attachments, and a note in their place. */
function lessened(turn: Turn, mark: Mark): Turn {
  const out = leftOutBy(mark)
  if (out.length === 0) return turn
  const known = less.get(turn)
  if (known?.mark === mark) return known.turn
  const { attachments = [], ...rest } = turn
  const gone = attachments.filter(({ hash }) => out.includes(hash))
  const note = gone.map(({ name }) => `[${name} was attached here and has been left out.]`).join('\n')
  const question = [turn.question, note].filter(Boolean).join('\n\n')
  const stays = withAttachments(attachments.filter(({ hash }) => !out.includes(hash)))
  const sent: Turn = gone.length === 0 ? turn : { ...rest, question, ...stays }
  less.set(turn, { mark, turn: sent })
  return sent
}

/** The messages before the next question: same parts, same bytes, or the prompt cache is lost. */
export function messagesOf({ summary, turns }: Window): readonly Message[] {
  return [...(summary ? inMessages(summary) : []), ...history(turns)]
}

/** The tag a summary stands in. */
export const SUMMARY_HEAD = 'summary'

/** A summary as the exchange the conversation begins with. */
function inMessages({ kind, text, facts }: Summary): readonly Message[] {
  const kept = facts.length === 0 ? '' : `\n\nTo be kept word for word:\n${facts.map((fact) => `- ${fact}`).join('\n')}`
  const said =
    kind === 'omitted'
      ? `(The beginning of this conversation was left out for want of room.)${kept}`
      : `<${SUMMARY_HEAD}>\n${text}${kept}\n</${SUMMARY_HEAD}>\n\nThis is what was said so far. Go on from there.`
  return [
    { role: 'user', text: said },
    { role: 'assistant', text: 'Understood.' },
  ]
}

/** The summaries and marks after one more event. */
export function reviewed(
  state: Pick<State, 'summaries' | 'marks' | 'next'>,
  event: WindowEvent,
): Pick<State, 'summaries' | 'marks'> {
  const { summaries, marks, next: sentFrom } = state
  const changed = (id: number, change: Partial<Summary>) => ({
    marks,
    summaries: summaries.map((one) => (one.id === id ? { ...one, ...change } : one)),
  })
  switch (event.type) {
    case 'marked': {
      const { [event.turn]: _, ...others } = marks
      return { summaries, marks: event.as === null ? others : { ...others, [event.turn]: event.as } }
    }
    case 'summarised': {
      const { type: _, ...summary } = event
      return { marks, summaries: [...summaries, { ...summary, id: summaries.length + 1, isUndone: false, sentFrom }] }
    }
    case 'amended':
      return changed(event.id, { facts: event.facts, sentFrom })
    case 'unsummarised':
      return changed(event.id, { isUndone: event.isUndone, sentFrom })
  }
}
