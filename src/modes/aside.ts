/** A call beside the turns: one request, its text, and its bill. Nobody waits for it, and nothing of it is on the road. */

import { estimateTokens } from '../core/context.ts'
import type { TurnRequest } from '../core/request.ts'
import type { Purpose, SideCallEvent } from '../core/side-calls.ts'
import { isEnd, type TurnEnd, type Usage } from '../core/turn.ts'
import type { Api } from '../io/api.ts'

export interface Aside {
  readonly text: string
  /** What it cost, to be dispatched whatever came of it; null: it never began. */
  readonly bill: SideCallEvent | null
  readonly end: TurnEnd
}

/** Asks once. Never rejects. */
export async function askAside(
  request: TurnRequest,
  purpose: Purpose,
  api: Pick<Api, 'attempt'>,
  signal: AbortSignal,
): Promise<Aside> {
  let text = ''
  let thinking = ''
  let usage: Usage | null = null
  let factor: Pick<SideCallEvent, 'priceFactor'> = {}
  let { model } = request
  let requestId: string | null = null
  let last: TurnEnd | null = null
  await api.attempt(request, 1, signal, (event) => {
    if (event.type === 'heard') requestId = event.requestId
    if (event.type === 'began') {
      ;({ model } = event)
      if (event.priceFactor !== undefined) factor = { priceFactor: event.priceFactor }
    }
    if (event.type === 'began' || event.type === 'usage') ({ usage } = event)
    if (event.type === 'delta') text += event.text
    if (event.type === 'thinking') thinking += event.text
    if (isEnd(event)) last = event
  })
  const end = (last as TurnEnd | null) ?? { type: 'stopped', at: 0 }
  const counted = usage as Usage | null
  if (!counted) return { text, bill: null, end }
  const common = { type: 'billed', at: end.at, purpose, model, requestId, ...factor } as const
  if (end.type === 'finished') return { text, bill: { ...common, usage: counted }, end }
  // What was generated before it was cut off is billed as well; how much that is, only the text tells.
  const output = Math.max(counted.output, estimateTokens(text) + estimateTokens(thinking))
  return { text, bill: { ...common, usage: { ...counted, output }, from: 'estimate' }, end }
}
