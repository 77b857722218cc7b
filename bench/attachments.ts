/** What attachments are worth. What a figure is made of, its own file knows; here is their order. */

import { fuzzFigures } from './attachments-fuzz.ts'
import { pipelineFigures } from './attachments-pipeline.ts'
import { smallerFigures } from './attachments-smaller.ts'
import type { Figure } from './measure.ts'
import type { Server } from './server.ts'

/** @param rounds how often what takes time is timed */
export async function attachments(_server: Server, rounds: number): Promise<readonly Figure[]> {
  return [...(await pipelineFigures(rounds)), ...(await smallerFigures()), ...(await fuzzFigures())]
}
