/**
 * What the history is worth: that a kill loses nothing, that a start after it is as quick as any, and that a gigabyte of
 * history is as quick as none. What a figure is made of, its own file knows; here is their order.
 */

import type { Figure } from './measure.ts'
import { killFigures } from './memory-kills.ts'
import { largeFigures } from './memory-large.ts'
import { restartFigures } from './memory-restarts.ts'
import type { Server } from './server.ts'

/** Kills for each round that is asked for. */
const KILLS_A_ROUND = 20

/** @param rounds how often starts are timed; twenty times as many kills */
export async function memory(server: Server, rounds: number): Promise<readonly Figure[]> {
  return [
    ...(await killFigures(server, rounds * KILLS_A_ROUND)),
    ...(await restartFigures(server, rounds)),
    ...(await largeFigures(server, rounds)),
  ]
}
