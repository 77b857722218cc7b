// What a text must hold for an expression to match somewhere in it, as pairs of neighbouring characters: most of a
// grammar's expressions can then be passed over for most lines, without being run or even compiled.
import { parse } from 'oniguruma-parser/parser'

/** More strings than this are not kept apart. */
const MOST_STRINGS = 40
/** A need with more alternatives costs more to look up than it saves. */
const MOST_KEYS = 40
/** Needs worth looking up for one expression. */
const MOST_NEEDS = 4

/** Characters of code, the frequent ones first. */
const FREQUENT = ' etarnsoilcdupmhgf.,()_"\'=;:-/{}[]bvywkx0123456789<>*jqz#$&|!@\\+%~^?`'
const frequency = (key) => {
  let product = 1
  for (const char of key) product *= 1 / (2 + ((FREQUENT.indexOf(char) + 100) % 100))
  return product
}
const rarest = (keys) => keys.sort((a, b) => frequency(a) - frequency(b))
const weight = (need) => need.reduce((sum, key) => sum + frequency(key), 0)

const ANYTHING = { exact: null, needs: [] }
const NOTHING = { exact: new Set(['']), needs: [] }
const NEVER = { exact: new Set(), needs: [[]] }

/**
 * Needs of an expression in Oniguruma's dialect. Each is a list of keys, one of which has to be in the text: a printable
 * ASCII character, or two in a row, in lower case. A need without keys is never met. Fewer needs are never wrong.
 */
export function needsOf(pattern) {
  const needs = needsIn(
    alternatives(
      parse(pattern, { rules: { captureGroup: true }, skipBackrefValidation: true, skipLookbehindValidation: true })
        .body,
    ),
  )
  if (needs.some((need) => need.length === 0)) return [[]]
  return needs.sort((a, b) => weight(a) - weight(b)).slice(0, MOST_NEEDS)
}

/** The same as `src/io/highlighter/code-scanner.ts` reads it: one list of numbers, a 0 behind each need. */
export function placesOf(pattern) {
  const place = (key) => (key.length > 1 ? (key.charCodeAt(0) << 7) | key.charCodeAt(1) : key.charCodeAt(0))
  return needsOf(pattern).flatMap((need) => [...need.map(place), 0])
}

/** Keys of a string, the rarest first; the pairs in it say more than its characters. */
function keysOf(string) {
  const pairs = Array.from({ length: string.length - 1 }, (_, i) => string.slice(i, i + 2))
  const usable = (keys) => [...new Set(keys)].filter((key) => /^[ -~]+$/.test(key))
  const keys = usable(pairs)
  return rarest(keys.length > 0 ? keys : usable([...string]))
}

/** What follows from one of these strings being in the text. */
function needsOfStrings(strings) {
  if (strings.size === 0) return [[]]
  const keys = [...strings].map(keysOf)
  if (keys.length === 1) return keys[0].map((key) => [key])
  const need = [...new Set(keys.map(([first]) => first))]
  return need.includes(undefined) || need.length > MOST_KEYS ? [] : [need]
}

const needsIn = ({ exact, needs }) => (exact ? [...needs, ...needsOfStrings(exact)] : needs)
const isNever = ({ needs }) => needs.some((need) => need.length === 0)

function alternatives(list) {
  const possible = list.map(sequence).filter((one) => !isNever(one))
  if (possible.length <= 1) return possible[0] ?? NEVER
  const strings = possible.flatMap(({ exact }) => (exact ? [...exact] : []))
  if (possible.every(({ exact }) => exact) && strings.length <= MOST_STRINGS)
    return { exact: new Set(strings), needs: [] }
  const best = possible.map((one) => needsIn(one).sort((a, b) => weight(a) - weight(b))[0])
  if (best.includes(undefined)) return ANYTHING
  const need = [...new Set(best.flat())]
  return { exact: null, needs: need.length > MOST_KEYS ? [] : [need] }
}

function sequence({ body }) {
  const needs = []
  let strings = new Set([''])
  let broken = false
  const settle = () => {
    needs.push(...needsOfStrings(strings))
    strings = new Set([''])
    broken = true
  }
  for (const node of body) {
    const part = element(node)
    if (isNever(part)) return NEVER
    needs.push(...part.needs)
    if (!part.exact) settle()
    else {
      const longer = [...strings].flatMap((start) => [...part.exact].map((end) => start + end))
      if (longer.length > MOST_STRINGS) {
        settle()
        strings = part.exact
      } else strings = new Set(longer)
    }
  }
  if (!broken) return { exact: strings, needs }
  settle()
  return { exact: null, needs }
}

function element(node) {
  switch (node.type) {
    case 'Character':
      // How an anchor is spelled where it cannot match.
      return node.value === 0xffff
        ? NEVER
        : { exact: new Set([String.fromCodePoint(node.value).toLowerCase()]), needs: [] }
    case 'CharacterClass':
      return characters(node)
    case 'CapturingGroup':
    case 'Group':
      return alternatives(node.body)
    case 'LookaroundAssertion':
      if (node.negate) return node.body.some(({ body }) => body.length === 0) ? NEVER : NOTHING
      return { ...NOTHING, needs: needsIn(alternatives(node.body)) }
    case 'Assertion':
      return NOTHING
    case 'Quantifier': {
      const part = element(node.body)
      if (node.min === 0) return ANYTHING
      return node.max === 1 ? part : { exact: null, needs: needsIn(part) }
    }
    default:
      return ANYTHING
  }
}

/** A class of a few characters, each by itself. */
function characters({ kind, negate, body }) {
  const found = new Set()
  if (negate || kind !== 'union') return ANYTHING
  for (const part of body) {
    const [from, to] =
      part.type === 'Character'
        ? [part.value, part.value]
        : part.type === 'CharacterClassRange'
          ? [part.min.value, part.max.value]
          : [0, 0xffff]
    if (to - from > MOST_KEYS) return ANYTHING
    for (let code = from; code <= to; code++) found.add(String.fromCodePoint(code).toLowerCase())
  }
  if (found.size <= 8) return { exact: found, needs: [] }
  return { exact: null, needs: needsOfStrings(found) }
}
