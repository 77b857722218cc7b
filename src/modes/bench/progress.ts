/** How far a bench has come, in words. */

import { duration, money } from '../../core/figures/words.ts'
import type { Progress } from './conduct.ts'

/** Less than this is as good as over. */
const LEAST_LEFT_MS = 1000

/** `bench: 12 of 48 runs, $0.0021, about 1m 20s left` */
export function sayProgress({ done, total, leftMs }: Progress, spentUsd: number): string {
  const left = leftMs === null || leftMs < LEAST_LEFT_MS ? '' : `, about ${duration(leftMs)} left`
  return `bench: ${done} of ${total} runs, ${money(spentUsd)}${left}`
}
