/** What programs are told: one JSON document per command, with the same fields for a conversation everywhere. */

import { iso } from '../../core/history/export/told.ts'
import type { Listed } from '../../io/history.ts'
import { asJson } from '../shell/sink.ts'

/** A conversation as a field of a document. A cost of which nothing is known is null. */
export function conversationInJson(one: Listed): object {
  const isUnknown = one.costUsd === 0 && (one.unpriced > 0 || one.kind === 'import')
  return {
    ...{ uid: one.uid, title: one.title, titleBy: one.titleBy, kind: one.kind, model: one.model, turns: one.turns },
    ...{ created: iso(one.createdMs), updated: iso(one.updatedMs), ended: one.ended, running: one.isRunning },
    costUsd: isUnknown ? null : { value: one.costUsd, from: one.costIsEstimate ? 'estimate' : 'server' },
    // Answers without a known price: above 0 the cost is a part of the whole.
    ...{ unpriced: one.unpriced, deleted: iso(one.deletedMs) },
  }
}

/** `{"conversations":[…]}`, an element a line: one document, and still easy to look through line by line. */
export function* documentOf(rows: Iterable<object>, more: object = {}): Generator<string> {
  const rest = asJson(more).slice(1, -1)
  yield `{${rest === '' ? '' : `${rest},`}"conversations":[`
  let isFirst = true
  for (const row of rows) {
    yield `${isFirst ? '' : ','}\n${asJson(row)}`
    isFirst = false
  }
  yield '\n]}\n'
}
