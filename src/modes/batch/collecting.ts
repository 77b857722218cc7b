/** The results of the server's own batches, into the files of ours. */

import { type AnswerLine, answerLine, failedLine, inVain, paidFor } from '../../core/batch/answer.ts'
import { isBad, type Row } from '../../core/batch/row.ts'
import type { Offloaded, Sent } from '../../core/batch/run-file.ts'
import { addPaid, countVain } from '../../core/batch/tally.ts'
import { cutShort } from '../../core/turn/outcome.ts'
import { grown, newTurn } from '../../core/turn/turns.ts'
import type { Failure, TurnEvent } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import { writeRun } from '../../io/batch/beside.ts'
import { rowsOf } from '../../io/batch/rows.ts'
import { BATCH_FACTOR, type Batches, type BatchResult } from '../../io/batches.ts'
import type { Work } from './work.ts'

/** What this run works on: the state beside the answers, and the server. */
export interface Errand extends Work {
  readonly server: Batches
  state: Offloaded
}

/** Remembers what has become of it, beside the answers. @throws the system's error */
export function keep(errand: Errand, change: Partial<Offloaded>): void {
  errand.state = { ...errand.state, ...change }
  writeRun(errand.call.out, { ...errand.run, offloaded: errand.state })
}

/** The results of one batch come in no order: what is kept of its rows meanwhile is their names alone. */
export async function collect(errand: Errand, batch: Sent): Promise<void> {
  const { server, outbox, source, state, tally, telling } = errand
  const ids = new Map<number, string>()
  for await (const row of rowsOf(source)) if (!isBad(row) && !outbox.done.has(row.id)) ids.set(row.index, row.id)
  const failed = new Map<number, Failure>()
  /** Answers that answer nothing, which are paid for all the same. */
  const vain: AnswerLine[] = []
  for await (const result of server.results(batch.id)) {
    const [token, place] = result.customId.split('_')
    const index = Number(place)
    const id = token === state.token ? ids.get(index) : undefined
    if (id === undefined) continue
    ids.delete(index)
    if (result.type === 'succeeded') {
      const why = answered(errand, { index, id }, result.events)
      if (!why) continue
      failed.set(index, why.failure)
      vain.push(why.line)
    } else failed.set(index, whyNot(result))
    telling.progress(errand.sayProgress)
  }
  // A program that was killed here has paid for some of them: the next one looks.
  errand.paying.catchUp(vain)
  const unanswering = new Set(vain.map(({ index }) => index))
  for await (const row of failed.size === 0 ? [] : rowsOf(source)) {
    const why = isBad(row) ? undefined : failed.get(row.index)
    if (isBad(row) || !why) continue
    outbox.failed(row.index, failedLine(row, why, 1))
    if (unanswering.has(row.index)) countVain(tally, why)
    else tally.failed++
  }
  keep(errand, {
    batches: errand.state.batches.map((one) => (one.id === batch.id ? { ...one, isCollected: true } : one)),
  })
}

/** @returns why it is no answer, where it is none */
function answered(
  errand: Errand,
  row: Pick<Row, 'id' | 'index'>,
  events: readonly TurnEvent[],
): { readonly failure: Failure; readonly line: AnswerLine } | null {
  const { outbox, tally, setup, paying, shared, telemetry, now } = errand
  const start = { number: row.index, parent: null, question: '', model: '', effort: shared.choices.effort }
  let turn = newTurn(start, now())
  for (const event of events) turn = grown(turn, event, setup.state.models)
  const line = answerLine(row, turn, BATCH_FACTOR)
  const why = inVain(turn)
  const paid = paidFor(turn)
  telemetry?.paid(paid)
  if (why) {
    addPaid(tally, paid)
    return { failure: why, line: { ...line, answer: '' } }
  }
  outbox.answered(line)
  tally.answered++
  if (turn.end?.type === 'finished' && cutShort(turn.end.stopReason)) tally.cut++
  addPaid(tally, paid)
  paying.pay(paid)
  return null
}

function whyNot(result: Exclude<BatchResult, { readonly type: 'succeeded' }>): Failure {
  if (result.type === 'errored') return result.failure
  if (result.type === 'canceled') return failure('server', 'It was canceled before it was done.')
  return failure('server', 'The batch expired after 24 hours, before this row was done.')
}
