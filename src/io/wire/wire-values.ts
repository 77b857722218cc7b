/** Reads what a server says field by field: any of it may be missing, of another type, or beyond all measure. */

/** Units of a word, such as a model's name or an id, that are worth keeping. */
const LONGEST_WORD = 200

/** The fields of an object; none where there is no object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}

/** A text as it came: it may end with half a character, of which the next piece has the other half. */
export const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A short text that is not empty. */
export const wordIn = (value: unknown): string | null => textIn(value)?.slice(0, LONGEST_WORD).toWellFormed() || null

/** More tokens than a thousand of the largest windows hold are a mistake, and would be in every sum. */
const MOST_TOKENS = 1e9

/** A number of tokens, as the history takes it. */
export const countIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : null
