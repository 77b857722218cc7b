/** A key does not change its meaning under the finger: pressed again soon, it is for whoever took it before, or for nobody. */

import type { Key } from '../../core/chat/keys.ts'
import type { Ms } from '../../core/turn.ts'
import type { Keeper } from '../thrift.ts'

/** Pressed again sooner than this, in ms, a key is meant as before. */
export const AGAIN_MS = 1_000

type Taker = Pick<Keeper, 'onKey' | 'onMissed'>

/** @returns whether the key is spent: somebody took it, or it was meant for something that is over */
export function createFinger(takers: readonly Taker[], now: () => Ms): (key: Key) => boolean {
  let last: { readonly key: string; readonly taker: Taker; readonly at: Ms } | null = null
  return (key) => {
    // What is typed, and keys that move, are always meant for what is there.
    if (key.type !== 'chord') return takers.some((one) => one.onKey?.(key) === true)
    const name = JSON.stringify(key)
    const before = last?.key === name && now() - last.at < AGAIN_MS ? last : null
    const taker = before?.taker.onKey ? before.taker : null
    if (taker) {
      if (!taker.onKey!(key)) for (const one of takers) one.onMissed?.(key)
      last = { key: name, taker, at: now() }
      return true
    }
    const found = takers.find((one) => one.onKey?.(key) === true)
    last = found ? { key: name, taker: found, at: now() } : null
    return found !== undefined
  }
}
