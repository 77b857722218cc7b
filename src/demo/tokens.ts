/**
 * How many tokens something is, by a deterministic estimate. The real tokenizer is not public; only the size is meant
 * to be right.
 */

/**
 * Characters a token stands for (source: models overview, 2026-10-08): about 2.5 from Opus 4.7 on, and about 30% more
 * on the models before it.
 */
export const CHARS_PER_TOKEN = { new: 2.5, old: 3.25 } as const
export type Tokenizer = keyof typeof CHARS_PER_TOKEN

/** Code units from here on (CJK, full-width forms, halves of an emoji) are about a token each. */
const WIDE = 0x2e80

/** Tokens of a text as a fraction, so that the tokens of its pieces add up to those of the whole. */
export function weight(text: string, tokenizer: Tokenizer): number {
  let wide = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= WIDE) wide++
  const perToken = CHARS_PER_TOKEN[tokenizer]
  return (text.length - wide) / perToken + (wide * CHARS_PER_TOKEN.new) / perToken
}

/** Tokens of a text: at least one unless it is empty. */
export function textTokens(text: string, tokenizer: Tokenizer): number {
  return Math.ceil(weight(text, tokenizer))
}

/** Largest cost of an image (source: vision page, 2026-08-22: patches of 28 px, capped by tier). */
const IMAGE_CAP = { new: 4784, old: 1568 } as const
const PATCH_PX = 28

/** Tokens of an image: by its patches when it is a PNG whose size can be read, by the older tier's cap otherwise. */
export function imageTokens(base64: string | null, tokenizer: Tokenizer): number {
  const size = base64 === null ? null : pngSize(base64)
  if (!size) return IMAGE_CAP.old
  return Math.min(IMAGE_CAP[tokenizer], Math.ceil(size.width / PATCH_PX) * Math.ceil(size.height / PATCH_PX))
}

/** Width and height stand in the first chunk of a PNG, at bytes 16 to 23. */
function pngSize(base64: string): { width: number; height: number } | null {
  const head = Buffer.from(base64.slice(0, 40), 'base64')
  if (head.length < 24 || head.readUInt32BE(0) !== 0x89504e47) return null
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
}
