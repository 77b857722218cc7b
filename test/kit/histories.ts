/** A history file of a test's own, with conversations in it as a recorder would have saved them. */

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../src/core/conversation.ts'
import { batchesOf } from '../../src/core/history/import/batches.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { type History, openHistory } from '../../src/io/history.ts'

export interface Shelf extends AsyncDisposable {
  readonly home: string
  /** Where the history lies, or will. */
  readonly path: string
  /** Opened once, and closed with the shelf. */
  history(): Promise<History>
}

export function shelf(): Shelf {
  const home = mkdtempSync(join(tmpdir(), 'claude-tui-shelf-'))
  const path = join(home, 'history.db')
  let open: Promise<History> | null = null
  return {
    home,
    path,
    history: () => (open ??= openHistory(path)),
    async [Symbol.asyncDispose]() {
      if (open) (await open).close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A turn that went as it should, begun at this time. */
export function turn(question: string, answer: string, at: number, model = 'claude-sonnet-5-5'): readonly Event[] {
  const usage = { ...NO_USAGE, input: 1_000 }
  return [
    { type: 'asked', at, text: question },
    { type: 'sent', at: at + 1, attempt: 1, model },
    { type: 'began', at: at + 10, model, messageId: `m${at}`, usage, cacheMiss: null },
    { type: 'delta', at: at + 20, since: at + 12, text: answer },
    { type: 'usage', at: at + 21, usage: { ...usage, output: 100 } },
    { type: 'finished', at: at + 22, stopReason: 'end_turn', explanation: null },
  ]
}

/** Puts a conversation on the shelf, with its own place in time. @returns its number */
export function put(history: History, events: readonly Event[], kind = 'chat'): number {
  const uid = randomUUID()
  const last = events.findLast((event): event is Event & { readonly at: number } => 'at' in event)?.at ?? 0
  history.bring([{ uid, kind, createdMs: null, batches: batchesOf(events), isUnbilled: true }], last)
  return history.meant(uid)[0]!.id
}
