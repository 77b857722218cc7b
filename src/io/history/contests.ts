/** What races and cascades came to, over all conversations: who won against whom, and what a cascade spared. */

import type { CascadeRow } from '../../core/lab/cascade/report.ts'
import type { Wins } from '../../core/lab/race/outcome.ts'
import type { Access } from './access.ts'

export interface Contests {
  /** One answer was kept where others ran beside it. */
  won(winner: string, losers: readonly string[], wallMs: number): void
  wins(): readonly Wins[]
  /** A question went up a cascade. */
  climbed(row: CascadeRow): void
  /** Those from a moment on, the oldest first. */
  climbs(fromMs: number): readonly CascadeRow[]
  /** Times to the first token of a model's answers from a moment on, in ms. */
  firstTokens(model: string, fromMs: number): readonly number[]
}

const SQL = {
  won: 'insert into wins (wall_ms, winner, loser) values (?, ?, ?)',
  wins: 'select winner, loser, count(*) as count from wins group by winner, loser',
  climbed: `insert into cascades (wall_ms, models, steps, is_kept, spent_usd, second_usd, last_usd)
    values (:wallMs, :models, :steps, :isKept, :spentUsd, :secondUsd, :lastUsd)`,
  climbs: `select wall_ms as wallMs, models, steps, is_kept as isKept, spent_usd as spentUsd, second_usd as secondUsd,
    last_usd as lastUsd from cascades where wall_ms >= ? order by wall_ms, id`,
  firstTokens: `select ttft_ms as ms from answers
    where wall_ms >= ? and model = ? and purpose = 'turn' and ttft_ms is not null order by wall_ms`,
} as const

export function contests({ sql, read, write }: Access): Contests {
  return {
    won: (winner, losers, wallMs) =>
      write(() => {
        for (const loser of losers) sql(SQL.won).run(wallMs, winner, loser)
      }),
    wins: () => read(() => sql(SQL.wins).all() as unknown as readonly Wins[]),
    climbed: ({ models, isKept, ...row }) =>
      write(() => void sql(SQL.climbed).run({ ...row, models: models.join(' '), isKept: isKept ? 1 : 0 })),
    climbs: (fromMs) =>
      read(() =>
        (
          sql(SQL.climbs).all(fromMs) as unknown as readonly (Omit<CascadeRow, 'models' | 'isKept'> & {
            readonly models: string
            readonly isKept: number
          })[]
        ).map(({ models, isKept, ...row }) => ({ ...row, models: models.split(' '), isKept: isKept === 1 })),
      ),
    firstTokens: (model, fromMs) =>
      read(() => (sql(SQL.firstTokens).all(fromMs, model) as unknown as readonly { ms: number }[]).map(({ ms }) => ms)),
  }
}
