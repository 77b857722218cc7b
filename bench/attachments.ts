/** What attachments are worth. What a figure is made of, its own file knows; here is their order. */

import { fuzzFigures } from './attachments-fuzz.ts'
import { pipelineFigures } from './attachments-pipeline.ts'
import { promptFigures } from './attachments-prompt.ts'
import { smallerFigures } from './attachments-smaller.ts'
import type { Figure } from './measure.ts'
import type { Server } from './server.ts'

/** @param rounds how often what takes time is timed */
export async function attachments(server: Server, rounds: number): Promise<readonly Figure[]> {
  return [
    ...(await pipelineFigures(rounds)),
    ...(await promptFigures(server, rounds)),
    ...(await smallerFigures()),
    ...(await fuzzFigures()),
  ]
}
