/** Keys that were pressed for one thing and come when another stands there: nothing is chosen, paid or written by them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Key } from '../../src/core/chat/keys.ts'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { keepChain, STANDS_MS } from '../../src/modes/thrift/chain.ts'
import { AGAIN_MS, createFinger } from '../../src/modes/thrift/finger.ts'
import { keepGoing } from '../../src/modes/thrift/weather.ts'
import type { Keeper, ThriftParts } from '../../src/modes/thrift.ts'
import { createAttempts } from '../../src/modes/weather/attempts.ts'
import { CHOICES } from '../kit/choices.ts'

const chord = (char: string): Key => ({ type: 'chord', char, ctrl: true, alt: false, shift: false })
const [CTRL_X, CTRL_S] = [chord('x'), chord('s')]
const MODEL = 'claude-sonnet-5-5'
const overloaded = failure('overload', 'Overloaded (HTTP 529)')

let clock = 0
let state: State
let wishes = 0
let keepers: readonly Keeper[]
let press: (key: Key) => boolean
let place: string

const happen = (event: Event) => {
  if (event.type === 'hurryAsked') wishes++
  state = fold(state, [event])
  for (const keeper of keepers) keeper.follow?.(state, event)
}

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'finger-'))
  vi.stubEnv('CLAUDE_TUI_CONFIG_DIR', place)
  clock = 0
  wishes = 0
  state = newConversation({ ...CHOICES, model: MODEL, fallback: 'ask' })
  const runtime = {
    get state() {
      return state
    },
    dispatch: happen,
  }
  const parts: ThriftParts = {
    ...{ runtime, now: () => clock, draw: () => {}, draft: () => '', history: async () => null, say: () => {} },
    setup: () => ({ replay: null, isDemo: true, settings: { breaker: 'off' } }) as never,
    ...{ compose: () => {}, ask: () => {}, attempts: createAttempts(() => clock), halt: () => {} },
  }
  const warm: Keeper = { onKey: (key) => key === CTRL_X && warmed++ >= 0 }
  warmed = 0
  keepers = [keepGoing(parts), keepChain(parts), warm]
  press = createFinger(keepers, () => clock)
})
let warmed = 0
afterEach(() => {
  for (const keeper of keepers) keeper.close?.()
  vi.unstubAllEnvs()
  rmSync(place, { recursive: true, force: true })
})

const waits = (attempt: number) => {
  happen({ type: 'sent', at: clock, attempt, model: MODEL })
  happen({ type: 'waiting', at: clock, attempt, of: 5, delayMs: 20_000, failure: overloaded })
}
const fails = () => {
  happen({ type: 'sent', at: clock, attempt: 5, model: MODEL })
  happen({ type: 'failed', at: clock, failure: overloaded })
}
const tag = () => JSON.stringify(keepers.map((keeper) => keeper.tag?.() ?? null))

test('whoever has the next attempt made again and again answers no question that comes up meanwhile', () => {
  happen({ type: 'asked', at: clock, text: 'q' })
  for (const attempt of [1, 2, 3, 4]) {
    waits(attempt)
    clock += 350
    expect(press(CTRL_X)).toBe(true)
  }
  fails()
  expect(wishes).toBe(4)
  expect(tag()).toContain('answer when Sonnet')
  for (let time = 0; time < 6; time++) {
    expect(tag()).not.toContain('Ctrl+')
    clock += 350
    expect(press(CTRL_X)).toBe(true)
  }
  expect(state.choices.fallback).toBe('ask')
  // Somebody who has let go of it, and has read what it does now, is asked.
  clock += Math.max(STANDS_MS, AGAIN_MS)
  expect(tag()).toContain('Ctrl+X')
  expect(press(CTRL_X)).toBe(true)
  expect(state.choices.fallback).toBe('on')
})

test('nor does a first press that comes as the question does; the other key waits as well', () => {
  happen({ type: 'asked', at: clock, text: 'q' })
  fails()
  clock += STANDS_MS - 1
  expect([press(CTRL_X), press(CTRL_S)]).toEqual([true, true])
  expect(state.choices.fallback).toBe('ask')
  clock += STANDS_MS
  expect(press(CTRL_S)).toBe(true)
  expect(state.choices.fallback).toBe('off')
})

test('a later press for another attempt is none for the cache', () => {
  happen({ type: 'asked', at: clock, text: 'q' })
  waits(1)
  press(CTRL_X)
  happen({ type: 'sent', at: clock, attempt: 2, model: MODEL })
  clock += AGAIN_MS - 1
  expect([press(CTRL_X), warmed]).toEqual([true, 0])
  clock += AGAIN_MS
  expect([press(CTRL_X), warmed]).toEqual([true, 1])
})
