/** What the status bar says: the figures of the turn and the session, fitted to the width at hand. */

import type { Question } from '../attachments.ts'
import type { State, Turn } from '../conversation.ts'
import { otps, ttftMs } from '../figures/metrics.ts'
import { duration, money, percent } from '../figures/words.ts'
import { estimated, type Figure, mark, measured, sum, withMark } from '../figures.ts'
import { type ModelCard, modelCard } from '../models.ts'
import { effortInVain, usualEffort } from '../request/manner.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { widthOf } from '../text/width.ts'
import { type Ms, promptTokens } from '../turn.ts'
import { ALERT_FROM, SHOWN_FROM, tightest } from '../weather/limits.ts'
import { summariseFrom } from '../window/compaction/when.ts'
import { fullness } from '../window/context.ts'
import { contextUsed } from '../window/meter.ts'

/** How a piece of the bar is painted. */
export type Tone = 'plain' | 'dim' | 'warn'

export interface Piece {
  readonly text: string
  readonly tone: Tone
}

/** One figure of the bar in its forms, longest first. */
interface Segment {
  readonly forms: readonly (readonly Piece[])[]
  /** The smaller, the longer it stays when the window narrows. */
  readonly rank: number
}

const dim = (text: string): Piece => ({ text, tone: 'dim' })
const plain = (text: string): Piece => ({ text, tone: 'plain' })
const width = (pieces: readonly Piece[]) => pieces.reduce((total, piece) => total + widthOf(piece.text), 0)
const GAP = '  '

/** The bar as pieces of at most `columns` columns together. @param now monotonic time, for counting up */
export function statusBar(state: State, draft: Question, now: Ms, columns: number): readonly Piece[] {
  const turn = state.live ?? state.turns.at(-1) ?? null
  const segments = [
    modelSegment(state),
    restingSegment(state, now),
    ...(turn ? [ttftSegment(turn, now), speedSegment(turn), costSegment(state, turn)] : []),
    sessionSegment(state),
    contextSegment(state, turn, draft),
    cacheSegment(turn),
    limitSegment(state, now),
  ].filter((segment) => segment !== null)
  return fitted(segments, columns)
}

/** Shortens the least important segment first, step by step, until the bar fits. */
function fitted(segments: readonly Segment[], columns: number): readonly Piece[] {
  const form = segments.map(() => 0)
  const chosen = () => segments.map((segment, i) => segment.forms[form[i]!] ?? []).filter((pieces) => pieces.length > 0)
  const total = () => chosen().reduce((sum, pieces, i) => sum + width(pieces) + (i > 0 ? GAP.length : 0), 0)
  const byRank = segments.map((_, i) => i).sort((a, b) => segments[b]!.rank - segments[a]!.rank)
  // Every segment gives up its long form before any gives up its last one.
  for (let level = 1; total() > columns && level <= 3; level++) {
    for (const i of byRank) {
      if (total() <= columns) break
      const { forms } = segments[i]!
      form[i] = level < 3 ? Math.min(level, forms.length - 1) : forms.length
    }
  }
  return chosen().flatMap((pieces, i) => (i > 0 ? [plain(GAP), ...pieces] : pieces))
}

/** A server or a settings file may have named it: made harmless before it is measured. */
const called = ({ name }: ModelCard) => sanitiseLine(name.replace(/^Claude /, ''))

/** Whose figures stand in the bar: of the model that answers, or is asked in another one's place, then of the one chosen. */
function shownModel({ live, choices, models }: State): ModelCard {
  return modelCard(live && (live.usage || live.instead) ? live.model : choices.model, models)
}

function modelSegment(state: State): Segment {
  const short = called(shownModel(state))
  const levers = leversOff(state).map((word) => dim(` ${word}`))
  return { rank: 0, forms: [[plain(short), ...levers], [plain(short)], [plain(short.replace(/^(\w{3})\w*/, '$1'))]] }
}

/** The model is left alone for a while: for how long; then a probe comes first. Beside another one's figures it is named. */
function restingSegment(state: State, now: Ms): Segment | null {
  const wanted = modelCard(state.choices.model, state.models)
  const until = state.resting[wanted.id]
  if (until === undefined) return null
  const isElsewhere = shownModel(state).id !== wanted.id
  const left = Math.ceil((until - now) / 1000)
  const whose = isElsewhere ? `${called(wanted)} ` : ''
  const long: Piece = { text: `${whose}${left > 0 ? `resting ${left}s` : 'resting, probe next'}`, tone: 'warn' }
  const short: Piece = { text: `${whose}${left > 0 ? `${left}s` : 'probe'}`, tone: 'warn' }
  return { rank: 1, forms: [[long], [short], isElsewhere ? [] : [short]] }
}

/** Levers that are not where they usually are, and make answers another price: effort, concise. */
function leversOff({ choices, models }: State): readonly string[] {
  const card = modelCard(choices.model, models)
  const { effort } = choices
  const isOff = effort !== null && effort !== usualEffort(choices, card) && effortInVain(choices, card) === null
  return [...(isOff ? [effort] : []), ...(choices.concise ? ['concise'] : [])]
}

function ttftSegment(turn: Turn, now: Ms): Segment | null {
  const fixed = ttftMs(turn.times)
  const { sent } = turn.times
  // Counting up until the first token; an end without any text leaves nothing to report.
  const shown: Figure | null =
    fixed ?? (turn.end === null && turn.phase !== 'waiting' && sent !== null ? measured(Math.max(0, now - sent)) : null)
  if (!shown) return null
  const value = `${duration(shown.value)}${fixed ? '' : '…'}`
  return { rank: 2, forms: [[dim('ttft '), plain(value)], [dim('ttft '), plain(value)], [plain(value)]] }
}

function speedSegment(turn: Turn): Segment | null {
  const speed = otps(turn)
  if (!speed) return null
  const value = `${mark(speed)}${speed.value.toFixed(speed.value < 10 ? 1 : 0)}`
  return {
    rank: 3,
    forms: [
      [plain(value), dim(' tok/s')],
      [plain(value), dim(' t/s')],
      [plain(value), dim('t/s')],
    ],
  }
}

function costSegment(state: State, turn: Turn): Segment | null {
  if (turn.recalled) return { rank: 1, forms: [[dim('turn '), plain('$0')], [plain('$0')]] }
  if (!turn.usage) return null
  const known = modelCard(turn.model, state.models).prices !== null
  const value = turn.cost ? withMark(turn.cost, money) : known ? '$…' : '$?'
  const long = turn.cost || known ? value : 'price unknown'
  return { rank: 1, forms: [[dim('turn '), plain(long)], [plain(value)]] }
}

function sessionSegment({ spent, live, turns }: State): Segment | null {
  const running = [live, ...(live?.wasted ?? [])].flatMap((one) => (one?.cost ? [one.cost.value] : []))
  if (turns.length === 0 && running.length === 0 && spent.known.value === 0 && spent.unknown === 0) return null
  if (spent.known.value === 0 && spent.unknown > 0 && running.length === 0) {
    return {
      rank: 4,
      forms: [
        [dim('session '), plain('unknown')],
        [dim('Σ '), plain('?')],
      ],
    }
  }
  const estimate = running.reduce((all, usd) => sum(all, estimated(usd)), spent.known)
  const value = `${withMark(estimate, money)}${spent.unknown > 0 ? ' + ?' : ''}`
  return {
    rank: 4,
    forms: [
      [dim('session '), plain(value)],
      [dim('Σ '), plain(value)],
    ],
  }
}

/** Cells of the meter. */
const CELLS = 10

/** Share of the window in use, with a tick where the conversation will be worth summarising. */
function contextSegment(state: State, turn: Turn | null, draft: Question): Segment | null {
  const card = modelCard(state.choices.model, state.models)
  const used = contextUsed(state, draft)
  const share = fullness(used.value, card)
  if (share === null)
    return turn
      ? {
          rank: 5,
          forms: [
            [dim('ctx '), plain('window unknown')],
            [dim('ctx '), plain('?')],
          ],
        }
      : null
  const from = summariseFrom(card, state.choices) ?? Number.POSITIVE_INFINITY
  const tone: Tone = used.value >= from ? 'warn' : 'plain'
  const value = withMark({ ...used, value: share }, percent)
  const tick = Math.round((fullness(from, card) ?? 1) * CELLS)
  const full = Math.min(CELLS, Math.round(share * CELLS))
  const bar = Array.from({ length: CELLS }, (_, i) => (i === tick ? '┼' : i < full ? '━' : '─')).join('')
  const label = dim('ctx ')
  return {
    rank: 2,
    forms: [
      [label, { text: value, tone }, dim(` ${bar}`)],
      [label, { text: value, tone }],
      [label, { text: value, tone }],
    ],
  }
}

/** The rate limit that is used most, while more than half of it is. */
function limitSegment({ choices, models, limits }: State, now: Ms): Segment | null {
  const told = limits[modelCard(choices.model, models).id]
  const gauge = told ? tightest(told, now) : null
  if (!gauge || gauge.used <= SHOWN_FROM) return null
  const value: Piece = { text: percent(gauge.used), tone: gauge.used >= ALERT_FROM ? 'warn' : 'plain' }
  return {
    rank: 1,
    forms: [
      [dim('limit '), value, dim(` of ${gauge.counts}`)],
      [dim('limit '), value],
      [dim('lim '), value],
    ],
  }
}

/** Share of the prompt that came from the prompt cache. */
function cacheSegment(turn: Turn | null): Segment | null {
  if (!turn?.usage) return null
  const { cacheRead, cacheWrite1h, cacheWrite5m } = turn.usage
  const prompt = promptTokens(turn.usage)
  if (prompt === 0 || (turn.number === 1 && cacheRead + cacheWrite1h + cacheWrite5m === 0)) return null
  return {
    rank: 3,
    forms: [
      [dim('cache '), plain(percent(cacheRead / prompt))],
      [dim('cache '), plain(percent(cacheRead / prompt))],
      [dim('c '), plain(percent(cacheRead / prompt))],
    ],
  }
}
