/**
 * A second request beside the running one: the first of them with text wins, the other is ended, and what it took is told
 * for the bill. Where one fails the other goes on. Until then the first is the one that is seen.
 */

import type { Failure, Lost, TurnEvent, Usage } from '../../core/turn.ts'
import { estimateTokens } from '../../core/window/context.ts'
import type { Emit } from '../../io/api.ts'
import type { Run } from './attempts.ts'

/** Sends it. Resolves when the second request is over, won or lost; never rejects. */
export function race(run: Run, now: () => number): Promise<void> {
  const { api, request, number, all, own, emit } = run
  const first: TurnEvent[] = run.said ?? []
  const second: TurnEvent[] = []
  const other = new AbortController()
  const stop = () => other.abort()
  all.signal.addEventListener('abort', stop, { once: true })
  const ignore: Emit = () => {}

  const settle = (won: 'first' | 'second', at: number, failure: Failure | null) => {
    if (won === 'first') {
      run.said = null
      run.take = emit
      takeSecond = ignore
      stop()
    } else {
      run.take = ignore
      takeSecond = emit
      own.abort()
    }
    emit({ type: 'raced', at, won, lost: lostOf(won === 'first' ? second : first, request.model, failure) })
    if (won === 'second') for (const event of second) emit(event)
  }

  run.take = (event) => {
    if (event.type === 'delta' || event.type === 'finished') settle('first', event.at, null)
    else if (event.type === 'failed') return settle('second', event.at, event.failure)
    else if (event.type !== 'alive') first.push(event)
    emit(event)
  }
  let takeSecond: Emit = (event) => {
    if (event.type === 'delta' || event.type === 'finished') {
      settle('second', event.at, null)
      emit(event)
    } else if (event.type === 'failed') settle('first', event.at, event.failure)
    // Stopped: the first one is, too, and says so.
    else if (event.type !== 'stopped') {
      if (event.type !== 'alive') second.push(event)
      emit({ type: 'alive', at: event.at })
    }
  }

  emit({ type: 'hedged', at: now() })
  return api
    .attempt(request, number, other.signal, (event) => takeSecond(event))
    .finally(() => all.signal.removeEventListener('abort', stop))
}

/** What a request that is given up has said of itself. Its output is what it has thought, as far as that was told. */
function lostOf(said: readonly TurnEvent[], model: string, failure: Failure | null): Lost {
  let lost: Lost = { model, requestId: null, messageId: null, usage: null, failure }
  let thinking = 0
  for (const event of said) {
    if (event.type === 'heard') lost = { ...lost, requestId: event.requestId }
    if (event.type === 'thinking') thinking += estimateTokens(event.text)
    if (event.type === 'usage') lost = { ...lost, usage: event.usage }
    if (event.type !== 'began') continue
    const { model, messageId, usage, priceFactor } = event
    lost = { ...lost, model, messageId, usage, ...(priceFactor === undefined ? {} : { priceFactor }) }
  }
  const usage: Usage | null = lost.usage && { ...lost.usage, output: Math.max(lost.usage.output, Math.ceil(thinking)) }
  return { ...lost, usage, ...(said.some(({ type }) => type === 'sent') ? {} : { isUnsent: true as const }) }
}
