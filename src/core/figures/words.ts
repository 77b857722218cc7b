/**
 * How figures are written, in one place and the same in every locale. What a figure means, and whether it carries a
 * `~`, is known to `figures`. A number that is not finite has no honest spelling and is written `?`.
 */

/**
 * US dollars: `$0`, `<$0.0001`, `$0.0042`, `$0.03`, `$12.40`. Four places below a cent, because turns cost that
 * little.
 */
export function money(usd: number): string {
  return signed(usd, (value) => {
    if (value === 0) return '$0'
    if (value < 0.0001) return '<$0.0001'
    const fine = value.toFixed(4)
    return Number(fine) < 0.01 ? `$${fine}` : `$${value.toFixed(2)}`
  })
}

/** Two amounts of US dollars with as many digits as tell them apart; written alike, they are as good as equal. */
export function moneyApart(
  one: number,
  other: number,
  write: (usd: number) => string = money,
): readonly [string, string] {
  const usual = [write(one), write(other)] as const
  for (let digits = 3; usual[0] === usual[1] && digits <= MOST_DIGITS; digits++) {
    const fine = [one.toFixed(digits), other.toFixed(digits)] as const
    const isSeen = Number(fine[0]) * Number(fine[1]) > 0 || one * other === 0
    if (fine[0] !== fine[1] && isSeen) return [`$${fine[0]}`, `$${fine[1]}`]
  }
  return usual
}

/** Places of a dollar: what differs less is the same. */
const MOST_DIGITS = 6

/** A time given in milliseconds: `840ms`, `2.4s`, `1m 12s`, `2h 5m`. */
export function duration(ms: number): string {
  return signed(ms, (value) => {
    const whole = Math.round(value)
    if (whole < 1000) return `${whole}ms`
    const tenths = Math.round(value / 100)
    if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`
    const seconds = Math.round(value / 1000)
    if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
    const minutes = Math.round(seconds / 60)
    return `${Math.floor(minutes / 60)}h ${minutes % 60}m`
  })
}

/** How long something is past, as people say it before "ago": `a moment`, `5 minutes`, `3 days`. */
export function ago(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'a moment'
  if (minutes < 60) return count(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  if (hours < 24) return count(hours, 'hour')
  const days = Math.round(hours / 24)
  if (days < 60) return count(days, 'day')
  return days < 700 ? count(Math.round(days / 30.4), 'month') : count(Math.round(days / 365), 'year')
}

/** The same in a table, in its largest whole unit: `now`, `5m`, `3h`, `2d`, `6w`, `4mo`, `2y`. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const found = AGES.find(([, length]) => minutes >= length)
  return found ? `${Math.floor(minutes / found[1])}${found[0]}` : 'now'
}

/** Units with their lengths in minutes; a month has 30 days, a year 365. */
const AGES = [
  ['y', 525_600],
  ['mo', 43_200],
  ['w', 10_080],
  ['d', 1_440],
  ['h', 60],
  ['m', 1],
] as const

/** A count of tokens: `950`, `1.2k`, `34k`, `1.2M`. */
export function tokens(n: number): string {
  return signed(n, (value) => scaled(value, 1000, ['', 'k', 'M', 'G']))
}

/**
 * A share given as a ratio: `0.4%`, `3%`, `100%`. What is not quite all is never written as `100%`, nor a little as
 * `0%`.
 */
export function percent(ratio: number): string {
  return signed(ratio, (value) => {
    if (value === 0) return '0%'
    const share = value * 100
    if (share < 0.05) return '<0.1%'
    if (share >= 99.5 && share < 100) return `${(Math.floor(share * 10) / 10).toFixed(1)}%`
    const fine = share.toFixed(1)
    return Number(fine) < 1 ? `${fine}%` : `${Math.round(share)}%`
  })
}

/** A size in bytes, by powers of 1,000 as the units say: `840 B`, `1.2 kB`, `34 MB`. */
export function bytes(n: number): string {
  return signed(n, (value) => scaled(value, 1000, [' B', ' kB', ' MB', ' GB', ' TB']))
}

/** A number with its noun: `1 turn`, `2 turns`, `50,000 lines`. `many` is for nouns that take more than an `s`. */
export function count(n: number, one: string, many = `${one}s`): string {
  const digits = signed(n, (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ','))
  return `${digits} ${n === 1 ? one : many}`
}

/** Turns on the branch that is shown are simply turns; those on others are told apart: `2 turns, 3 on other branches`. */
export const turnsInWords = (shown: number, others: number): string =>
  `${count(shown, 'turn')}${others > 0 ? `, ${count(others, 'on another branch', 'on other branches')}` : ''}`

/** One decimal below ten of a unit, none above, and never a rounded `1000k` where `1M` is meant. */
function scaled(value: number, step: number, units: readonly string[]): string {
  let rest = Math.round(value)
  let unit = 0
  while (unit < units.length - 1 && Math.round(rest) >= step) {
    rest /= step
    unit++
  }
  const short = unit > 0 && rest < 9.95 ? rest.toFixed(1).replace(/\.0$/, '') : String(Math.round(rest))
  return short + units[unit]
}

function signed(value: number, write: (magnitude: number) => string): string {
  if (!Number.isFinite(value)) return '?'
  return value < 0 ? `-${write(-value)}` : write(value)
}
