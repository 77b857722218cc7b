/** What bad days are worth: every fault by itself, hundreds of turns among them, and thousands of bad answers. What a figure is made of, its own file knows. */

import type { Figure } from './measure.ts'
import type { Server } from './server.ts'
import { faultFigures } from './weather-faults.ts'
import { weatherFuzzFigures } from './weather-fuzz.ts'
import { soakFigures } from './weather-soak.ts'

export async function weather(server: Server): Promise<readonly Figure[]> {
  return [...(await faultFigures()), ...(await soakFigures(server)), ...(await weatherFuzzFigures())]
}
