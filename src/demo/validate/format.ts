/**
 * `output_config.format`: a schema that the API would take (source: SDK 1.11 `JSONOutputFormat`, structured outputs
 * page, 2026-08-22: objects are closed, no constraints but those of form).
 */

import { type Fields, isObject } from './fields.ts'

/** Words of JSON Schema that are refused wherever they stand. */
const REFUSED: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'patternProperties', 'not'],
])

/** What the API would say of it; null: nothing. */
export function formatProblem(config: unknown): string | null {
  const format = isObject(config) ? config.format : undefined
  if (format === undefined || format === null) return null
  const at = 'output_config.format'
  if (!isObject(format)) return `${at}: Input should be an object`
  if (format.type !== 'json_schema') return `${at}.type: Input should be 'json_schema'`
  return isObject(format.schema)
    ? schemaProblem(format.schema, `${at}.schema`)
    : `${at}.schema: Input should be an object`
}

function schemaProblem(schema: Fields, at: string): string | null {
  const refused = Object.keys(schema).find((key) => REFUSED.has(key))
  if (refused !== undefined) return `${at}: For this type, property '${refused}' is not supported`
  if (schema.type === 'object' && schema.additionalProperties !== false)
    return `${at}: For 'object' type, 'additionalProperties' must be explicitly set to false`
  const inner = [
    ...['properties', '$defs'].flatMap((key) => entries(schema[key], `${at}.${key}`)),
    ...['anyOf', 'allOf'].flatMap((key) => entries(schema[key], `${at}.${key}`)),
    ...entries({ items: schema.items }, at),
  ]
  return inner.map(([one, where]) => schemaProblem(one, where)).find((problem) => problem !== null) ?? null
}

const entries = (value: unknown, at: string): readonly (readonly [Fields, string])[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, one]) => (isObject(one) ? [[one, `${at}.${key}`] as const] : []))
