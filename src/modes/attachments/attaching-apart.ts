/** The door for what goes with a question, as a chat uses it: the same as `attaching`, in a process of its own. */

import { basename } from 'node:path'
import type { Prepared } from '../../core/attachments/prepared.ts'
import type { Jobs, Where } from '../../core/attachments/workshop-jobs.ts'
import type { State } from '../../core/conversation.ts'
import { modelCard } from '../../core/models.ts'
import { titled } from '../../io/attachments/ready.ts'
import { inWorkshop, WorkshopGone } from '../../io/workshop.ts'
import type { Setup } from '../../setup.ts'

/**
 * Reads, fetches and prepares it; its bytes are on the shelf then. In a chat a request may come to hold more than 20
 * images, and what was sent cannot be made smaller later.
 * @throws the signal's reason when it was stopped
 */
export async function attachApart(
  ref: Jobs['attach']['asks']['ref'],
  { settings, shelf }: Pick<Setup, 'settings' | 'shelf'>,
  { choices, models }: Pick<State, 'choices' | 'models'>,
  signal: AbortSignal,
): Promise<Prepared> {
  const { images, window, charsPerToken } = modelCard(choices.model, models)
  const asks = {
    ...{ ref, size: settings.imageSize, card: { images, window, charsPerToken } },
    ...{ many: true, mayKeep: settings.history === 'on' },
  }
  const prepared = await inWorkshop('attach', asks, signal).catch((error): Prepared => {
    if (!(error instanceof WorkshopGone)) throw error
    return {
      refused: `${nameOf(ref)} could not be prepared: the process for it has ended. Attach it once more, or export it as PNG, JPEG or PDF first.`,
    }
  })
  if ('attachment' in prepared) shelf.put(prepared.attachment.hash, prepared.bytes)
  return prepared
}

const nameOf = (ref: Where): string =>
  titled('path' in ref ? basename(ref.path) || ref.path : 'url' in ref ? ref.url : ref.name)
