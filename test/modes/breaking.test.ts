/** A model that is left alone, over the wire: who may ask it all the same. */

import { expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { CATALOGUE } from '../../src/core/models.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import type { TurnEvent } from '../../src/core/turn.ts'
import { OPENS_AFTER } from '../../src/core/weather/breaker.ts'
import { startDemo } from '../../src/demo/server.ts'
import { createApi } from '../../src/io/api.ts'
import { behindBreaker } from '../../src/modes/late/weather.ts'
import { CHOICES } from '../kit/choices.ts'

test('whoever waits for a model that rests does not reach it, but for a wish to have it now', async () => {
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY, script: `529 x${OPENS_AFTER}\ntext "here"` })
  const now = () => performance.now()
  const api = createApi({ baseUrl: demo.url, credential: { kind: 'key', secret: 'any', origin: 'test' }, now })
  const told: unknown[] = []
  const parts = { path: null, baseUrl: demo.url, models: CATALOGUE, waits: true, now }
  const guarded = behindBreaker(api, { ...parts, tell: (event) => void told.push(event.type) })
  const request = planRequest(newConversation(CHOICES), 'hi')
  const ask = async (more: object = {}) => {
    const events: TurnEvent[] = []
    await guarded.attempt({ ...request, ...more }, 1, new AbortController().signal, (event) => events.push(event))
    const end = events.at(-1)!
    return end.type === 'failed' ? end.failure.kind : end.type
  }
  for (let time = 1; time <= OPENS_AFTER; time++) expect(await ask()).toBe('overload')
  expect([await ask(), await ask()]).toEqual(['resting', 'resting'])
  expect(demo.requests).toHaveLength(OPENS_AFTER)
  expect(await ask({ isUrgent: true })).toBe('finished')
  expect(demo.requests).toHaveLength(OPENS_AFTER + 1)
  // It answers: it is left alone no more.
  expect(told).toEqual(['rested', 'rested'])
  api.close()
  await demo.close()
})
