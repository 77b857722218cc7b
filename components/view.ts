/** What the live region shows, as plain data: the chat prepares it, the components draw it. */

import type { Completion } from '../src/core/chat/commands.ts'
import type { Piece } from '../src/core/chat/status.ts'
import type { WelcomeView } from '../src/core/chat/welcome.ts'
import type { PickerView } from '../src/core/picker/layout.ts'
import type { Span } from '../src/core/text/spans.ts'
import type { Theme } from '../src/core/text/theme.ts'

export interface View {
  /** Columns a row may take. */
  readonly columns: number
  /** What is being waited for, in words, a row or two; null: nothing is. */
  readonly waiting: readonly string[] | null
  /** Messages that will be sent after this answer. */
  readonly queue: readonly string[]
  /** What goes with the message that is being typed, a row each: they stand above it. */
  readonly enclosed: readonly (readonly Span[])[]
  readonly composer: {
    readonly rows: readonly string[]
    /** What of each row is selected, as indices into it. */
    readonly marks?: readonly (readonly [number, number] | null)[] | undefined
    /** Shown dim while nothing is typed. */
    readonly placeholder: string
    readonly above: number
    readonly below: number
  }
  readonly menu: { readonly items: readonly Completion[]; readonly chosen: number } | null
  /** One line for the moment, such as "Press Ctrl+C again to quit". */
  readonly notice: string | null
  /** One line above the status bar that holds for longer, such as what a cold cache will cost; null: none. */
  readonly tag: string | null
  readonly status: readonly Piece[]
  readonly welcome: WelcomeView | null
  /** A list that is open: it stands in the place of everything from the composer on. */
  readonly picker?: PickerView | null
  /** The only palette: components style text with it, never by themselves. */
  readonly theme: Theme
  /** Reduced motion: nothing moves by itself. */
  readonly still?: boolean
}

/** Rows above the composer's first one, or the open list's: where the caret's row is counted from. Must follow what `App` lays out. */
export function rowsAboveComposer(view: View): number {
  const blank = 1
  return (
    blank +
    (view.waiting?.length ?? 0) +
    Math.min(view.queue.length, QUEUE_SHOWN) +
    (view.welcome?.rows.length ?? 0) +
    (view.picker ? 0 : view.enclosed.length)
  )
}

/** Queued messages shown at most. */
export const QUEUE_SHOWN = 3
/** Menu rows shown at most. */
export const MENU_SHOWN = 8
/** The composer's sign and the columns it takes. */
export const PROMPT = '› '

/** A row of the composer, what is selected in it inverse. */
export function paintRow({ composer, theme }: Pick<View, 'composer' | 'theme'>, nth: number): string {
  const row = composer.rows[nth] ?? ''
  const mark = composer.marks?.[nth]
  if (!mark) return row
  const [from, to] = mark
  return row.slice(0, from) + theme.selected(row.slice(from, to)) + row.slice(to)
}

/** Pieces of a row in one. What has no look of its own takes the accent where it is chosen. */
export function paintSpans(spans: readonly Span[], theme: Theme, chosen = false): string {
  return spans
    .map(({ text, look }) => (look !== 'plain' ? theme[look](text) : chosen ? theme.accent(text) : text))
    .join('')
}

/** The status bar as one styled text. */
export function paintStatus({ status, theme }: Pick<View, 'status' | 'theme'>): string {
  return status.map(({ text, tone }) => (tone === 'plain' ? text : theme[tone](text))).join('')
}
