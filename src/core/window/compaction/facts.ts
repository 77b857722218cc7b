/**
 * What a summary should not lose: paths, commands, numbers, names and decisions in the turns it stands for, and which of
 * them it still tells. A search by form, not by meaning: it finds what can be found, and what it misses is still there.
 */

import { piecesOf } from './prompts.ts'

export type FactKind = 'path' | 'command' | 'number' | 'name' | 'decision'

export interface Fact {
  readonly kind: FactKind
  readonly text: string
  /** The line it was said in first. */
  readonly line: string
  /** How often it was said; by the user it counts for more. */
  readonly weight: number
}

/** Said by the model once, and never again: nobody will miss it. */
const LEAST_WEIGHT = 2
const BY_USER = 3
/** Facts of a kind that are looked for in a summary. */
const MOST = 60
/** UTF-16 units of a line that is quoted. */
const LINE_CHARS = 160
/** UTF-16 units that are read at once: a piece is read within a moment, so that nobody waits for it. */
const PIECE = 4_000

export interface Facts {
  /** Reads on; to be called until it returns false. Each call takes a moment. */
  readOn(): boolean
  /** The facts found so far, the weightiest first. */
  readonly found: readonly Fact[]
}

/** Facts in these texts. */
export function factsIn(texts: readonly { readonly text: string; readonly by: 'user' | 'model' }[]): Facts {
  const known = new Map<string, Fact>()
  const pieces = texts.flatMap(({ text, by }) => piecesOf(text, PIECE).map((piece) => [piece, by] as const))
  let next = 0
  const read = (text: string, by: 'user' | 'model') => {
    for (const { kind, fact, at } of sighted(text, by)) {
      const key = `${kind} ${plain(fact)}`
      const weight = by === 'user' ? BY_USER : 1
      const before = known.get(key)
      if (before) known.set(key, { ...before, weight: before.weight + weight })
      else known.set(key, { kind, text: fact, line: lineAt(text, at), weight })
    }
  }
  return {
    readOn() {
      const piece = pieces[next++]
      if (piece) read(...piece)
      return next < pieces.length
    },
    get found() {
      const weighty = [...known.values()]
        .filter(({ weight }) => weight >= LEAST_WEIGHT)
        .sort((a, b) => b.weight - a.weight)
      return KINDS.flatMap((kind) => weighty.filter((fact) => fact.kind === kind).slice(0, MOST))
    },
  }
}

export const KINDS: readonly FactKind[] = ['decision', 'path', 'command', 'number', 'name']

/** The facts that a text still tells, and those it does not. */
export function survival(
  facts: readonly Fact[],
  text: string,
): { readonly kept: readonly Fact[]; readonly lost: readonly Fact[] } {
  const told = plain(text)
  const words = new Set(told.match(WORDS) ?? [])
  const survives = (fact: Fact) => {
    if (fact.kind === 'decision') return isRetold(fact.text, words)
    if (fact.kind === 'number') return holdsNumber(told, plain(fact.text))
    if (told.includes(plain(fact.text))) return true
    // A file is known by its name, once its folder is.
    return fact.kind === 'path' && told.includes(plain(fact.text).split('/').slice(-2).join('/'))
  }
  const kept = facts.filter(survives)
  const others = new Set(kept)
  return { kept, lost: facts.filter((fact) => !others.has(fact)) }
}

const WORDS = /[\p{L}\p{N}]{4,}/gu
/** Share of a decision's longer words that have to come again. */
const RETOLD = 0.6

function isRetold(sentence: string, words: ReadonlySet<string>): boolean {
  const own = plain(sentence).match(WORDS) ?? []
  return own.filter((word) => words.has(word)).length >= own.length * RETOLD
}

function holdsNumber(told: string, number: string): boolean {
  for (let at = told.indexOf(number); at >= 0; at = told.indexOf(number, at + 1)) {
    if (!/[\d.,]/.test(told[at - 1] ?? '') && !/^(?:\d|[.,]\d)/.test(told.slice(at + number.length))) return true
  }
  return false
}

/** One spelling for comparing: small letters, single blanks, no quotes or Markdown, no blank before a unit. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[`*"“”'’]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/(\d) (?=(?:%|ms|s|min|h|[kmg]?b|k|m|px|km|kg)\b|%)/g, '$1')
    .trim()
}

interface Sight {
  readonly kind: FactKind
  readonly fact: string
  readonly at: number
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`)\]]+/g
const PATH = /(?<![\w/.@~-])(?:(?:~\/|\.{1,2}\/|\/)(?:[\w@.-]+\/)*|(?:[\w@.-]+\/)+)[\w@.-]*\w/g
const ENDINGS =
  'tsx?|jsx?|mjs|cjs|json|md|py|rs|go|java|kt|swift|rb|php|cs|c|h|cpp|hpp|css|html?|ya?ml|toml|sh|sql|txt|csv|log|pdf|docx?|xlsx?|png|jpe?g|svg|db|env|lock|ini|conf'
const FILE = new RegExp(`(?<![\\w/.@-])[\\w-]+\\.(?:${ENDINGS})\\b`, 'g')
const QUOTED = /`([^`\n]{2,120})`/g
const SHELL_LINE = /^[ \t]*\$[ \t]+([a-z][^\n]{2,200})$/gm
const TOOLS =
  /^(?:npm|npx|node|yarn|pnpm|bun|deno|git|gh|docker|kubectl|helm|terraform|aws|gcloud|az|curl|wget|ssh|scp|rsync|cd|ls|cat|grep|rg|sed|awk|find|make|cmake|cargo|go|python3?|pip3?|uv|poetry|brew|apt(?:-get)?|systemctl|psql|mysql|sqlite3|redis-cli|tar|chmod|chown|mkdir|rm|cp|mv|export|source|java|mvn|gradle|dotnet|ruby|bundle|rails|php|composer|claude-tui)\s+\S/
const NUMBER =
  /(?<![\w.,/:-])(?:([$€£])\s?)?(\d+(?:[.,:]\d+)*)(?:\s?(%|(?:ms|s|min|h|[kKMG]?B|k|M|px|km|m|kg|€|USD|EUR|GHz|tokens?|rows?|users?|days?|weeks?|months?|years?|hours?|minutes?|seconds?)(?!\w)))?(?![\w/])/g
const IDENTIFIER = /(?<![\w./])(?:[a-z]+[A-Z]\w+|[A-Za-z]+_\w+)(?![\w/.]\w)/g
const NAMES = /(?<![\p{L}\p{N}.])\p{Lu}[\p{L}\p{N}]+(?:[ -]\p{Lu}[\p{L}\p{N}]+)+/gu
const NAME_INSIDE = /(?<=(?:^|\P{L})\p{Ll}+[,;]? )\p{Lu}\p{Ll}{2,}(?!\p{L}|[ -]\p{Lu})/gu
/** Words that begin sentences, and make names of what follows. */
const OPENERS =
  /^(?:The|A|An|This|That|These|Those|In|On|At|For|From|With|And|But|Or|If|When|While|Then|So|As|It|We|You|I|My|Our|Your|Is|Are|Use|See|Let|Yes|No)[ -]/
const DECIDED =
  /\b(?:decided?|decision|we(?:'ll| will) (?:use|go|keep|take|call)|let's (?:use|go|keep|take|call)|instead of|must(?: not)?|never|always|prefer|agreed|(?:don't|do not) (?:use|want))\b/i

function* sighted(text: string, by: 'user' | 'model'): Generator<Sight> {
  const all = (
    kind: FactKind,
    pattern: RegExp,
    pick: (found: RegExpMatchArray) => string | null = ([whole]) => whole,
  ) =>
    [...text.matchAll(pattern)].flatMap((found) => {
      const fact = pick(found)
      return fact === null ? [] : [{ kind, fact: fact.trim(), at: found.index }]
    })
  yield* all('path', ADDRESS, ([whole]) => whole.replace(/[.,;:!?]+$/, ''))
  yield* all('path', PATH, ([whole]) => (isPath(whole) ? whole : null))
  yield* all('path', FILE)
  yield* all('command', SHELL_LINE, (found) => found[1]!)
  yield* all('command', QUOTED, (found) => (TOOLS.test(found[1]!) ? found[1]! : null))
  yield* all('number', NUMBER, ([whole, currency, digits, unit]) =>
    currency || unit || digits!.length > 2 ? whole : null,
  )
  yield* all('name', QUOTED, (found) => (/^[A-Za-z_][\w-]{2,60}$/.test(found[1]!) ? found[1]! : null))
  yield* all('name', IDENTIFIER)
  yield* all('name', NAMES, ([whole]) => {
    const name = whole.replace(OPENERS, '')
    return /[ -]/.test(name) ? name : null
  })
  if (by === 'user') yield* all('name', NAME_INSIDE)
  yield* decisions(text)
}

const isPath = (text: string) => /^[~/.]/.test(text) || /\.\w+$/.test(text) || (text.match(/\//g)?.length ?? 0) > 1

function* decisions(text: string): Generator<Sight> {
  for (const found of text.matchAll(/[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*/g)) {
    const sentence = found[0].trim().replace(/^[-*#>\d.)\s]+/, '')
    if (sentence.length >= 12 && sentence.length <= 200 && DECIDED.test(sentence))
      yield { kind: 'decision', fact: sentence, at: found.index }
  }
}

/** The line around a place, as much of it as can be quoted. */
function lineAt(text: string, at: number): string {
  const from = text.lastIndexOf('\n', at - 1) + 1
  const until = text.indexOf('\n', at)
  const end = until < 0 ? text.length : until
  const start = end - from <= LINE_CHARS ? from : Math.max(from, at - LINE_CHARS / 2)
  return text.slice(start, Math.min(end, start + LINE_CHARS)).trim()
}
