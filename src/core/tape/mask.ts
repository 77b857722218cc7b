/**
 * A mask puts another text in a text's place, character for character, each as many bytes long in UTF-8 as the one it
 * hides: whatever is cut somewhere stays cut there.
 */

export type Mask = (text: string) => string

/** Characters that may wait for what follows; nothing that is looked for is longer. */
const LONGEST_RUN = 16_384

/** The last visible ASCII of a text, with a word before it that tells what it may be. */
const OPEN_END = /(?:\b(?:bearer|[\w-]*(?:key|token|secret))["']?\s{0,8}[:=]?\s{0,8}["']?)?[!-~]*$/i

/**
 * How much of a growing text can be masked now, in UTF-16 units: no mask looks for anything that would reach from there
 * into the rest.
 */
export function settledLength(text: string): number {
  // Half a character is the beginning of one.
  const end = text.replace(/[\ud800-\udbff]$/, '').length
  const from = Math.max(0, end - LONGEST_RUN)
  const open = OPEN_END.exec(text.slice(from, end))
  return open && open[0].length < LONGEST_RUN ? from + open.index : end
}
