/** The figures of one turn as one line, for `-u` and for whoever wants the whole truth in a row. */

import { type Figure, mark, reported, withMark } from '../figures.ts'
import type { ModelCard } from '../models.ts'
import { costIn, isUnbilled } from '../money/unbilled.ts'
import { outputTokens, type Turn, totalUsd } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'
import { otps, totalMs, ttftMs, ttltMs } from './metrics.ts'
import { duration, money, percent, tokens } from './words.ts'

const shown = (figure: Figure | null, write: (value: number) => string, unknown = 'unknown') =>
  figure === null ? unknown : `${mark(figure)}${write(figure.value)}`

/**
 * @param besides US dollars of whatever else the call has asked
 *
 * e.g. `claude-sonnet-5-5 · in 1.2k (cache 91% read) · out 340 · $0.0042 · TTFT 812ms · 94 tok/s · TTLT 4.4s`.
 */
export function figuresLine(turn: Turn, card: ModelCard, besides = reported(0)): string {
  const { times } = turn
  const usage = turn.usage && { ...turn.usage, output: outputTokens(turn)!.value }
  const parts = [turn.model || card.id]
  if (usage) {
    const prompt = promptTokens(usage)
    const read = prompt > 0 && usage.cacheRead > 0 ? ` (${percent(usage.cacheRead / prompt)} from cache)` : ''
    const written = usage.cacheWrite5m + usage.cacheWrite1h
    parts.push(`in ${tokens(prompt)}${read}${written > 0 ? ` (${tokens(written)} written to cache)` : ''}`)
    const thinking = usage.thinking ? ` (${tokens(usage.thinking)} thinking)` : ''
    parts.push(`out ${turn.end?.type === 'finished' ? '' : '~'}${tokens(usage.output)}${thinking}`)
  }
  parts.push(`cost ${shown(costIn(turn), money)}${isUnbilled(turn) ? ', nothing billed' : ''}`)
  const total = besides.value > 0 ? totalUsd(turn, besides.value) : null
  const from = turn.cost?.from === 'estimate' ? 'estimate' : besides.from
  if (total !== null) parts.push(`${withMark({ value: total, from }, money)} in all`)
  parts.push(`TTFT ${shown(ttftMs(times), duration, 'none')}`)
  const speed = otps(turn)
  if (speed) parts.push(`${shown(speed, (value) => value.toFixed(0))} tok/s`)
  parts.push(`TTLT ${shown(ttltMs(times), duration)}`)
  if (turn.attempt > 1) parts.push(`${turn.attempt} attempts${within(turn)}`)
  return parts.join(' · ')
}

/** How long they took, with the waits between them. */
function within({ times }: Turn): string {
  const whole = totalMs(times)
  return whole ? ` in ${shown(whole, duration)}` : ''
}
