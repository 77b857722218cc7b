/** What the bill, the cache, the window and summaries are worth. What a figure is made of, its own file knows. */

import type { Figure } from './measure.ts'
import { billFigures } from './money-bill.ts'
import { cacheFigures } from './money-cache.ts'
import { compactionFigures } from './money-compaction.ts'
import { windowFigures } from './money-window.ts'
import type { Server } from './server.ts'

/** @param rounds how often what takes time is timed */
export async function money(server: Server, rounds: number): Promise<readonly Figure[]> {
  return [
    ...(await billFigures()),
    ...(await cacheFigures()),
    ...(await windowFigures()),
    ...(await compactionFigures(server, rounds)),
  ]
}
