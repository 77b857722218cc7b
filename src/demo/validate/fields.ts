/** The small checks that several parts of a request share. Each gives a sentence, or null when nothing is wrong. */

export type Fields = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is wrong with one `cache_control`; null when nothing is. */
export function cacheControlProblem(control: unknown, path: string): string | null {
  if (control === undefined || control === null) return null
  if (!isObject(control) || control.type !== 'ephemeral') return `${path}.type: Input should be 'ephemeral'`
  const { ttl } = control
  return ttl === undefined || ttl === '5m' || ttl === '1h' ? null : `${path}.ttl: Input should be '5m' or '1h'`
}
