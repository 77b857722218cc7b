/** What comes of a race: the turn that is kept, what the others are billed as and told of, and who has won how often. */

import type { SideCallEvent } from '../../conversation/side-calls.ts'
import type { State } from '../../conversation.ts'
import { otps, ttftMs } from '../../figures/metrics.ts'
import { count, duration, money, percent } from '../../figures/words.ts'
import { mark } from '../../figures.ts'
import { type Models, shortName } from '../../models.ts'
import type { Remark, Tabled } from '../../text/remark.ts'
import type { Cell } from '../../text/remark-table.ts'
import { outputTokens, type Turn } from '../../turn/turns.ts'
import type { Limits, Ms, Rival } from '../../turn.ts'
import { CAPTION } from './captions.ts'
import { whyUnfinished } from './columns.ts'

/** An answer that is not kept, for the turn that remembers it. */
export function rivalOf(turn: Turn): Rival {
  const ended = turn.end?.type ?? 'stopped'
  return {
    ...{ model: turn.model, answer: turn.answer, ended, reason: whyUnfinished(turn) },
    ...{
      ttftMs: ttftMs(turn.times)?.value ?? null,
      otps: otps(turn)?.value ?? null,
      costUsd: turn.cost?.value ?? null,
    },
  }
}

/** What the turn of a column was billed, as calls beside the turns: each of its attempts that had begun. */
export function billsOf(turn: Turn, at: Ms, limits: Limits): readonly SideCallEvent[] {
  const common = { type: 'billed', at, purpose: 'race' } as const
  const wasted = turn.wasted.map(
    ({ model, usage, requestId, prices }): SideCallEvent => ({
      ...common,
      model,
      usage,
      requestId,
      prices,
      from: 'estimate',
    }),
  )
  const output = outputTokens(turn)
  if (!turn.usage || !output) return wasted
  const { model, requestId, prices } = turn
  const from = output.from === 'estimate' ? ({ from: 'estimate' } as const) : {}
  return [
    ...wasted,
    { ...common, model, usage: { ...turn.usage, output: output.value }, requestId, prices, limits, ...from },
  ]
}

/** The figures of all, once it is over. @param kept its place; null: none is */
export function raceTable(turns: readonly Turn[], models: Models, kept: number | null): Tabled {
  const fastest = leastOf(turns.map(({ times }) => ttftMs(times)?.value ?? null))
  const cheapest = leastOf(turns.map(({ cost }) => cost?.value ?? null))
  const rows = turns.map((turn, i) => {
    const first = ttftMs(turn.times)
    const speed = otps(turn)
    const output = outputTokens(turn)
    const cells: readonly Cell[] = [
      first ? starred(duration(first.value), i === fastest) : '',
      speed ? `${mark(speed)}${Math.round(speed.value)}` : '',
      output ? `${mark(output)}${output.value.toLocaleString('en-US')}` : '',
      turn.cost ? starred(`${mark(turn.cost)}${money(turn.cost.value)}`, i === cheapest) : '',
      whyUnfinished(turn) === ''
        ? i === kept
          ? 'kept'
          : ''
        : turn.end?.type === 'failed'
          ? 'failed'
          : i === kept
            ? 'kept, cut'
            : 'cut',
    ]
    return {
      name: `${i + 1} ${shortName(turn.model, models)}`,
      cells,
      ...(i === kept ? { look: 'strong' as const } : {}),
    }
  })
  const heads = ['TTFT', 'tok/s', 'tokens', 'cost', '']
  // A column that says nothing of anybody has no place in a table.
  const said = heads.map((_, nth) => rows.some(({ cells }) => cells[nth] !== ''))
  const only = <T>(all: readonly T[]) => all.filter((_, nth) => said[nth])
  return { table: { columns: only(heads), rows: rows.map((row) => ({ ...row, cells: only(row.cells) })) } }
}

const starred = (text: string, isBest: boolean): Cell =>
  isBest ? [`${text} *`, `${text}*`, `${text}, the least`] : text

/** The place of the least figure where it is the only one; null: none is. */
function leastOf(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((one) => one !== null)
  const least = Math.min(...known)
  return known.length > 1 && known.filter((one) => one === least).length === 1 ? figures.indexOf(least) : null
}

/** How often one model was kept where the other ran beside it. */
export interface Wins {
  readonly winner: string
  readonly loser: string
  readonly count: number
}

/** Wins of each pair of models against each other, those that met most often first. */
export function tallyOf(
  wins: readonly Wins[],
): readonly { readonly pair: readonly [string, string]; readonly won: readonly [number, number] }[] {
  const pairs = new Map<string, { pair: readonly [string, string]; won: [number, number] }>()
  for (const { winner, loser, count: times } of wins) {
    const pair = winner < loser ? ([winner, loser] as const) : ([loser, winner] as const)
    const key = pair.join('\n')
    const one = pairs.get(key) ?? { pair, won: [0, 0] }
    one.won[pair[0] === winner ? 0 : 1] += times
    pairs.set(key, one)
  }
  return [...pairs.values()].sort((a, b) => b.won[0] + b.won[1] - a.won[0] - a.won[1])
}

/** @param wins null: no history is kept */
export function tallyReport(wins: readonly Wins[] | null, models: Models): Remark {
  const how = 'A race: /race fast balanced deep, and then the next message; or /race fast deep: your question.'
  if (wins === null) return ['No history is kept: who has won before is not known.', how]
  if (wins.length === 0) return ['No race has been decided yet.', how]
  const list = tallyOf(wins).map(({ pair, won }) => {
    const [first, second] = won[0] >= won[1] ? [0, 1] : [1, 0]
    const all = won[0] + won[1]
    const names = `${shortName(pair[first]!, models)} : ${shortName(pair[second]!, models)}`
    return [
      names,
      `${won[first]} : ${won[second]}, kept in ${percent(won[first]! / all)} of ${count(all, 'race')}`,
    ] as const
  })
  return [{ list }, '', how]
}

/** Answers that were not kept in the last race of a conversation. @param n one of them, from 1, in full; null: a list */
export function rivalsReport({ turns, models }: Pick<State, 'turns' | 'models'>, n: number | null): Remark {
  const turn = turns.findLast(({ race }) => (race?.others ?? []).length > 0)
  const others = turn?.race?.others ?? []
  if (!turn) return 'No race was held in this conversation.'
  const name = ({ model }: Rival) => shortName(model, models)
  if (n === null) {
    const list = others.map((one, i) => [`${i + 1} ${name(one)}`, CAPTION.rival(one)] as const)
    return [CAPTION.notKept(turn.question), { list }, '', 'Read one with /race show NUMBER.']
  }
  const one = others[n - 1]
  if (!one)
    return `There is no answer ${n} that was not kept: there ${others.length === 1 ? 'is 1' : `are ${others.length}`}.`
  const said = [one.answer, one.reason].filter((text) => text !== '')
  return [`${name(one)}, ${CAPTION.rival(one)}`, ...said.flatMap((text) => ['', text])]
}
