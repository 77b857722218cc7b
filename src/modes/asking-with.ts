/** A call's question with what goes with it: prepared, priced, and told of. Loaded when something is attached. */

import { type Preview, previewOf, sayPreviewed, sayPreviewTotal } from '../core/attachment-preview.ts'
import { MANY_IMAGES, tooMany } from '../core/attachments/limits.ts'
import { isReady, type Refusal } from '../core/attachments/prepared.ts'
import {
  type Attachment,
  attachedTo,
  attachmentTokens,
  bytesSent,
  mostAttachmentTokens,
  type Question,
  questionOf,
  wordsOf,
} from '../core/attachments.ts'
import type { State } from '../core/conversation.ts'
import { type ModelCard, modelCard } from '../core/models.ts'
import { Ending, EXIT } from '../core/outcome.ts'
import { planRequest } from '../core/plan.ts'
import { sanitiseLine } from '../core/sanitise.ts'
import type { Setup } from '../setup.ts'
import { sayRefused } from './attach-words.ts'
import { attachAll, attachParts } from './attaching.ts'
import type { Asked } from './question.ts'

/** Text tokens of a page that has little on it (source: PDF page, 2026-08-22: 1,500 to 3,000). */
const LEAST_OF_PAGE = 1_500

/** @throws Ending when something cannot be sent, or the signal's reason when it was stopped */
export async function withAttached(
  { text, refs }: Asked,
  setup: Setup,
  past: State,
  { note, signal }: { readonly note: (line: string) => void; readonly signal: AbortSignal },
): Promise<Question> {
  const images = sentWith(past, '').filter(({ kind }) => kind === 'image').length
  const prepared = await attachAll(refs, attachParts(setup, past, images + refs.length > MANY_IMAGES), signal)
  const refused = prepared.filter((one): one is Refusal => !isReady(one))
  if (refused.length > 0) {
    const isTooLong = refused.every((one) => one.isTooLong)
    throw new Ending(isTooLong ? EXIT.tooLarge : EXIT.usage, sayRefused(refused))
  }
  const attachments = prepared.filter(isReady).map(({ attachment }) => attachment)
  for (const { name, notes = [] } of attachments)
    if (notes.length > 0) note(`${sanitiseLine(name)}: ${notes.join('; ')}.`)
  return questionOf(text, attachments)
}

/** Everything attached that would go out with this question. */
const sentWith = (state: State, question: Question): readonly Attachment[] =>
  planRequest(state, question).messages.flatMap(({ attachments = [] }) => attachments)

/** Why the server would not take what is attached, whatever its size; null: it would. */
export function objection(state: State, question: Question): string | null {
  const why = tooMany(sentWith(state, question), modelCard(state.choices.model, state.models))
  return why && `Input too large: ${why} Attach fewer or smaller ones.`
}

/** How large it is: characters and bytes of all that is text, tokens of the rest. */
export function measure(question: Question, card: Pick<ModelCard, 'images' | 'charsPerToken'>) {
  let [chars, bytes, least, most] = [wordsOf(question).length, Buffer.byteLength(wordsOf(question)), 0, 0]
  for (const one of attachedTo(question)) {
    bytes += bytesSent(one)
    if (one.kind === 'text') chars += one.chars ?? one.bytes
    else {
      least += one.kind === 'pdf' ? (one.pages ?? 1) * LEAST_OF_PAGE : attachmentTokens(one, card)
      most += mostAttachmentTokens(one, card)
    }
  }
  return { chars, bytes, others: { least, most } }
}

/** What goes with it, priced; null: nothing does. */
export const priced = (state: State, question: Question): Preview | null =>
  attachedTo(question).length === 0 ? null : previewOf(state, question, performance.now())

/** A line for each, and one for all of them. */
export const previewLines = (preview: Preview): readonly string[] => [
  ...preview.rows.map(sayPreviewed),
  sayPreviewTotal(preview),
]

export { previewInJson } from '../core/attachment-preview.ts'
