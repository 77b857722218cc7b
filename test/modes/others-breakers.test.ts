/** What one program learns of a model, and another one that is open hears of it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { statusBar } from '../../src/core/chat/status.ts'
import { type Event, fold, newConversation } from '../../src/core/conversation.ts'
import { failed } from '../../src/core/weather/breaker.ts'
import { openBreakers } from '../../src/io/weather/breakers.ts'
import { breakerName } from '../../src/modes/late/weather.ts'
import { followOthers } from '../../src/modes/weather/others-breakers.ts'
import { CHOICES } from '../kit/choices.ts'

const URL = 'http://127.0.0.1:1'
const MODEL = 'claude-sonnet-5-5'
const now = () => performance.now()
let folder: string
let stop = () => {}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claude-tui-others-'))
})
afterEach(() => {
  stop()
  rmSync(folder, { recursive: true, force: true })
})

test('shows in the status bar of another open chat, from its opening until the model answers again', async () => {
  const path = join(folder, 'cache', 'breakers.json')
  const told: Event[] = []
  const state = () => fold(newConversation({ ...CHOICES, model: MODEL }), told)
  const bar = () =>
    statusBar(state(), '', now(), 120)
      .map(({ text }) => text)
      .join('')
  stop = followOthers({
    ...{ path, baseUrl: URL, now, everyMs: 10 },
    resting: () => state().resting,
    tell: (event) => told.push(event),
  })
  expect(bar()).not.toContain('resting')
  const other = openBreakers(path, Date.now)
  const five = Array.from({ length: 5 }).reduce<ReturnType<typeof failed> | null>(
    (breaker) => failed(breaker, 'overload', null, Date.now()),
    null,
  )
  other.set(breakerName(URL, MODEL), five)
  other.set(breakerName('http://elsewhere', MODEL), five)
  await expect.poll(bar).toMatch(/resting (30|29)s/)
  expect(told).toHaveLength(1)
  other.set(breakerName(URL, MODEL), null)
  await expect.poll(bar).not.toContain('resting')
})
