/** A timer that is started once: what starts it again meanwhile does not put it off. */

export interface Timer {
  start(ms: number): void
  stop(): void
}

export function timer(deed: () => void): Timer {
  let running: NodeJS.Timeout | null = null
  return {
    start(ms) {
      running ??= setTimeout(() => {
        running = null
        deed()
      }, ms)
    },
    stop() {
      if (running) clearTimeout(running)
      running = null
    },
  }
}
