/**
 * What an API key can look like, whoever issued it. Knows the damage that copying and exporting does to a key;
 * whether the key is accepted only the server can say.
 */

import type { Problem } from '../problem.ts'

/** What a header can carry without quoting: visible ASCII. */
export const KEY_PATTERN = '^[\\x21-\\x7e]+$'

export type Reading<T> = { readonly value: T } | { readonly problem: Problem }

/**
 * A key as it came out of a variable, a file, a pipe or a paste: white space around it and one pair of quotes are
 * taken off, anything else that no key contains is a problem. The problem never quotes the key.
 */
export function readKey(text: string, where: string, expected = 'one API key'): Reading<string> {
  const key = unquote(text.trim())
  const refuse = (came: string) => ({
    problem: { where, expected, came, wayOut: 'copy it again, alone and without line breaks' },
  })
  if (key === '') return refuse('nothing')
  if (/^bearer\s/i.test(key)) return refuse('a text that begins with "Bearer"')
  if (/\s/u.test(key)) return refuse('a text with white space inside')
  if (/["'`]/.test(key)) return refuse('a text with quotation marks inside')
  if (!new RegExp(KEY_PATTERN, 'u').test(key)) return refuse('a text with characters no key contains')
  return { value: key }
}

function unquote(text: string): string {
  const found = /^(["'`])(.*)\1$/su.exec(text)
  return found ? found[2]!.trim() : text
}
