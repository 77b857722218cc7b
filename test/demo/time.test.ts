import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CATALOGUE } from '../../src/core/models.ts'
import { jitter, paceOf } from '../../src/demo/pace.ts'
import { createWaits, Gone } from '../../src/demo/waits.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function waiting(speed: number, pingEveryMs = 10_000) {
  const leaving = new AbortController()
  const log: string[] = []
  const waits = createWaits({
    speed,
    signal: leaving.signal,
    pingEveryMs,
    flush: async () => {},
    ping: () => log.push('ping'),
  })
  const until = (time: number, name: string, pings = true) =>
    waits.until(time, { pings }).then(
      () => log.push(name),
      (error) => log.push(error instanceof Gone ? 'gone' : 'broken'),
    )
  return { waits, until, log, leave: () => leaving.abort() }
}

test('at twice the speed a second is over after half of one', async () => {
  const { until, log } = waiting(2)
  void until(1000, 'over')
  await vi.advanceTimersByTimeAsync(490)
  expect(log).toEqual([])
  await vi.advanceTimersByTimeAsync(20)
  expect(log).toEqual(['over'])
})

test('an exact wait sets its timer early, ends no sooner than told, and ends with its client', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { waits, log, leave } = waiting(1)
  const turns = async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  const told = (word: string) => () => log.push(word)
  void waits.until(100, { exact: true }).then(told('over'))
  await vi.advanceTimersByTimeAsync(99)
  await turns()
  expect({ log, timers: vi.getTimerCount() }).toEqual({ log: [], timers: 0 })
  // A timer of 1 ms, fired late, would let the client wait that much longer.
  await vi.advanceTimersByTimeAsync(1)
  await turns()
  expect(log).toEqual(['over'])
  void waits.until(102, { exact: true }).catch(told('gone'))
  await turns()
  leave()
  await turns()
  expect(log).toEqual(['over', 'gone'])
})

test('at infinite speed no timer is set, and the time has passed all the same', async () => {
  const { waits, until, log } = waiting(Number.POSITIVE_INFINITY)
  await until(60_000, 'over', false)
  expect(log).toEqual(['over'])
  expect(waits.now()).toBe(60_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('pings come due on the way, unless it is to be silent', async () => {
  const loud = waiting(1, 100)
  void loud.until(350, 'over')
  await vi.advanceTimersByTimeAsync(400)
  expect(loud.log).toEqual(['ping', 'ping', 'ping', 'over'])
  const silent = waiting(1, 100)
  void silent.until(350, 'over', false)
  await vi.advanceTimersByTimeAsync(400)
  expect(silent.log).toEqual(['over'])
})

test.each([1, Number.POSITIVE_INFINITY])(
  'a wait for ever at speed %s ends with the client, and leaves no timer',
  async (speed) => {
    const { until, log, leave } = waiting(speed)
    const over = until(Number.POSITIVE_INFINITY, 'over', false)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(log).toEqual([])
    leave()
    await over
    expect(log).toEqual(['gone'])
    expect(vi.getTimerCount()).toBe(0)
  },
)

test('haiku is quicker than sonnet, and sonnet than opus', () => {
  const paces = ['haiku', 'sonnet', 'opus'].map((line) => paceOf(CATALOGUE.find((card) => card.line === line)!))
  const [haiku, sonnet, opus] = paces as [(typeof paces)[0], (typeof paces)[0], (typeof paces)[0]]
  expect(haiku.ttftMs < sonnet.ttftMs && sonnet.ttftMs < opus.ttftMs).toBe(true)
  expect(haiku.tokensPerSecond > sonnet.tokensPerSecond && sonnet.tokensPerSecond > opus.tokensPerSecond).toBe(true)
})

test('law: jitter is the same for the same request number, and centred on 1', () => {
  fc.assert(
    fc.property(fc.nat(100_000), (number) => {
      const draw = () => {
        const next = jitter(number)
        return Array.from({ length: 1000 }, next)
      }
      const [factors, again] = [draw(), draw()]
      const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length
      return (
        factors.every((factor, i) => factor > 0.5 && factor < 1.5 && factor === again[i]) && Math.abs(mean - 1) < 0.05
      )
    }),
  )
})
