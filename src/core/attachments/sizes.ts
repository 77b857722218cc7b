/** Tokens of what goes with a draft: an image's by the server's own rule, the others as it has counted them, else about. */

import { type Attachment, attachmentTokens, isSameAttached } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { estimated, type Figure, reported } from '../figures.ts'
import { modelCard } from '../models.ts'
import { countedNow, draftTokens, promptBefore } from '../window/meter.ts'

/** Tokens of each. Of several that are no images the server's count is shared out, as they were estimated. */
export function attachmentSizes(state: State, attachments: readonly Attachment[]): readonly Figure[] {
  const card = modelCard(state.choices.model, state.models)
  const sizes = attachments.map((one) => {
    const tokens = attachmentTokens(one, card)
    return one.kind === 'image' ? reported(tokens) : estimated(tokens)
  })
  const [images, others] = [sumOf(sizes, 'server'), sumOf(sizes, 'estimate')]
  const counted = others === 0 ? null : countOf(state, attachments)
  if (counted === null || counted.value <= images) return sizes
  const share = (counted.value - images) / others
  const from = sizes.length === 1 ? counted.from : 'estimate'
  return sizes.map((size) => (size.from === 'server' ? size : { value: Math.round(size.value * share), from }))
}

/** What the server's count of a draft with these leaves for them; null: it has counted no such draft. */
function countOf(state: State, attachments: readonly Attachment[]): Figure | null {
  const counted = countedNow(state)
  if (!counted || !isSameAttached(counted.attachments, attachments)) return null
  const value = counted.tokens - promptBefore(state) - draftTokens(state, counted.draft)
  // The words beside them, and what went before, are of the server only where there are none.
  const isAll = counted.draft === '' && state.turns.length === 0 && (state.choices.system ?? '') === ''
  return isAll ? reported(value) : estimated(value)
}

const sumOf = (sizes: readonly Figure[], from: Figure['from']) =>
  sizes.reduce((all, size) => (size.from === from ? all + size.value : all), 0)
