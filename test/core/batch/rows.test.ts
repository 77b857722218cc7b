import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBad, rowAsInput, rowFrom } from '../../../src/core/batch/row.ts'
import { filled, placesOf } from '../../../src/core/batch/template.ts'

const at = { index: 3, line: 5 }
const row = (value: unknown, template: string | null = null) => rowFrom(value, at, template)
const why = (value: unknown, template: string | null = null) => {
  const read = row(value, template)
  return isBad(read) ? `${read.line}: ${read.why}` : 'fine'
}

describe('a row', () => {
  test('is a text, a prompt with what belongs to it, or messages', () => {
    const plain = { index: 3, id: '3', system: null, model: null, maxTokens: null }
    expect(row('Why?')).toEqual({ ...plain, messages: [{ role: 'user', text: 'Why?' }] })
    expect(row({ id: 'a', prompt: 'Why?', system: 'Be brief.', model: 'fast', maxTokens: 9, other: [] })).toEqual({
      ...{ index: 3, id: 'a', system: 'Be brief.', model: 'fast', maxTokens: 9 },
      messages: [{ role: 'user', text: 'Why?' }],
    })
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      { role: 'user', content: 'Why?' },
    ]
    expect(row({ messages })).toMatchObject({ messages: [{ text: 'Hi' }, { text: 'Hello' }, { text: 'Why?' }] })
  })

  test('of a table has empty cells where nothing is meant', () => {
    expect(row({ id: '', prompt: 'Why?', model: '', maxTokens: '' })).toMatchObject({
      id: '3',
      model: null,
      maxTokens: null,
    })
    expect(row({ prompt: 'Why?', maxTokens: '20' })).toMatchObject({ maxTokens: 20 })
  })

  test('that nobody can send is named with its line, and why', () => {
    expect(why(7)).toBe('5: expected a text, or an object with "prompt" or "messages", got 7')
    expect(why({ question: 'Why?' })).toBe('5: expected a text, or an object with "prompt" or "messages"')
    expect(why({ prompt: '  ' })).toBe('5: the prompt is empty')
    expect(why({ prompt: 'a', messages: [] })).toContain('take one of them')
    expect(why({ messages: [{ role: 'assistant', content: 'a' }] })).toContain("must be the user's")
    expect(why({ messages: [{ role: 'user', content: [{ type: 'image' }] }] })).toContain('messages[0].content')
    expect(why({ prompt: 'a', maxTokens: 0 })).toContain('"maxTokens": expected a whole number above 0')
    expect(why({ prompt: 'a', id: {} })).toContain('"id": expected a text')
  })

  test('can be fed in again as it was', () => {
    const text = fc.string({ minLength: 1 }).filter((one) => one.trim() !== '')
    const messages = fc.array(text, { minLength: 1, maxLength: 4 }).map((texts) => [
      ...texts.flatMap((one) => [
        { role: 'user', content: one },
        { role: 'assistant', content: one },
      ]),
      { role: 'user', content: 'end' },
    ])
    const value = fc.oneof(
      fc.record(
        { id: text, prompt: text, system: text, maxTokens: fc.integer({ min: 1 }) },
        { requiredKeys: ['prompt'] },
      ),
      fc.record({ messages }),
    )
    fc.assert(
      fc.property(value, (one) => {
        const first = row(one)
        if (isBad(first)) return
        expect(row(JSON.parse(JSON.stringify(rowAsInput(first))))).toEqual(first)
      }),
    )
  })
})

describe('a template', () => {
  test('takes the fields of a row, whatever they are', () => {
    expect(filled('{{a}} of {{ b c }}: {{d}}', { a: 1, 'b c': 'x', d: [1] })).toEqual({ text: '1 of x: [1]' })
    expect(placesOf('{{a}} {{ b }} {{a}}')).toEqual(['a', 'b'])
  })

  test('does not look into what it has filled in', () => {
    expect(filled('{{a}}', { a: '{{b}}' })).toEqual({ text: '{{b}}' })
  })

  test('names the field that a row does not have', () => {
    expect(why({ text: 'a' }, 'Translate {{word}}')).toBe('5: the template asks for {{word}}, and the row has "text"')
    expect(row('hello', 'Translate {{text}}')).toMatchObject({ messages: [{ text: 'Translate hello' }] })
    expect(why({}, '{{constructor}}')).toContain('the template asks for {{constructor}}')
  })
})
