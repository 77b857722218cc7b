/** What an SVG may hold to be drawn here: shapes and text of its own, nothing that grows without end or lies elsewhere. */

/** Bytes; drawings are rarely a hundredth of it. */
export const SVG_LIMIT = 5_000_000

/** Copies of shapes and blurs: what a small file can make a lot of work with. */
const MOST_COPIES = 2_000
const MOST_FILTERS = 50

/** Why it is not drawn, as the end of a sentence that begins with its name; null: it is. */
export function svgTrouble(text: string): string | null {
  if (/<!ENTITY/i.test(text)) return 'defines entities, which can grow without end'
  if (count(text, /<(?:[\w-]+:)?use[\s>/]/g) > MOST_COPIES) return `copies its shapes more than ${MOST_COPIES} times`
  if (count(text, /<(?:[\w-]+:)?fe[A-Z]\w*[\s>/]/g) > MOST_FILTERS) return `has more than ${MOST_FILTERS} filters`
  return null
}

/** Whether something in it would have to be fetched. It is left out: nothing is fetched. */
export function refersElsewhere(text: string): boolean {
  return (
    /(?:href|src)\s*=\s*["']\s*(?!#|data:)[^"'\s]/i.test(text) ||
    /url\(\s*["']?\s*(?!#|data:)[^)"'\s]|@import/i.test(text)
  )
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0
