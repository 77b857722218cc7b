/** Makes of any file what the API takes: an image as small as it can be, a PDF, a text, or a reason why not. */

import type { Prepared, PrepareOptions, Source } from '../../core/attachments/prepared.ts'

/**
 * @param signal stops it where it stands
 * @throws the signal's reason when it was stopped, and nothing else: what cannot be sent is refused
 */
export async function prepare(source: Source, _options: PrepareOptions, signal: AbortSignal): Promise<Prepared> {
  signal.throwIfAborted()
  return { refused: `${source.name} is of no known kind.` }
}
