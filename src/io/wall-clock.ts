/** The time of day beside the monotonic clock that events are stamped with. */

/**
 * Milliseconds to add to the monotonic clock, as it is now, for those since 1970. Not `performance.timeOrigin`: since the
 * program was started the machine may have slept, which the monotonic clock does not count, or its clock may have been set.
 */
export const wallOrigin = (): number => Date.now() - performance.now()

/** When a day began here, in milliseconds since 1970: that of a moment, or so many days before it. */
export function dayStart(wallMs: number, daysBefore = 0): number {
  const day = new Date(wallMs)
  // By the calendar: a day may have 23 or 25 hours.
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime()
}
