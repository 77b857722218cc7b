/** When a window that fills up is worth a word, and which: once for each line that is crossed. */

import type { State } from '../conversation.ts'
import { money, percent, tokens } from '../figures/words.ts'
import { mark } from '../figures.ts'
import { type ModelCard, modelCard, priceFor } from '../models.ts'
import { promptSize } from './meter.ts'

/** Shares of the window at which it is said. */
const ALERT_SHARES = [0.8, 0.85] as const
/** Share of a price step at which it is said that it is near. */
const NEAR_STEP = 0.9

/** A line that can be crossed. */
export interface Line {
  readonly name: 'step' | 'first' | 'second'
  readonly at: number
}

/** The lines of a model, in tokens. */
export function linesOf({ window, cheapUpTo }: Pick<ModelCard, 'window' | 'cheapUpTo'>): readonly Line[] {
  return [
    ...(cheapUpTo === null ? [] : [{ name: 'step', at: cheapUpTo * NEAR_STEP } as const]),
    ...(window === null
      ? []
      : ALERT_SHARES.map((share, i) => ({ name: i === 0 ? 'first' : 'second', at: window * share }) as const)),
  ]
}

/** What has been said so far: which lines the conversation is beyond. */
export type Crossed = ReadonlySet<Line['name']>

/** The lines that are crossed now, and what is to be said of the farthest one that was not before; null: nothing. */
export function alerted(state: State, before: Crossed): { readonly crossed: Crossed; readonly alert: string | null } {
  const card = modelCard(state.choices.model, state.models)
  const used = promptSize(state)
  const over = linesOf(card).filter(({ at }) => used.value >= at)
  const fresh = over.filter(({ name }) => !before.has(name)).at(-1)
  const size = `${mark(used)}${tokens(used.value)}`
  return {
    crossed: new Set(over.map(({ name }) => name)),
    alert: fresh
      ? `${fresh.name === 'step' ? nearStep(size, card) : full(size, used.value, card)} ${ways(state)}`
      : null,
  }
}

function full(size: string, used: number, { window, name }: ModelCard): string {
  const left = Math.max(0, window! - used)
  return `The context window is ${percent(used / window!)} full: ${size} of the ${tokens(window!)} tokens that ${short(name)} takes, ~${tokens(left)} are left.`
}

function nearStep(size: string, card: ModelCard): string {
  const step = card.cheapUpTo!
  const [below, above] = [priceFor(card, step), priceFor(card, step + 1)]
  const price =
    below && above ? ` a whole prompt costs ${money(above.input)} per million tokens, not ${money(below.input)}` : ''
  return `The conversation has ${size} tokens: from ${tokens(step)} on,${price || ' all of it is dearer'} (${short(card.name)}).`
}

/** What can be done about it. */
export function ways({ choices, models }: Pick<State, 'choices' | 'models'>): string {
  const { window } = modelCard(choices.model, models)
  const isLargest = window === null || models.every((card) => (card.window ?? 0) <= window)
  const larger = isLargest ? '' : ', /model takes one with a larger window'
  return `/context shows what fills it and leaves turns out, /compact summarises it${larger}.`
}

const short = (name: string) => name.replace(/^Claude /, '')
