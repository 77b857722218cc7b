/**
 * The glass's figures: how a whole chat at the terminal feels and what it costs, each beside the floor (`floor.mjs`) in
 * the same run. What a figure is made of, its own file knows; here is their order.
 */

import { fileURLToPath } from 'node:url'
import { CLIENT } from '../test/kit/lodging.ts'
import { type Client, client } from './driver.ts'
import { echoFigures, memoryFigures, startFigures } from './glass-keys.ts'
import { streamFigures } from './glass-stream.ts'
import { sitting } from './glass-turn.ts'
import { wordFigures } from './glass-words.ts'
import type { Figure } from './measure.ts'
import type { Server } from './server.ts'

const FLOOR = fileURLToPath(new URL('floor.mjs', import.meta.url))

/** Keys timed for each round that is asked for. */
const KEYS_A_ROUND = 3

/** @param rounds how often starts and first tokens are timed; three times as many keys */
export async function glass(server: Server, rounds: number): Promise<readonly Figure[]> {
  const ours = client('claude-tui', CLIENT, server.url)
  const floor = client('floor', FLOOR, server.url)
  try {
    // Once uncounted: caches are filled by it.
    for (const one of [ours, floor]) await warmUp(one)
    return [
      ...(await startFigures(ours, floor, rounds)),
      ...(await streamFigures(ours, floor, server, rounds)),
      ...(await echoFigures(ours, floor, server, rounds * KEYS_A_ROUND)),
      ...(await memoryFigures(ours, floor, server)),
      ...(await wordFigures(ours, floor, server)),
    ]
  } finally {
    for (const { lodging } of [ours, floor]) lodging.remove()
  }
}

const warmUp = (who: Client) => sitting(who, async (session) => session.quiet(300))
