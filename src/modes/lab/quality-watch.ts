/** Says when more of the last answers than a threshold allows do not fit, were declined or were cut short. */

import { existsSync } from 'node:fs'
import type { Turn } from '../../core/conversation.ts'
import { alertsOf } from '../../core/lab/quality/limits.ts'
import { qualityOf } from '../../core/lab/quality.ts'
import type { Settings } from '../../core/settings.ts'
import { cutShort } from '../../core/turn/outcome.ts'
import { type History, historyPath, openHistoryToRead } from '../../io/history.ts'
import type { Setup } from '../../setup.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** Answers a share is taken of. */
const LAST = 100

/** Whether an answer is one of those that are counted: without one more of them nothing is to be said anew. */
function isOdd({ end }: Pick<Turn, 'end'>): boolean {
  if (end?.type !== 'finished') return false
  return end.fits === false || end.stopReason === 'refusal' || cutShort(end.stopReason)
}

/** What is to be said after a call whose answer is saved. */
export const afterCall = async (turn: Turn, setup: Setup): Promise<readonly string[]> =>
  isOdd(turn) ? lately(setup) : []

/** The same after a batch that has odd answers. */
export async function lately({ settings, isDemo }: Setup): Promise<readonly string[]> {
  const path = historyPath(process.env, isDemo)
  if (settings.history === 'off' || !existsSync(path)) return []
  const history = await openHistoryToRead(path)
  try {
    return said(history, settings)
  } finally {
    history.close()
  }
}

const said = (history: Pick<History, 'lastAnswered'>, settings: Settings): readonly string[] =>
  alertsOf(qualityOf(history.lastAnswered(LAST)), settings).map(
    (alert) => `Lately ${alert[0]!.toLowerCase()}${alert.slice(1)}`,
  )

/** Watches the answers of a chat. Each kind is spoken of once. */
export function watchQuality({ setup, history, say }: ThriftParts): Required<Pick<Keeper, 'follow'>> {
  const told = new Set<string>()
  const look = async () => {
    const open = await history()
    for (const alert of open ? said(open.history, setup().settings) : []) {
      const kind = alert.replace(/[\d.,]+%?/g, '')
      if (!told.has(kind)) say(alert)
      told.add(kind)
    }
  }
  return {
    follow(state, event) {
      // By then it is in the history.
      if (event.type === 'finished' && state.settled && isOdd(state.settled)) setImmediate(() => void look())
    },
  }
}
