/**
 * A bar whose parts stand in proportion: in colours each begins with its letter, without colours it is all letters. Read
 * aloud it is nothing: what stands beside it says the same in words.
 */

import type { Role, Theme } from './theme.ts'

export interface Segment {
  /** One column wide. */
  readonly letter: string
  readonly size: number
  readonly role: Role
}

export interface Barred {
  readonly bar: readonly Segment[]
}

/** Wider bars tell no more. */
const WIDEST = 72
const FILL = '━'

/** The letters of a bar of so many columns: each column is the part that its middle lies in. */
export function letters(bar: readonly Segment[], columns: number): string {
  return drawn(bar, columns)
    .map(({ letter }) => letter)
    .join('')
}

export function barRows({ bar }: Barred, columns: number, theme: Theme): readonly string[] {
  if (theme.spoken) return []
  const width = Math.min(columns, WIDEST)
  if (theme.colour === 'none') return [letters(bar, width)]
  const cells = drawn(bar, width)
  const parts: { readonly segment: Segment; text: string }[] = []
  for (const segment of cells) {
    const last = parts.at(-1)
    if (last?.segment === segment) last.text += FILL
    else parts.push({ segment, text: segment.letter })
  }
  return [parts.map(({ segment, text }) => theme[segment.role](text)).join('')]
}

function drawn(bar: readonly Segment[], columns: number): readonly Segment[] {
  const total = bar.reduce((sum, { size }) => sum + size, 0)
  if (!(total > 0)) return []
  const cells: Segment[] = []
  let index = 0
  let end = bar[0]!.size
  for (let column = 0; column < columns; column++) {
    const middle = ((column + 0.5) / columns) * total
    while (middle > end && index < bar.length - 1) end += bar[++index]!.size
    cells.push(bar[index]!)
  }
  return cells
}
