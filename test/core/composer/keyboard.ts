/** A keyboard for plays about the composer: `keys('hi<left><ctrl-w>')` are the keys a person would press. */

import type { Key, KeyName } from '../../../src/core/chat/keys.ts'
import {
  type Composer,
  emptyComposer,
  type PressContext,
  press,
  type Said,
} from '../../../src/core/composer/composer.ts'

const NAMES = new Set(
  'enter escape tab backspace delete up down left right home end pageup pagedown insert f1'.split(' '),
)

export const ROOMY: PressContext = { width: 40 }

/** `<ctrl-a>`, `<alt-left>`, `<shift-enter>`, `<lt>` for the sign itself; everything else is typed sign by sign. */
export function keys(script: string): readonly Key[] {
  return [...script.matchAll(/<([a-z0-9_/-]+)>|[^<]/gisu)].map(([sign, held]) => {
    if (held === undefined) return { type: 'text', text: sign }
    return held === 'lt' ? { type: 'text', text: '<' } : key(held)
  })
}

export function key(held: string): Key {
  const parts = held.split('-')
  const name = held.endsWith('-') ? '-' : parts.at(-1)!
  const [ctrl, alt, shift] = ['ctrl', 'alt', 'shift'].map((modifier) => parts.includes(modifier)) as [
    boolean,
    boolean,
    boolean,
  ]
  if (NAMES.has(name)) return { type: 'key', name: name as KeyName, ctrl, alt, shift }
  return { type: 'chord', char: name, ctrl, alt, shift }
}

export interface Played {
  readonly composer: Composer
  /** Everything said on the way, in order. */
  readonly said: readonly Said[]
  /** The draft with the cursor as `|`. */
  readonly shown: string
}

/** Presses keys one after the other. */
export function play(
  script: string | readonly Key[],
  from: Composer = emptyComposer(),
  context: PressContext = ROOMY,
): Played {
  let composer = from
  const said: Said[] = []
  for (const next of typeof script === 'string' ? keys(script) : script) {
    const outcome = press(composer, next, context)
    composer = outcome.composer
    if (outcome.said) said.push(outcome.said)
  }
  const { text, cursor } = composer
  return { composer, said, shown: `${text.slice(0, cursor)}|${text.slice(cursor)}` }
}

export function pasteOf(text: string): Key {
  return { type: 'paste', text }
}
