import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../src/core/failures.ts'
import type { TurnRequest } from '../src/core/request.ts'
import type { TurnEvent } from '../src/core/turn.ts'
import { travel } from '../src/road.ts'

const request: TurnRequest = {
  model: 'm',
  system: null,
  messages: [],
  maxTokens: 1,
  effort: null,
  thinking: 'unsaid',
  cache: { system: null, end: null },
  stream: true,
}
const patience = { attempts: 3, deadlineMs: 60_000, firstDelayMs: 1_000, maxDelayMs: 10_000 }
const overloaded = failure('overload', 'Overloaded')

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

type Attempt = (emit: (event: TurnEvent) => void, signal: AbortSignal) => Promise<void> | void

/** A road whose attempts go as told, one after another. */
const road = (...attempts: Attempt[]) => roadAt(1, ...attempts)

function roadAt(speed: number, ...attempts: Attempt[]) {
  const events: TurnEvent[] = []
  const stop = new AbortController()
  let tries = 0
  const done = travel(request, stop.signal, (event) => events.push(event), {
    api: {
      async attempt(_request, number, signal, emit) {
        expect(number).toBe(++tries)
        await attempts[tries - 1]!(emit, signal)
      },
    },
    patience,
    stallAfterMs: 5_000,
    now: () => performance.now(),
    chance: () => 0,
    speed,
  })
  return { events, done, stop, types: () => events.map(({ type }) => type), tries: () => tries }
}
const fails =
  (what = overloaded): Attempt =>
  (emit) =>
    emit({ type: 'failed', at: performance.now(), failure: what })
const failsWith = (more: Partial<typeof overloaded>) => fails({ ...overloaded, ...more })
const answers: Attempt = (emit) => {
  emit({ type: 'delta', at: performance.now(), text: 'hi' })
  emit({ type: 'finished', at: performance.now(), stopReason: 'end_turn', explanation: null })
}
/** Speaks once, then falls silent until it is aborted. */
const silent: Attempt = (emit, signal) => {
  emit({ type: 'delta', at: performance.now(), text: 'half' })
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => {
      emit({ type: 'stopped', at: performance.now() })
      resolve()
    }),
  )
}

describe('the road of a turn', () => {
  test('waits after an overload, says so, and goes on to the answer', async () => {
    const { done, events, types } = road(fails(), answers)
    await vi.advanceTimersByTimeAsync(999)
    expect(types()).toEqual(['waiting'])
    expect(events[0]).toMatchObject({ attempt: 1, of: 3, delayMs: 1_000, failure: overloaded })
    await vi.advanceTimersByTimeAsync(1)
    await done
    expect(types()).toEqual(['waiting', 'delta', 'finished'])
  })

  test('gives up after its attempts and says how many there were', async () => {
    const { done, events, types } = road(fails(), fails(), fails())
    await vi.advanceTimersByTimeAsync(3_000)
    await done
    expect(types()).toEqual(['waiting', 'waiting', 'failed'])
    expect(events.at(-1)).toMatchObject({ failure: { reason: 'Overloaded, after 3 attempts.' } })
  })

  test('waits less in a replay that is faster, and its patience ends all the same', async () => {
    const waits = failsWith({ retryAfterMs: 40_000 })
    const { done, events, types } = roadAt(Number.POSITIVE_INFINITY, waits, waits, waits)
    await vi.advanceTimersByTimeAsync(1)
    await done
    expect(types()).toEqual(['waiting', 'failed'])
    expect(events[0]).toMatchObject({ delayMs: 0 })
  })

  test('never sends again what already showed text, nor what time cannot cure', async () => {
    const cut: Attempt = (emit) => {
      emit({ type: 'delta', at: 0, text: 'half' })
      emit({ type: 'failed', at: 0, failure: failure('cut', 'cut') })
    }
    for (const attempt of [cut, fails(failure('key', 'no'))]) {
      const { done, tries } = road(attempt)
      await done
      expect(tries()).toBe(1)
    }
  })

  test('stops at once while waiting for the next attempt', async () => {
    const { done, stop, types } = road(fails())
    await vi.advanceTimersByTimeAsync(10)
    stop.abort()
    await done
    expect(types()).toEqual(['waiting', 'stopped'])
  })

  test('stops in the middle of an answer', async () => {
    const { done, stop, types } = road(silent)
    await vi.advanceTimersByTimeAsync(10)
    stop.abort()
    await done
    expect(types()).toEqual(['delta', 'stopped'])
  })

  test('calls silence a stall after its time, and keeps what came', async () => {
    const { done, events } = road(silent)
    await vi.advanceTimersByTimeAsync(5_001)
    await done
    expect(events.map(({ type }) => type)).toEqual(['delta', 'failed'])
    expect(events.at(-1)).toMatchObject({ failure: { kind: 'stalled', reason: 'Nothing came for 5 s.' } })
  })

  test('takes any sign of life, a ping included, for a reason to wait on', async () => {
    const pinging: Attempt = async (emit, signal) => {
      for (let i = 0; i < 4; i++) {
        await new Promise((resolve) => setTimeout(resolve, 4_000))
        expect(signal.aborted).toBe(false)
        emit({ type: 'alive', at: performance.now() })
      }
      answers(emit, signal)
    }
    const { done, types } = road(pinging)
    await vi.advanceTimersByTimeAsync(16_000)
    await done
    expect(types()).toEqual(['alive', 'alive', 'alive', 'alive', 'delta', 'finished'])
  })
})
