/** Percentiles of what was measured. */

/** The values in rising order, as `percentile` wants them. */
export const inOrder = (values: readonly number[]): readonly number[] => Array.from(Float64Array.from(values).sort())

/**
 * The value below which a share of the sorted values lies, between neighbours in proportion (type 7 of Hyndman and Fan,
 * 1996: what R, NumPy and spreadsheets give).
 * @param sorted in rising order
 * @param p from 0 to 100
 * @returns null where there are no values
 * @throws RangeError when p is no percentage
 */
export function percentile(sorted: ArrayLike<number>, p: number): number | null {
  if (!(p >= 0 && p <= 100)) throw new RangeError(`A percentile lies from 0 to 100; ${p} came.`)
  if (sorted.length === 0) return null
  const place = ((sorted.length - 1) * p) / 100
  const low = Math.floor(place)
  const below = sorted[low]!
  return below + (sorted[Math.ceil(place)]! - below) * (place - low)
}
