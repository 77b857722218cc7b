import { expect, test } from 'vitest'
import { createGate } from '../../../src/io/attachments/gate.ts'

const { signal } = new AbortController()

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const told: boolean[] = []
  return {
    run: (isAlone: boolean) => {
      told.push(isAlone)
      return promise
    },
    told,
    end: resolve,
  }
}

test('as much goes on as there is room for, each told whether it is alone, in order', async () => {
  const gate = createGate(2, 100)
  const [first, second, third, large, last] = [work(), work(), work(), work(), work()]
  const alone = gate.pass(40, first.run, signal)
  await Promise.resolve()
  const passed = [
    alone,
    gate.pass(40, second.run, signal),
    gate.pass(10, third.run, signal),
    gate.pass(500, large.run, signal),
    gate.pass(1, last.run, signal),
  ]
  await Promise.resolve()
  const told = () => [first, second, third, large, last].map((one) => one.told.at(0))
  expect(told()).toEqual([true, false, undefined, undefined, undefined])
  first.end()
  await passed[0]
  await Promise.resolve()
  expect(told()).toEqual([true, false, false, undefined, undefined])
  second.end()
  third.end()
  await Promise.all(passed.slice(1, 3))
  await Promise.resolve()
  // What is larger than all there is runs alone, and nobody passes it.
  expect(told()).toEqual([true, false, false, true, undefined])
  large.end()
  last.end()
  await Promise.all(passed)
  expect(told().at(-1)).toBe(true)
})

test('who was stopped while waiting lets others through', async () => {
  const gate = createGate(1, 100)
  const [first, second, third] = [work(), work(), work()]
  const stop = new AbortController()
  const one = gate.pass(1, first.run, signal)
  const two = gate.pass(1, second.run, stop.signal)
  const three = gate.pass(1, third.run, signal)
  stop.abort(new Error('enough'))
  await expect(two).rejects.toThrow('enough')
  first.end()
  third.end()
  await Promise.all([one, three])
  expect([second.told, third.told]).toEqual([[], [true]])
})
