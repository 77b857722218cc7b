/**
 * The live region in its simplest state (composer and status bar) as rows, for the moments before Ink is loaded: the
 * prompt stands and keys are echoed about 60 ms earlier. A test holds it to what `App` draws, byte for byte.
 */

import { PROMPT, type View } from './view.ts'

/** Whether `plainRows` can draw this view; everything else waits for Ink. */
export function isPlain(view: View): boolean {
  const { composer, waiting, queue, menu, notice, welcome } = view
  const nothingElse = waiting === null && queue.length === 0 && menu === null && notice === null && welcome === null
  return nothingElse && composer.above + composer.below === 0 && view.columns >= 40
}

const DIM = ['\x1b[2m', '\x1b[22m'] as const
const CYAN = ['\x1b[36m', '\x1b[39m'] as const
const YELLOW = ['\x1b[33m', '\x1b[39m'] as const

export function plainRows({ composer, status, colour }: View): readonly string[] {
  const paint = ([on, off]: readonly [string, string], text: string) => (colour && text !== '' ? on + text + off : text)
  const { rows, placeholder } = composer
  const isEmpty = rows.length === 1 && rows[0] === ''
  return [
    '',
    // Ink cuts bare white space at a row's end, and keeps what is styled.
    ...rows.map((row, i) => {
      const sign = paint(CYAN, i === 0 ? PROMPT : ' '.repeat(PROMPT.length))
      return isEmpty ? sign + paint(DIM, placeholder) : sign + row.trimEnd()
    }),
    `  ${status.map(({ text, tone }) => (tone === 'dim' ? paint(DIM, text) : tone === 'warn' ? paint(YELLOW, text) : text)).join('')}`,
  ]
}
