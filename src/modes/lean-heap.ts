/**
 * How much memory a long chat may take for its garbage. V8 lets the young generation grow to 32 MB where tokens come
 * fast; a chat's live data is a few MB, and more frequent, smaller collections cost it little.
 */

import { setFlagsFromString } from 'node:v8'

/** Newer ones may have dropped the flag, and V8 would say so on stderr, in the middle of the screen. */
const LAST_KNOWN_MAJOR = 24

/** How much the old generation may grow, in percent of what lives in it, before it is collected: V8 lets it double. */
const GROWTH_PERCENT = 25

/** The young generation stays as large as it is now. Called once start-up is over, which wants a roomy one. */
export function keepHeapLean(): void {
  if (Number.parseInt(process.versions.node, 10) <= LAST_KNOWN_MAJOR) {
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
  }
}
