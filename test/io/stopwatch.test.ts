import { describe, expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import type { TurnEvent } from '../../src/core/turn.ts'
import { startDemo } from '../../src/demo/server.ts'
import { createApi } from '../../src/io/api.ts'
import { stopwatch } from '../../src/io/wire/stopwatch.ts'
import { CHOICES } from '../kit/choices.ts'

/** A watch whose clock is moved by hand. */
function byHand() {
  let at = 100
  const watch = stopwatch(() => at)
  return {
    watch,
    later(ms: number, deed: () => unknown) {
      at += ms
      deed()
    },
  }
}

describe('a request on its way', () => {
  test('over a new connection takes each leg after the other', () => {
    const { watch, later } = byHand()
    watch.sent()
    later(2, () => watch.step('handed'))
    later(30, () => watch.step('tcp'))
    later(45.6789, () => watch.step('tls'))
    later(7, () => watch.step('uploaded'))
    expect(watch.wire()).toEqual({ wire: { handedMs: 2, connectMs: 30, tlsMs: 45.679, uploadMs: 7 } })
  })

  test('that is sent again, since its connection had died, is told as it went the second time', () => {
    const { watch, later } = byHand()
    watch.sent()
    later(1, () => watch.step('handed'))
    later(1, () => watch.step('uploaded'))
    later(8, () => watch.step('handed'))
    later(20, () => watch.step('tcp'))
    expect(watch.wire()).toEqual({ wire: { handedMs: 10, connectMs: 20, tlsMs: null, uploadMs: null } })
  })

  test('that nobody watched, as in a replay, is not told at all', () => {
    expect(byHand().watch.wire()).toEqual({})
  })
})

test('reading is what lies between a chunk being given and its reader coming back', () => {
  const { watch, later } = byHand()
  later(0, watch.given)
  later(3, watch.taken)
  later(500, watch.given)
  later(0.5, watch.taken)
  later(90, watch.given)
  expect(watch.own(694.5)).toEqual({ parseMs: 4.5 })
})

test('the first answer of a server tells of its connection, the next one of none', async () => {
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY })
  const credential = { kind: 'key', secret: 'any', origin: 'test' } as const
  const api = createApi({ baseUrl: demo.url, credential, now: () => performance.now() })
  const request = planRequest(newConversation(CHOICES), 'hi')
  const heard = async () => {
    const events: TurnEvent[] = []
    await api.attempt(request, 1, new AbortController().signal, (event) => events.push(event))
    const end = events.at(-1)
    expect(end).toMatchObject({ type: 'finished', own: { parseMs: expect.any(Number) } })
    return events.find((event) => event.type === 'heard')
  }
  expect(await heard()).toMatchObject({ wire: { connectMs: expect.any(Number), tlsMs: null } })
  expect(await heard()).toMatchObject({ wire: { connectMs: null, tlsMs: null, uploadMs: expect.any(Number) } })
  api.close()
  await demo.close()
})
