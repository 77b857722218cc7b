/**
 * The kinds of value a setting can have: how each is written in a flag or a variable, and what is legal.
 * Which settings exist, and of which kind, stands in `settings`.
 */

import { IMAGE_SIZES_IN_WORDS, readImageSize } from '../attachments/image-size.ts'
import { CHECKS_IN_WORDS, checkTyped } from '../lab/cascade/check-words.ts'
import { suggest } from '../models.ts'
import { describe, type Problem, quote } from '../problem.ts'
import type { Shape } from '../schema/shape.ts'
import { KEY_PATTERN, type Reading, readKey } from '../server/api-key.ts'

export interface Kind {
  readonly shape: Shape
  /** The end of "expected ..." for the value as a whole. */
  readonly expected: string
  /** The word that stands for null in a flag, a variable or on screen; absent where null has no spelling. */
  readonly none?: string
  readonly secret?: true
  /** From the text of a flag or variable to the JSON value it means; text that means nothing stays text. */
  readonly read?: (text: string) => unknown
  /** Puts a JSON value into its one proper form before it is compared with the shape. */
  readonly tidy?: (value: unknown, where: string) => Reading<unknown>
  /** What the shape cannot say. Called with values that fit it. */
  readonly law?: (value: unknown, where: string) => Problem | null
}

/** Words that can stand in a command line without quoting: no white space, no control or invisible characters. */
export const WORD = '^[^\\s\\p{C}]+$'
const trimmed = (value: unknown): Reading<unknown> => ({ value: typeof value === 'string' ? value.trim() : value })

export const word = (expected: string): Kind => ({
  shape: { type: 'string', pattern: WORD },
  expected,
  tidy: trimmed,
})

export const oneOf = (words: readonly string[]): Kind => ({
  shape: { type: 'string', enum: words },
  expected: `one of ${words.join(', ')}`,
  tidy: trimmed,
})

/** One of these words, or null spelled `none`. */
export const oneOfOr = (none: string, words: readonly string[]): Kind => ({
  shape: { type: ['string', 'null'], enum: [...words, null] },
  expected: `one of ${words.join(', ')}, or ${none}`,
  none,
  tidy: trimmed,
})

const YES = /^(1|on|yes|true)$/i
const NO = /^(0|off|no|false)$/i

export const yesOrNo: Kind = {
  shape: { type: 'boolean' },
  expected: 'on or off',
  read: (text) => (YES.test(text.trim()) ? true : NO.test(text.trim()) ? false : text),
}

/** A time or an amount of money up to which something goes on, or `off`. */
export const warmth: Kind = {
  shape: { type: 'string', pattern: '^(off|[1-9]\\d{0,3}[mh]|\\$\\d{1,4}(\\.\\d{1,4})?)$' },
  expected: 'minutes, hours or dollars such as 45m, 2h or $0.50, or off',
  tidy: trimmed,
}

/** How long to go on trying, or `auto`. */
export const patience: Kind = {
  shape: { type: 'string', pattern: '^(auto|\\d{1,7}(\\.\\d{1,3})?(ms|s|m|h)?)$' },
  expected: 'a time such as 90s, 5m or 0, or auto',
  read: (text) => text.trim(),
  tidy: (value) => ({
    value: typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : value,
  }),
}

const TIME = '\\d{1,7}(\\.\\d{1,3})?(ms|s|m|h)?'

/** How long something may take, and how long with models that are named. */
export const promise: Kind = {
  shape: { type: 'string', pattern: `^${TIME}(,[^\\s\\p{C},=]+=${TIME}){0,20}$` },
  expected: 'a time such as 1s or 800ms, and times of single models behind it: 1s,deep=3s',
  tidy: (value) => ({ value: typeof value === 'string' ? value.trim().replace(/\s*([,=])\s*/g, '$1') : value }),
}

/** Names of models, in order, or one of the words on, chat, ask, off. */
export const fallback: Kind = {
  shape: { type: 'string', pattern: '^[^\\s\\p{C},]+(,[^\\s\\p{C},]+){0,9}$' },
  expected: 'names of models such as deep,balanced,fast, or on, chat, ask, off',
  tidy: (value) => ({ value: typeof value === 'string' ? value.trim().replace(/\s*,\s*/g, ',') : value }),
}

/** Names of two models and more, in order, or off. */
export const models: Kind = {
  shape: { type: 'string', pattern: '^(off|[^\\s\\p{C},]+(,[^\\s\\p{C},]+){1,3})$' },
  expected: 'names of two to four models such as fast,balanced,deep, or off',
  tidy: (value) => ({ value: typeof value === 'string' ? value.trim().replace(/\s*,\s*/g, ',') : value }),
}

/** How an answer is checked. */
export const check: Kind = {
  shape: { type: 'string', minLength: 1 },
  expected: CHECKS_IN_WORDS,
  tidy: trimmed,
  law(value, where) {
    const problem = checkTyped(String(value))
    return typeof problem === 'string'
      ? { where, expected: CHECKS_IN_WORDS, came: quote(String(value)), wayOut: '' }
      : null
  },
}

const RULE = '[\\p{L}\\p{N}_-]{1,40}=[^\\s\\p{C},=]+'

/** Models by task, each task once. Which tasks there are depends on the presets: `routing` knows. */
export const routes: Kind = {
  shape: { type: 'string', pattern: `^(off|${RULE}(,${RULE}){0,19})$` },
  expected: 'rules such as classify=fast,code=balanced, or off',
  tidy: (value) => ({ value: typeof value === 'string' ? value.trim().replace(/\s*([,=])\s*/g, '$1') : value }),
  law(value, where) {
    const tasks = String(value)
      .split(',')
      .map((rule) => rule.split('=')[0]!)
    const twice = tasks.find((task, i) => tasks.indexOf(task) < i)
    if (twice === undefined) return null
    return { where, expected: 'one rule for each task', came: `two for ${quote(twice)}`, wayOut: '' }
  },
}

/** A time, or off. */
export const time: Kind = {
  shape: { type: 'string', pattern: '^(off|\\d{1,7}(\\.\\d{1,3})?(ms|s|m))$' },
  expected: 'a time such as 2s or 800ms, or off',
  tidy: trimmed,
}

/** How large images are sent. */
export const imageSize: Kind = {
  shape: { type: 'string', pattern: '^(auto|native|1080p|720p|[1-9]\\d{0,4}x[1-9]\\d{0,4})$' },
  expected: IMAGE_SIZES_IN_WORDS,
  tidy: (value) => ({ value: typeof value === 'string' ? (readImageSize(value) ?? value) : value }),
}

/** Any text, kept to the letter; the empty one means there is none. */
export const prose = (expected: string): Kind => ({
  shape: { type: ['string', 'null'], minLength: 1 },
  expected,
  tidy: (value) => ({ value: value === '' ? null : value }),
})

/** A text with something in it. No shell or system call takes a NUL. */
export const line = (expected: string): Kind => ({
  shape: { type: ['string', 'null'], pattern: '^[^\\0]*[^\\s\\0][^\\0]*$' },
  expected,
  tidy: trimmed,
})

export const wholeNumber = (from: number, upTo?: number): Kind => ({
  shape: { type: 'integer', minimum: from, ...(upTo === undefined ? {} : { maximum: upTo }) },
  expected: `a whole number from ${from}${upTo === undefined ? '' : ` up to ${upTo}`}`,
  read: numberFrom,
})

export const wholeNumberOr = (none: string, from: number): Kind => ({
  shape: { type: ['integer', 'null'], minimum: from },
  expected: `a whole number from ${from}, or ${none}`,
  none,
  read: numberFrom,
})

/** A share of a whole: above 0, at most 1; `80%` is another way to write 0.8. */
export const share: Kind = {
  shape: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
  expected: 'a share above 0 and up to 1, such as 0.8 or 80%',
  read: (text) => {
    const value = numberFrom(text.trim().replace(/%$/, ''))
    return typeof value === 'number' && text.trim().endsWith('%') ? value / 100 : value
  },
}

/** A share of a whole as above, from 0 on, or null spelled `none`. */
export const rateOrNone: Kind = {
  ...share,
  shape: { type: ['number', 'null'], minimum: 0, maximum: 1 },
  expected: 'a share from 0 to 1, such as 0.05 or 5%, or none',
  none: 'none',
}

/** A number, or null spelled `none`. */
const numberOr = (none: string, expected: string, bounds: Shape): Kind => ({
  shape: { type: ['number', 'null'], ...bounds },
  expected: `${expected}, or ${none}`,
  none,
  read: numberFrom,
})

/** Servers that still take a temperature take it from 0 to 1 or to 2. */
export const between0And2 = numberOr('none', 'a number from 0 to 2', { minimum: 0, maximum: 2 })
export const shareOrNone = numberOr('none', 'a share above 0 and up to 1', { exclusiveMinimum: 0, maximum: 1 })

/** An amount of money, with or without its sign, or null spelled `none`. */
export const dollarsOr = (none: string): Kind => ({
  shape: { type: ['number', 'null'], exclusiveMinimum: 0 },
  expected: `US dollars above 0, such as 0.50, or ${none}`,
  none,
  read: (text) => numberFrom(text.trim().replace(/^\$/, '')),
})

function numberFrom(text: string): unknown {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : text
}

/** What a JSON text means; anything else stays text. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const key: Kind = {
  shape: { type: ['string', 'null'], pattern: KEY_PATTERN },
  expected: 'one API key',
  secret: true,
  tidy: (value, where) => (typeof value === 'string' ? readKey(value, where) : { value }),
}

/** The address of a server: http(s), without `/v1`, which every request adds by itself. */
export const address: Kind = {
  shape: { type: ['string', 'null'], pattern: '^https?://\\S+$' },
  expected: 'the http:// or https:// address of a server',
  tidy: (value, where) => (typeof value === 'string' ? readAddress(value.trim(), where) : { value }),
}

function readAddress(text: string, where: string): Reading<string> {
  const refuse = (came: string, wayOut = '') => ({ problem: { where, expected: address.expected, came, wayOut } })
  // Whatever stands before an @ may be a password, so such a text is never quoted.
  const came = text.includes('@') ? 'an address with something before an @' : describe(text)
  if (!/^https?:\/\//i.test(text)) {
    const bare = /^[\w.-]+(:\d+)?(\/[\w./-]*)?$/.test(text)
    return refuse(came, bare ? `did you mean http://${text}?` : '')
  }
  if (!URL.canParse(text)) return refuse(came)
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    return refuse('an address with a name or password in it', 'keep the key in ANTHROPIC_API_KEY or the setting apiKey')
  }
  if (url.search !== '' || url.hash !== '') return refuse(came, 'leave out everything from the ? or # on')
  return { value: url.origin + url.pathname.replace(/(\/+v1)*\/*$/, '') }
}

/** The way out for a name that is not among the known ones. */
export function nearest(name: string, known: readonly string[]): string {
  const close = suggest(name, known)
  return close.length === 0
    ? `known are ${known.join(', ')}`
    : `did you mean ${close.map((one) => quote(one)).join(' or ')}?`
}
