/** The rules of blocks that are shown as written, by the line that opens them: fences, HTML, mathematics and kin. */

import { closesFence, type Fence, type HtmlBlock, isDefinition } from './lines.ts'
import type { Look } from './page.ts'
import { diffColour, type VerbatimRules } from './verbatim.ts'

const PLAIN = { strip: 0, sgr: '', colour: null, label: '', whole: true, isCode: false }

/** A fence; `indent` is the indentation of its opening line, which its body may share. */
export function fenced(fence: Fence, indent: number, { theme, highlight }: Look): VerbatimRules {
  const language = /^[^\s{,]*/.exec(fence.info)?.[0].toLowerCase() ?? ''
  const diff = language === 'diff' || language === 'patch'
  const colour = diff && theme.colour !== 'none' ? diffColour(theme.sgr) : null
  return {
    judge: (text, columns) => (columns < 4 && closesFence(text, fence) ? 'drop' : 'inside'),
    strip: indent,
    sgr: '',
    colour: colour ?? (language === '' || theme.colour === 'none' ? null : (highlight?.(language) ?? null)),
    label: fence.info,
    whole: false,
    isCode: true,
  }
}

export const indented: VerbatimRules = {
  ...PLAIN,
  judge: (text, columns) => (text === '' || columns >= 4 ? 'inside' : 'after'),
  strip: 4,
  whole: false,
  isCode: true,
}

export function html({ end }: HtmlBlock, { theme }: Look): VerbatimRules {
  return {
    ...PLAIN,
    judge: (text) => (end === null ? (text === '' ? 'after' : 'inside') : end.test(text) ? 'last' : 'inside'),
    sgr: theme.sgr.dim,
  }
}

/** Mathematics between `$$` or `\[ \]`. A blank line ends it, as it does in TeX, so that a stray opener does no harm. */
export function math(end: RegExp): VerbatimRules {
  return { ...PLAIN, judge: (text) => (text === '' ? 'after' : end.test(text) ? 'last' : 'inside') }
}

export function definitions({ theme }: Look): VerbatimRules {
  return { ...PLAIN, judge: (text) => (isDefinition(text) ? 'inside' : 'after'), sgr: theme.sgr.dim }
}

/** `key: value` lines between two rules at the very start of a text; a blank line ends them too. */
export function frontMatter({ theme }: Look): VerbatimRules {
  return {
    ...PLAIN,
    judge: (text) => (text === '' ? 'after' : /^(?:---|\.\.\.)\s*$/.test(text) ? 'last' : 'inside'),
    sgr: theme.sgr.dim,
  }
}
