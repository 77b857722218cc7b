/**
 * The shape of a JSON value, in the few words of JSON Schema we need.
 * One description serves twice: checked here at every start in microseconds, and handed to a full validator when
 * something is written. Loading that validator just to read a small file would cost more than starting Node.
 */

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object'

/** A subset of JSON Schema, draft 2020-12: every word means what it means there. */
export interface Shape {
  readonly type?: JsonType | readonly JsonType[]
  readonly enum?: readonly (string | number | null)[]
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly minLength?: number
  /** Source of a regular expression with the `u` flag. */
  readonly pattern?: string
  readonly items?: Shape
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false
}

/** The first part of a value that does not fit. */
export interface Misfit {
  /** Its place, such as `[0].prices`; empty for the value itself. For a missing or unknown field, the object around it. */
  readonly at: string
  readonly why: 'value' | 'missing' | 'unknown'
  /** The field that is missing or unknown; empty otherwise. */
  readonly name: string
  /** What stands there; undefined when it is missing. */
  readonly value: unknown
  /** What should stand there; for a missing or unknown field, the shape of the object around it. */
  readonly shape: Shape
}

/** Where a JSON value departs from a shape; null when it fits. Looks only as deep as the shape does. */
export function misfit(shape: Shape, value: unknown, at = ''): Misfit | null {
  const found = departure(shape, value)
  return found && at !== '' ? { ...found, at: at + found.at } : found
}

/** The same from here on: a place is spelled on the way back, for whoever has one. Most values fit, and many are looked at. */
function departure(shape: Shape, value: unknown): Misfit | null {
  if (!fitsItself(shape, value)) return { at: '', why: 'value', name: '', value, shape }
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return departureInside(shape, value as Readonly<Record<string, unknown>>)
  if (!shape.items) return null
  for (let index = 0; index < value.length; index++) {
    const found = departure(shape.items, value[index])
    if (found) return { ...found, at: `[${index}]${found.at}` }
  }
  return null
}

function departureInside(shape: Shape, value: Readonly<Record<string, unknown>>): Misfit | null {
  const { required, properties } = shape
  if (required) {
    for (const name of required) {
      if (!Object.hasOwn(value, name)) return { at: '', why: 'missing', name, value: undefined, shape }
    }
  }
  if (!properties && shape.additionalProperties !== false) return null
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue
    const known = properties && Object.hasOwn(properties, name) ? properties[name] : undefined
    if (known) {
      const found = departure(known, value[name])
      if (found) return { ...found, at: `.${name}${found.at}` }
    } else if (shape.additionalProperties === false) {
      return { at: '', why: 'unknown', name, value: value[name], shape }
    }
  }
  return null
}

/** Whether the value fits apart from its parts. */
function fitsItself(shape: Shape, value: unknown): boolean {
  const { type } = shape
  if (typeof type === 'string') {
    if (!isOfType(type, value)) return false
  } else if (type !== undefined && !type.some((one) => isOfType(one, value))) return false
  if (shape.enum && !shape.enum.some((one) => one === value)) return false
  if (typeof value === 'number') {
    if (shape.minimum !== undefined && value < shape.minimum) return false
    if (shape.exclusiveMinimum !== undefined && value <= shape.exclusiveMinimum) return false
    if (shape.maximum !== undefined && value > shape.maximum) return false
  }
  if (typeof value === 'string') {
    if (shape.minLength !== undefined && [...value].length < shape.minLength) return false
    if (shape.pattern !== undefined && !new RegExp(shape.pattern, 'u').test(value)) return false
  }
  return !(Array.isArray(value) && shape.minItems !== undefined && value.length < shape.minItems)
}

function isOfType(type: JsonType, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return Number.isFinite(value)
    default:
      return typeof value === type
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A shape as the end of "expected ...": `a whole number from 1, or null`. */
export function shapeInWords(shape: Shape): string {
  const ways: string[] = []
  if (shape.enum) ways.push(`one of ${shape.enum.filter((one) => one !== null).join(', ')}`)
  else {
    const types = shape.type === undefined ? [] : typeof shape.type === 'string' ? [shape.type] : shape.type
    for (const type of types) if (type !== 'null') ways.push(`${TYPE_IN_WORDS[type]}${bounds(shape)}`)
  }
  if (fitsItself(shape, null)) ways.push('null')
  return ways.join(', or ')
}

const TYPE_IN_WORDS: Readonly<Record<JsonType, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
}

function bounds({ minimum, exclusiveMinimum, maximum, minItems }: Shape): string {
  if (minItems !== undefined) return ` of ${minItems} or more`
  const from =
    minimum !== undefined ? ` from ${minimum}` : exclusiveMinimum !== undefined ? ` above ${exclusiveMinimum}` : ''
  return maximum === undefined ? from : `${from} up to ${maximum}`
}
