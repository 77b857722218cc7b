import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shortSchema } from '../../../src/core/schema/short.ts'
import { isSendable, jsonIn, untold } from '../../../src/core/schema/words.ts'
import type { JsonSchema } from '../../../src/core/schema.ts'
import { fittingText } from '../../../src/demo/answers/fitting.ts'
import { formatProblem } from '../../../src/demo/validate/format.ts'
import { asSent, checker, TOO_LONG } from '../../../src/modes/scripting/schema-check.ts'

const short = (text: string): JsonSchema => {
  const schema = shortSchema(text)
  if (typeof schema === 'string') throw new Error(schema)
  return schema
}
const object = (properties: object, required = Object.keys(properties)) => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
})

describe('a schema in a few words', () => {
  test('names fields, types, lists, choices, objects, and what may be left out', () => {
    expect(short('name, age int: in years, tags string[]')).toEqual(
      object({
        name: { type: 'string' },
        age: { type: 'integer', description: 'in years' },
        tags: { type: 'array', items: { type: 'string' } },
      }),
    )
    expect(short('mood good|bad|so-so\nitems {title, price number?}[]\nnote? : anything else')).toEqual(
      object(
        {
          mood: { type: 'string', enum: ['good', 'bad', 'so-so'] },
          items: {
            type: 'array',
            items: object({ title: { type: 'string' }, price: { type: 'number' } }, ['title']),
          },
          note: { type: 'string', description: 'anything else' },
        },
        ['mood', 'items'],
      ),
    )
  })

  test.each([
    ['', 'expected at least one field.'],
    ['name, name', 'the field "name" stands there twice.'],
    ['age integr', 'the field "age" has the type "integr", which is none of string, int,'],
    ['a {b', 'a { is not closed by a }.'],
    ['a int b', 'expected a comma behind the field "a", but "b" came.'],
    ['a, 7', 'expected the name of a field, but "7" came.'],
  ])('that cannot be read says why: %j', (text, problem) => {
    expect(shortSchema(text)).toContain(problem)
  })

  test('never throws, and what it gives the API takes, the demo can answer, and the answer fits', async () => {
    const type = fc.letrec<{ type: string; fields: string }>((tie) => ({
      type: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('', 'int', 'number', 'bool', 'date', 'time', 'email', 'url', 'a|b', 'string[]', 'int[]?'),
        tie('fields').map((fields) => `{${fields}}[]`),
      ),
      fields: fc
        .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), tie('type')), {
          minLength: 1,
          maxLength: 4,
          selector: ([name]) => name,
        })
        .map((fields) => fields.map(([name, one]) => `${name} ${one}`).join(', ')),
    }))
    await fc.assert(
      fc.asyncProperty(type.fields, async (text) => {
        const schema = short(text)
        const sent = asSent(schema)
        expect(formatProblem({ format: { type: 'json_schema', schema: sent } })).toBeNull()
        expect(await checker(schema)(fittingText(sent as never, 'why?'))).toEqual([])
      }),
      // Each schema is compiled to code of its own.
      { numRuns: 30 },
    )
    fc.assert(fc.property(fc.string(), (text) => ['string', 'object'].includes(typeof shortSchema(text))))
  })
})

describe('a JSON Schema', () => {
  const age = { type: 'object', properties: { age: { type: 'integer', minimum: 1 } }, required: ['age'] }

  test('is sent as the API takes it, and the rest of it is checked here and told', async () => {
    const sent = asSent(age)
    expect(formatProblem({ format: { type: 'json_schema', schema: age } })).toContain('additionalProperties')
    expect(formatProblem({ format: { type: 'json_schema', schema: sent } })).toBeNull()
    expect(untold(age)).toEqual(['The API takes no minimum in a schema: the answer is checked for it here.'])
    expect(await checker(age)('{"age": 0}')).toEqual(['age: must be >= 1'])
    expect(untold({ ...age, additionalProperties: true, properties: {} })).toEqual([
      'The API lets an object have only the fields that its schema names: the answer will have no others.',
    ])
  })

  test('is not sent where a reference leads out of it, or in circles', () => {
    const refers = (to: string, node: object = { type: 'string' }) => ({
      type: 'object',
      $defs: { node },
      properties: { a: { $ref: to } },
    })
    expect(isSendable(refers('#/$defs/node'))).toBe(true)
    expect(isSendable(refers('#/definitions/node'))).toBe(false)
    expect(isSendable(refers('https://example.org/x'))).toBe(false)
    expect(isSendable(refers('#/$defs/node', { type: 'array', items: { $ref: '#/$defs/node' } }))).toBe(false)
  })

  test('says in words what is wrong with an answer', async () => {
    const check = checker(short('name, mood good|bad'))
    expect(await check('{"name": "x", "mood": "good"}')).toEqual([])
    expect(await check('```json\n{"name": "x", "mood": "bad"}\n```')).toEqual([])
    expect(await check('{"name": 1, "mood": "so", "more": 2}')).toEqual([
      'must NOT have additional properties ("more")',
      'name: must be string',
      'mood: must be equal to one of the allowed values ("good", "bad")',
    ])
    expect(await check('')).toEqual(['it is empty'])
    expect((await check('Sure!'))[0]).toMatch(/^it is no JSON \(/)
  })

  test('has patterns that a thread of its own matches, and they may not take longer than a few seconds', async () => {
    const schema = {
      ...{
        type: 'object',
        properties: { id: { pattern: '^(a+)+$' }, to: { anyOf: [{ pattern: '^x' }, { const: 7 }] } },
      },
      ...{ patternProperties: { '^n_': { type: 'number' } }, additionalProperties: false },
    }
    const check = checker(schema)
    expect(await check('{"id": "aaa", "to": "xy", "n_1": 1}')).toEqual([])
    expect(await check('{"id": "ab", "to": 7, "n_1": "1", "m": 1}')).toEqual([
      'must NOT have additional properties ("m")',
      'id: must match pattern "^(a+)+$"',
      'n_1: must be number',
    ])
    const endless = JSON.stringify({ id: `${'a'.repeat(40)}!` })
    expect(await check(endless)).toEqual([TOO_LONG])
    expect(await check(endless, AbortSignal.abort())).toEqual(['its check was broken off'])
    expect(() => checker({ pattern: '(' })).toThrow('Invalid regular expression')
  })

  test('takes days that are in the calendar, and no others', async () => {
    const check = checker(short('day date, at time?'))
    const moment = checker({ type: 'string', format: 'date-time' })
    for (const day of ['2020-02-29', '1999-12-31']) {
      expect(await check(JSON.stringify({ day }))).toEqual([])
      expect(await moment(JSON.stringify(`${day}T10:00:00Z`))).toEqual([])
    }
    for (const day of ['2020-02-31', '2021-02-29', '2020-04-31']) {
      expect(await check(JSON.stringify({ day }))).toEqual(['day: must match format "date"'])
      expect(await moment(JSON.stringify(`${day}T10:00:00Z`))).toEqual(['must match format "date-time"'])
    }
  })

  test('takes the fence off that is round all of an answer, and no other', () => {
    expect(jsonIn(' \n```json\n{"a": "```"}\n```\n')).toBe('{"a": "```"}')
    expect(jsonIn('{"a": 1}\n')).toBe('{"a": 1}')
  })
})
