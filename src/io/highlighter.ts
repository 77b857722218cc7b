/**
 * Code colours by shiki: the engine loads while an answer is awaited, a grammar when a fence first names its language,
 * at once. So a fence is coloured from its first line to its last, or, when the engine is not there yet, not at all.
 * What the colours are is known to `core/code/look`.
 */

import { languageOf } from '../core/code/languages.ts'
import type { Highlight, LineColour } from '../core/markdown/answer.ts'
import type { Theme } from '../core/text/theme.ts'
import type { Engine } from './highlighter/highlight-engine.ts'

export interface Highlighter {
  readonly highlight: Highlight
  /** Begins to load the engine, once; resolves when fences can be coloured, or never will be. */
  warm(): Promise<void>
}

/** Nothing is loaded for a theme without colours. */
export function createHighlighter(theme: () => Theme): Highlighter {
  let engine: Engine | null = null
  let loading: Promise<void> | null = null
  const colours = new Map<string, (() => LineColour) | null>()

  const load = async () => {
    const look = theme()
    if (look.colour === 'none') return
    try {
      const { createEngine } = await import('./highlighter/highlight-engine.ts')
      engine = createEngine(look)
    } catch {
      // Code without colours is still code.
    }
  }

  return {
    warm: () => (loading ??= load()),
    highlight(name) {
      const language = engine && languageOf(name)
      if (!engine || !language) return null
      if (!colours.has(language)) colours.set(language, engine.open(language))
      return colours.get(language)?.() ?? null
    },
  }
}
