/** The saved conversations as a list: found in the history, looked into one by one, named, thrown away and brought back. */

import { shortTitle } from '../../core/conversation/title.ts'
import type { Event, State } from '../../core/conversation.ts'
import { CONVERSATIONS, type ConversationRow, conversationLooks } from '../../core/picker/conversations.ts'
import type { Told } from '../../core/picker/excerpt.ts'
import { toldOf } from '../../core/picker/turns.ts'
import type { History, Listed } from '../../io/history.ts'
import type { Source } from './chooser.ts'
import { lastTurn, pastTurn } from './past-turn.ts'

/** A conversation, and the row of the history where the search found something. */
export type PastRow = Listed & { readonly row?: number | null } & Pick<ConversationRow, 'ended'>

export interface Past {
  readonly history: Pick<History, 'list' | 'search' | 'row' | 'rows' | 'size' | 'bin' | 'retitle'>
  readonly recorder: { readonly conversation: number | null }
}

export interface PastParts {
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  /** Milliseconds since 1970; absent: by the clock. */
  readonly wallNow?: () => number
  /** Goes on with an earlier conversation. */
  readonly resume: (id: number) => void
}

/** Looks into conversations that are remembered. */
const REMEMBERED = 60

export function conversationSource({ history, recorder }: Past, parts: PastParts): Source<PastRow> {
  const { runtime, resume, wallNow = Date.now } = parts
  const isOpen = (row: PastRow) => row.id === recorder.conversation
  const seen = new Map<string, Told | null>()
  /** What was thrown away while the list was open, the latest last. */
  const thrown: PastRow[] = []

  const look = ({ id, row }: PastRow): Told | null => {
    const hit = row == null ? null : history.row(row)
    const turn = hit ? pastTurn(history, id, hit.seq, runtime.state) : lastTurn(history, id, runtime.state)
    return turn && toldOf(turn)
  }

  const told = (row: PastRow): Told | null => {
    const key = `${row.id} ${row.row ?? ''} ${row.updatedMs}`
    if (!seen.has(key)) {
      if (seen.size >= REMEMBERED) seen.clear()
      seen.set(key, look(row))
    }
    return seen.get(key) ?? null
  }

  const rename = (row: PastRow, text: string) => {
    const title = shortTitle(text)
    if (title === '') return
    // Of the conversation that is open it is one more event; another row would look like another terminal's.
    if (isOpen(row)) runtime.dispatch({ type: 'titled', title, by: 'user' })
    else history.retitle(row.id, title, wallNow())
  }

  return {
    kind: {
      ...CONVERSATIONS,
      // How to take a deed back is told as long as there is one.
      get acts() {
        return CONVERSATIONS.acts.map((act) =>
          act.name === 'undo' && thrown.length > 0 ? { ...act, tells: 'undo' } : act,
        )
      },
    },
    looks: conversationLooks({
      ...{ now: wallNow, models: () => runtime.state.models, told },
      current: () => recorder.conversation,
    }),
    find(typed, limit) {
      // One more than wanted tells whether there are more.
      const rows: readonly PastRow[] =
        typed.trim() === '' ? history.list({ limit: limit + 1 }) : history.search(typed, limit + 1)
      return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
    },
    take(row, list) {
      if (isOpen(row)) list.tell(['This conversation is the one that is open.', 'It is the one that is open.'])
      else resume(row.id)
      return !isOpen(row)
    },
    act(act, row, text, list) {
      if (act.name === 'rename' && row) {
        rename(row, text)
        list.refresh()
      }
      if (act.name === 'delete' && row) {
        if (isOpen(row)) {
          return list.tell(['This conversation is open: /delete puts it into the bin.', 'It is open: /delete bins it.'])
        }
        history.bin(row.id, wallNow())
        thrown.push(row)
        list.refresh()
        const undo = `${list.undo} takes it out again.`
        list.tell([`“${row.title}” is in the bin. ${undo}`, `In the bin. ${undo}`, `${list.undo} undoes it.`])
      }
      if (act.name === 'undo') {
        const back = thrown.pop()
        if (!back) return list.tell('Nothing was deleted here.')
        history.bin(back.id, null)
        list.refresh()
        list.pointAt(back.id)
        list.tell([`“${back.title}” is out of the bin.`, 'It is out of the bin.'])
      }
    },
  }
}
