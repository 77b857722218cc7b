/** Where held requests wait to be let on by hand, in the order they came. */

import { Gone } from './waits.ts'

export interface Gate {
  /** Waits to be released; resolves with the number of deltas it may send. @throws Gone when the client goes first */
  wait(signal: AbortSignal): Promise<number>
  /** Resolves when a request is waiting, at once if one is. */
  held(): Promise<void>
  /** Lets the one that has waited longest go on. @throws Error when none is waiting */
  release(deltas: number): void
}

interface Waiting {
  go(deltas: number): void
}

export function createGate(): Gate {
  const waiting: Waiting[] = []
  let onlookers: (() => void)[] = []
  return {
    wait(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new Gone())
        const gone = () => {
          waiting.splice(waiting.indexOf(me), 1)
          reject(new Gone())
        }
        const me: Waiting = {
          go(deltas) {
            signal.removeEventListener('abort', gone)
            resolve(deltas)
          },
        }
        signal.addEventListener('abort', gone, { once: true })
        waiting.push(me)
        for (const tell of onlookers) tell()
        onlookers = []
      })
    },
    held() {
      return waiting.length > 0 ? Promise.resolve() : new Promise((resolve) => onlookers.push(resolve))
    },
    release(deltas) {
      const first = waiting.shift()
      if (!first) throw new Error('release(): no request is held; wait for held() first')
      first.go(deltas)
    },
  }
}
