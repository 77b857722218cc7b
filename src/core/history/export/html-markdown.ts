/**
 * Markdown as HTML that can do nothing: whatever a model wrote is text, raw HTML included. Nothing is loaded from
 * elsewhere, and a link leads to where it says.
 */

import type { Lexer, Token, Tokens } from 'marked'
import { resolved } from '../../markdown/entities.ts'
import { inlineTokens, newLexer } from '../../markdown/inline.ts'
import { deceives, linkTarget } from '../../text/hyperlink.ts'
import { sanitise } from '../../text/sanitise.ts'

/** A text within HTML, between tags or in quotes. */
export function escaped(text: string): string {
  return sanitise(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** Quotes and lists nested deeper than this cost more time than their reader has. */
const DEEPEST = /^(?:[ \t]*>){40}|^[ \t]{120}[-+*]/m

/** Blocks of HTML for an answer. */
export function htmlOf(markdown: string): string {
  if (DEEPEST.test(markdown)) return `<pre>${escaped(markdown)}</pre>`
  try {
    const lexer = newLexer()
    return blocks(lexer.blockTokens(markdown, []), lexer)
  } catch {
    return `<pre>${escaped(markdown)}</pre>`
  }
}

const blocks = (tokens: readonly Token[], lexer: Lexer): string =>
  tokens.map((token) => block(token as Tokens.Generic, lexer)).join('')

function block(token: Tokens.Generic, lexer: Lexer): string {
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'heading': {
      // The page has its own two levels above.
      const level = Math.min(6, Number(token.depth) + 2)
      return `<h${level}>${inline(token.text, lexer)}</h${level}>\n`
    }
    case 'hr':
      return '<hr>\n'
    case 'code': {
      const language = escaped(String(token.lang ?? '').split(/\s/)[0] ?? '')
      return `<pre${language === '' ? '' : ` title="${language}"`}><code>${escaped(token.text)}</code></pre>\n`
    }
    case 'blockquote':
      return `<blockquote>\n${blocks(token.tokens ?? [], lexer)}</blockquote>\n`
    case 'list':
      return list(token as Tokens.List, lexer)
    case 'table':
      return table(token as Tokens.Table, lexer)
    case 'paragraph':
      return `<p>${inline(token.text, lexer)}</p>\n`
    case 'text':
      return `${inline(token.text, lexer)}\n`
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ '
    default:
      // Raw HTML above all: it is shown, not obeyed.
      return `<p class="raw">${escaped(token.raw.trimEnd())}</p>\n`
  }
}

function list({ ordered, start, items }: Tokens.List, lexer: Lexer): string {
  const tag = ordered ? 'ol' : 'ul'
  const from = ordered && Number(start) !== 1 ? ` start="${Number(start)}"` : ''
  const rows = items.map((item) => `<li>${blocks(item.tokens, lexer).trimEnd()}</li>\n`)
  return `<${tag}${from}>\n${rows.join('')}</${tag}>\n`
}

function table({ header, rows }: Tokens.Table, lexer: Lexer): string {
  const cell = ({ text, align }: Tokens.TableCell, tag: 'th' | 'td') =>
    `<${tag}${align ? ` class="${align}"` : ''}>${inline(text, lexer)}</${tag}>`
  const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td') =>
    `<tr>${cells.map((one) => cell(one, tag)).join('')}</tr>\n`
  return `<div class="wide"><table>\n${row(header, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table></div>\n`
}

/** A stretch longer than this is no prose, and finding addresses in it costs the square of its length. */
const LONGEST_STRETCH = 20_000

function inline(source: string, lexer: Lexer): string {
  const tokens = source.length > LONGEST_STRETCH ? null : inlineTokens(lexer, source)
  return tokens === null ? escaped(source) : spans(tokens, lexer)
}

const spans = (tokens: readonly Token[], lexer: Lexer): string =>
  tokens.map((token) => span(token as Tokens.Generic, lexer)).join('')

const WITHIN: Readonly<Record<string, string>> = { strong: 'strong', em: 'em', del: 'del' }

function span(token: Tokens.Generic, lexer: Lexer): string {
  const tag = WITHIN[token.type]
  if (tag) return `<${tag}>${spans(token.tokens ?? [], lexer)}</${tag}>`
  switch (token.type) {
    case 'link':
    case 'image':
      return link(token, lexer)
    case 'codespan':
      return `<code>${escaped(token.text)}</code>`
    case 'br':
      return '<br>\n'
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw) ? '<br>\n' : escaped(token.raw)
    case 'math':
    case 'escape':
      return escaped(token.text)
    default:
      if (token.tokens && token.tokens.length > 0) return spans(token.tokens, lexer)
      return escaped(resolved(String(token.text ?? token.raw)))
  }
}

/** An image is a link to it: a page that loads nothing tells nobody that it is read. */
function link(token: Tokens.Generic, lexer: Lexer): string {
  const url = resolved(String(token.href ?? ''))
  const isImage = token.type === 'image'
  const shown = isImage ? resolved(String(token.text ?? '')) : textOf(token.tokens ?? [])
  const inner = isImage || shown.trim() === '' ? escaped(shown.trim() || url) : spans(token.tokens ?? [], lexer)
  const target = linkTarget(url)
  const told = target !== null && !deceives(shown.trim() || url, url)
  const address = told || url === '' ? '' : ` <small>(${escaped(url)})</small>`
  const words = target === null ? inner : `<a href="${escaped(target)}" rel="noopener noreferrer">${inner}</a>`
  return words + address
}

const textOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) =>
      'tokens' in token && token.tokens ? textOf(token.tokens) : resolved(String((token as Tokens.Generic).text ?? '')),
    )
    .join('')
