/** `--schema`: what answers are held to, how that is asked for, and whether they fit. */

import { existsSync, statSync } from 'node:fs'
import { type Args, UsageError } from '../../args.ts'
import type { Choices } from '../../core/conversation/choices.ts'
import { shortSchema } from '../../core/schema/short.ts'
import { isSendable, untold } from '../../core/schema/words.ts'
import type { AskedFor, JsonSchema } from '../../core/schema.ts'
import { readText } from '../../setup-texts.ts'
import { asSent, type Check, checker } from './schema-check.ts'

export interface Held {
  readonly check: Check
  /** How this server is asked for it, and what to know about that, in sentences. */
  asked(choices: Pick<Choices, 'features'>): { readonly schema: AskedFor; readonly notes: readonly string[] }
  /** Whether an answer that does not fit is asked for once more. */
  readonly isRepaired: boolean
}

/** What the flags hold answers to; null: nothing. @throws UsageError when it is no schema */
export function heldBy({ flags }: Args): Held | null {
  if (typeof flags.schema !== 'string') {
    if (flags['no-repair'] === true)
      throw new UsageError('--no-repair is about answers that do not fit a schema, and there is none. Add --schema.')
    return null
  }
  const schema = schemaGiven(flags.schema)
  let check: Check
  try {
    check = checker(schema)
  } catch (error) {
    throw new UsageError(`--schema: this is no JSON Schema (${(error as Error).message}).`)
  }
  return {
    check,
    isRepaired: flags['no-repair'] !== true,
    asked({ features }) {
      if (features === 'plain') return { schema: { by: 'words', schema }, notes: [] }
      try {
        if (isSendable(schema)) return { schema: { by: 'server', schema: asSent(schema) }, notes: untold(schema) }
      } catch {
        // A part of it has no type: the API takes no such schema.
      }
      return { schema: { by: 'words', schema }, notes: [IN_WORDS] }
    },
  }
}

const IN_WORDS =
  'The API takes no schema like this one (a part without a type, or a reference out of it or in a circle): it is asked for in words, and the answer is checked.'

const HOW = "Expected a file, a JSON Schema, or fields such as 'name, age int, tags string[]'"

/** A schema as JSON, as a file of either form, or in the short form. @throws UsageError */
export function schemaGiven(given: string): JsonSchema {
  if (given.trimStart().startsWith('{')) return fromJson(given, '--schema')
  const isFile = given.length < 4096 && !given.includes('\n') && existsSync(given) && statSync(given).isFile()
  const text = isFile ? readText(given, '--schema') : given
  if (isFile && text.trimStart().startsWith('{')) return fromJson(text, `--schema ${given}`)
  if (!isFile && /^\S+\.json$|\//.test(given)) throw new UsageError(`--schema: there is no file ${given}. ${HOW}.`)
  const schema = shortSchema(text.trim())
  if (typeof schema === 'string') throw new UsageError(`--schema: ${schema} ${HOW}; "${text.trim()}" came.`)
  return schema
}

function fromJson(text: string, where: string): JsonSchema {
  try {
    return JSON.parse(text) as JsonSchema
  } catch (error) {
    throw new UsageError(`${where}: expected a JSON Schema, but this is no JSON (${(error as Error).message}).`)
  }
}
