/**
 * What the server's counts tell of the size of what goes with questions, and of a prompt that it has not counted: one
 * arithmetic, so that what leaving something out would free is what it frees.
 */

import { type Asking, type Attachment, attachmentTokens } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { type ModelCard, modelCard } from '../models.ts'
import { history } from '../request/messages.ts'
import { spoken, type Turn } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'
import { askedWith, basisOf, charsPerToken, isSameModel, latestCount, MOST_CHARS } from './chars-per-token.ts'

/** Tokens by the hash of an attachment that is no image. */
type Told = ReadonlyMap<string, number>

interface Known extends Pick<State, 'models'> {
  readonly model: string
  readonly told: Told
}

/** Looked for once, not with every key. */
const found = new WeakMap<State['turns'], Known>()

/** What the counts of this model tell of all that went with the turns at hand. */
function toldSizes(state: State): Told {
  const { turns, models, choices } = state
  const known = found.get(turns)
  if (known?.models === models && known.model === choices.model) return known.told
  const told = new Map<string, number>()
  const perToken = charsPerToken(state)
  const card = modelCard(choices.model, models)
  turns.forEach((turn, at) => {
    if (!turn.attachments || !isSameModel(state, turn.model)) return
    // The first count holds: a size does not change as the conversation goes on.
    for (const [hash, size] of sharesIn(state, turn, at, perToken, card)) if (!told.has(hash)) told.set(hash, size)
  })
  found.set(turns, { models, model: choices.model, told })
  return told
}

/** What the count of a question leaves, without its words and images, is shared by what else goes with it. */
function sharesIn(state: State, turn: Turn, at: number, perToken: number, card: ModelCard): Told {
  const sizes = (turn.attachments ?? []).map((one) => ({ ...one, tokens: attachmentTokens(one, card) }))
  const sumOf = (some: typeof sizes) => some.reduce((sum, { tokens }) => sum + tokens, 0)
  const others = sizes.filter(({ kind }) => kind !== 'image')
  const counted = others.length === 0 ? null : questionSize(state, at, perToken)
  if (counted === null) return new Map()
  const left = counted - turn.question.length / perToken - (sumOf(sizes) - sumOf(others))
  const share = left / sumOf(others)
  return new Map(share > 0 ? others.map(({ hash, tokens }) => [hash, Math.round(tokens * share)]) : [])
}

export interface AttachedSize {
  readonly attachment: Attachment
  readonly tokens: number
}

/** Tokens of what goes with a turn. Of an image by the server's own rule; of the others as its counts tell, else a guess. */
export function attachedSizes(state: State, turn: Turn | null): readonly AttachedSize[] {
  return (turn?.attachments ?? []).map((attachment) => ({ attachment, tokens: attachedSize(state, attachment) }))
}

/** Tokens of one of them. */
function attachedSize(state: State, attachment: Attachment): number {
  const told = attachment.kind === 'image' ? undefined : toldSizes(state).get(attachment.hash)
  return told ?? attachmentTokens(attachment, modelCard(state.choices.model, state.models))
}

/** Tokens of a turn's question with what goes with it, by how the prompt grew with it; null: the counts do not tell. */
export function questionSize({ turns }: State, at: number, perToken: number): number | null {
  const [before, turn] = [turns[at - 1], turns[at]]
  if (!turn?.usage || promptTokens(turn.usage) === 0) return null
  const { usage, basis, model } = turn
  if (at === 0) return Math.max(1, promptTokens(usage) - (basis?.choices.system?.length ?? 0) / perToken)
  if (!before?.usage || !basis || model !== before.model || history([before]).length === 0) return null
  if (before.basis?.summaries !== basis.summaries || before.basis.marks !== basis.marks) return null
  if (before.basis.choices.system !== basis.choices.system) return null
  const question = promptTokens(usage) - promptTokens(before.usage) - spoken(before)
  return question > 0 ? question : null
}

/**
 * Tokens of a prompt: where this model has counted the conversation as it was, only what makes the difference is an
 * estimate.
 */
export function tokensOf(state: State, parts: readonly Asking[]): number {
  const perToken = charsPerToken(state)
  const now = weigh(state, parts)
  const last = latestCount(state)
  if (!last?.usage || !isSameModel(state, basisOf(state, last).choices.model))
    return Math.max(now.chars > 0 ? 1 : 0, Math.round(now.chars / perToken + now.known + now.guessed))
  const then = askedWeight(state, last)
  const counted = promptTokens(last.usage)
  // A guess that was too large has not gone along in full: no more of it can go away than the count had room for.
  const room = counted - then.chars / perToken - then.known
  const share = then.guessed > 0 ? Math.min(1, Math.max(0, room / then.guessed)) : 1
  const more =
    (now.chars - then.chars - last.answer.length) / perToken +
    (now.known - then.known) +
    (now.guessed - then.guessed) * share
  return Math.round(Math.max(now.chars / MOST_CHARS, counted + spoken(last) + more))
}

/** Characters of texts, tokens of what is known, and tokens of what is only guessed. */
interface Weight {
  readonly chars: number
  readonly known: number
  readonly guessed: number
}

function weigh(state: State, parts: readonly Asking[]): Weight {
  const told = toldSizes(state)
  const card = modelCard(state.choices.model, state.models)
  let [chars, known, guessed] = [0, 0, 0]
  for (const { text, attachments = [] } of parts) {
    chars += text.length
    for (const one of attachments) {
      const size = one.kind === 'image' ? attachmentTokens(one, card) : told.get(one.hash)
      if (size !== undefined) known += size
      else if (one.kind === 'text') chars += one.chars ?? one.bytes
      else guessed += attachmentTokens(one, card)
    }
  }
  return { chars, known, guessed }
}

const asked = new WeakMap<Turn, { readonly told: Told; readonly weight: Weight }>()

/** The same of the prompt that a turn was asked with. Walked once, for as long as the counts tell the same. */
function askedWeight(state: State, turn: Turn): Weight {
  const told = toldSizes(state)
  const before = asked.get(turn)
  if (before?.told === told) return before.weight
  const weight = weigh(state, askedWith(state, turn))
  asked.set(turn, { told, weight })
  return weight
}
