/** The time of day beside the monotonic clock that events are stamped with. */

/**
 * Milliseconds to add to the monotonic clock, as it is now, for those since 1970. Not `performance.timeOrigin`: since the
 * program was started the machine may have slept, which the monotonic clock does not count, or its clock may have been set.
 */
export const wallOrigin = (): number => Date.now() - performance.now()
