/** An answer that fits a schema: what a model would fill with meaning, a script fills with what it was asked. */

/** A schema as it comes in a request, checked. */
type Schema = Readonly<Record<string, unknown>>

const FORMS: Readonly<Record<string, string>> = {
  ...{ date: '2026-11-21', time: '12:00:00Z', 'date-time': '2026-11-21T12:00:00Z', duration: 'PT1H' },
  ...{ email: 'demo@example.org', hostname: 'example.org', uri: 'https://example.org/', ipv4: '192.0.2.1' },
  ...{ ipv6: '2001:db8::1', uuid: '123e4567-e89b-42d3-a456-426614174000' },
}

/** A schema may go into itself; the wire takes none that does, but nothing hangs here if one came. */
const DEEPEST = 20

/** JSON that fits. @param words those of the question, for its texts */
export function fittingText(schema: Schema, words: string): string {
  const defs = (schema.$defs ?? {}) as Readonly<Record<string, Schema>>
  return JSON.stringify(fitting(schema, { defs, words, name: 'answer', depth: 0 }))
}

interface Place {
  readonly defs: Readonly<Record<string, Schema>>
  readonly words: string
  /** Of the field. */
  readonly name: string
  readonly depth: number
}

function fitting(schema: Schema, place: Place): unknown {
  const { defs, words, name, depth } = place
  if (depth > DEEPEST) return null
  const deeper = (one: unknown, of = name) => fitting((one ?? {}) as Schema, { ...place, name: of, depth: depth + 1 })
  if (typeof schema.$ref === 'string') return deeper(defs[schema.$ref.split('/').at(-1)!])
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (Array.isArray(schema.anyOf)) return deeper(schema.anyOf[0])
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map((one) => deeper(one)))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object': {
      const fields = Object.entries((schema.properties ?? {}) as Readonly<Record<string, unknown>>)
      return Object.fromEntries(fields.map(([key, one]) => [key, deeper(one, key)]))
    }
    case 'array':
      return [deeper(schema.items, name)]
    case 'integer':
      return 42
    case 'number':
      return 4.2
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return FORMS[String(schema.format)] ?? `${name}: ${words}`.trim()
  }
}
