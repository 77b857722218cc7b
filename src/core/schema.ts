/** A schema that answers are held to: how it is asked for where a server knows such things, and in words where not. */

import type { JsonSchema } from './schema/short.ts'

export type { JsonSchema } from './schema/short.ts'

/** What is said of the schema in a request. */
export type AskedFor =
  /** Structured output: the server holds the answer to this form of it. */
  | { readonly by: 'server'; readonly schema: JsonSchema }
  /** A sentence at the end of each question. */
  | { readonly by: 'words'; readonly schema: JsonSchema }

/** The sentence for a server that knows nothing of schemas. */
export const inWords = (schema: JsonSchema): string =>
  `Reply with JSON alone, without a code fence and without a word before or behind it. It has to fit this JSON Schema: ${JSON.stringify(schema)}`

/** A question as it is sent. */
export const heldTo = (text: string, asked: AskedFor | null | undefined): string =>
  asked?.by === 'words' ? `${text === '' ? '' : `${text}\n\n`}${inWords(asked.schema)}` : text
