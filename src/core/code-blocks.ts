/** The code blocks of an answer, as the model wrote them: what somebody wants to copy. */

import { marked, type Token } from 'marked'

export interface CodeBlock {
  /** What the fence says about the language; empty when it says nothing. */
  readonly language: string
  /** The code alone: no fence, no indentation of the list it stands in, no line end at its end. */
  readonly text: string
}

/** Every code block in reading order, also those in lists and quotes; an unclosed one counts. */
export function codeBlocks(answer: string): readonly CodeBlock[] {
  const found: CodeBlock[] = []
  marked.walkTokens(marked.lexer(answer), (token: Token) => {
    if (token.type === 'code') found.push({ language: token.lang?.split(/\s/)[0] ?? '', text: token.text })
  })
  return found
}
