/**
 * What the escape sequences of keyboards mean: classic xterm and VT codes, the kitty keyboard protocol, and xterm's
 * modifyOtherKeys. Knows single complete sequences; cutting the stream into them is `input.ts`'s work.
 */

import type { Key, KeyName } from '../core/chat/keys.ts'

export interface Modifiers {
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

export const NO_MODIFIERS: Modifiers = { ctrl: false, alt: false, shift: false }

/** Final letter of `CSI X`, `CSI 1 ; modifiers X` and `SS3 X`. */
const BY_LETTER: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

/** Number of `CSI n ~`. */
const BY_NUMBER: Readonly<Record<number, KeyName>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}

/** Code points that stand for keys in `CSI n u` and `CSI 27 ; m ; n ~`; from 57344 on they are kitty's own. */
const BY_CODE: Readonly<Record<number, KeyName>> = {
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
}

/** The keypad with its own codes: kitty's code points, and the letters of SS3 in application mode. */
const KITTY_KEYPAD = '0123456789./*-+\r=,'
const KITTY_KEYPAD_FIRST = 57399
const SS3_KEYPAD = '*+,-./0123456789'
const SS3_KEYPAD_FIRST = 0x6a

const SHIFT = 1
const ALT = 2
const CTRL = 4
const SUPER_OR_HYPER = 8 | 16
const META = 32

export function named(name: KeyName, modifiers: Modifiers = NO_MODIFIERS): Key {
  const { ctrl, alt, shift } = modifiers
  return { type: 'key', name, ctrl, alt, shift }
}

/** A sign held with Ctrl or Alt. A capital letter tells of Shift. */
export function chord(char: string, modifiers: Modifiers): Key {
  const lower = char.toLowerCase()
  const { ctrl, alt } = modifiers
  return { type: 'chord', char: lower, ctrl, alt, shift: modifiers.shift || lower !== char }
}

/** The key of a single control character; null for those that no key sends. */
export function controlKey(code: number, alt: boolean): Key | null {
  const modifiers = { ctrl: false, alt, shift: false }
  if (code === 0x0d) return named('enter', modifiers)
  if (code === 0x09) return named('tab', modifiers)
  if (code === 0x7f) return named('backspace', modifiers)
  // What most terminals send for Ctrl+Backspace.
  if (code === 0x08) return named('backspace', { ...modifiers, ctrl: true })
  if (code === 0x00) return chord(' ', { ...modifiers, ctrl: true })
  // Ctrl+A is 1; Ctrl with \ ] ^ _ follow after ESC. Lower case is 0x60 up, signs are 0x40 up.
  if (code < 0x1b) return chord(String.fromCharCode(code + 0x60), { ...modifiers, ctrl: true })
  return code > 0x1b && code < 0x20 ? chord(String.fromCharCode(code + 0x40), { ...modifiers, ctrl: true }) : null
}

/** Bits of a modifier parameter (one more than their sum), with the event behind the colon. */
function modifiersOf(parameter: string | undefined): { readonly bits: number; readonly isRelease: boolean } {
  const [sum = '', event = ''] = (parameter ?? '').split(':')
  return { bits: Math.max(0, (Number.parseInt(sum, 10) || 1) - 1), isRelease: event === '3' }
}

function heldBy(bits: number): Modifiers {
  return { ctrl: (bits & CTRL) !== 0, alt: (bits & (ALT | META)) !== 0, shift: (bits & SHIFT) !== 0 }
}

/** A key by its code point, as both modern protocols spell it; null for keys nobody acts on. */
function keyOfCode(codes: string, bits: number, text: string | undefined): Key | null {
  const [code = Number.NaN, shifted = Number.NaN] = codes.split(':').map((each) => Number.parseInt(each, 10))
  const held = heldBy(bits)
  const name = BY_CODE[code]
  if (name) return named(name, held)
  const keypad = KITTY_KEYPAD[code - KITTY_KEYPAD_FIRST]
  // Other private codes are keys without a meaning here: locks, media keys, modifiers by themselves.
  if (!keypad && !(code >= 0x20 && code < 0xd800) && !(code >= 0xf900 && code <= 0x10ffff)) return null
  if (bits & SUPER_OR_HYPER || (code > 0x7f && code < 0xa0)) return null
  const char = keypad ?? String.fromCodePoint(code)
  if (held.ctrl || held.alt) return chord(char, held)
  const typed = (text ?? '').split(':').map((each) => Number.parseInt(each, 10))
  if (typed.every((each) => each >= 0x20 && each <= 0x10ffff)) return asText(String.fromCodePoint(...typed))
  if (!held.shift) return asText(char)
  return asText(shifted >= 0x20 && shifted <= 0x10ffff ? String.fromCodePoint(shifted) : char.toUpperCase())
}

function asText(text: string): Key | null {
  return /\p{Cc}/u.test(text) ? null : { type: 'text', text }
}

/**
 * The key of a complete CSI sequence.
 * @param parameters what stands between `CSI` and the final character
 * @returns null for releases and for sequences that are not keys
 */
export function csiKey(parameters: string, final: string): Key | null {
  if (!/^[\d;:]*$/.test(parameters)) return null
  const [first = '', second, third] = parameters.split(';')
  const { bits, isRelease } = modifiersOf(second)
  if (isRelease) return null
  if (final === 'u') return keyOfCode(first, bits, third)
  if (final === '~' && first === '27' && third !== undefined) return keyOfCode(third, bits, undefined)
  if (final === 'Z') return named('tab', { ...heldBy(bits), shift: true })
  const name = final === '~' ? BY_NUMBER[Number.parseInt(first, 10)] : BY_LETTER[final]
  return name ? named(name, heldBy(bits)) : null
}

/** The key of `SS3 final`; null when no keyboard sends it. */
export function ss3Key(final: string): Key | null {
  const name = final === 'M' ? 'enter' : BY_LETTER[final]
  if (name) return named(name)
  const keypad = final === 'X' ? '=' : SS3_KEYPAD[final.charCodeAt(0) - SS3_KEYPAD_FIRST]
  return keypad ? { type: 'text', text: keypad } : null
}

/** The Linux console's `CSI [ A` to `CSI [ E`: F1 to F5. */
export function consoleKey(letter: string): Key | null {
  const name = (['f1', 'f2', 'f3', 'f4', 'f5'] as const)[letter.charCodeAt(0) - 0x41]
  return name ? named(name) : null
}
