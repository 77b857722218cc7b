/** A tape whose end is missing: the program that wrote it was killed, or the file was cut. It plays as far as it goes. */

import type { Failure } from '../turn.ts'
import { failure } from '../weather/failures.ts'
import { bodyKind } from './body.ts'
import type { Exchange, Tape } from './tape.ts'

/** Whoever ends a recording properly says so. */
export const isWhole = ({ cut, deeds }: Tape): boolean => !cut && deeds.some(({ deed }) => deed.type === 'left')

/** How an answer ends of which the tape has no more. Asking again would bring nothing. */
export function endOf(tape: Tape): Failure {
  const reason = isWhole(tape) ? 'The recording holds no further answer.' : 'The recording ends here.'
  return failure('cut', reason, { remedy: '', transient: false })
}

/** The tape with every exchange as far as it can be played: `end` is null where an answer breaks off with the tape. */
export function playable(tape: Tape): Tape {
  if (isWhole(tape)) return tape
  return { ...tape, exchanges: tape.exchanges.map((exchange) => unstopped(settled(exchange), tape)) }
}

/** An answer in one piece, or an error, is all there or says nothing. */
function settled(exchange: Exchange): Exchange {
  const { response, chunks, end } = exchange
  if (end || !response) return exchange
  if (response.status < 400 && bodyKind(response.headers['content-type']) === 'events') return exchange
  const at = chunks.at(-1)?.at ?? response.at
  return isJson(chunks)
    ? { ...exchange, end: { at, how: 'complete', code: null } }
    : { ...exchange, response: null, chunks: [] }
}

/** An answer that we broke off, where whatever made us do so is not on the tape any more: nobody would do it now. */
function unstopped(exchange: Exchange, { deeds, exchanges }: Tape): Exchange {
  if (exchange.end?.how !== 'aborted') return exchange
  const goesOn = [...deeds, ...exchanges].some(({ at }) => at > exchange.at)
  return goesOn ? exchange : { ...exchange, end: null }
}

function isJson(chunks: Exchange['chunks']): boolean {
  const decoder = new TextDecoder()
  const text = chunks.map(({ bytes }) => decoder.decode(bytes, { stream: true })).join('')
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
