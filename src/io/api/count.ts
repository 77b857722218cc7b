/** What a request takes, by the server's own count. Asking costs nothing. */

import type { TurnRequest } from '../../core/request.ts'
import type { Desk } from './desk.ts'

/**
 * Tokens of a request by the server's count; null when this server cannot count.
 * @param uncounted models that it has said it does not count for: it is not asked again
 */
export async function count(
  { connect, spell, fail, aside }: Desk,
  uncounted: Set<string>,
  request: TurnRequest,
  signal: AbortSignal,
): Promise<number | null> {
  if (uncounted.has(request.model)) return null
  try {
    const spelled = await spell({ ...request, temperature: null, topP: null })
    if ('reason' in spelled) return null
    const { max_tokens: _, stream: __, diagnostics: ___, ...params } = spelled as never as Record<string, unknown>
    const counted = await (await connect()).messages.countTokens(params as never, {
      signal,
      fetchOptions: aside as object,
    })
    return typeof counted.input_tokens === 'number' ? counted.input_tokens : null
  } catch (error) {
    // "prompt is too long: 1560019 tokens > 1000000 maximum" is a count, too.
    const { kind, reason } = await fail(error, false)
    if (kind === 'missing' || kind === 'alien') uncounted.add(request.model)
    return kind === 'too-long' ? Number(/(\d+) tokens/.exec(reason)?.[1] ?? Number.POSITIVE_INFINITY) : null
  }
}
