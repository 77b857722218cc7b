/**
 * Rows of the tail that a lowered window pushed into the scrollback: they are there, though they have not settled yet.
 * Knows them until they settle, so that nothing is written twice.
 */

/** Number of rows at the start (or, counted backwards, at the end) that are the same in both. */
export function sameRows(a: readonly string[], b: readonly string[], fromEnd = false): number {
  const most = Math.min(a.length, b.length)
  let same = 0
  while (same < most && (fromEnd ? a.at(-1 - same) === b.at(-1 - same) : a[same] === b[same])) same++
  return same
}

export class Aloft {
  #rows: readonly string[] = []

  /** The first rows of the tail have gone up. */
  rose(rows: readonly string[]): void {
    this.#rows = [...this.#rows, ...rows]
  }

  forget(): void {
    this.#rows = []
  }

  /** How many of a frame's first rows (settled, then tail) are there already. */
  pass(settled: readonly string[], tail: readonly string[]): number {
    const settledThere = sameRows(this.#rows, settled)
    const isEstranged = settled.length > settledThere && this.#rows.length > settledThere
    this.#rows = isEstranged || settled.length + tail.length === 0 ? [] : this.#rows.slice(settledThere)
    if (settledThere < settled.length || this.#rows.length === 0) return settledThere
    // A caller may hand over only the last rows of a long tail; then what is aloft is not among them.
    const isTailThere = sameRows(this.#rows, tail) === Math.min(this.#rows.length, tail.length)
    return settledThere + (isTailThere ? Math.min(this.#rows.length, tail.length) : 0)
  }
}
