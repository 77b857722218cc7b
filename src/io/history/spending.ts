/**
 * Reads the ledger: what was paid, since when, and how long it took. Answers of conversations that were copied count
 * once, those of removed ones still count. Money for a request that is under way is held here, so that programs which
 * run at once do not spend the same dollar.
 */

import type { Timed } from '../../core/figures/baseline.ts'
import type { Past } from '../../core/figures/pace.ts'
import { phasesIn } from '../../core/figures/phases.ts'
import type { Sent } from '../../core/lab/what-if/replay.ts'
import type { ModelCard } from '../../core/models.ts'
import type { Charge } from '../../core/money/bill.ts'
import type { LedgerRow } from '../../core/money/ledger.ts'
import type { Access } from './access.ts'
import { listsOf } from './lists.ts'
import { isGone } from './owner.ts'

/** One answer that was paid for, when, and what was written down for it then; null: its price was unknown. */
export type Paid = Charge & {
  readonly wallMs: number
  readonly costUsd: number | null
  readonly requestId: string | null
}

/** Money that may be spent, or not. */
export interface Hold {
  /** Gives it back; null: it may not be spent. */
  readonly id: number | null
  /** What was spent and what others hold, without this, in US dollars. */
  readonly usedUsd: number
}

export interface Spending {
  /** Answers that were paid for from a moment on, the oldest first. */
  charges(fromMs: number): readonly Paid[]
  /** The same by conversation, each in order, as they were sent: what is needed to hold them again on paper. */
  sent(fromMs: number): readonly (Sent & Pick<LedgerRow, 'outputIsEstimate'>)[]
  /** US dollars paid from a moment on, as far as prices are known. */
  spentSince(fromMs: number): number
  /** Names that the server gave to answers of batches from a moment on. */
  paidMessages(fromMs: number): ReadonlySet<string>
  /** Finished answers of turns, the latest first; of one model, or of all. */
  past(limit: number, model?: string): readonly Past[]
  /** The same with what their time went to, as far as that was written down. */
  timed(limit: number, model: string): readonly Timed[]
  /** Holds money for a request unless that would make more than `most` from a moment on. */
  hold(usd: number, most: number, fromMs: number, wallMs: number): Hold
  /** What was held is spent, and in the ledger, or was not needed. */
  release(id: number): void
}

const USAGE = 'a.input, a.cache_read, a.cache_write_5m, a.cache_write_1h, a.output, a.thinking'
const PAST = `select model, input, cache_read as cacheRead, cache_write_5m as cacheWrite5m,
  cache_write_1h as cacheWrite1h, output, ttft_ms as ttftMs, ttlt_ms as ttltMs from answers
  where purpose = 'turn' and ended = 'finished'`
const SQL = {
  // Read by place: the columns of USAGE first.
  charges: `select ${USAGE}, a.wall_ms, a.purpose, a.model, a.prices, a.cost_usd, a.output_is_estimate, a.request_id
    from answers a where a.wall_ms >= ? order by a.wall_ms, a.id`,
  sent: `select ${USAGE}, a.wall_ms - coalesce(a.ttlt_ms, 0), a.purpose, a.model, a.prices, a.cost_usd,
    a.conversation, coalesce(c.kind = 'single', 0), a.output_is_estimate
    from answers a left join conversations c on c.id = a.conversation
    where a.wall_ms >= ? order by a.conversation, a.wall_ms, a.id`,
  spent: 'select coalesce(sum(cost_usd), 0) as usd from answers where wall_ms >= ?',
  messages: `select message_id as id from answers where wall_ms >= ? and purpose = 'batch' and message_id is not null`,
  past: `${PAST} order by id desc limit ?`,
  // In the words of the index that holds them.
  pastOf: `${PAST} and model = ? order by id desc limit ?`,
  timed: `select input + cache_read + cache_write_5m + cache_write_1h as prompt, output, thinking,
    message_id as messageId, phases from answers
    where purpose = 'turn' and ended = 'finished' and model = ? and phases is not null order by id desc limit ?`,
  held: 'select id, owner, wall_ms as wallMs, usd from held',
  hold: 'insert into held (owner, wall_ms, usd) values (?, ?, ?)',
  release: 'delete from held where id = ?',
} as const

const KINDS = ['input', 'write5m', 'write1h', 'read', 'output']

function isPrices(value: unknown): value is NonNullable<ModelCard['prices']> {
  if (!Array.isArray(value)) return false
  return value.every((step) => {
    const card = step?.card
    return typeof card === 'object' && card !== null && KINDS.every((kind) => Number.isFinite(card[kind]))
  })
}

/** Reads price cards as they were written down; few of them, each in many rows. */
export function cardReader(): (json: string) => ModelCard['prices'] {
  const cards = new Map<string, ModelCard['prices']>()
  return (json) => {
    const known = cards.get(json)
    if (known !== undefined) return known
    const read: unknown = JSON.parse(json)
    // What nobody can have written down as prices is as good as unknown.
    const prices = isPrices(read) ? read : null
    cards.set(json, prices)
    return prices
  }
}

/** @param owner names this process among those that run and have run */
export function spending({ sql, read, write }: Access, owner: string): Spending {
  const cardOf = cardReader()
  const pricesIn = (json: unknown) => (json === null ? null : cardOf(json as string))
  /** By their places: taken apart by name they would be walked one by one. */
  const asPaid = (row: readonly unknown[]) =>
    ({
      input: row[0],
      cacheRead: row[1],
      cacheWrite5m: row[2],
      cacheWrite1h: row[3],
      output: row[4],
      thinking: row[5],
      wallMs: row[6],
      purpose: row[7],
      model: row[8],
      prices: pricesIn(row[9]),
      costUsd: row[10],
      outputIsEstimate: row[11] !== 0,
      requestId: row[12],
    }) as unknown as Paid
  const asSent = (row: readonly unknown[]) =>
    ({
      input: row[0],
      cacheRead: row[1],
      cacheWrite5m: row[2],
      cacheWrite1h: row[3],
      output: row[4],
      thinking: row[5],
      sentMs: row[6],
      purpose: row[7],
      model: row[8],
      prices: pricesIn(row[9]),
      costUsd: row[10],
      conversation: row[11],
      isSingle: row[12] !== 0,
      outputIsEstimate: row[13] !== 0,
    }) as unknown as Sent & Pick<LedgerRow, 'outputIsEstimate'>
  const spentSince = (fromMs: number) => (sql(SQL.spent).get(fromMs) as { usd: number }).usd

  return {
    charges: (fromMs) => read(() => listsOf(sql(SQL.charges), fromMs).map(asPaid)),
    sent: (fromMs) => read(() => listsOf(sql(SQL.sent), fromMs).map(asSent)),
    spentSince: (fromMs) => read(() => spentSince(fromMs)),
    paidMessages: (fromMs) =>
      read(() => new Set((sql(SQL.messages).all(fromMs) as unknown as readonly { id: string }[]).map(({ id }) => id))),
    past: (limit, model) =>
      read(() => {
        const rows = model === undefined ? sql(SQL.past).all(limit) : sql(SQL.pastOf).all(model, limit)
        return rows as unknown as readonly Past[]
      }),
    timed: (limit, model) =>
      read(() =>
        (
          sql(SQL.timed).all(model, limit) as unknown as readonly (Omit<Timed, 'phases'> & { phases: string })[]
        ).flatMap((row) => {
          const phases = phasesIn(row.phases)
          return phases ? [{ ...row, phases }] : []
        }),
      ),
    hold: (usd, most, fromMs, wallMs) =>
      write(() => {
        let usedUsd = spentSince(fromMs)
        for (const one of sql(SQL.held).all() as unknown as readonly {
          id: number
          owner: string
          wallMs: number
          usd: number
        }[]) {
          if (isGone(one.owner, wallMs - one.wallMs)) sql(SQL.release).run(one.id)
          else usedUsd += one.usd
        }
        if (usedUsd + usd > most) return { id: null, usedUsd }
        return { id: Number(sql(SQL.hold).run(owner, wallMs, usd).lastInsertRowid), usedUsd }
      }),
    release: (id) => write(() => void sql(SQL.release).run(id)),
  }
}
