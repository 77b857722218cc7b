import { expect, test } from 'vitest'
import { statsFigures } from '../../bench/lab-stats.ts'

test('the look back is timed beside the shortest command, on a history that it tells all of', async () => {
  const figures = await statsFigures(2, 400)
  expect(figures.map(({ name }) => name)).toEqual([
    'stats over 400 answers, the whole command',
    'the same as JSON',
    'stats to a plain --version',
  ])
  for (const { measured } of figures) expect(measured).toBeGreaterThan(0)
}, 60_000)
