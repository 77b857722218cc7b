/** Takes in what earlier programs could not save and left beside the history, each file once. */

import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { count } from '../../core/figures/words.ts'
import { Unreadable } from '../../core/history/import/arrival.ts'
import { arrivalsIn } from '../../core/history/import/arrivals.ts'
import { sayProblem } from '../../core/problem.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { leftAside } from '../../io/aside.ts'
import { type Brought, type History, HistoryTrouble, type Listed } from '../../io/history.ts'
import { newcomer } from './newcomer.ts'

/** How often, and with which pause in ms, it is tried while another program writes. */
const TRIES = { count: 20, pauseMs: 50 } as const

type Taking = Pick<History, 'path' | 'bring' | 'meant' | 'rest'>

/**
 * A file that cannot be read is left as it is, and named.
 * @param tell takes a line for people
 * @returns the conversations whose last turn was cut off, in the order of their files
 * @throws HistoryTrouble then nothing of that file was taken in, and it is still there
 */
export async function takeIn(history: Taking, tell: (line: string) => void): Promise<readonly number[]> {
  const cut: number[] = []
  for (const file of leftAside(history.path)) {
    const brought = await takeInFile(history, file, tell)
    const grown = brought.filter(({ turns }) => turns > 0)
    const conversations = grown.flatMap(({ uid }) => conversationOf(history, uid))
    cut.push(...conversations.filter(({ ended }) => ended === 'failed').map(({ id }) => id))
    const turns = grown.reduce((sum, one) => sum + one.turns, 0)
    const titles = conversations.map(({ title }) => `“${sanitiseLine(title)}”`).join(', ')
    if (turns > 0)
      tell(`${count(turns, 'turn')} could not be saved before and ${turns === 1 ? 'is' : 'are'} now: ${titles}.`)
  }
  return cut
}

async function takeInFile(history: Taking, file: string, tell: (line: string) => void): Promise<readonly Brought[]> {
  for (let tried = 1; ; tried++) {
    try {
      const bytes = readFileSync(file)
      const brought = history.bring(
        Array.from(arrivalsIn(bytes, file, Date.now()), (arrival) => newcomer(arrival)),
        Date.now(),
      )
      history.rest()
      rmSync(file, { force: true })
      return brought
    } catch (error) {
      // Another program was first.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      if (error instanceof HistoryTrouble) {
        if (error.kind !== 'busy' || tried === TRIES.count) throw error
        await sleep(TRIES.pauseMs)
        continue
      }
      const why = error instanceof Unreadable ? sayProblem(error.problem) : `${file}: ${(error as Error).message}`
      tell(`What could not be saved before cannot be read: ${sanitiseLine(why)}. The file is left as it is.`)
      return []
    }
  }
}

const conversationOf = (history: Taking, uid: string): readonly Listed[] =>
  [...history.meant(uid), ...history.meant(uid, { deleted: true })].slice(0, 1)
