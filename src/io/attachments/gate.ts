/** Lets through as much work at a time as fits: so many at once, and so many bytes of memory for all of them. */

export interface Gate {
  /**
   * Runs the work when there is room for it, and tells it whether nothing else is running. What is larger than all there
   * is runs alone.
   * @throws what the work throws, or the signal's reason when it was stopped while it waited
   */
  pass<T>(bytes: number, work: (isAlone: boolean) => Promise<T>, signal: AbortSignal): Promise<T>
}

export function createGate(most: number, mostBytes: number): Gate {
  let running = 0
  let held = 0
  const waiting: { readonly bytes: number; readonly go: () => void }[] = []

  const next = () => {
    // In order: who is large is not passed by others for ever.
    for (let first = waiting[0]; first; first = waiting[0]) {
      if (running > 0 && (running >= most || held + first.bytes > mostBytes)) return
      waiting.shift()
      running++
      held += first.bytes
      first.go()
    }
  }

  return {
    async pass(bytes, work, signal) {
      signal.throwIfAborted()
      await new Promise<void>((resolve, reject) => {
        const stop = () => {
          waiting.splice(waiting.indexOf(turn), 1)
          reject(signal.reason)
          next()
        }
        const turn = {
          bytes,
          go: () => {
            signal.removeEventListener('abort', stop)
            resolve()
          },
        }
        signal.addEventListener('abort', stop, { once: true })
        waiting.push(turn)
        next()
      })
      try {
        return await work(running === 1)
      } finally {
        running--
        held -= bytes
        next()
      }
    },
  }
}
