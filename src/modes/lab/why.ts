/** `/why` and `/explain` in the chat: a turn's times beside what is usual for this user, and what each figure means. */

import { MOST_ANSWERS, type Timed } from '../../core/figures/baseline.ts'
import { explain } from '../../core/figures/explain.ts'
import { whyReport } from '../../core/figures/why.ts'
import { rowOfTurn } from '../../core/money/ledger.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { Turn } from '../../core/turn/turns.ts'
import { promptTokens } from '../../core/turn.ts'
import type { ThriftParts } from '../thrift.ts'

type Say = (remark: Remark) => void

export async function why(argument: string, { runtime, history, isInLines }: ThriftParts, say: Say): Promise<void> {
  const words = argument.toLowerCase().split(/\s+/).filter(Boolean)
  const isWhole = words.includes('all')
  const [wanted] = words.filter((word) => word !== 'all')
  const { state } = runtime
  const { turns, branches, models } = state
  const all = [...turns, ...branches]
  const turn = wanted === undefined ? lastOf(state) : (all.find(({ number }) => String(number) === wanted) ?? null)
  if (!turn) return say(noSuchTurn(wanted, state))
  const open = await history()
  const past = open ? open.history.timed(MOST_ANSWERS, turn.model) : timedHere(all, turn.model)
  say(whyReport(turn, past, models, isWhole, isInLines))
}

export function tellTerm(argument: string, { runtime }: ThriftParts, say: Say): void {
  const { state } = runtime
  say(explain(argument, lastOf(state), state.models))
}

/** The last turn that is over: of one that runs nothing is final. */
const lastOf = ({ turns, settled }: ThriftParts['runtime']['state']): Turn | null => turns.at(-1) ?? settled

function noSuchTurn(wanted: string | undefined, { next, live }: ThriftParts['runtime']['state']): string {
  const last = live ? next - 2 : next - 1
  if (last < 1) return live ? 'The first answer still runs: /why tells when it is over.' : 'Nothing was asked yet.'
  if (wanted === String(live?.number)) return `Turn ${wanted} still runs: /why tells when it is over.`
  return `There is no turn "${wanted}": expected a number from 1 to ${last}, or nothing for the last one.`
}

/** Without a history: what was answered in this conversation. */
function timedHere(turns: readonly Turn[], model: string): readonly Timed[] {
  return turns.flatMap((turn): readonly Timed[] => {
    const row = turn.model === model && turn.end?.type === 'finished' ? rowOfTurn(turn) : null
    if (!row?.phases || !turn.usage) return []
    const { output, thinking, messageId, phases } = row
    return [{ prompt: promptTokens(turn.usage), output, thinking, messageId, phases }]
  })
}
