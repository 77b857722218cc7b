/** Where the time of a call went: `--timing` for people, JSON for programs. */

import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'

test('--timing tells it on stderr in one line, and leaves stdout alone', async () => {
  await using night = await evening('text "ok" ttft=150ms', { speed: 1 })
  const { stdout, stderr, code } = await night.pipe({ args: ['--timing', 'hi'] })
  expect({ code, answer: stdout.toString() }).toEqual({ code: 0, answer: 'ok\n' })
  expect(stderr).toMatch(/^timing \S+ {2}[a-z!]{32} {2}.*h wait for headers \d+ms.*\n$/)
})

test('JSON has three first-token times, two speeds, and phases that add up', async () => {
  await using night = await evening('words n=40 thinking=20 rate=200', { speed: 1 })
  const { stdout } = await night.pipe({ args: ['--output-format', 'json', 'hi'] })
  const result = JSON.parse(stdout.toString())
  const value = (name: string): number => result[name].value
  expect(value('firstByteMs')).toBeLessThanOrEqual(value('firstThinkingMs'))
  expect(value('firstThinkingMs')).toBeLessThan(value('ttftMs'))
  expect(value('otps')).toBeGreaterThan(0)
  expect(value('visibleOtps')).toBeGreaterThan(0)
  const phases = Object.values(result.phases as Record<string, number>)
  expect(phases.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(value('totalMs'), 3)
  expect(result.phases).toMatchObject({ headers: expect.any(Number), decode: expect.any(Number) })
  expect(result.own.parseMs).toBeGreaterThan(0)
})
