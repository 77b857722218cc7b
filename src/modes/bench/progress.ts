/** How far a bench has come: one row that is written over on a terminal, a line now and then elsewhere. */

import { duration, money } from '../../core/figures/words.ts'
import type { Progress } from './conduct.ts'

/** Elsewhere than on a terminal a line comes no more often than this, in ms. */
const LINE_EVERY_MS = 10_000

export interface ProgressLine {
  show(told: Progress, spentUsd: number): void
  /** Takes the row away. */
  done(): void
}

export function progressOn(stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>): ProgressLine {
  let said = 0
  let isShown = false
  return {
    show(told, spentUsd) {
      const line = sayProgress(told, spentUsd)
      if (stderr.isTTY) {
        stderr.write(`\r${line.slice(0, Math.max(1, (stderr.columns || 80) - 1))}\x1b[K`)
        isShown = true
      } else if (told.done > 0 && told.elapsedMs - said >= LINE_EVERY_MS) {
        said = told.elapsedMs
        stderr.write(`${line}\n`)
      }
    },
    done() {
      if (isShown) stderr.write('\r\x1b[K')
      isShown = false
    },
  }
}

/** Less than this is as good as over. */
const LEAST_LEFT_MS = 1000

/** `bench: 12 of 48 runs, $0.0021, about 1m 20s left` */
export function sayProgress({ done, total, leftMs }: Progress, spentUsd: number): string {
  const left = leftMs === null || leftMs < LEAST_LEFT_MS ? '' : `, about ${duration(leftMs)} left`
  return `bench: ${done} of ${total} runs, ${money(spentUsd)}${left}`
}
