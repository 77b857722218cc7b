/** What a schema leaves to say: errors, another try, and what of it a server is not told. */

import type { JsonSchema } from '../schema.ts'

/** The JSON in an answer: without blanks around it, and without a fence where the model put one round all of it. */
export function jsonIn(answer: string): string {
  const text = answer.trim()
  const [, fenced] = /^```(?:json)?[ \t]*\n([\s\S]*?)\n?```$/i.exec(text) ?? []
  return (fenced ?? text).trim()
}

/** Errors that are told; one that is wrong all over says nothing more by its hundredth. */
const MOST_ERRORS = 8

/** How the model is asked for another one. */
export function askedAgain(errors: readonly string[]): string {
  const more = errors.length > MOST_ERRORS ? [`and ${errors.length - MOST_ERRORS} more`] : []
  const list = [...errors.slice(0, MOST_ERRORS), ...more].map((one) => `- ${one}`).join('\n')
  return `Your answer does not fit the schema:\n${list}\nReply with the whole answer once more, corrected, as JSON alone.`
}

/** What a person is told of an answer that does not fit. */
export function sayUnfit(errors: readonly string[]): string {
  const more = errors.length > MOST_ERRORS ? `; and ${errors.length - MOST_ERRORS} more` : ''
  return `The answer does not fit the schema: ${errors.slice(0, MOST_ERRORS).join('; ')}${more}.`
}

/** Words of JSON Schema that the API takes (source: SDK 1.11 `transformJSONSchema`); others are checked here afterwards. */
const TAKEN: ReadonlySet<string> = new Set([
  ...[
    '$schema',
    '$defs',
    '$ref',
    'type',
    'enum',
    'const',
    'anyOf',
    'oneOf',
    'allOf',
    'properties',
    'required',
    'items',
  ],
  ...['additionalProperties', 'description', 'title', 'format', 'minItems', 'default'],
])

/** Whether an object, by its schema, may have fields that the schema does not name. */
const isOpen = (schema: JsonSchema) =>
  schema.additionalProperties !== undefined && schema.additionalProperties !== false

/** What the server is not told of a schema, in sentences: it is checked when the answer is there. */
export function untold(schema: JsonSchema): readonly string[] {
  const words = new Set<string>()
  let open = false
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    const one = value as JsonSchema
    for (const key of Object.keys(one)) if (!TAKEN.has(key)) words.add(key)
    if (typeof one.minItems === 'number' && one.minItems > 1) words.add('minItems')
    if (isOpen(one)) open = true
    for (const key of ['properties', '$defs'] as const) Object.values((one[key] ?? {}) as object).forEach(look)
    for (const key of ['anyOf', 'oneOf', 'allOf'] as const)
      if (Array.isArray(one[key])) (one[key] as readonly unknown[]).forEach(look)
    look(one.items)
  }
  look(schema)
  const checked = `The API takes no ${[...words].join(', ')} in a schema: the answer is checked for it here.`
  const closed = 'The API lets an object have only the fields that its schema names: the answer will have no others.'
  return [...(words.size > 0 ? [checked] : []), ...(open ? [closed] : [])]
}

/** Whether the API can be given a schema at all: references within its own `$defs` alone, and none that goes in circles. */
export function isSendable(schema: JsonSchema): boolean {
  const defs = (schema.$defs ?? {}) as Readonly<Record<string, unknown>>
  const isFine = (value: unknown, open: readonly string[]): boolean => {
    if (typeof value !== 'object' || value === null) return true
    if (Array.isArray(value)) return value.every((one) => isFine(one, open))
    return Object.entries(value).every(([key, one]) => {
      if (key === '$defs' || key === 'enum' || key === 'const') return true
      if (key !== '$ref' || typeof one !== 'string') return isFine(one, open)
      const [, name] = /^#\/\$defs\/([^/]+)$/.exec(one) ?? []
      if (name === undefined || open.includes(name) || !Object.hasOwn(defs, name)) return false
      return isFine(defs[name], [...open, name])
    })
  }
  return isFine(schema, [])
}
