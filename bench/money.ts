/** What money and room are worth: each part's figures, in order. What a figure is made of, its own file knows. */

import type { Figure } from './measure.ts'
import { cacheFigures } from './money-cache.ts'

export async function money(): Promise<readonly Figure[]> {
  return [...(await cacheFigures())]
}
