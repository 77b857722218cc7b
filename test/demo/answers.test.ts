import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODELS } from '../../src/demo/abilities.ts'
import { answer } from '../../src/demo/answers.ts'
import { toQuestion } from '../../src/demo/asked.ts'
import { cutDeltas } from '../../src/demo/cut.ts'
import { tear } from '../../src/demo/pen.ts'
import { weight } from '../../src/demo/tokens.ts'
import { course, HELLO, type Heard, stopOf, visit } from './visit.ts'

const reply = (text: string, turn = 1) =>
  answer({ ...toQuestion(text), model: MODELS[2]!, use: { input: 40, read: 600, write5m: 0, write1h: 0 }, turn })

test('an answer says plainly that no model gives it, and what may be asked', () => {
  const text = reply('What is the capital of France?')
  expect(text).toContain('You asked: "What is the capital of France?"')
  expect(text).toContain('a script on your own machine, and no model')
  for (const topic of ['help', 'long', 'code', 'table', 'cost', 'cache']) expect(text).toContain(`**${topic}**`)
  expect(reply('And of Spain?', 2)).toContain('no model')
})

test.each([
  ['help', '/model'],
  ['a long one please', '## 5. What it costs'],
  ['markdown', '- [x] done'],
  ['show me code', '```rust'],
  ['a table', '| planet | day |'],
  ['diagram', '┌──────────┐'],
  ['cjk', '中文'],
  ['日本語でお願いします', 'デモ'],
  ['emoji', '👨‍👩‍👧‍👦'],
  ['think', '## Thinking'],
  ['cost?', '| cache read | 600 |'],
  ['what did the cache do', '**94%**'],
])('asked for %s, it shows %s', (question, shown) => {
  expect(reply(question)).toContain(shown)
})

test('two topics in one question are both answered, and a long question is about something of its own', () => {
  expect(reply('a table and some code')).toMatch(/```rust[\s\S]*planet|planet[\s\S]*```rust/)
  expect(
    reply('Could you please write down for me all of the code that makes up a modern operating system?'),
  ).toContain('You asked')
})

test('a question is quoted without its control characters and markdown', () => {
  const text = reply('\u001b[31m*red* `x`\n<b>')
  expect(text).not.toContain('\u001b')
  expect(text).toContain('\\*red\\*')
})

test('what was handed in is acknowledged with its size, and the prompt beside it is answered', () => {
  const text = reply(`<stdin>\n${'a line\n'.repeat(400)}the end\n</stdin>\n\n<prompt>\na table\n</prompt>`)
  expect(text).toContain('401 lines (2,807 characters, 2.8 kB)')
  expect(text).toContain('planet')
  expect(reply('word '.repeat(2000))).toContain('10,000 characters')
})

test('law: cut into deltas, a text is still the text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => cutDeltas(text).join('') === text))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => cutDeltas(text).every((piece) => piece.isWellFormed())),
  )
})

test('deltas are about four characters long', () => {
  const text = reply('long')
  expect(text.length / cutDeltas(text).length).toBeGreaterThan(3)
  expect(text.length / cutDeltas(text).length).toBeLessThan(5)
})

test('law: torn bytes are the same bytes, and no piece but the last ends a character of several', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const bytes = Buffer.from(text)
      return Buffer.concat(tear(bytes)).equals(bytes)
    }),
  )
  expect(tear(Buffer.from('a漢b')).map((piece) => piece.length)).toEqual([2, 1, 2])
})

test('law: the tokens of the pieces are those of the whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const parts = cutDeltas(text).reduce((sum, piece) => sum + weight(piece, 'new'), 0)
      return Math.abs(parts - weight(text, 'new')) < 1e-6
    }),
  )
  expect(weight('x'.repeat(250), 'new')).toBe(100)
  expect(weight('漢字', 'new')).toBe(2)
})

const THINKING = [
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
]

const thinkingOf = ({ events }: Heard) => {
  const types = events.flatMap((event) =>
    event.type === 'content_block_delta' && event.index === 0 ? [event.delta.type] : [],
  )
  return [...new Set(types)]
}

test('a model that thinks by default opens with a signed block, whose words are hidden unless asked for', async () => {
  await using here = await visit()
  const hidden = await here.hear({ model: 'claude-sonnet-5-5' })
  const shown = await here.hear({ model: 'claude-sonnet-5-5', thinking: { type: 'adaptive', display: 'summarized' } })
  expect(course(hidden.events)).toEqual(THINKING)
  expect(thinkingOf(hidden)).toEqual(['signature_delta'])
  expect(thinkingOf(shown)).toEqual(['thinking_delta', 'signature_delta'])
  expect(shown.thinking.length).toBeGreaterThan(100)
  const { usage } = stopOf(hidden)
  const { thinking_tokens } = usage.output_tokens_details as { thinking_tokens: number }
  expect(thinking_tokens).toBeGreaterThan(50)
  expect(usage.output_tokens).toBeGreaterThan(thinking_tokens)
})

test('thinking that is switched off, or was never on, leaves no block', async () => {
  await using here = await visit()
  const off = await here.hear({ thinking: { type: 'disabled' } })
  const old = await here.hear({ model: 'claude-opus-4-8' })
  for (const heard of [off, old]) {
    expect(
      heard.events.some((event) => event.type === 'content_block_start' && event.content_block.type === 'thinking'),
    ).toBe(false)
    expect(stopOf(heard).usage.output_tokens_details).toBeNull()
  }
})

test('max_tokens is kept to, thinking included', async () => {
  await using here = await visit('words n=200\nok\nok')
  const cut = await here.hear({ max_tokens: 50 })
  expect(cut.text.trim().split(/\s+/)).toHaveLength(50)
  expect(stopOf(cut)).toMatchObject({ reason: 'max_tokens', usage: { output_tokens: 50 } })
  const some = await here.hear({ max_tokens: 100 })
  expect(some.text).not.toBe('')
  expect(stopOf(some)).toMatchObject({
    reason: 'max_tokens',
    usage: { output_tokens: expect.toSatisfy((n: number) => n > 90 && n <= 100) },
  })
  const thought = await here.hear({ max_tokens: 10 })
  expect(thought.text).toBe('')
  expect(stopOf(thought)).toMatchObject({ reason: 'max_tokens', usage: { output_tokens: 10 } })
})

test('a stop sequence ends the answer before it', async () => {
  await using here = await visit('text "one two END three"')
  const heard = await here.hear({ stop_sequences: ['three', 'END'] })
  expect(heard.text).toBe('one two ')
  expect(heard.events.find((event) => event.type === 'message_delta')?.delta).toMatchObject({
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
  })
})

test('the whole message equals what the stream says piece by piece', async () => {
  await using here = await visit(`${'words n=30 thinking=10\n'.repeat(2)}`)
  const params = { ...HELLO, thinking: { type: 'adaptive', display: 'summarized' } } as const
  const streamed = await here.client.messages.stream(params).finalMessage()
  const whole = await here.client.messages.create(params)
  const plain = ({ content, stop_reason }: typeof whole) => ({
    stop_reason,
    texts: content.map((block) => ('text' in block ? block.text : 'thinking' in block ? block.thinking : '')),
  })
  expect(plain(whole)).toEqual(plain(streamed))
  expect(whole.usage.output_tokens).toBe(streamed.usage.output_tokens)
})

test('two servers give the same answer to the same request, in the same pieces', async () => {
  const deltas = async () => {
    await using here = await visit()
    const { events } = await here.hear({ messages: [{ role: 'user', content: 'long' }] })
    return events
      .filter(({ type }) => type === 'content_block_delta')
      .map((event) => JSON.stringify(event).replace(/"signature":"[^"]*"/, ''))
  }
  expect(await deltas()).toEqual(await deltas())
})
