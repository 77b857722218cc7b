/** The time of day beside the monotonic clock that events are stamped with. */

/**
 * Milliseconds to add to the monotonic clock, as it is now, for those since 1970. Not `performance.timeOrigin`: since the
 * program was started the machine may have slept, which the monotonic clock does not count, or its clock may have been set.
 */
export const wallOrigin = (): number => Date.now() - performance.now()

/** The time of day here, as a clock on the wall shows it. @param wallMs since 1970 */
export function timeOfDay(wallMs: number): string {
  const day = new Date(wallMs)
  return [day.getHours(), day.getMinutes(), day.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** When a day began here, in milliseconds since 1970: that of a moment, or so many days before it. */
export function dayStart(wallMs: number, daysBefore = 0): number {
  const day = new Date(wallMs)
  // By the calendar: a day may have 23 or 25 hours.
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBefore).getTime()
}
