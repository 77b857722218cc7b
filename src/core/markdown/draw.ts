/** Puts a styled text on the page as rows broken between words. A block never begins or ends with a blank row. */

import type { Page } from './page.ts'
import { row, type Styled } from './styled.ts'

/** Draws all of a text; false when there was nothing visible in it. `begin` is called before its first row. */
export function drawWrapped(text: Styled, page: Page, begin?: () => void): boolean {
  const slices = page.wrap(text.text.trimEnd())
  const first = slices.findIndex(
    (slice) => slice.end > slice.start && text.text.slice(slice.start, slice.end).trim() !== '',
  )
  if (first < 0) return false
  begin?.()
  for (const slice of slices.slice(first)) page.row(row(text, slice))
  return true
}
