/** How far a batch has come, in one line. */

import { duration, money, percent } from '../figures/words.ts'

export interface Progress {
  readonly rows: number
  /** Answered, those of earlier runs included. */
  readonly answered: number
  readonly failed: number
  /** Of this run. */
  readonly answeredNow: number
  /** Rows that wait just now to be sent again: nobody knows how long they take. */
  readonly resting: number
  readonly elapsedMs: number
  /** US dollars of this run; null: a price is unknown. */
  readonly usd: number | null
  /** Some of it is an estimate: attempts in vain. */
  readonly isEstimate: boolean
}

/** Answers after which a rate says something. */
const LEAST_ANSWERS = 5
/** Of fewer, after this time, in ms. */
const LEAST_MS = 1_000

/** Answers a second of this run; null: too few came. */
export const ratePerSecond = ({ answeredNow, elapsedMs }: Progress): number | null =>
  elapsedMs <= 0 || (answeredNow < LEAST_ANSWERS && (answeredNow === 0 || elapsedMs < LEAST_MS))
    ? null
    : (answeredNow * 1_000) / elapsedMs

const whole = (n: number) => n.toLocaleString('en-US')

/** `2,310 of 10,000 · 23% · 12 failed · 3 to be sent again · 118/s · ~1m 5s left · $0.42`. */
export function progressLine(progress: Progress): string {
  const { rows, answered, failed, resting, usd } = progress
  const rate = ratePerSecond(progress)
  const left = rows - answered - failed - resting
  return [
    `${whole(answered)} of ${whole(rows)}`,
    percent(rows === 0 ? 1 : answered / rows),
    ...(failed > 0 ? [`${whole(failed)} failed`] : []),
    ...(resting > 0 ? [`${whole(resting)} to be sent again`] : []),
    ...(rate === null ? [] : [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`]),
    ...(rate === null || left === 0
      ? []
      : [`~${duration((left / rate) * 1_000)} left${resting > 0 ? ' for the others' : ''}`]),
    sayUsd(progress.isEstimate, usd),
  ].join(' · ')
}

export const sayUsd = (isEstimate: boolean, usd: number | null, write = money): string =>
  usd === null ? 'price unknown' : `${isEstimate ? '~' : ''}${write(usd)}`
