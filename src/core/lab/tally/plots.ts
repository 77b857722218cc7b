/** Figures as pictures of characters: a row of small bars, a plot of days; and the same in words for who sees neither. */

import plot from 'simple-ascii-chart'
import { money } from '../../figures/words.ts'

const BARS = '▁▂▃▄▅▆▇█'

/** A character for each value, from the smallest to the largest; `·`: there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const step = (value: number) =>
    most === least ? 3 : Math.round(((value - least) / (most - least)) * (BARS.length - 1))
  return values.map((value) => (value === null ? '·' : BARS[step(value)])).join('')
}

/** Rows above the axis. */
const ROWS = 6
/** Columns of the figures beside the axis. */
const BESIDE = 11
/** Days or weeks that are worth a picture. */
const LEAST = 3

/** US dollars of days, a bar each; of more days than there is room for, of weeks. @returns null: nothing to be seen */
export function plotDays(
  days: readonly { readonly day: string; readonly usd: number }[],
  columns: number,
): string | null {
  const filled = everyDay(days)
  const most = Math.floor((columns - BESIDE) / 2)
  const bars = filled.length <= most ? filled.map(({ day, usd }) => ({ from: day, usd })) : weeks(filled).slice(-most)
  if (bars.length < LEAST || bars.every(({ usd }) => usd === 0)) return null
  // A date takes five columns: what stands nearer than that to another one has no room.
  const ticks = bars.length < 8 ? [0] : [0, bars.length - 1]
  const drawn = plot(
    bars.map(({ usd }, i): [number, number] => [i, usd]),
    {
      ...{
        width: bars.length * 2 - 1,
        height: ROWS,
        mode: 'bar',
        yRange: [0, Math.max(...bars.map(({ usd }) => usd))],
      },
      ...{ customXAxisTicks: ticks, customYAxisTicks: [0, Math.max(...bars.map(({ usd }) => usd))] },
      formatter: (value, { axis }) => (axis === 'y' ? money(value).padStart(8) : (bars[value]?.from.slice(5) ?? '')),
    },
  )
  const rows = drawn.split('\n').map((row) => row.trimEnd())
  return [`By ${filled.length <= most ? 'day' : 'week'}:`, ...rows.filter((row) => row !== '')].join('\n')
}

/** The same in a sentence. */
export function sayDays(days: readonly { readonly day: string; readonly usd: number }[]): string | null {
  const [first] = days
  if (!first || days.length < LEAST) return null
  const dearest = days.reduce((most, one) => (one.usd > most.usd ? one : most))
  const sorted = days.map(({ usd }) => usd).sort((a, b) => a - b)
  return `Spent on ${days.length} days since ${first.day}: ${money(sorted[Math.floor(sorted.length / 2)]!)} on a usual one, ${money(dearest.usd)} on ${dearest.day}, the dearest.`
}

const DAY_MS = 86_400_000
const dateOf = (day: string) => Date.parse(`${day}T00:00:00Z`)

/** Days on which nothing was spent are days, too. */
function everyDay(days: readonly { readonly day: string; readonly usd: number }[]) {
  const known = new Map(days.map(({ day, usd }) => [day, usd]))
  const [first, last] = [days[0]?.day, days.at(-1)?.day]
  if (first === undefined || last === undefined) return []
  const length = Math.round((dateOf(last) - dateOf(first)) / DAY_MS) + 1
  return Array.from({ length }, (_, i) => {
    const day = new Date(dateOf(first) + i * DAY_MS).toISOString().slice(0, 10)
    return { day, usd: known.get(day) ?? 0 }
  })
}

function weeks(days: readonly { readonly day: string; readonly usd: number }[]) {
  const out: { from: string; usd: number }[] = []
  for (const [i, { day, usd }] of days.entries()) {
    if (i % 7 === 0) out.push({ from: day, usd: 0 })
    out.at(-1)!.usd += usd
  }
  return out
}
