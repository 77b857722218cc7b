/** Answers held against a schema, by a maintained validator. Loaded when a schema is given. */

import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { JsonSchema } from '../core/schema.ts'
import { jsonIn } from '../core/schema-words.ts'

/** What is wrong with an answer, in sentences without a full stop; none: it fits. */
export type Check = (text: string) => readonly string[]

/** @throws Error with a message for people when it is no schema */
export function checker(schema: JsonSchema): Check {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: true, logger: false })
  for (const [name, pattern] of Object.entries(FORMATS)) ajv.addFormat(name, pattern)
  const { $schema: _, ...plain } = schema
  const validate = ajv.compile(plain)
  return (text) => {
    let value: unknown
    try {
      value = JSON.parse(jsonIn(text))
    } catch (error) {
      return [text.trim() === '' ? 'it is empty' : `it is no JSON (${(error as Error).message})`]
    }
    return validate(value) ? [] : (validate.errors ?? []).map(inWords)
  }
}

/** Forms of strings as the API knows them. What is no pattern is left to the server. */
const FORMATS: Readonly<Record<string, RegExp | true>> = {
  date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  time: /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/i,
  'date-time': /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ](?:[01]\d|2[0-3]):[0-5]\d.*$/i,
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z\d+.-]*:\S+$/i,
  uuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  ...{ ipv6: true, hostname: true, duration: true },
}

/** `age: must be integer`; where an error has names or values in it, they are told. */
function inWords({ instancePath, message = 'does not fit', params }: ErrorObject): string {
  const where = instancePath === '' ? '' : `${instancePath.slice(1).replaceAll('/', '.')}: `
  const { additionalProperty, allowedValues } = params as Record<string, unknown>
  const more =
    typeof additionalProperty === 'string'
      ? ` ("${additionalProperty}")`
      : Array.isArray(allowedValues)
        ? ` (${allowedValues.map((one) => JSON.stringify(one)).join(', ')})`
        : ''
  return `${where}${message}${more}`
}

/** The schema as the API takes it: objects closed, what it does not know in the descriptions. @throws Error */
export const asSent = (schema: JsonSchema): JsonSchema => transformJSONSchema(schema as never) as JsonSchema
