/** The levers on the command line: what is sent, what is refused before anything is, what goes on with a conversation. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONCISE } from '../../src/core/request/concise.ts'
import { evening } from '../kit/evening.ts'
import { lodge, runPipe } from '../kit/index.ts'
import { streamed, wireServer } from '../kit/wire-server.ts'

interface Body {
  readonly model: string
  readonly max_tokens: number
  readonly temperature?: number
  readonly top_p?: number
  readonly output_config?: { readonly effort: string }
  readonly thinking?: unknown
  readonly cache_control?: unknown
  readonly messages: readonly {
    readonly role: string
    readonly content: readonly { readonly text: string; readonly cache_control?: unknown }[]
  }[]
}

const event = (body: { readonly type: string }) => `event: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`

/** A server of one's own: it answers with these words. */
const local = (text: string) =>
  wireServer((response) => {
    const message = { id: 'm', type: 'message', role: 'assistant', model: 'qwen3', content: [], usage: {} }
    const wire = [
      event({ type: 'message_start', message } as never),
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never),
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never),
      event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } } as never),
      event({ type: 'message_stop' }),
    ].join('')
    void streamed([Buffer.from(wire)])(response)
  })

describe('temperature, top_p and a begun answer', () => {
  test('go to a server of your own, and the answer is printed from its beginning', async () => {
    await using server = await local('"a": 1}')
    const flags = ['--base-url', server.url, '-m', 'qwen3', '--temperature', '0.2', '--top-p', '0.9', '--prefill', '{']
    const { code, stdout } = await runPipe({ args: [...flags, 'JSON, please'], env: { ANTHROPIC_API_KEY: 'k-1' } })
    expect([code, stdout.toString()]).toEqual([0, '{"a": 1}\n'])
    const body = JSON.parse(server.requests.findLast(({ url }) => url.startsWith('/v1/messages'))!.body) as Body
    expect(body).toMatchObject({ temperature: 0.2, top_p: 0.9 })
    expect(body.messages.map(({ role, content }) => [role, content[0]!.text])).toEqual([
      ['user', 'JSON, please'],
      ['assistant', '{'],
    ])
  })

  test('go with an older API version to models that took them then, and to no other', async () => {
    await using server = await local('Yes.')
    const env = {
      ...{ ANTHROPIC_API_KEY: 'k-1', CLAUDE_TUI_SERVER_FEATURES: 'full' },
      ANTHROPIC_CUSTOM_HEADERS: 'anthropic-version: 2023-06-01',
    }
    const call = (model: string) =>
      runPipe({ args: ['--base-url', server.url, '-m', model, '--temperature', '0.2', 'hi'], env })
    expect((await call('claude-opus-4-6')).code).toBe(0)
    const asked = server.requests.findLast(({ url }) => url.startsWith('/v1/messages'))!
    expect(asked.headers['anthropic-version']).toBe('2023-06-01')
    expect(JSON.parse(asked.body)).toMatchObject({ temperature: 0.2 })
    const { code, stderr } = await call('claude-opus-4-7')
    expect([code, server.requests.filter(({ body }) => body !== '').length]).toEqual([2, 1])
    expect(stderr).toContain('--temperature is not taken by Opus 4.7')
  })

  test('are never sent unless they are asked for', async () => {
    await using server = await local('Yes.')
    await runPipe({ args: ['--base-url', server.url, '-m', 'qwen3', 'hi'], env: { ANTHROPIC_API_KEY: 'k-1' } })
    const body = JSON.parse(server.requests.findLast(({ url }) => url.startsWith('/v1/messages'))!.body) as Body
    expect(Object.keys(body).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream'])
  })

  test.each([
    ['temperature', ['--temperature', '0.5'], /--temperature is not taken by Sonnet 5\.5.*--effort.*--base-url/],
    ['top_p', ['--top-p', '0.5'], /--top-p is not taken by Sonnet 5\.5/],
    ['a begun answer', ['--prefill', '{'], /--prefill is not taken by Sonnet 5\.5.*Say in the prompt/],
    ['a temperature out of range', ['--temperature', '3'], /expected a number from 0 to 2/],
    ['a beginning that ends in a blank', ['--prefill', '{ '], /white space/],
    ['a temperature for 4.5', ['-m', 'claude-haiku-4-5', '--temperature', '0.5'], /since version 2026-10-21/],
    ['an effort where there is none', ['-m', 'claude-haiku-4-5', '--effort', 'low'], /Haiku 4\.5 has no effort/],
    [
      'an effort it has not',
      ['-m', 'claude-opus-4-6', '--effort', 'xhigh'],
      /takes the efforts low, medium, high, max/,
    ],
    ['a preset nobody knows', ['--preset', 'cod'], /classify, extract, .*Did you mean code\?/],
  ])('2, and nothing is sent: %s', async (_what, args, says) => {
    await using night = await evening()
    const { code, stdout, stderr } = await night.pipe({ args: [...args, 'hi'] })
    expect([code, stdout.toString(), night.questions.length]).toEqual([2, '', 0])
    expect(stderr).toMatch(says)
  })

  test('in the settings of somebody who asks Anthropic are a note, and not sent', async () => {
    const lodging = lodge()
    try {
      await using night = await evening('text "ok" x2')
      const env = { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data') }
      await night.pipe({ lodging, env, args: ['config', 'set', 'temperature', '0.5'] })
      const { code, stderr } = await night.pipe({ lodging, env, args: ['hi'] })
      expect([code, night.questions[0]]).toEqual([0, expect.not.objectContaining({ temperature: 0.5 })])
      expect(stderr).toContain('The setting temperature is not taken by Sonnet 5.5')
    } finally {
      lodging.remove()
    }
  })

  test('a 4.5 model goes on with a begun answer; the cache is marked before it, where the next question finds it', async () => {
    const lodging = lodge()
    try {
      await using night = await evening('text " because." x3')
      const env = { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data') }
      const flags = ['--prefill', 'Well,', '--output-format', 'json']
      const first = ['-m', 'claude-sonnet-4-5', '-s', 'long '.repeat(2_000), ...flags, 'why?']
      const call = async (args: readonly string[]) =>
        JSON.parse((await night.pipe({ lodging, env, args })).stdout.toString())
      expect(await call(first)).toMatchObject({ text: 'Well, because.' })
      const second = await call(['-c', ...flags, 'and then?'])
      const third = await call(['-c', ...flags, 'and after that?'])
      const body = (night.questions as unknown as readonly Body[])[2]!
      expect(body).not.toHaveProperty('cache_control')
      expect(body.messages.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Well,' }] })
      expect(body.messages.at(-2)!.content[0]).toHaveProperty('cache_control')
      expect(body.messages.at(-3)!.content[0]!.text).toBe('Well, because.')
      const { cacheRead, cacheWrite5m, cacheWrite1h } = second.usage
      expect(third.usage.cacheRead).toBe(cacheRead + cacheWrite5m + cacheWrite1h)
    } finally {
      lodging.remove()
    }
  })
})

describe('a preset', () => {
  test('chooses model, effort, limit and conciseness; flags go before it', async () => {
    await using night = await evening('text "spam"\ntext "spam"')
    await night.pipe({ args: ['--preset', 'classify', 'spam?'] })
    await night.pipe({ args: ['--preset', 'classify', '-m', 'deep', '--max-tokens', '77', 'spam?'] })
    const [own, flagged] = night.questions as unknown as readonly Body[]
    expect(own).toMatchObject({ model: 'claude-haiku-5-5', max_tokens: 2_000, output_config: { effort: 'low' } })
    expect(own).not.toHaveProperty('thinking')
    expect(own!.messages[0]!.content[0]!.text).toBe(`spam?\n\n${CONCISE}`)
    expect(flagged).toMatchObject({ model: 'claude-opus-5-5', max_tokens: 77, output_config: { effort: 'low' } })
  })

  test('may be your own', async () => {
    await using night = await evening('text "ok"')
    const env = { CLAUDE_TUI_PRESETS: '[{"name":"mail","model":"fast","effort":"high"}]' }
    const { code } = await night.pipe({ args: ['--preset', 'mail', 'hi'], env })
    expect([code, night.questions[0]]).toEqual([
      0,
      expect.objectContaining({ model: 'claude-haiku-5-5', output_config: { effort: 'high' } }),
    ])
  })
})

describe('going on with a conversation', () => {
  test('its own model and effort hold, unless flags say otherwise; those hold from then on', async () => {
    const lodging = lodge()
    try {
      await using night = await evening('text "One."\ntext "Two."\ntext "Three."\ntext "Four."\ntext "Five."')
      const env = { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data') }
      const ask = (...args: string[]) => night.pipe({ lodging, env, args })
      await ask('-m', 'fast', 'a')
      await ask('-c', 'b')
      await ask('-c', '-m', 'deep', '--effort', 'low', '--concise', 'c')
      await ask('-c', 'd')
      const bodies = night.questions as unknown as readonly Body[]
      const [fast, deep] = ['claude-haiku-5-5', 'claude-opus-5-5']
      expect(bodies.map(({ model }) => model)).toEqual([fast, fast, deep, deep])
      expect(bodies.map(({ output_config: config }) => config?.effort ?? null)).toEqual([null, null, 'low', 'low'])
      // What was sent stays as it was: the third question was asked for a short answer, and is so sent again.
      const texts = bodies.map(({ messages }) => messages.map(({ content }) => content.map(({ text }) => text).join()))
      expect(texts[3]).toEqual(['a', 'One.', 'b', 'Two.', `c\n\n${CONCISE}`, 'Three.', `d\n\n${CONCISE}`])
      expect(texts[3]!.slice(0, 5)).toEqual(texts[2])
      const json = JSON.parse(
        (await ask('-c', '--preset', 'creative', '--output-format', 'json', 'e')).stdout.toString(),
      )
      expect(json.model).toBe('claude-sonnet-5-5')
      expect((night.questions.at(-1) as unknown as Body).output_config).toEqual({ effort: 'low' })
    } finally {
      lodging.remove()
    }
  })

  test('with a model that has no effort says that the effort does nothing', async () => {
    const lodging = lodge()
    try {
      await using night = await evening('text "One."\ntext "Two."')
      const env = { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data') }
      await night.pipe({ lodging, env, args: ['-m', 'claude-haiku-4-5', 'a'] })
      const { code, stderr } = await night.pipe({ lodging, env, args: ['-c', '--effort', 'low', 'b'] })
      expect([code, night.questions.length]).toEqual([2, 1])
      expect(stderr).toContain('Haiku 4.5 has no effort to choose')
    } finally {
      lodging.remove()
    }
  })
})

test('on the demo, which has the models of the API, a mistyped id gets a suggestion', async () => {
  const { stderr } = await runPipe({ args: ['--demo', '-m', 'claude-sonet-5-5', 'hi'] })
  expect(stderr).toContain('"claude-sonet-5-5" is not in the catalogue')
  expect(stderr).toContain('Did you mean claude-sonnet-5-5?')
})
