/**
 * What is usual: the medians of this user's own answers by the same model at about the same context size, from the
 * ledger. A turn is slow or not by these and by nothing else.
 */

import type { Turn } from '../turn/turns.ts'
import { type Ms, promptTokens } from '../turn.ts'
import { quantile } from './pace.ts'
import { PHASES, type PhaseName, type Phases, sumOf } from './phases.ts'
import { tokens } from './words.ts'

/** One finished answer of the past. */
export interface Timed {
  /** Tokens of its whole prompt. */
  readonly prompt: number
  /** Output tokens, and how many of them were thinking; null: not said. */
  readonly output: number
  readonly thinking: number | null
  readonly messageId: string | null
  readonly phases: Phases
}

export interface Baseline {
  /** Answers it rests on. */
  readonly answers: number
  /** Median ms by phase; 0: usually there is none. */
  readonly phases: Readonly<Record<PhaseName, Ms>>
  readonly totalMs: Ms
  /** Median visible tokens of an answer, and ms that one took to decode. */
  readonly visible: number
  readonly msPerToken: Ms
}

/** Fewer answers than these say nothing of what is usual. */
export const LEAST_ANSWERS = 5
/** Answers of a model that are looked at, the latest. */
export const MOST_ANSWERS = 1_000

/** Upper ends of the context sizes that are compared with each other, in tokens of the prompt. */
const SIZES = [2_000, 8_000, 32_000, 128_000, 512_000]

const sizeOf = (prompt: number) => SIZES.findIndex((end) => prompt <= end)

/** The context sizes that a prompt of so many tokens is compared with, in words. */
export function sizeInWords(prompt: number): string {
  const at = sizeOf(prompt)
  if (at < 0) return `more than ${tokens(SIZES.at(-1)!)} tokens of context`
  return at === 0
    ? `up to ${tokens(SIZES[0]!)} tokens of context`
    : `${tokens(SIZES[at - 1]!)} to ${tokens(SIZES[at]!)} tokens of context`
}

/** Answers that a turn can be compared with: not itself. */
export function peersOf(
  { usage, messageId }: Pick<Turn, 'usage' | 'messageId'>,
  past: readonly Timed[],
): readonly Timed[] {
  if (!usage) return []
  const size = sizeOf(promptTokens(usage))
  return past.filter((one) => sizeOf(one.prompt) === size && (messageId === null || one.messageId !== messageId))
}

/** @returns null when there are too few of them */
export function baselineOf(peers: readonly Timed[]): Baseline | null {
  if (peers.length < LEAST_ANSWERS) return null
  const median = (of: (one: Timed) => number) => quantile(peers.map(of), 0.5)
  const spoken = peers.filter((one) => visibleOf(one) > 0)
  const paces = spoken.map((one) => (one.phases.decode ?? 0) / visibleOf(one))
  return {
    answers: peers.length,
    phases: Object.fromEntries(PHASES.map((name) => [name, median(({ phases }) => phases[name] ?? 0)])) as never,
    totalMs: median(({ phases }) => sumOf(phases)),
    visible: median(visibleOf),
    msPerToken: paces.length === 0 ? 0 : quantile(paces, 0.5),
  }
}

export const visibleOf = ({
  output,
  thinking,
}: {
  readonly output: number
  readonly thinking: number | null
}): number => Math.max(0, output - (thinking ?? 0))
