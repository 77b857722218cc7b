/** Bad answers, a few of those the bench makes: what it reports is also a law. */

import { expect, test } from 'vitest'
import { isGood } from '../../bench/measure.ts'
import { fuzzed, weatherFuzzFigures } from '../../bench/weather-fuzz.ts'
import { badAnswer } from '../../bench/weather-streams.ts'

test('bad answers break nothing, steer nothing, and are remembered as they were', async () => {
  const figures = await weatherFuzzFigures(400, 1)
  expect(figures.filter((figure) => !isGood(figure))).toEqual([])
  expect(figures).toHaveLength(5)
}, 120_000)

test('the same seed gives the same answers, another one others', () => {
  expect(badAnswer(7, 3)).toEqual(badAnswer(7, 3))
  expect(badAnswer(8, 3)).not.toEqual(badAnswer(7, 3))
})

test('both roads are walked, and what is bad about an answer is told with its number', async () => {
  const { overHttp, wrong } = await fuzzed(41, 2)
  expect(overHttp).toBe(3)
  expect(wrong).toEqual([])
})
