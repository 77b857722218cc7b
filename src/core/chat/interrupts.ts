/** What Ctrl+C means with no draft to clear, press by press: it stops what runs, then warns, then quits. */

export interface Interrupts {
  /** Ctrl+C was pressed while the turn of this number ran; null: none does. */
  press(running: number | null): 'stop' | 'warn' | 'quit'
  /** Another key was pressed: the next Ctrl+C warns again. */
  calm(): void
}

export function createInterrupts(): Interrupts {
  /** Number of the turn that was asked to stop: its end takes a moment, and further presses in between count. */
  let stopped: number | null = null
  let isWarned = false
  return {
    press(running) {
      if (running !== null && running !== stopped) {
        stopped = running
        isWarned = false
        return 'stop'
      }
      if (isWarned) return 'quit'
      isWarned = true
      return 'warn'
    },
    calm() {
      isWarned = false
    },
  }
}
