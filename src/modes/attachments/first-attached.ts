/** What `--attach` names when a chat begins: prepared before it is shown, and with the first message then. */

import type { Args } from '../../args.ts'
import { UsageError } from '../../args.ts'
import { isReady, type Refusal } from '../../core/attachments/prepared.ts'
import type { Asking } from '../../core/attachments.ts'
import { Ending, EXIT, NO_KEY } from '../../core/turn/outcome.ts'
import type { Setup } from '../../setup.ts'
import { attachedBy, sayRefused } from './attach-words.ts'
import { attachAll, attachParts } from './attaching.ts'

/** A message without words yet. @throws UsageError when something cannot be attached: nothing has been typed yet, and it is mended easily */
export async function firstAttached(args: Args, setup: Setup): Promise<Required<Asking>> {
  // The first screen would make a shelf of its own.
  if (!setup.api) throw new Ending(EXIT.key, NO_KEY)
  if (setup.replay) throw new UsageError('A recording is played as it was: --attach has no place in it.')
  const refs = attachedBy(args).filter((ref) => ref !== 'stdin')
  if (args.many?.attach?.includes('-')) throw new UsageError('--attach - takes what is piped in, and nothing is.')
  const prepared = await attachAll(refs, attachParts(setup, setup.state, true), new AbortController().signal)
  const refused = prepared.filter((one): one is Refusal => !isReady(one))
  if (refused.length > 0) throw new UsageError(sayRefused(refused))
  return { text: '', attachments: prepared.filter(isReady).map(({ attachment }) => attachment) }
}
