/**
 * Shiki's tokenizer with its JavaScript regular expressions, driven line by line. Loaded late, by `highlighter`. Every
 * limit here counts characters or depth, never time: the same text gets the same colours on every machine.
 */

import { createShikiPrimitive } from 'shiki/core'
import { defaultJavaScriptRegexConstructor } from 'shiki/engine/javascript'
import type { LanguageRegistration } from 'shiki/types'
import { LANGUAGES } from '../../core/code/languages.ts'
import { markTheme, sgrOfMarks } from '../../core/code/look.ts'
import type { LineColour } from '../../core/markdown/answer.ts'
import type { Theme } from '../../core/text/theme.ts'
import { createScanners, type Expression } from './code-scanner.ts'
import { type Pattern, readGrammar } from './grammars.ts'

/** A longer line stays plain; what is open in it is forgotten. */
const LONGEST_LINE = 1024

/** A line still being written is coloured anew with every frame, so only while it is short. */
const LONGEST_PEEK = 256

/** Runs of these make some grammars (Markdown's, the shell's) look back over all of it at every step. */
const RUN = /([`~<])\1{63}/

/** A fence nested deeper than this stays plain from there on: the tokenizer's work per line grows with the depth. */
const DEEPEST = 100

/** Where the tokenizer keeps a token's colour: nine bits of its metadata. */
const colourOf = (metadata: number) => (metadata >>> 15) & 0x1ff

const translate = (pattern: string) => defaultJavaScriptRegexConstructor(pattern, { target: 'ES2024' })

/** Shiki's class for what JavaScript cannot say, such as an atomic group; it has no name to import. */
const Emulated = translate('(?>a)').constructor as new (source: string, flags?: string, emulation?: object) => RegExp

export interface Engine {
  /** Reads the grammar; returns what starts the colouring of a fence, or null when the grammar cannot be read. */
  open(language: string): (() => LineColour) | null
}

export function createEngine(theme: Theme): Engine {
  const written = new Map<string, Pattern>()

  const expressionOf = (pattern: string): Expression | null => {
    const [, source, flags, needs = [], emulation] = written.get(pattern) ?? []
    if (source === undefined) return null
    return { make: () => (emulation ? new Emulated(source, flags, emulation) : new RegExp(source, flags)), needs }
  }

  const marks = markTheme()
  const shiki = createShikiPrimitive({
    engine: createScanners(expressionOf, translate),
    langs: [],
    themes: [marks],
  })
  const { colorMap } = shiki.setTheme(marks.name)
  const sgr = sgrOfMarks(colorMap, theme)

  const load = (language: string) => {
    if (shiki.getLoadedLanguages().includes(language)) return
    const needs = LANGUAGES[language]?.needs ?? []
    for (const needed of needs) load(needed)
    const { grammar, patterns } = readGrammar(language)
    for (const pattern of patterns) written.set(pattern[0], pattern)
    shiki.loadLanguageSync({ ...grammar, aliases: [], embeddedLangs: [...needs] } as LanguageRegistration)
  }

  return {
    open(language) {
      try {
        load(language)
        const grammar = shiki.getLanguage(language)
        return () => lineColour(grammar, sgr)
      } catch {
        return null
      }
    },
  }
}

type Grammar = ReturnType<ReturnType<typeof createShikiPrimitive>['getLanguage']>
type Rules = ReturnType<Grammar['tokenizeLine2']>['ruleStack']

function lineColour(grammar: Grammar, sgr: readonly string[]): LineColour {
  let rules: Rules | null = null
  let lost = false
  /** The last line read from `rules` on: what was drawn while it was written is often what it is in the end. */
  let last: { readonly text: string; readonly colours: string; readonly rules: Rules } | null = null

  const read = (text: string) => {
    if (last?.text === text) return last
    const { tokens, ruleStack } = grammar.tokenizeLine2(text, rules as never)
    last = { text, colours: coloured(text, tokens, sgr), rules: ruleStack }
    return last
  }

  return {
    line(text) {
      if (lost || text.length > LONGEST_LINE || RUN.test(text)) return text
      const { colours, rules: after } = read(text)
      rules = after
      last = null
      lost = after.depth > DEEPEST
      return colours
    },
    peek: (text) => (lost || text.length > LONGEST_PEEK || RUN.test(text) ? text : read(text).colours),
  }
}

/** An expression may end within a pair of surrogates; a colour may not. */
function wholeChar(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at
}

/** Neighbours of one look share it, and blanks go along with what stands before them: fewer bytes for the same sight. */
function coloured(text: string, tokens: Uint32Array, sgr: readonly string[]): string {
  let out = ''
  let from = 0
  let look = ''
  const flush = (to: number) => {
    const part = text.slice(from, to)
    out += look === '' || part === '' ? part : `\x1b[${look}m${part}\x1b[m`
    from = to
  }
  for (let i = 0; i < tokens.length; i += 2) {
    const start = wholeChar(text, tokens[i] as number)
    const end = tokens[i + 2] ?? text.length
    const next = sgr[colourOf(tokens[i + 1] as number)] ?? ''
    if (next === look || text.slice(start, end).trim() === '') continue
    flush(start)
    look = next
  }
  flush(text.length)
  return out
}
