/**
 * The lab's figures: that a bench is honest, that a batch of ten thousand loses nothing and wastes no time, that every bill
 * is the server's own, that a look back is quick, and that none of it costs whoever does not use it.
 */

import { batchFigures } from './lab-batch.ts'
import { benchFigures } from './lab-bench.ts'
import { raceFigures } from './lab-race.ts'
import { scriptFigures } from './lab-scripts.ts'
import { startFigures } from './lab-start.ts'
import { statsFigures } from './lab-stats.ts'
import type { Figure } from './measure.ts'
import type { Server } from './server.ts'

/** @param rounds how often each time is taken */
export async function lab(server: Server, rounds: number): Promise<readonly Figure[]> {
  return [
    ...(await startFigures(server, rounds)),
    ...(await benchFigures()),
    ...(await raceFigures()),
    ...(await scriptFigures()),
    ...(await batchFigures()),
    ...(await statsFigures(rounds)),
  ]
}
