/** The meter against the demo server's own log: what the bench reports is also a test. */

import { expect, test } from 'vitest'
import { isGood } from '../../bench/measure.ts'
import { meterFigures } from '../../bench/money-window.ts'

test("after each turn, with every model, the meter is the server's own count, and whatever is not counted is marked", async () => {
  const figures = await meterFigures()
  expect(figures.filter((figure) => !isGood(figure))).toEqual([])
  expect(figures).toHaveLength(2)
}, 60_000)
