/** The saved conversations as a list: found in the history, looked into one by one, named, thrown away and brought back. */

import type { State } from '../../core/conversation.ts'
import { CONVERSATIONS, type ConversationRow, conversationLooks } from '../../core/picker/conversations.ts'
import type { Told } from '../../core/picker/excerpt.ts'
import { toldOf } from '../../core/picker/turns.ts'
import { sanitiseLine } from '../../core/sanitise.ts'
import type { History, Listed } from '../../io/history.ts'
import type { Source } from './chooser.ts'
import { lastTurn, pastTurn } from './past-turn.ts'

/** A conversation, and where in it the search found something. */
export type Found = Listed & Pick<ConversationRow, 'ended'> & { readonly row?: number | null }

export interface ConversationParts {
  /** null: it is not open yet. */
  readonly history: () => Pick<History, 'list' | 'search' | 'row' | 'rows' | 'size' | 'bin' | 'retitle'> | null
  readonly state: () => State
  /** Number of the conversation that is open; null: it has none. */
  readonly current: () => number | null
  /** Milliseconds since 1970. */
  readonly wallNow: () => number
  readonly resume: (conversation: Listed) => void
  /** Gives the open conversation a name. */
  readonly rename: (title: string) => void
}

/** Looks into conversations that are remembered. */
const REMEMBERED = 60
/** UTF-16 units of a name: what a list can show, and some. */
const LONGEST_NAME = 120

export function conversationSource(parts: ConversationParts): Source<Found> {
  const { history, state, current, wallNow } = parts
  const seen = new Map<string, Told | null>()
  /** What was thrown away while the list was open, the latest last. */
  const thrown: Found[] = []

  const look = ({ id, row }: Found): Told | null => {
    const past = history()
    if (!past) return null
    const hit = row == null ? null : past.row(row)
    const turn = hit ? pastTurn(past, id, hit.seq, state()) : lastTurn(past, id, state())
    return turn && toldOf(turn)
  }

  const told = (row: Found): Told | null => {
    const key = `${row.id} ${row.row ?? ''} ${row.updatedMs}`
    if (!seen.has(key)) {
      if (seen.size >= REMEMBERED) seen.clear()
      seen.set(key, look(row))
    }
    return seen.get(key) ?? null
  }

  return {
    kind: CONVERSATIONS,
    looks: conversationLooks({ now: wallNow, models: () => state().models, current, told }),
    find(typed, limit) {
      const past = history()
      if (!past) return null
      // One more than wanted tells whether there are more.
      const rows: readonly Found[] =
        typed.trim() === '' ? past.list({ limit: limit + 1 }) : past.search(typed, limit + 1)
      return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
    },
    take(row, list) {
      if (row.id !== current()) parts.resume(row)
      else list.tell('This conversation is the one that is open.')
      return row.id !== current()
    },
    act(act, row, text, list) {
      const past = history()
      if (!past) return
      if (act.name === 'rename' && row) {
        const title = sanitiseLine(text).slice(0, LONGEST_NAME)
        if (row.id === current()) parts.rename(title)
        else past.retitle(row.id, title, wallNow())
        list.refresh()
      }
      if (act.name === 'delete' && row) {
        if (row.id === current()) return list.tell('This conversation is open: /delete deletes it.')
        past.bin(row.id, wallNow())
        thrown.push(row)
        list.refresh()
        list.tell(`Deleted "${row.title}". Ctrl+Z brings it back.`)
      }
      if (act.name === 'undo') {
        const back = thrown.pop()
        if (!back) return list.tell('Nothing was deleted here.')
        past.bin(back.id, null)
        list.refresh()
        list.pointAt(back.id)
        list.tell(`"${back.title}" is back.`)
      }
    },
  }
}
