/** How long conversations are kept. */

export const DAY_MS = 24 * 60 * 60 * 1000

/** How long a conversation lies in the bin before it is gone for good, in days. */
export const BIN_DAYS = 30

/** What was put into the bin before this is gone for good. */
export const binEnd = (wallMs: number): number => wallMs - BIN_DAYS * DAY_MS

/** What was not touched since is past its time; null: everything is kept for ever. */
export const keptSince = (keepDays: number | null, wallMs: number): number | null =>
  keepDays === null ? null : wallMs - keepDays * DAY_MS

const UNITS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 }

/** Days a person means by `90d`, `12w`, `6m` (of 30 days), `2y`, or a bare number; null: it is none of these. */
export function daysOf(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)([dwmy]?)$/i.exec(text.trim())
  return found ? Number(found[1]) * UNITS[(found[2] || 'd').toLowerCase()]! : null
}
