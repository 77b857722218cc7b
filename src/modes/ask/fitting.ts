/** Whether a call's question fits the model's window and a request, before anything is sent. */

import { attachedTo, type Question, wordsOf } from '../../core/attachments.ts'
import type { ModelCard } from '../../core/models.ts'
import { planRequest } from '../../core/request/plan.ts'
import { fits, MAX_BODY_BYTES } from '../../core/window/context.ts'
import type { Api } from '../../io/api.ts'
import type { Setup } from '../../setup.ts'

/** A sentence when the question cannot fit the model's window, else null. Asks the server to count only when unsure. */
export async function checkRoom(
  question: Question,
  setup: Setup & { readonly api: Api },
  card: ModelCard,
  signal: AbortSignal,
): Promise<string | null> {
  const system = setup.state.choices.system ?? ''
  const attaching = attachedTo(question).length > 0 ? await import('./attached.ts') : null
  const why = attaching?.objection(setup.state, question)
  if (why) return why
  const text = wordsOf(question)
  const size = attaching?.measure(question, card) ?? { chars: text.length, bytes: Buffer.byteLength(text) }
  const bytes = size.bytes + Buffer.byteLength(system)
  const answer = fits(size.chars + system.length, bytes, card, 'others' in size ? size.others : undefined)
  if (answer === 'yes') return null
  const window = card.window === null ? 'unknown' : card.window.toLocaleString('en-US')
  if (bytes > MAX_BODY_BYTES) {
    const what = attaching ? lessOf(question) : 'Send a part of it.'
    return `Input too large: ${(bytes / 1e6).toFixed(1)} MB, a request carries at most ${(MAX_BODY_BYTES / 1e6).toFixed(1)} MB. ${what}`
  }
  const wayOut = 'Send a part of it, or choose a model with a larger window.'
  const counted = answer === 'unsure' ? await setup.api.count(planRequest(setup.state, question), signal) : null
  if (counted !== null && card.window !== null && counted <= card.window) return null
  if (counted === null && answer === 'unsure') return null
  const tokens = (counted ?? Math.ceil(size.chars / 6)).toLocaleString('en-US')
  return `Input too large: ${counted === null ? `at least ~${tokens}` : tokens} tokens, the window of ${card.name} holds ${window}. ${wayOut}`
}

/** What makes files smaller depends on what they are. */
function lessOf(question: Question): string {
  const kinds = new Set(attachedTo(question).map(({ kind }) => kind))
  const ways = [
    ...(kinds.has('image') ? ['images in another size: --image-size 720p'] : []),
    ...(kinds.has('pdf') ? ['of a PDF the pages you mean'] : []),
    ...(kinds.has('text') ? ['of a text a part: --part head'] : []),
  ]
  return `Attach fewer files, or ${ways.join('; ')}.`
}
