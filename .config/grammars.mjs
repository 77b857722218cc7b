// Writes dist/grammars/: one file a language, with every expression of it translated from Oniguruma's dialect to
// JavaScript's. Translating takes 100 to 400 ms a language when done while an answer streams; here it is done once.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { transformSync } from 'esbuild'
import { defaultJavaScriptRegexConstructor } from 'shiki/engine/javascript'
import { lightened } from './light-regex.mjs'
import { placesOf } from './regex-needs.mjs'

const root = path.dirname(import.meta.dirname)

/** For the oldest Node that runs the client. */
const OPTIONS = { target: 'ES2024', lazyCompileLength: Number.POSITIVE_INFINITY }

/**
 * The grammar with a number in the place of each expression, and the expressions: side by side with their translations
 * they compress to half.
 */
function numbered(grammar, isLeftOut, translated) {
  const patterns = []
  const places = new Map()
  const place = (pattern) => {
    if (!places.has(pattern)) places.set(pattern, patterns.push(translated ? translate(pattern) : [pattern]) - 1)
    return places.get(pattern)
  }
  const walk = (node) => {
    if (Array.isArray(node)) return node.map(walk)
    if (node === null || typeof node !== 'object') return node
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) => {
        if (key === 'comment' && typeof value === 'string') return []
        if (typeof value !== 'string' || !/^(?:match|begin|end|while)$/.test(key)) return [[key, walk(value)]]
        if (isLeftOut(value)) return [[key, place('(?!)')]]
        for (const variant of variantsOf(value)) place(variant)
        return [[key, place(value)]]
      }),
    )
  }
  return { grammar: walk(grammar), patterns }
}

/** `\z` is spelled out; `\A` and `\G` are switched off, by a character that never comes, where they cannot match. */
function variantsOf(pattern) {
  const text = pattern.replace(/\\[\s\S]/g, (pair) => (pair === '\\z' ? '$(?!\\n)(?<!\\n)' : pair))
  const off = (sign) => (source) => source.replace(/\\[\s\S]/g, (pair) => (pair === `\\${sign}` ? '\\\uffff' : pair))
  return new Set([text, off('A')(text), off('G')(text), off('A')(off('G')(text))])
}

/** Alone when it cannot be translated: the engine leaves such an expression out. */
function translate(pattern) {
  try {
    const { source, flags, rawOptions = {} } = defaultJavaScriptRegexConstructor(pattern, OPTIONS)
    const light = lightened(source)
    const written = light === null ? [source, flags] : [light, flags.replace('v', '')]
    // Where groups stand is asked for only where there are groups.
    const groups = new RegExp(`${written[0]}|`, written[1]).exec('').length - 1
    if (groups === 0 && Object.keys(rawOptions).length === 0) written[1] = written[1].replace('d', '')
    return [pattern, ...written, placesOf(pattern), ...(Object.keys(rawOptions).length > 0 ? [rawOptions] : [])]
  } catch {
    return [pattern]
  }
}

/** Returns a file of every package a grammar was taken from. */
export async function writeGrammars(folder, { translated = true } = {}) {
  const table = transformSync(readFileSync(path.join(root, 'src/core/code/languages.ts'), 'utf8'), {
    loader: 'ts',
  }).code
  const { LANGUAGES, isLeftOut } = await import(`data:text/javascript,${encodeURIComponent(table)}`)
  mkdirSync(folder, { recursive: true })
  for (const name of Object.keys(LANGUAGES)) {
    const grammar = (await import(`shiki/langs/${name}.mjs`)).default.at(-1)
    writeFileSync(
      path.join(folder, `${name}.json`),
      JSON.stringify(numbered(grammar, (pattern) => isLeftOut(name, pattern), translated)),
    )
  }
  return ['node_modules/@shikijs/langs/dist']
}
