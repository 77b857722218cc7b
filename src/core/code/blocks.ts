/** The code blocks of an answer, as the model wrote them: what somebody wants to copy. */

import { Blocks } from '../markdown/blocks.ts'
import { Page } from '../markdown/page.ts'
import { theme } from '../text/theme.ts'

export interface CodeBlock {
  /** What the fence says about the language; empty when it says nothing. */
  readonly language: string
  /** The code alone, tabs and all: no fence, no indentation of the list it stands in, no line end at its end. */
  readonly text: string
}

/** Every code block in reading order, also those in lists and quotes; an unclosed one counts. */
export function codeBlocks(answer: string): readonly CodeBlock[] {
  const found = new Map<object, { readonly language: string; readonly lines: string[]; fenced: boolean }>()
  const onCode = (id: object, language: string, line: string | null) => {
    const block = found.get(id) ?? { language, lines: [], fenced: line === null }
    found.set(id, block)
    if (line !== null) block.lines.push(line)
  }
  const look = { theme: theme({ colour: 'none', links: false }), highlight: null, onCode }
  const page = new Page(look, 80)
  const blocks = new Blocks(page)
  for (const line of answer.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n')) {
    blocks.line(line)
    page.rows = []
  }
  blocks.end()
  return [...found.values()].map(({ language, lines, fenced }) => {
    const text = lines.join('\n')
    // Blank lines behind indented code part it from what follows.
    return { language, text: fenced ? text : text.replace(/(?:\n[ \t]*)+$/, '') }
  })
}
