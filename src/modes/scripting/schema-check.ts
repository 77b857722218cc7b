/** Answers held against a schema, by a maintained validator. Loaded when a schema is given. */

import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { jsonIn } from '../../core/schema/words.ts'
import type { JsonSchema } from '../../core/schema.ts'
import { inWorker } from '../../io/process/in-worker.ts'

/**
 * What is wrong with an answer, in sentences without a full stop; none: it fits.
 * @param signal breaks off what takes long
 */
export type Check = (text: string, signal?: AbortSignal) => Promise<readonly string[]>

/** How long the patterns of a schema may take on one answer, in ms. */
const PATTERNS_MS = 5_000
export const TOO_LONG = "the schema's patterns take too long on this answer"

/** @throws Error with a message for people when it is no schema */
export function checker(schema: JsonSchema): Check {
  const patterns = matching()
  const how = { allErrors: true, strict: false, validateFormats: true, logger: false } as const
  const ajv = new Ajv2020({ ...how, code: { regExp: patterns.engine } })
  for (const [name, format] of Object.entries(FORMATS)) ajv.addFormat(name, format)
  const { $schema: _, ...plain } = schema
  const validate = ajv.compile(plain)
  return async (text, signal) => {
    let value: unknown
    try {
      value = JSON.parse(jsonIn(text))
    } catch (error) {
      return [text.trim() === '' ? 'it is empty' : `it is no JSON (${(error as Error).message})`]
    }
    const limit = AbortSignal.timeout(PATTERNS_MS)
    const within = signal ? AbortSignal.any([signal, limit]) : limit
    patterns.begin()
    for (;;) {
      const isFine = validate(value)
      const errors = isFine ? [] : (validate.errors ?? []).map(inWords)
      const settled = await patterns.settle(within)
      if (settled === 'done') return errors
      if (settled === 'too long') return [signal?.aborted ? 'its check was broken off' : TOO_LONG]
    }
  }
}

interface Match {
  readonly pattern: string
  readonly flags: string
  readonly text: string
}

/** What a thread does with a list of them. */
const MATCHING = `const { parentPort, workerData } = require('node:worker_threads')
parentPort.postMessage(workerData.map(({ pattern, flags, text }) => new RegExp(pattern, flags).test(text)))`

/**
 * Patterns for a validator that waits for nothing, while a match may take longer than anybody lives: it is told no,
 * what it has asked is found out in a thread that can be ended, and it is asked once more.
 */
function matching() {
  let known = new Map<string, boolean>()
  let open = new Map<string, Match>()
  const engine = (pattern: string, flags: string) => {
    const { source } = new RegExp(pattern, flags)
    return {
      test(text: string): boolean {
        const key = JSON.stringify([pattern, flags, text])
        const found = known.get(key)
        if (found === undefined) open.set(key, { pattern, flags, text })
        return found ?? false
      },
      // By this the validator tells them apart.
      toString: () => `/${source}/${flags}`,
    }
  }
  return {
    engine: Object.assign(engine, { code: 'new RegExp' }),
    begin() {
      known = new Map()
      open = new Map()
    },
    async settle(within: AbortSignal): Promise<'done' | 'again' | 'too long'> {
      if (open.size === 0) return 'done'
      const asked = open
      open = new Map()
      const found = await inWorker<readonly boolean[]>(MATCHING, [...asked.values()], within)
      if (found === null) return 'too long'
      for (const [i, key] of [...asked.keys()].entries()) known.set(key, found[i]!)
      return 'again'
    },
  }
}

/** Whether there is such a day: the pattern lets February have 31. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/
const MOMENT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ](?:[01]\d|2[0-3]):[0-5]\d.*$/i

/** Forms of strings as the API knows them. What is no pattern is left to the server. */
const FORMATS: Readonly<Record<string, RegExp | true | ((text: string) => boolean)>> = {
  date: (text) => DAY.test(text) && isDay(text),
  time: /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/i,
  'date-time': (text) => MOMENT.test(text) && isDay(text.slice(0, 10)),
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
