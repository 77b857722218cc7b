/** What an answer left open that would swallow whatever is written behind it: a fence, a comment, a raw HTML block. */

import { Lexer } from 'marked'
import { closesFence, fenceOf } from '../../markdown/lines.ts'

/** The lines that close it, to be set behind the answer; empty when nothing is open. */
export function closing(answer: string): string {
  if (!/```|~~~|<!|<\?|<(?:script|pre|style|textarea)/i.test(answer)) return ''
  let last: ReturnType<Lexer['blockTokens']>[number] | undefined
  try {
    last = new Lexer({ gfm: true }).blockTokens(answer, []).findLast(({ type }) => type !== 'space')
  } catch {
    // Nested deeper than the parser can go: nobody renders that anyway.
    return ''
  }
  const raw = last?.raw.trim() ?? ''
  if (last?.type === 'code') {
    const [first = '', ...lines] = raw.split('\n')
    const fence = fenceOf(first)
    if (!fence || lines.some((line) => closesFence(line.trim(), fence))) return ''
    return fence.sign.repeat(fence.length)
  }
  if (last?.type !== 'html') return ''
  if (raw.startsWith('<!--')) return raw.includes('-->') ? '' : '-->'
  if (raw.startsWith('<?')) return raw.includes('?>') ? '' : '?>'
  if (raw.startsWith('<![CDATA[')) return raw.includes(']]>') ? '' : ']]>'
  const tag = /^<(script|pre|style|textarea)\b/i.exec(raw)?.[1]
  return tag && !new RegExp(`</${tag}>`, 'i').test(raw) ? `</${tag}>` : ''
}
