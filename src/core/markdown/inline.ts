/**
 * The inside of a paragraph, heading or cell: emphasis, code, links and literal mathematics become a styled text.
 * `marked` finds the structure; the looks are the theme's, and where it breaks into rows is left to others.
 */

import { Lexer, type MarkedOptions, type Token, Tokenizer, type Tokens } from 'marked'
import { deceives, linkTarget } from '../text/hyperlink.ts'
import type { Theme } from '../text/theme.ts'
import { expandTabs } from '../text/wrap.ts'
import { resolved } from './entities.ts'
import { MATH } from './lines.ts'
import { over, type Styled, StyledText, styled } from './styled.ts'

/** Text without any of these is itself; most prose is. */
const MARKUP = /[\\`*_~[\]<&$]|https?:\/\/|ftp:\/\/|www\.|\S@\S| \n/i

/**
 * Emphasis marks beyond which a stretch is taken literally. Pairing them costs the square of their number (marked 18:
 * 1,300 runs in 4,000 characters take 119 ms, 200 take one); prose has fewer than a hundred in a stretch this long.
 */
const MOST_MARKS = 200

let lexer: Lexer | null = null

/** Inline markdown, settled or not, as styled text; `\n` in the result is a hard break. `base` lies under everything. */
export function inline(source: string, theme: Theme, base = ''): Styled {
  const text = expandTabs(source)
  if (!MARKUP.test(text)) return styled(flat(text), base)
  lexer ??= newLexer()
  const tokens = inlineTokens(lexer, text)
  if (tokens === null) return styled(flat(text), base)
  const out = new StyledText()
  paint(tokens, base, theme, out)
  return out.done()
}

/** A lexer that leaves mathematics as it is written. */
export function newLexer(): Lexer {
  return new Lexer({ ...OPTIONS, tokenizer: new Tokenizer() })
}

/** What stands in a stretch of text; null: it holds so many marks that it is taken literally. */
export function inlineTokens(by: Lexer, source: string): readonly Token[] | null {
  if ((source.match(/[*_~]+/g)?.length ?? 0) > MOST_MARKS) return null
  // An unclosed <a> or <pre> would leave its mark on the next text.
  Object.assign(by.state, {
    inLink: false,
    inRawBlock: false,
    linkEmitted: false,
    linkParenPossible: true,
    top: true,
  })
  by.inlineQueue = []
  return by.inlineTokens(source, [])
}

function paint(tokens: readonly Token[], sgr: string, theme: Theme, out: StyledText): void {
  for (const token of tokens) paintOne(token as Tokens.Generic, sgr, theme, out)
}

function paintOne(token: Tokens.Generic, sgr: string, theme: Theme, out: StyledText): void {
  const within = WITHIN[token.type]
  if (within) paint(token.tokens ?? [], over(sgr, theme.sgr[within]), theme, out)
  else if (token.type === 'link' || token.type === 'image') link(token, sgr, theme, out)
  else if (token.type === 'codespan') {
    // Without colour the backticks are all that tells code from prose.
    const code = flat(String(token.text))
    out.add(theme.sgr.code === '' ? `\`${code}\`` : code, over(sgr, theme.sgr.code))
  } else if (token.type === 'br' || (token.type === 'html' && /^<br\s*\/?>$/i.test(token.raw))) out.add('\n', sgr)
  else if (token.type === 'html') out.add(flat(token.raw), over(sgr, theme.sgr.dim))
  else if (token.type === 'math' || token.type === 'escape') out.add(flat(String(token.text)), sgr)
  else if (token.tokens && token.tokens.length > 0) paint(token.tokens, sgr, theme, out)
  else prose(flat(String(token.text ?? token.raw)), sgr, theme, out)
}

const WITHIN: Readonly<Record<string, 'strong' | 'emphasis' | 'strike'>> = {
  strong: 'strong',
  em: 'emphasis',
  del: 'strike',
}

/** Plain text, with footnote marks and reference labels made readable: a definition is never waited for. */
function prose(written: string, sgr: string, theme: Theme, out: StyledText): void {
  const text = out.text.endsWith('\n') ? written.trimStart() : written
  if (!text.includes('[')) {
    out.add(resolved(text), sgr)
    return
  }
  const dim = over(sgr, theme.sgr.dim)
  let from = 0
  for (const match of text.matchAll(/\[\^([^\]\s]{1,40})\]|\[([^[\]]+)\]\[([^[\]]*)\]/g)) {
    const [whole, note, label, reference] = match
    out.add(resolved(text.slice(from, match.index)), sgr)
    if (note === undefined) {
      out.add(resolved(label ?? ''), sgr)
      if (reference) out.add(` [${resolved(reference)}]`, dim)
    } else out.add(`[${note}]`, dim)
    from = match.index + whole.length
  }
  out.add(resolved(text.slice(from)), sgr)
}

/** Clickable where the theme and the address allow it and the text does not deceive; else the address is written out. */
function link(token: Tokens.Generic, sgr: string, theme: Theme, out: StyledText): void {
  const url = resolved(String(token.href ?? ''))
  const look = over(sgr, theme.sgr.underline)
  const inner = new StyledText()
  if (token.type === 'link' && token.tokens) paint(token.tokens, look, theme, inner)
  else inner.add(resolved(flat(String(token.text || url))), look)
  if (inner.text.trim() === '') inner.add(url, look)
  const target = linkTarget(url)
  if (theme.links && target !== null && !deceives(inner.text, url)) {
    out.append(inner.done(), target)
    return
  }
  out.append(inner.done())
  const told =
    inner.text === url || `mailto:${inner.text}` === url || (token.autolink === true && url.endsWith(inner.text))
  if (url !== '' && !told) out.add(` (${url})`, over(sgr, theme.sgr.dim))
}

const flat = (text: string) => text.replaceAll('\n', ' ')

const MATH_START = /\$|\\[([]/

/** Mathematics is shown as written: its `_` and `*` are no emphasis. */
const OPTIONS: MarkedOptions = {
  gfm: true,
  extensions: {
    renderers: {},
    childTokens: {},
    inline: [
      (source: string) => {
        const raw = MATH.exec(source)?.[0]
        return raw === undefined ? undefined : { type: 'math', raw, text: raw }
      },
    ],
    startInline: [
      (source: string) => {
        const at = source.search(MATH_START)
        return at < 0 ? undefined : at
      },
    ],
  },
}
