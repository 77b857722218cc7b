/** How a check of a cascade's answers is written. */

export type Check =
  | { readonly kind: 'judge' }
  /** The answer is JSON that fits the JSON Schema in this file. */
  | { readonly kind: 'schema'; readonly path: string }
  | { readonly kind: 'regex'; readonly pattern: RegExp }
  /** A shell command that is handed the answer: code 0 says that it is good enough. */
  | { readonly kind: 'command'; readonly command: string }

/** How a check is written. */
export const CHECKS_IN_WORDS = 'judge, schema:FILE, regex:/PATTERN/ or cmd:COMMAND'

/** The check that is meant; a text: what is wrong with it. */
export function checkTyped(text: string): Check | string {
  const typed = text.trim()
  if (typed === 'judge') return { kind: 'judge' }
  const [, kind, rest = ''] = /^(schema|regex|cmd):([\s\S]+)$/.exec(typed) ?? []
  if (kind === 'schema') return { kind, path: rest }
  if (kind === 'cmd') return { kind: 'command', command: rest }
  if (kind !== 'regex') return `Expected ${CHECKS_IN_WORDS} as a check; "${typed}" came.`
  const [, source, flags] = /^\/([\s\S]+)\/([a-z]*)$/.exec(rest) ?? [null, rest, '']
  try {
    // One that remembers where it was would say something else of the next answer.
    return { kind, pattern: new RegExp(source!, flags!.replace(/[gy]/g, '')) }
  } catch (error) {
    return `${CHECKS_IN_WORDS} is a check, and this pattern is none: ${(error as Error).message}.`
  }
}
