/**
 * Reads one grammar from disk, at once: a fence that opens must not wait. The build lays grammars beside the program
 * with their expressions translated already; a checkout reads them from shiki itself and translates as it goes.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { LanguageRegistration } from 'shiki/types'
import { isLeftOut } from '../../core/code/languages.ts'

export interface Grammar {
  readonly grammar: LanguageRegistration
  /** Expressions in Oniguruma's dialect and, where they are known, in JavaScript's. */
  readonly patterns: readonly Pattern[]
}

/** `needs`: as `code-scanner` knows them. `emulation`: what JavaScript's expression lacks, in the terms of shiki's own class for it. */
export type Pattern = readonly [
  pattern: string,
  source?: string,
  flags?: string,
  needs?: readonly number[],
  emulation?: object,
]

declare const __GRAMMARS__: string | undefined

/** Never matches. */
const NEVER = '(?!)'

/** @throws when there is no such grammar */
export function readGrammar(name: string): Grammar {
  if (typeof __GRAMMARS__ === 'string') {
    const file = new URL(`${__GRAMMARS__}/${name}.json`, import.meta.url)
    const read: Grammar = JSON.parse(readFileSync(file, 'utf8'))
    // The build leaves numbers where expressions stood.
    respell(read.grammar, (place) => read.patterns[place as number]?.[0])
    return read
  }
  const { default: found } = createRequire(import.meta.url)(`shiki/langs/${name}.mjs`)
  const grammar = structuredClone((found as LanguageRegistration[]).at(-1)!)
  respell(grammar, (pattern) => (isLeftOut(name, pattern as string) ? NEVER : pattern))
  return { grammar, patterns: [] }
}

const EXPRESSION = /^(?:match|begin|end|while)$/

/** Puts every expression in other words. */
function respell(node: object, spell: (expression: unknown) => unknown): void {
  const parts = node as Record<string, unknown>
  for (const key in parts) {
    const value = parts[key]
    if (typeof value === 'object' && value !== null) respell(value, spell)
    else if (EXPRESSION.test(key)) parts[key] = spell(value)
  }
}
