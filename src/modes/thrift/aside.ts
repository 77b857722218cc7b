/** A call beside the turns: one request, its text, and its bill. Nobody waits for it, and nothing of it is on the road. */

import type { Purpose, SideCallEvent } from '../../core/conversation/side-calls.ts'
import type { TurnRequest } from '../../core/request.ts'
import { isEnd, type Limits, type TurnEnd, type Usage } from '../../core/turn.ts'
import { estimateTokens } from '../../core/window/context.ts'
import type { Api } from '../../io/api.ts'

export interface Aside {
  readonly text: string
  /** What it cost, to be dispatched whatever came of it; null: it never began. */
  readonly bill: SideCallEvent | null
  readonly end: TurnEnd
}

/**
 * Asks once. Never rejects.
 * @param stopped told at once, while the signal is aborted, what it has cost so far: a program that ends waits for nobody.
 *   The bill is not returned a second time.
 */
export async function askAside(
  request: TurnRequest,
  purpose: Purpose,
  api: Pick<Api, 'attempt'>,
  signal: AbortSignal,
  stopped?: (bill: SideCallEvent) => void,
): Promise<Aside> {
  let text = ''
  let thinking = ''
  let usage: Usage | null = null
  let factor: Pick<SideCallEvent, 'priceFactor'> = {}
  let limits: Limits = {}
  let { model } = request
  let requestId: string | null = null
  let last: TurnEnd | null = null
  let at = 0
  const bill = (): SideCallEvent | null => {
    if (!usage) return null
    const common = { type: 'billed', at, purpose, model, requestId, limits, ...factor } as const
    if (last?.type === 'finished') return { ...common, usage }
    // What was generated before it was cut off is billed as well; how much that is, only the text tells.
    const output = Math.max(usage.output, estimateTokens(text) + estimateTokens(thinking))
    return { ...common, usage: { ...usage, output }, from: 'estimate' }
  }
  let isTold = false
  const tell = () => {
    const soFar = bill()
    if (!soFar || !stopped) return
    isTold = true
    stopped(soFar)
  }
  signal.addEventListener('abort', tell, { once: true })
  await api.attempt({ ...request, isAside: true }, 1, signal, (event) => {
    if (isTold) return
    at = event.at
    if (event.type === 'heard') ({ requestId, limits } = event)
    if (event.type === 'began') {
      ;({ model } = event)
      if (event.priceFactor !== undefined) factor = { priceFactor: event.priceFactor }
    }
    if (event.type === 'began' || event.type === 'usage') ({ usage } = event)
    if (event.type === 'delta') text += event.text
    if (event.type === 'thinking') thinking += event.text
    if (isEnd(event)) last = event
  })
  signal.removeEventListener('abort', tell)
  return { text, bill: isTold ? null : bill(), end: last ?? { type: 'stopped', at } }
}
