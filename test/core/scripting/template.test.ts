import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filled, readTemplate, type Template } from '../../../src/core/scripting/template.ts'

const read = (text: string): Template => {
  const template = readTemplate(text)
  if (typeof template === 'string') throw new Error(template)
  return template
}
const fill = (text: string, values: Record<string, string> = {}) => filled(read(text), new Map(Object.entries(values)))

describe('a template', () => {
  test('without roles is what the user says', () => {
    expect(fill('\nSay {{ what }} twice.\n', { what: 'hello' })).toEqual({
      system: null,
      exchanges: [],
      question: 'Say hello twice.',
    })
  })

  test('with roles is a system prompt, what was said before, and a question', () => {
    const text = `---
model: fast
max-tokens: 500
---
system:
You translate into {{language}}.

user:
Good morning
assistant:
Guten Morgen

user:
{{stdin}}
`
    expect(read(text)).toMatchObject({
      chosen: { model: 'fast', 'max-tokens': '500' },
      variables: ['language', 'stdin'],
    })
    expect(fill(text, { language: 'German', stdin: 'Good night' })).toEqual({
      system: 'You translate into German.',
      exchanges: [{ question: 'Good morning', answer: 'Guten Morgen' }],
      question: 'Good night',
    })
  })

  test('that ends with an answer leaves the question to the caller', () => {
    expect(fill('user:\na\nassistant:\nb')).toEqual({
      system: null,
      exchanges: [{ question: 'a', answer: 'b' }],
      question: null,
    })
  })

  test('keeps what only looks like a section, and an escaped variable', () => {
    expect(fill('The user: says\n  user:\n\\{{name}}').question).toBe('The user: says\n  user:\n{{name}}')
  })

  test.each([
    ['', 'it says nothing.'],
    ['---\nmodel: fast\n', 'line 1 begins with --- what is chosen, and no line of --- ends it.'],
    [
      '---\ncolour: red\n---\nhi',
      'line 2 should be one of model: …, effort: …, max-tokens: …, schema: …, but it is "colour: red".',
    ],
    ['user:\na\nsystem:\nb', 'line 3: system: comes first, and once.'],
    ['user:\na\nuser:\nb', 'line 3: user: and assistant: take turns, and user: begins; a second user: came instead.'],
    ['user:\nassistant:\nb', 'line 1: user: says nothing.'],
  ])('that cannot be read says where: %j', (text, problem) => {
    expect(readTemplate(text)).toBe(problem)
  })

  test('takes any value as it is: variables in it are not looked at again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const { question } = fill('x {{a}} y {{b}} z', { a, b })
        expect(question).toBe(`x ${a} y ${b} z`)
      }),
    )
    expect(fill('{{a}}', { a: '{{b}} $& $1', b: 'no' }).question).toBe('{{b}} $& $1')
  })
})
