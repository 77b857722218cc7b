/** What is saved when something settles: the events, and the views of them that are kept beside. */

import { titleOfTurn } from '../conversation/title.ts'
import type { Event, State } from '../conversation.ts'
import { type LedgerRow, rowOfSideCall, rowsOfTurn } from '../money/ledger.ts'
import type { Turn } from '../turn/turns.ts'
import { isEnd } from '../turn.ts'
import { condensed } from './record.ts'

/** UTF-16 units of a question or an answer that the search knows: a piped log would be most of the index. */
const LONGEST_SAID = 500_000

/** What the list of conversations shows of one. */
export interface Summary {
  readonly title: string
  readonly titleBy: 'question' | 'model' | 'user'
  /** Turns on the branch that is shown. */
  readonly turns: number
  readonly model: string
  /** How its last turn ended; null: no turn is over yet. */
  readonly ended: 'finished' | 'failed' | 'stopped' | null
}

/** Events that were settled together, and what follows from them. Their times are milliseconds since 1970. */
export interface Batch {
  readonly events: readonly Event[]
  readonly turn: number | null
  /** What was said in them, for the search; empty: nothing. */
  readonly said: string
  readonly ledger: readonly LedgerRow[]
  readonly summary: Summary
  readonly wallMs: number
}

/** What a copy of a conversation begins with. */
export interface Past {
  readonly summary: Summary
  readonly costUsd: number
  readonly costIsEstimate: boolean
  readonly unpriced: number
  readonly wallMs: number
}

/** @param state before what makes the difference between the two */
export function pastOf(state: State, wallMs: number): Past {
  const turns = [...state.turns, ...state.branches]
  const answers = [...turns.filter(({ usage }) => usage !== null), ...turns.flatMap(({ wasted }) => wasted)]
  const costs = [...answers, ...state.sideCalls].map(({ cost }) => cost)
  return {
    summary: summaryOf(state),
    costUsd: costs.reduce((sum, cost) => sum + (cost?.value ?? 0), 0),
    costIsEstimate: costs.some((cost) => cost?.from === 'estimate'),
    unpriced: costs.filter((cost) => cost === null).length,
    wallMs,
  }
}

/** The same of what has been settled in it. */
export function pastOfBatches(batches: Iterable<Batch>): Past | null {
  const rows: LedgerRow[] = []
  let last: Batch | null = null
  for (const batch of batches) {
    last = batch
    rows.push(...batch.ledger)
  }
  if (!last) return null
  const priced = rows.filter(({ costUsd }) => costUsd !== null)
  return {
    summary: last.summary,
    costUsd: priced.reduce((sum, { costUsd }) => sum + costUsd!, 0),
    costIsEstimate: priced.some(({ outputIsEstimate }) => outputIsEstimate),
    unpriced: rows.length - priced.length,
    wallMs: last.wallMs,
  }
}

export function summaryOf({ title, turns, live, choices }: State): Summary {
  const first = turns[0] ?? live
  const last = turns.at(-1)
  return {
    title: title?.text ?? titleOfTurn(first),
    titleBy: title?.by ?? 'question',
    turns: turns.length,
    model: last?.model ?? live?.model ?? choices.model,
    ended: last?.end?.type ?? null,
  }
}

/** What the search knows of a turn. */
export function saidIn({
  question,
  attachments = [],
  answer,
}: Pick<Turn, 'question' | 'attachments' | 'answer'>): string {
  const names = attachments.map(({ name }) => `${name}\n`).join('')
  return `${names}${question.slice(0, LONGEST_SAID)}\n${answer.slice(0, LONGEST_SAID)}`
}

/**
 * @param events as they are saved, the last of them the one that settled it
 * @param after the state after the last of them, the turn that settled still being one of its turns
 */
export function batchOf(events: readonly Event[], after: State, wallMs: number): Batch {
  const last = events.at(-1)
  const turn = last && isEnd(last) ? after.settled : null
  const calls = events.filter(({ type }) => type === 'billed').length
  return {
    events: condensed(events),
    turn: turn?.number ?? null,
    said: turn ? saidIn(turn) : '',
    ledger: [...(turn ? rowsOfTurn(turn) : []), ...(calls > 0 ? after.sideCalls.slice(-calls).map(rowOfSideCall) : [])],
    summary: summaryOf(after),
    wallMs,
  }
}
