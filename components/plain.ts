/**
 * The live region in its simplest state (composer, what goes along, status bar) as rows. Before Ink is loaded the prompt
 * stands and keys are echoed about 60 ms earlier; beside photos that are being prepared a key's echo takes 1.5 ms in place
 * of 5.5 (medians of `bench -- attachments`, 2 cores). A test holds it to what `App` draws, byte for byte.
 */

import { widthOf } from '../src/core/text/width.ts'
import { PROMPT, paintRow, paintSpans, paintStatus, type View } from './view.ts'

/** Whether `plainRows` can draw this view; everything else waits for Ink. */
export function isPlain(view: View): boolean {
  const { composer, waiting, queue, menu, notice, tag, welcome, picker } = view
  const nothingElse =
    waiting === null && queue.length === 0 && menu === null && notice === null && welcome === null && !picker
  const tagFits = tag === null || widthOf(tag) + 2 <= view.columns
  return nothingElse && tagFits && composer.above + composer.below === 0 && view.columns >= 40
}

export function plainRows(view: View): readonly string[] {
  const { rows, placeholder } = view.composer
  const { theme, tag } = view
  const isEmpty = rows.length === 1 && rows[0] === ''
  return [
    '',
    ...view.enclosed.map((spans) => paintSpans(spans, theme).trimEnd()),
    // Ink cuts bare white space at a row's end, and keeps what is styled.
    ...rows.map((_, i) => {
      const sign = theme.accent(i === 0 ? PROMPT : ' '.repeat(PROMPT.length))
      return (sign + (isEmpty ? theme.dim(placeholder) : paintRow(view, i))).trimEnd()
    }),
    ...(tag === null ? [] : [theme.dim(`  ${tag}`).trimEnd()]),
    `  ${paintStatus(view)}`.trimEnd(),
  ]
}
