/**
 * Reads one grammar from disk, at once: a fence that opens must not wait. The build lays grammars beside the program
 * with their expressions translated already; a checkout reads them from shiki itself and translates as it goes.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { LanguageRegistration } from 'shiki/types'
import { LANGUAGES } from '../core/languages.ts'

export interface Grammar {
  readonly grammar: LanguageRegistration
  /** Expressions in Oniguruma's dialect and, where they are known, in JavaScript's. */
  readonly patterns: readonly Pattern[]
}

/** `emulation`: what JavaScript's expression lacks, in the terms of shiki's own class for it. */
export type Pattern = readonly [pattern: string, source?: string, flags?: string, emulation?: object]

declare const __GRAMMARS__: string | undefined

/** Never matches. */
const NEVER = '(?!)'

/** @throws when there is no such grammar */
export function readGrammar(name: string): Grammar {
  if (typeof __GRAMMARS__ === 'string') {
    const file = new URL(`${__GRAMMARS__}/${name}.json`, import.meta.url)
    const { grammar, patterns }: Grammar = JSON.parse(readFileSync(file, 'utf8'))
    // The build leaves numbers where expressions stood.
    return { grammar: respelt(grammar, (place) => patterns[place as number]?.[0]), patterns }
  }
  const { default: found } = createRequire(import.meta.url)(`shiki/langs/${name}.mjs`)
  const longest = LANGUAGES[name]?.longest ?? Number.POSITIVE_INFINITY
  const grammar = respelt((found as LanguageRegistration[]).at(-1)!, (pattern) =>
    (pattern as string).length > longest ? NEVER : pattern,
  )
  return { grammar, patterns: [] }
}

/** A copy with every expression put in other words. */
function respelt<T>(node: T, spell: (expression: unknown) => unknown): T {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map((item) => respelt(item, spell)) as T
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    const expression = typeof value !== 'object' && /^(?:match|begin|end|while)$/.test(key)
    copy[key] = expression ? spell(value) : respelt(value, spell)
  }
  return copy as T
}
