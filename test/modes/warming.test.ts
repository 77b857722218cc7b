/** Keeping warm over the wire: the real client, the demo server, and a clock that both go by. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { warmRequest } from '../../src/core/cache/warming.ts'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import type { TurnRequest } from '../../src/core/request.ts'
import { type Demo, startDemo } from '../../src/demo/server.ts'
import { type Api, createApi } from '../../src/io/api.ts'
import { createWarmer } from '../../src/modes/thrift/warmer.ts'
import type { ThriftParts } from '../../src/modes/thrift.ts'
import { CHOICES } from '../kit/choices.ts'
import { MINUTE } from '../kit/told-turns.ts'

const DAWN = Date.UTC(2026, 10, 20, 8)
let clock = 0
let demo: Demo
let api: Api
let state: State
let keepWarm = 'off'

const dispatch = (event: Event) => {
  state = fold(state, [event])
}
const runtime = {
  get state() {
    return state
  },
  dispatch,
}
const parts = {
  runtime,
  now: () => clock,
  setup: () => ({ api, settings: { keepWarm } }) as unknown as ReturnType<ThriftParts['setup']>,
}
const ask = async (text: string) => {
  dispatch({ type: 'asked', at: clock, text })
  await api.attempt(planRequest(state, text), 1, new AbortController().signal, dispatch)
}
const warmerOf = () => createWarmer(parts, () => clock, new AbortController().signal)

beforeEach(async () => {
  clock = 0
  keepWarm = 'off'
  state = newConversation({ ...CHOICES, system: 'You know the seas. '.repeat(200), cacheTtl: '5m' })
  demo = await startDemo({ speed: Number.POSITIVE_INFINITY, now: () => DAWN + clock })
  api = createApi({ baseUrl: demo.url, credential: { kind: 'key', secret: 'any', origin: 'test' }, now: () => clock })
})
afterEach(async () => {
  api.close()
  await demo.close()
})

test('the entry outlives its five minutes, for the price of one read and not a token more', async () => {
  await ask('Why do tides turn?')
  const written = state.turns[0]!.usage!
  clock = 4 * MINUTE
  expect(await warmerOf().warm(true)).toMatch(/^Kept warm for \$0\.000\d\.$/)
  expect(state.sideCalls).toMatchObject([{ purpose: 'warm', at: 4 * MINUTE }])
  expect(state.sideCalls[0]!.usage).toMatchObject({
    ...{ input: 0, cacheRead: written.cacheWrite5m, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 },
  })
  clock = 8 * MINUTE
  await ask('And how high?')
  expect(state.turns[1]!.usage!.cacheRead).toBe(written.cacheWrite5m)
})

test('without it, it is gone', async () => {
  await ask('Why do tides turn?')
  clock = 8 * MINUTE
  await ask('And how high?')
  expect(state.turns[1]!.usage!.cacheRead).toBe(0)
  expect(await warmerOf().warm(true)).toContain('Kept warm')
})

test('a server that refuses to answer nothing is asked for one token', async () => {
  await ask('Why do tides turn?')
  demo.enqueue('400\nok')
  const warmer = warmerOf()
  expect(await warmer.warm(true)).toContain('Kept warm')
  expect(demo.requests.slice(-2).map(({ body }) => (body as { max_tokens: number }).max_tokens)).toEqual([0, 1])
  await warmer.warm(true)
  expect(demo.requests.at(-1)!.body).toMatchObject({ max_tokens: 1 })
})

test('where nothing is held, or the server fails, it says so', async () => {
  expect(await warmerOf().warm(true)).toBe('Nothing is held that could be kept warm.')
  await ask('Why do tides turn?')
  demo.enqueue('529')
  expect(await warmerOf().warm(true)).toMatch(/^The cache was not kept warm: /)
})

test('it goes on by itself up to the limit of the settings, and not at all without one', async () => {
  await ask('Why do tides turn?')
  const once = warmerOf()
  await once.warm(true)
  expect(once.goesOn).toBe(false)
  keepWarm = '10m'
  const warmer = warmerOf()
  expect(await warmer.warm(true)).toContain('It goes on by itself, up to 10m.')
  clock += 4 * MINUTE
  expect(await warmer.warm(false)).toBeNull()
  expect(warmer.goesOn).toBe(true)
  clock += 4 * MINUTE
  await warmer.warm(false)
  clock += 3 * MINUTE
  expect(warmer.goesOn).toBe(false)
  expect(await warmer.warm(false)).toMatch(/^Kept warm 4 times for \$0\.00\d+; the limit of 10m is reached\.$/)
  warmer.rest()
  expect(warmer.goesOn).toBe(false)
})

test('what is asked for has the same prefix as the next question', async () => {
  await ask('Why do tides turn?')
  const { request } = warmRequest(state, clock)!
  const next: TurnRequest = planRequest(state, 'And how high?')
  expect(next.messages.slice(0, request.messages.length)).toEqual(request.messages)
  expect([request.system, request.effort, request.thinking, request.model]).toEqual([
    ...[next.system, next.effort, next.thinking, next.model],
  ])
})
