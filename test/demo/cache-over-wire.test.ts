import type { Message, MessageParam, TextBlockParam } from '@anthropic-ai/sdk/resources/messages/messages'
import { expect, test } from 'vitest'
import { HELLO, type Params, type Visit, visit } from './visit.ts'

/** About 1,000 tokens on a new model, over every minimum of 512. */
const SYSTEM = 'You answer in verse, and only in verse. '.repeat(63)
const system = (more: Partial<TextBlockParam> = {}): TextBlockParam[] => [{ type: 'text', text: SYSTEM, ...more }]
const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } } as const
const auto = { cache_control: { type: 'ephemeral' } } as const

const SONNET = { ...HELLO, model: 'claude-sonnet-5-5', system: system(), ...auto } satisfies Params

const ask = ({ client }: Visit, more: Partial<Params> = {}): Promise<Message> =>
  client.messages.create({ ...SONNET, ...more })

const user = (content: string): MessageParam => ({ role: 'user', content })

test('a conversation reads what its last turn wrote, and writes what is new', async () => {
  await using here = await visit('text "first"\ntext "second"')
  const first = await ask(here)
  const messages = [...SONNET.messages, { role: 'assistant', content: 'first' } as const, user('and then?')]
  const second = await ask(here, { messages })
  expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(1000)
  expect(first.usage).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 0 })
  expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens)
  expect(second.usage.cache_creation_input_tokens).toBeGreaterThan(0)
})

test('a text and a block of the same text are the same prompt', async () => {
  await using here = await visit()
  const { usage } = await ask(here)
  const again = await ask(here, {
    system: SYSTEM,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  })
  expect(again.usage.cache_read_input_tokens).toBe(usage.cache_creation_input_tokens)
})

test('an explicit hour and an automatic five minutes are told apart in usage', async () => {
  await using here = await visit()
  const { usage } = await ask(here, { system: system(hour) })
  const split = usage.cache_creation
  expect(split?.ephemeral_1h_input_tokens).toBeGreaterThan(900)
  expect(split?.ephemeral_5m_input_tokens).toBeGreaterThan(0)
  expect(usage.cache_creation_input_tokens).toBe(split!.ephemeral_1h_input_tokens + split!.ephemeral_5m_input_tokens)
})

test('lifetimes go by the clock that was handed in', async () => {
  let at = Date.UTC(2026, 10, 20)
  await using here = await visit('', { now: () => at })
  await ask(here)
  at += 5 * 60_000 - 1
  expect((await ask(here)).usage.cache_read_input_tokens).toBeGreaterThan(0)
  at += 5 * 60_000
  expect((await ask(here)).usage.cache_read_input_tokens).toBe(0)
})

test('a refused answer writes nothing', async () => {
  await using here = await visit('529')
  await expect(ask(here)).rejects.toMatchObject({ status: 529 })
  expect((await ask(here)).usage.cache_read_input_tokens).toBe(0)
})

test('effort at its default is the same prompt; another effort loses the messages, not the system prompt', async () => {
  await using here = await visit()
  const marked = { system: system(auto) }
  const { usage } = await ask(here, marked)
  const same = await ask(here, { ...marked, output_config: { effort: 'high' } })
  const other = await ask(here, { ...marked, output_config: { effort: 'low' } })
  expect(same.usage.cache_read_input_tokens).toBe(usage.cache_creation_input_tokens)
  expect(other.usage.cache_read_input_tokens).toBeGreaterThan(900)
  expect(other.usage.cache_creation_input_tokens).toBeGreaterThan(0)
})

test('the minimum is the model’s own: 1,000 tokens are cached by Sonnet 5.5, not by Haiku 4.5', async () => {
  await using here = await visit()
  const { usage } = await ask(here, { model: 'claude-haiku-4-5' })
  expect(usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 })
})

test('max_tokens 0 warms the cache and says nothing', async () => {
  await using here = await visit()
  const marked = { system: system(auto), cache_control: null }
  const warm = await ask(here, { ...marked, max_tokens: 0, messages: [user('warm up')] })
  expect(warm).toMatchObject({ content: [], stop_reason: 'max_tokens', usage: { output_tokens: 0 } })
  const { usage } = await ask(here, { ...marked, messages: [user('the real question')] })
  expect(usage.cache_read_input_tokens).toBe(warm.usage.cache_creation_input_tokens)
})

const missAfter = async (change: Partial<Params>) => {
  await using here = await visit()
  const { id } = await ask(here, { diagnostics: { previous_message_id: null } })
  const { diagnostics } = await ask(here, { ...change, diagnostics: { previous_message_id: id } })
  return diagnostics?.cache_miss_reason ?? null
}

test('the diagnosis names what changed, and about how much it cost', async () => {
  expect(await missAfter({})).toBeNull()
  expect(
    await missAfter({ messages: [...SONNET.messages, { role: 'assistant', content: 'Hi.' }, user('more')] }),
  ).toBeNull()
  expect(await missAfter({ model: 'claude-opus-5-5' })).toMatchObject({ type: 'model_changed' })
  expect(await missAfter({ system: `${SYSTEM} Today.` })).toMatchObject({ type: 'system_changed' })
  expect(await missAfter({ tools: [{ name: 'look', input_schema: { type: 'object' } }] })).toMatchObject({
    type: 'tools_changed',
  })
  expect(await missAfter({ output_config: { effort: 'low' } })).toEqual({ type: 'unavailable' })
  const edited = await missAfter({ messages: [user('hello!')] })
  expect(edited).toMatchObject({ type: 'messages_changed' })
  expect((edited as { cache_missed_input_tokens: number }).cache_missed_input_tokens).toBeGreaterThan(1000)
})

test('a message of another server is not found', async () => {
  await using here = await visit()
  const { diagnostics } = await ask(here, { diagnostics: { previous_message_id: 'msg_of_yesterday' } })
  expect(diagnostics).toEqual({ cache_miss_reason: { type: 'previous_message_not_found' } })
})
