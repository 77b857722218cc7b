/** Answers by what became of them, out of the ledger. */

import type { Answered } from '../../core/lab/quality.ts'
import type { Access } from './access.ts'

export interface Quality {
  /** Finished answers of turns and batches from a moment on, ms since 1970, the earliest first. */
  answered(fromMs: number): readonly Answered[]
  /** The last of them, the latest first. */
  lastAnswered(most: number): readonly Answered[]
}

interface Stored extends Omit<Answered, 'formatOk' | 'isBatch'> {
  readonly formatOk: number | null
  readonly isBatch: number
}

const FINISHED = `select wall_ms as wallMs, model, max(0, output - coalesce(thinking, 0)) as length,
  stop_reason as stopReason, format_ok as formatOk, purpose = 'batch' as isBatch from answers where purpose in ('turn', 'batch') and ended = 'finished'`

const SQL = {
  since: `${FINISHED} and wall_ms >= ? order by wall_ms, id`,
  last: `${FINISHED} order by id desc limit ?`,
} as const

export function quality({ sql, read }: Access): Quality {
  const rows = (text: string, value: number) =>
    read(() =>
      (sql(text).all(value) as unknown as readonly Stored[]).map(({ formatOk, isBatch, ...row }) => ({
        ...row,
        formatOk: formatOk === null ? null : formatOk === 1,
        isBatch: isBatch === 1,
      })),
    )
  return { answered: (fromMs) => rows(SQL.since, fromMs), lastAnswered: (most) => rows(SQL.last, most) }
}
