/** Damaged images and PDFs, a few of those the bench makes: what it reports is also a test. */

import { expect, test } from 'vitest'
import { fuzzFigures } from '../../bench/attachments-fuzz.ts'
import { isGood } from '../../bench/measure.ts'

test('damaged files are sent whole, or refused with a reason', async () => {
  const figures = await fuzzFigures(180)
  expect(figures.filter((figure) => !isGood(figure))).toEqual([])
  expect(figures).toHaveLength(4)
}, 60_000)
