import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TurnRequest } from '../src/core/request.ts'
import type { TurnEvent } from '../src/core/turn.ts'
import { failure } from '../src/core/weather/failures.ts'
import type { Wish } from '../src/core/weather/resilience.ts'
import { type InsteadOf, type RoadOptions, travel } from '../src/road.ts'

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
  return roadWith({ speed }, ...attempts)
}

function roadWith(
  more: Partial<Pick<RoadOptions, 'speed' | 'instead' | 'patience' | 'stallAfterMs'>>,
  ...attempts: Attempt[]
) {
  const events: TurnEvent[] = []
  const stop = new AbortController()
  const asked: string[] = []
  const urgent: boolean[] = []
  let wish: ((wish: Wish) => void) | null = null
  let tries = 0
  let sent = 0
  const done = travel(request, stop.signal, (event) => events.push(event), {
    api: {
      async attempt({ model, isUrgent = false }, number, signal, emit) {
        asked.push(model)
        urgent.push(isUrgent)
        expect(number).toBe(sent + 1)
        await attempts[tries++]!((event) => {
          if (event.type !== 'failed' || event.failure.kind !== 'resting') sent = number
          emit(event)
        }, signal)
      },
    },
    patience,
    stallAfterMs: 5_000,
    now: () => performance.now(),
    chance: () => 0,
    wishes: {
      listen(hear) {
        wish = hear
        return () => {
          wish = null
        }
      },
    },
    ...more,
  })
  const wishes = (what: Wish) => wish?.(what)
  return { events, done, stop, asked, urgent, wishes, types: () => events.map(({ type }) => type), tries: () => tries }
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

  test('counts no attempt that was not sent, and does not wait for it without end', async () => {
    const resting = failure('resting', 'Not sent.', { transient: true, retryAfterMs: 2_000 })
    const { done, events } = road(fails(resting), fails(), fails(resting), answers)
    await vi.advanceTimersByTimeAsync(5_000)
    await done
    expect(events.map((event) => (event.type === 'waiting' ? event.attempt : event.type))).toEqual([
      ...[0, 1, 1, 'delta', 'finished'],
    ])
    const never = road(fails(resting), fails(resting), fails(resting))
    await vi.advanceTimersByTimeAsync(5_000)
    await never.done
    expect(never.events.at(-1)).toMatchObject({ type: 'failed', failure: { reason: 'Not sent.' } })
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

  const call = { ...patience, deadlineMs: 30_000, leastSilenceMs: 4_000 }
  /** Never says anything. */
  const dumb: Attempt = (emit, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        emit({ type: 'stopped', at: performance.now() })
        resolve()
      })
    })

  test('in a call, gives up silence before the first word soon enough to try again within the deadline', async () => {
    const { done, types } = roadWith({ patience: call, stallAfterMs: 90_000 }, dumb, answers)
    await vi.advanceTimersByTimeAsync(11_100)
    await done
    expect(types()).toEqual(['waiting', 'delta', 'finished'])
  })

  test('in a call, silence that stays ends with the deadline, and the least time of its last attempt', async () => {
    const began = performance.now()
    const { done, events } = roadWith({ patience: { ...call, deadlineMs: 3_000 }, stallAfterMs: 90_000 }, dumb, dumb)
    await vi.advanceTimersByTimeAsync(90_000)
    await done
    expect(events.at(-1)).toMatchObject({
      failure: {
        kind: 'stalled',
        reason: 'Nothing came for 4 s. Another attempt would come too late for the 3.0s it may take.',
      },
    })
    expect(events.at(-1)!.at - began).toBeLessThan(3_000 + 4_100)
  })

  test('in a call, words that came have the whole time between them', async () => {
    const { done, events } = roadWith({ patience: call, stallAfterMs: 90_000 }, silent)
    await vi.advanceTimersByTimeAsync(89_000)
    expect(events.map(({ type }) => type)).toEqual(['delta'])
    await vi.advanceTimersByTimeAsync(1_100)
    await done
    expect(events.at(-1)).toMatchObject({ failure: { kind: 'stalled', reason: 'Nothing came for 90 s.' } })
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

describe('while the next attempt is waited for', () => {
  test('it is made at once when somebody wishes so', async () => {
    const { done, wishes, types } = road(fails(), answers)
    await vi.advanceTimersByTimeAsync(10)
    wishes({ type: 'now' })
    await done
    expect(types()).toEqual(['waiting', 'delta', 'finished'])
  })

  test('another model is asked when somebody wishes so, and with its own patience', async () => {
    const { done, wishes, types, asked, events } = road(fails(), fails(), answers)
    await vi.advanceTimersByTimeAsync(10)
    wishes({ type: 'other', request: { ...request, model: 'n' }, notes: ['It is small.'] })
    await vi.advanceTimersByTimeAsync(1_000)
    await done
    expect(types()).toEqual(['waiting', 'fellBack', 'waiting', 'delta', 'finished'])
    expect(events[1]).toMatchObject({ from: 'm', to: 'n', by: 'person', failure: overloaded, notes: ['It is small.'] })
    expect(events[2]).toMatchObject({ attempt: 1, of: 3, delayMs: 1_000 })
    expect(asked).toEqual(['m', 'n', 'n'])
  })

  /** Does something else first, as a probe does, and is never sent. */
  const probes: Attempt = (_, signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

  test('what is done before it is sent is broken off for a wish, and it counts as no attempt', async () => {
    const now = road(fails(), probes, fails(), answers)
    await vi.advanceTimersByTimeAsync(1_000)
    now.wishes({ type: 'now' })
    await vi.advanceTimersByTimeAsync(2_000)
    await now.done
    expect(now.types()).toEqual(['waiting', 'waiting', 'delta', 'finished'])
    expect(now.urgent).toEqual([false, false, true, false])
    expect(now.events[1]).toMatchObject({ attempt: 2 })
    const other = road(fails(), probes, answers)
    await vi.advanceTimersByTimeAsync(1_000)
    other.wishes({ type: 'other', request: { ...request, model: 'n' }, notes: [] })
    await other.done
    expect(other.types()).toEqual(['waiting', 'fellBack', 'delta', 'finished'])
    expect(other.events[1]).toMatchObject({ from: 'm', to: 'n', by: 'person', failure: overloaded })
  })

  test('a wish that comes when nobody waits any more changes nothing', async () => {
    const { done, wishes, tries } = road(fails(), answers)
    await vi.advanceTimersByTimeAsync(1_000)
    wishes({ type: 'now' })
    await done
    expect(tries()).toBe(2)
  })
})

describe('a chain of models', () => {
  const chain = (...models: readonly string[]): InsteadOf => ({
    hasMore: (tried) => models.some((model) => !tried.includes(model)),
    async next(tried) {
      const model = models.find((one) => !tried.includes(one))
      return model === undefined
        ? { type: 'none', notes: ['Nobody else is there.'] }
        : { type: 'request', request: { ...request, model }, notes: [] }
    },
  })

  test('answers in the place of a model that cannot, after fewer attempts, and says who and why', async () => {
    const { done, events, types, asked } = roadWith({ instead: chain('n') }, fails(), fails(), fails(), answers)
    await vi.advanceTimersByTimeAsync(3_000)
    await done
    expect(types()).toEqual(['waiting', 'waiting', 'fellBack', 'delta', 'finished'])
    expect(events[2]).toMatchObject({ from: 'm', to: 'n', by: 'chain' })
    expect(events[2]).toMatchObject({ failure: { reason: 'Overloaded, after 3 attempts.' } })
    expect(asked).toEqual(['m', 'm', 'm', 'n'])
  })

  test('has attempts of its own for each model, the number of which stays', async () => {
    const four = { attempts: 4, deadlineMs: 60_000, firstDelayMs: 1, maxDelayMs: 1 }
    const { done, events } = roadWith(
      { instead: chain('n'), patience: four },
      ...Array.from({ length: 7 }, () => fails()),
    )
    await vi.advanceTimersByTimeAsync(100)
    await done
    const waits = events.flatMap((event) => (event.type === 'waiting' ? [`${event.attempt + 1} of ${event.of}`] : []))
    expect(waits).toEqual(['2 of 3', '3 of 3', '2 of 4', '3 of 4', '4 of 4'])
    expect(events.at(-1)).toMatchObject({
      failure: {
        reason: 'm: Overloaded, after 3 attempts. In its place, n: Overloaded, after 4 attempts. Nobody else is there.',
      },
    })
  })

  test('is not asked about what no other model cures, nor once text was shown', async () => {
    const half: Attempt = (emit) => {
      emit({ type: 'delta', at: 0, text: 'half' })
      emit({ type: 'failed', at: 0, failure: overloaded })
    }
    for (const attempt of [
      half,
      fails(failure('spend', 'No money.')),
      fails(failure('offline', 'No line.', { transient: false })),
    ]) {
      const { done, types, tries } = roadWith({ instead: chain('n') }, attempt)
      await done
      expect(tries()).toBe(1)
      expect(types().at(-1)).toBe('failed')
    }
  })

  test('ends with the failure of the first choice, which is asked first the next time, with those of the others, and who was thought of', async () => {
    const limited = failure('rate', 'Too many.', { transient: false })
    const { done, events, asked } = roadWith(
      { instead: chain('n', 'o') },
      fails(limited),
      fails(limited),
      fails(limited),
    )
    await done
    expect(asked).toEqual(['m', 'n', 'o'])
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      failure: { reason: 'm: Too many. In its place, n: Too many. Then o: Too many. Nobody else is there.' },
    })
  })

  test('goes on past a name that nobody knows, and keeps the first failure', async () => {
    const [lasting, unknown] = [{ transient: false, requestId: 'req_1' }, failure('missing', 'model: n (HTTP 404)')]
    const known = roadWith({ instead: chain('n', 'o') }, failsWith(lasting), fails(unknown), answers)
    await known.done
    expect(known.asked).toEqual(['m', 'n', 'o'])
    expect(known.events.filter(({ type }) => type === 'fellBack').at(-1)).toMatchObject({ from: 'n', failure: unknown })
    expect(known.types().at(-1)).toBe('finished')
    const none = roadWith({ instead: chain('n') }, failsWith(lasting), fails(unknown))
    await none.done
    expect(none.events.at(-1)).toMatchObject({
      failure: {
        ...{ kind: 'overload', requestId: 'req_1' },
        reason: 'm: Overloaded. In its place, n: model: n (HTTP 404). Nobody else is there.',
      },
    })
    // The name of the first choice itself is looked at by its person.
    const first = roadWith({ instead: chain('n') }, fails(unknown))
    await first.done
    expect(first.asked).toEqual(['m'])
  })

  test('leaves a model all our patience once it is known that nobody else can be asked', async () => {
    const instead: InsteadOf = { hasMore: () => true, next: async () => ({ type: 'none', notes: ['N is too small.'] }) }
    const six = { attempts: 6, deadlineMs: 600_000, firstDelayMs: 1, maxDelayMs: 1 }
    const again = roadWith({ instead, patience: six }, ...Array.from({ length: 6 }, () => fails()))
    await vi.advanceTimersByTimeAsync(10)
    await again.done
    expect(again.tries()).toBe(6)
    expect(again.events.at(-1)).toMatchObject({ failure: { reason: 'Overloaded, after 6 attempts. N is too small.' } })
  })

  test('ends with an earlier answer where there is one', async () => {
    const instead: InsteadOf = {
      hasMore: () => false,
      next: async () => ({ type: 'answer', text: 'As ever.', model: 'm', saidMs: 5, notes: [] }),
    }
    const { done, events, types } = roadWith({ instead }, failsWith({ transient: false }))
    await done
    expect(types()).toEqual(['recalled', 'delta', 'finished'])
    expect(events[0]).toMatchObject({ model: 'm', saidMs: 5, failure: { kind: 'overload' } })
  })
})

test('what the server asks for beyond our patience is said with its numbers', async () => {
  const { done, events } = road(failsWith({ retryAfterMs: 90_000 }))
  await done
  expect(events.at(-1)).toMatchObject({
    failure: {
      reason: 'Overloaded. The server asks to wait 1m 30s: that is more than is left of the 1m 0s it may take.',
    },
  })
})

test('a rest that is our own is not put into the mouth of the server', async () => {
  const { done, events } = road(failsWith({ retryAfterMs: 90_000, isRest: true }))
  await done
  expect(events.at(-1)).toMatchObject({
    failure: {
      reason: 'Overloaded. The model is left alone for 1m 30s: that is more than is left of the 1m 0s it may take.',
    },
  })
})
