/**
 * The bill: what answers cost, by kind of token, and what they would have cost without the prompt cache. A row of it is
 * a row of the ledger; whatever is billed, a turn, an attempt in vain or a call beside the turns, is one.
 */

import type { State } from '../conversation.ts'
import type { Figure } from '../figures.ts'
import { type PriceCard, priceFor } from '../models.ts'
import type { Turn } from '../turn/turns.ts'
import { promptTokens, type Usage } from '../turn.ts'
import { type LedgerRow, rowOfSideCall, rowsOfTurn } from './ledger.ts'

/** Kinds of tokens that have a price of their own. Thinking is part of the output. */
export const KINDS = ['input', 'cacheWrite5m', 'cacheWrite1h', 'cacheRead', 'output'] as const
export type Kind = (typeof KINDS)[number]

/** One answer that was paid for, as far as the bill is concerned. */
export type Charge = Usage & Pick<LedgerRow, 'purpose' | 'model' | 'outputIsEstimate' | 'prices'>

/** Tokens, and US dollars of those whose price is known: all but `unpriced` of them. */
export interface Amount {
  readonly tokens: number
  readonly usd: number
  readonly unpriced: number
}

export interface Bill {
  /** Answers that were paid for. */
  readonly calls: number
  readonly kinds: Readonly<Record<Kind, Amount>>
  /** The share of the output that was thinking, as far as the server said. */
  readonly thinking: Amount
  /** All kinds together, in US dollars, as far as prices are known. */
  readonly known: Figure
  /** `estimate`: one of the prompts was never told by the server. */
  readonly promptsFrom: Figure['from']
  /** Answers whose price is unknown: the sum is at least what it says. */
  readonly unpriced: number
  /** What the same answers would have cost had every token of their prompts been plain input, US dollars. */
  readonly uncachedUsd: number
}

/** Everything the conversation was billed for: turns of all its branches, attempts in vain, calls beside the turns. */
export function chargesOf({ turns, branches, sideCalls }: Pick<State, 'turns' | 'branches' | 'sideCalls'>) {
  return [...[...turns, ...branches].flatMap(chargesOfTurn), ...sideCalls.map(rowOfSideCall)]
}

/** What a turn was billed for, so far if it runs: every attempt that began. */
export function chargesOfTurn(turn: Turn): readonly LedgerRow[] {
  return rowsOfTurn(turn)
}

/** The bill of some answers. Bills add up: that of all is the sum of those of its parts. */
export function billOf(charges: Iterable<Charge>): Bill {
  const kinds = { input: none(), cacheWrite5m: none(), cacheWrite1h: none(), cacheRead: none(), output: none() }
  const thinking = none()
  let [calls, unpriced, uncachedUsd] = [0, 0, 0]
  let from: Figure['from'] = 'server'
  let promptsFrom: Figure['from'] = 'server'
  // A ledger holds a hundred thousand answers, by a few cards.
  const known = new Map<PriceCard | null, PerToken>([[null, NO_PRICES]])
  const perTokenOf = (price: PriceCard | null): PerToken => {
    const found = known.get(price) ?? perToken(price!)
    known.set(price, found)
    return found
  }
  for (const charge of charges) {
    calls++
    if (charge.purpose === 'unheard' || charge.purpose === 'hedge') promptsFrom = 'estimate'
    const prompt = promptTokens(charge)
    const price = priceFor(charge, prompt)
    const usd = perTokenOf(price)
    const isPriced = price !== null || isFree(charge)
    // Each by its name: in turn through KINDS they would take twice as long.
    add(kinds.input, charge.input, usd.input, isPriced)
    add(kinds.cacheWrite5m, charge.cacheWrite5m, usd.cacheWrite5m, isPriced)
    add(kinds.cacheWrite1h, charge.cacheWrite1h, usd.cacheWrite1h, isPriced)
    add(kinds.cacheRead, charge.cacheRead, usd.cacheRead, isPriced)
    add(kinds.output, charge.output, usd.output, isPriced)
    add(thinking, charge.thinking ?? 0, usd.output, isPriced)
    uncachedUsd += prompt * usd.input + charge.output * usd.output
    if (!isPriced) unpriced++
    else if (charge.outputIsEstimate) from = 'estimate'
  }
  const value = KINDS.reduce((sum, kind) => sum + kinds[kind].usd, 0)
  return { calls, kinds, thinking, known: { value, from }, promptsFrom, unpriced, uncachedUsd }
}

/** An earlier answer, from the history: nobody was asked, so it needs no price. */
export const isFree = ({ purpose }: Pick<Charge, 'purpose'>): boolean => purpose === 'recalled'

const none = (): Writable<Amount> => ({ tokens: 0, usd: 0, unpriced: 0 })

function add(amount: Writable<Amount>, tokens: number, usdPerToken: number, isPriced: boolean): void {
  amount.tokens += tokens
  amount.usd += tokens * usdPerToken
  if (!isPriced) amount.unpriced += tokens
}

/** The bills of some answers apart, the dearest first. */
export function billsBy<K>(
  charges: Iterable<Charge>,
  keyOf: (charge: Charge) => K,
): readonly { readonly key: K; readonly bill: Bill }[] {
  const groups = Map.groupBy(charges, keyOf)
  return [...groups]
    .map(([key, group]) => ({ key, bill: billOf(group) }))
    .sort((a, b) => b.bill.known.value - a.bill.known.value || b.bill.calls - a.bill.calls)
}

/** What the prompt cache saved, in US dollars, the premium for writing into it counted; below zero: it cost more. */
export const savedUsd = ({ uncachedUsd, known }: Bill): number => uncachedUsd - known.value

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** US dollars. */
type PerToken = Readonly<Record<Kind, number>>
const NO_PRICES: PerToken = {
  ...{ input: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 },
}

function perToken({ input, write5m, write1h, read, output }: PriceCard): PerToken {
  return {
    ...{ input: input / 1e6, cacheWrite5m: write5m / 1e6, cacheWrite1h: write1h / 1e6 },
    ...{ cacheRead: read / 1e6, output: output / 1e6 },
  }
}
