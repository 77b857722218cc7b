/** How large the window is, and when it has come to rest after a resize. What to do about it is for others. */

/**
 * Quiet time after which a resize is over, in ms; a window being dragged reports a new size every few ms, one dragged
 * slowly every few dozen. What is painted in between lands on a screen of another width, and cannot be taken back.
 */
export const QUIET_MS = 150
/** The same inside tmux, which tells a program of a new size only about every 250 ms, long after it has reflowed. */
export const QUIET_IN_TMUX_MS = 320
/** Longest time between the first report and the call, in ms: a drag that never ends must not hide the answer. */
export const PATIENCE_MS = 60_000

/** What a terminal is taken for that does not know its size. */
const USUAL = { columns: 80, rows: 24 }

export type ResizeListener = (oldColumns: number, oldRows: number) => void

export interface WindowSize {
  readonly columns: number
  readonly rows: number
  /** True from the first report of a new size until the listeners have been called. */
  readonly resizing: boolean
  /** @returns a function that ends the calls */
  onResize(listener: ResizeListener): () => void
  stop(): void
}

/** Watches a terminal's size. Listeners are told the size that was there when they were last called. */
export function watchSize(
  stdout: Pick<NodeJS.WriteStream, 'columns' | 'rows'> & Pick<NodeJS.EventEmitter, 'on' | 'off'>,
  quietMs = QUIET_MS,
): WindowSize {
  const listeners = new Set<ResizeListener>()
  const size = () => ({ columns: stdout.columns || USUAL.columns, rows: stdout.rows || USUAL.rows })
  let settled = size()
  let quiet: NodeJS.Timeout | undefined
  let patience: NodeJS.Timeout | undefined

  const stopWaiting = () => {
    clearTimeout(quiet)
    clearTimeout(patience)
    quiet = undefined
    patience = undefined
  }
  const settle = () => {
    stopWaiting()
    const old = settled
    settled = size()
    for (const listener of listeners) listener(old.columns, old.rows)
  }
  const onResize = () => {
    clearTimeout(quiet)
    quiet = setTimeout(settle, quietMs)
    patience ??= setTimeout(settle, PATIENCE_MS)
  }
  stdout.on('resize', onResize)
  return {
    get columns() {
      return size().columns
    },
    get rows() {
      return size().rows
    },
    get resizing() {
      // The signal may come after what arrived later from the network: a frame in between would be painted for a window
      // that is gone. Node offers no public way to ask the terminal itself; where this one is missing, the signal decides.
      if (quiet === undefined) (stdout as { _refreshSize?: () => void })._refreshSize?.()
      return quiet !== undefined
    },
    onResize(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      stdout.off('resize', onResize)
      stopWaiting()
    },
  }
}
