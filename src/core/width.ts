/** How many terminal columns a text takes. One width function for painter, wrapping and editor. */

/** Columns of plain text (no escape sequences, no control characters). */
export function widthOf(text: string): number {
  return text.length
}
