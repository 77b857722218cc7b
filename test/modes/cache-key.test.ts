/** The key that keeps the cache warm: it does so where the tag shows it, and says why not everywhere else. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Key } from '../../src/core/chat/keys.ts'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { type Demo, startDemo } from '../../src/demo/server.ts'
import { type Api, createApi } from '../../src/io/api.ts'
import { cacheKeeper } from '../../src/modes/thrift/cache.ts'
import type { Keeper, ThriftParts } from '../../src/modes/thrift.ts'
import { createAttempts } from '../../src/modes/weather/attempts.ts'
import { CHOICES } from '../kit/choices.ts'
import { MINUTE, turn } from '../kit/told-turns.ts'

const CTRL_X: Key = { type: 'chord', char: 'x', ctrl: true, alt: false, shift: false }
let clock = 0
let demo: Demo
let api: Api
let keeper: Keeper
let state: State
let said: string[] = []
let heard = Promise.withResolvers<void>()

beforeEach(async () => {
  clock = 0
  said = []
  heard = Promise.withResolvers<void>()
  demo = await startDemo({ speed: Number.POSITIVE_INFINITY })
  api = createApi({ baseUrl: demo.url, credential: { kind: 'key', secret: 'any', origin: 'test' }, now: () => clock })
})
afterEach(async () => {
  keeper.close?.()
  api.close()
  await demo.close()
})

/** 50,000 tokens, or fewer, written for five minutes at minute 0. */
function held(tokens = 50_000) {
  state = fold(newConversation(CHOICES), turn(0, { cacheWrite5m: tokens }))
  const runtime = {
    get state() {
      return state
    },
    dispatch(event: Event) {
      state = fold(state, [event])
    },
  }
  keeper = cacheKeeper({
    ...{ runtime, now: () => clock, draw: () => {}, draft: () => '', history: async () => null },
    setup: () => ({ api, replay: null, settings: { keepWarm: 'off' } }) as unknown as ReturnType<ThriftParts['setup']>,
    say(remark) {
      said.push(String(remark))
      heard.resolve()
    },
    ...{ compose: () => {}, ask: () => {}, attempts: createAttempts(() => clock), halt: () => {} },
  })
}
const calls = () => demo.requests.filter(({ path }) => path === '/v1/messages')

test('works from the moment it is shown, shows that it does, and a second press says so', async () => {
  held()
  clock = 4 * MINUTE
  expect(keeper.tag?.()).toContain('cache cold in 1:00')
  expect(keeper.onKey?.(CTRL_X)).toBe(true)
  expect(keeper.tag?.()).toBe('Keeping the cache warm…')
  expect(keeper.onKey?.(CTRL_X)).toBe(true)
  await heard.promise
  expect(said[0]).toBe('The cache is being kept warm already.')
  while (said.length < 2) await new Promise(setImmediate)
  expect(calls()).toHaveLength(1)
  expect(keeper.tag?.()).not.toBe('Keeping the cache warm…')
})

test.each([
  [
    'before it is needed',
    50_000,
    1 * MINUTE,
    /^The cache holds the prompt for 4:00 more: nothing was done\. \/cache warm/,
  ],
  ['where little is at stake', 900, 4.5 * MINUTE, /^A cold send would cost only ~\$0\.00\d+ more: nothing was done\./],
  [
    'too late',
    50_000,
    5 * MINUTE,
    /^The cache has gone cold: there is nothing to keep warm\. The next question costs ~\$0\.\d+\./,
  ],
])('%s, says so and sends nothing', (_when, tokens, at, why) => {
  held(tokens)
  clock = at
  expect(keeper.onKey?.(CTRL_X)).toBe(true)
  expect(said).toEqual([expect.stringMatching(why)])
  expect(calls()).toEqual([])
})

test('while an answer runs, or with nothing held, says so', async () => {
  held()
  state = fold(state, [{ type: 'asked', at: MINUTE, text: 'q' }])
  keeper.onKey?.(CTRL_X)
  expect(said).toEqual(['An answer is running: its request keeps the cache warm.'])
  state = newConversation(CHOICES)
  keeper.follow?.(state, { type: 'cleared' })
  keeper.onKey?.(CTRL_X)
  while (said.length < 2) await new Promise(setImmediate)
  expect(said[1]).toBe('Nothing is held that could be kept warm.')
})
