/** What the bill, the cache, the window and summaries are worth. What a figure is made of, its own file knows. */

import type { Figure } from './measure.ts'
import { billFigures } from './money-bill.ts'

export async function money(): Promise<readonly Figure[]> {
  return [...(await billFigures())]
}
