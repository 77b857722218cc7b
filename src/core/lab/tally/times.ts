/**
 * What turns took, in order, so that percentiles can be read off. Times are kept to a tenth (`Hour` rows of the history
 * round them so) and counted in tenths here: whole numbers are sorted twice as fast as others.
 */

/** Of a unit. */
export const TENTHS = 10

/** What can be known of how long a finished turn took: in the order of the lists in the history. */
const TIMES = ['ttftMs', 'ttltMs', 'otps'] as const
export type TimeName = (typeof TIMES)[number]

/** Tenths in rising order, by what they measure. */
export type Risings = Readonly<Record<TimeName, Int32Array>>

/** The largest that can be told: 59 hours, or 214 million tokens a second. What is above is told as this. */
const MOST = 0x7fffffff
/** Stands where nothing was measured. */
const NONE = -1

/** @param list items of a JSON list, three for each turn in the order of their names; null: there was no turn */
export function risingsOf(list: string | null): Risings {
  const values = list === null ? new Int32Array() : tenthsIn(list)
  const one = (name: TimeName) => {
    const own = new Int32Array(Math.ceil(values.length / TIMES.length))
    let count = 0
    for (let i = TIMES.indexOf(name); i < values.length; i += TIMES.length) {
      if (values[i] !== NONE) own[count++] = values[i]!
    }
    return own.subarray(0, count).sort()
  }
  return { ttftMs: one('ttftMs'), ttltMs: one('ttltMs'), otps: one('otps') }
}

/** Lists in rising order as one: cheaper than to bring all of it into order again. */
export function merged(lists: readonly Int32Array[]): Int32Array {
  if (lists.length <= 1) return lists[0] ?? new Int32Array()
  const half = lists.length >> 1
  return mergedTwo(merged(lists.slice(0, half)), merged(lists.slice(half)))
}

function mergedTwo(some: Int32Array, more: Int32Array): Int32Array {
  const out = new Int32Array(some.length + more.length)
  let [i, j, count] = [0, 0, 0]
  while (i < some.length && j < more.length) out[count++] = some[i]! <= more[j]! ? some[i++]! : more[j++]!
  out.set(i < some.length ? some.subarray(i) : more.subarray(j), count)
  return out
}

const [COMMA, POINT, ZERO, NINE] = [44, 46, 48, 57]

/** By hand: of 100,000 turns a JSON reader makes 300,000 objects, which cost more than all the rest. */
function tenthsIn(text: string): Int32Array {
  let length = 1
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) length++
  const values = new Int32Array(length)
  let count = 0
  let value = 0
  // Digits behind the point; below zero: there is no point yet.
  let behind = -1
  let isPlain = true
  for (let at = 0, from = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : COMMA
    if (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO)
      if (behind >= 0) behind++
    } else if (code === COMMA) {
      values[count++] = asTenths(
        isPlain && behind <= 1 ? value * (behind === 1 ? 1 : TENTHS) : rounded(text.slice(from, at)),
      )
      value = 0
      behind = -1
      isPlain = true
      from = at + 1
    } else if (code === POINT) behind = 0
    else isPlain = false
  }
  return values
}

const asTenths = (value: number) => Math.min(value, MOST)

/** Written in some other way than the history writes it; `null` is nothing measured. */
function rounded(text: string): number {
  const value = Number(text)
  return Number.isNaN(value) || value < 0 ? NONE : Math.round(value * TENTHS)
}
