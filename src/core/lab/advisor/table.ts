/**
 * The advisor's table: what can be seen in somebody's own figures, the lever that answers it, and what pulling it is
 * expected to change, reckoned from those figures. A row sees its symptom or sees nothing; none of them guesses.
 */

import { isLong } from '../../cache/pauses.ts'
import { count, duration, money, percent, tokens } from '../../figures/words.ts'
import { modelCard, priceFor, shortName } from '../../models.ts'
import type { SettingKey } from '../../settings.ts'
import { promptTokens } from '../../turn.ts'
import { limitOf } from '../tally/slo.ts'
import {
  anew,
  type Evidence,
  finished,
  firsts,
  followers,
  inAMonth,
  onPaper,
  percentileOf,
  type RecentTurn,
  total,
  usualModel,
} from './evidence.ts'
import { trimmable } from './trim.ts'

/** What to do: a setting that can be applied by a key, a line for the composer, or advice for a person. */
export type Lever =
  | { readonly type: 'setting'; readonly key: SettingKey; readonly value: string | number | boolean }
  | { readonly type: 'command'; readonly line: string }
  | { readonly type: 'person'; readonly tells: string }

/** By which figure of a turn the change is measured. */
export type Measure = 'costUsd' | 'ttftMs' | 'ttltMs' | 'output' | 'stalledMs'

export interface Finding {
  /** In words, with the numbers it was seen in. */
  readonly symptom: string
  readonly lever: Lever
  /** Reckoned, and so with a `~`. */
  readonly expected: string
  /** US dollars a month it is worth, an estimate; null: it is not about money. */
  readonly usd: number | null
  readonly measure: Measure
}

export interface Row {
  readonly id: string
  /** What was looked at, for whoever is told that all is well. */
  readonly looksAt: string
  find(evidence: Evidence): Finding | null
}

/** Turns from which on a share of them means something. */
const ENOUGH = 10
/** A saving of less, of what was spent and in US dollars a month, is not worth a word. */
const WORTH = { share: 0.03, usd: 0.05 } as const
/** Where a share of the prompts read from the cache is low. */
const LOW_CACHE = 0.75

const isWorth = (saved: number, of: number, evidence: Evidence): boolean =>
  saved >= of * WORTH.share && inAMonth(saved, evidence) >= WORTH.usd

const aMonth = (usd: number, evidence: Evidence) => `~${money(inAMonth(usd, evidence))} a month less`

const saidTwice = ({ one, other }: { readonly one: string; readonly other: string }) =>
  one === other ? `"${one}" stands there more than once` : `"${one}" and "${other}"`

export const TABLE: readonly Row[] = [
  {
    id: 'cold-gaps',
    looksAt: 'pauses and the life of the cache',
    find(evidence) {
      const after = followers(evidence.turns)
      const cold = after.filter(
        ({ pauseMs, before, turn }) => isLong(pauseMs) && turn.cacheRead < promptTokens(before) / 2,
      )
      if (cold.length < 3 || evidence.settings.cacheTtl === 'off') return null
      const now = evidence.settings.cacheTtl
      const best = (['auto', '1h'] as const)
        .filter((ttl) => ttl !== now)
        .map((ttl) => ({ ttl, ...onPaper(evidence, { cacheTtl: ttl }) }))
        .reduce((a, b) => (b.is.usd < a.is.usd ? b : a))
      const saved = best.was.usd - best.is.usd
      if (!isWorth(saved, best.was.usd, evidence)) return null
      return {
        symptom: `${cold.length} of ${count(after.length, 'question')} behind a first one came after 5 to 60 minutes, and the cache had gone cold.`,
        lever: { type: 'setting', key: 'cacheTtl', value: best.ttl },
        expected: `${aMonth(saved, evidence)} for the same questions and pauses`,
        ...{ usd: inAMonth(saved, evidence), measure: 'costUsd' },
      }
    },
  },
  {
    id: 'cache-low',
    looksAt: 'the share of prompts read from the cache',
    find(evidence) {
      const after = followers(evidence.turns).map(({ turn }) => turn)
      const ratio = total(after, ({ cacheRead }) => cacheRead) / Math.max(1, total(after, promptTokens))
      if (after.length < ENOUGH || ratio >= LOW_CACHE || evidence.settings.cacheTtl === 'auto') return null
      const { was, is } = onPaper(evidence, { cacheTtl: 'auto' })
      const saved = was.usd - is.usd
      if (!isWorth(saved, was.usd, evidence)) return null
      return {
        symptom: `Only ${percent(ratio)} of the prompts behind a first question came from the cache; cacheTtl is ${evidence.settings.cacheTtl}.`,
        lever: { type: 'setting', key: 'cacheTtl', value: 'auto' },
        expected: aMonth(saved, evidence),
        ...{ usd: inAMonth(saved, evidence), measure: 'costUsd' },
      }
    },
  },
  {
    id: 'large-context',
    looksAt: 'the wait for the first word and the size of the context',
    find(evidence) {
      const turns = finished(evidence)
      const model = usualModel(evidence)
      const [p95, size] = [percentileOf(turns, ({ ttftMs }) => ttftMs, 95), percentileOf(turns, promptTokens, 95)]
      const limit = limitOf(evidence.settings.sloTtft, evidence.models).usualMs
      const window = model === null ? null : modelCard(model, evidence.models).window
      if (turns.length < ENOUGH || p95 === null || size === null || window === null || p95 <= limit) return null
      // What is read from the cache takes about a fifth of the time (source: see `pace`).
      const read = turns.filter((turn) => promptTokens(turn) > size / 2)
      const share = total(read, anew) / Math.max(1, total(read, promptTokens))
      const perToken = evidence.paceOf(model!).msPerToken * (share + (1 - share) / 5)
      const at = Math.max(0.05, Math.floor((size / window / 2) * 100) / 100)
      const saved = perToken * (size - at * window)
      if (size < 20_000 || saved < p95 / 10 || at >= evidence.settings.summariseAt) return null
      return {
        symptom: `The first word takes ${duration(p95)} in the slowest 5 of 100 turns, at up to ${tokens(size)} tokens of context.`,
        lever: { type: 'setting', key: 'summariseAt', value: at },
        expected: `~${duration(saved)} sooner in those turns, with at most ${tokens(at * window)} tokens; a summary loses detail`,
        ...{ usd: null, measure: 'ttftMs' },
      }
    },
  },
  {
    id: 'thinking',
    looksAt: "thinking's share of the answers",
    find(evidence) {
      const turns = finished(evidence).filter(({ thinking }) => thinking !== null)
      const [thought, output] = [total(turns, (turn) => turn.thinking!), total(turns, (turn) => turn.output)]
      const model = usualModel(evidence)
      if (turns.length < ENOUGH || model === null || thought / Math.max(1, output) < 0.6) return null
      const card = modelCard(model, evidence.models)
      const now = evidence.settings.effort ?? card.defaultEffort
      const lower = card.efforts[card.efforts.indexOf(now as never) - 1]
      if (lower === undefined) return null
      const usd = total(turns, (turn) => (turn.thinking! * (priceFor(turn, promptTokens(turn))?.output ?? 0)) / 1e6)
      const ms = total(turns, (turn) => (turn.otps ? (turn.thinking! / turn.otps) * 1000 : 0)) / turns.length
      return {
        symptom: `Thinking is ${percent(thought / output)} of what ${card.name.replace(/^Claude /, '')} writes for you, at effort ${now}.`,
        lever: { type: 'setting', key: 'effort', value: lower },
        expected: `~${duration(ms / 2)} a turn and ${aMonth(usd / 2, evidence)} when it halves; harder questions may suffer`,
        ...{ usd: inAMonth(usd / 2, evidence), measure: 'ttltMs' },
      }
    },
  },
  {
    id: 'long-answers',
    looksAt: 'the length of the answers',
    find(evidence) {
      const turns = finished(evidence)
      const seen = (turn: RecentTurn) => turn.output - (turn.thinking ?? 0)
      const median = percentileOf(turns, seen, 50)
      if (turns.length < ENOUGH || median === null || median < 1_200 || evidence.settings.concise) return null
      const usd = total(turns, (turn) => (seen(turn) * (priceFor(turn, promptTokens(turn))?.output ?? 0)) / 1e6)
      const ms = total(turns, (turn) => (turn.otps ? (seen(turn) / turn.otps) * 1000 : 0)) / turns.length
      return {
        symptom: `Half of your answers have more than ${tokens(median)} tokens of text.`,
        lever: { type: 'setting', key: 'concise', value: true },
        expected: `~${duration(ms / 4)} a turn and ${aMonth(usd / 4, evidence)} when they become a quarter shorter`,
        ...{ usd: inAMonth(usd / 4, evidence), measure: 'output' },
      }
    },
  },
  {
    id: 'dear-model',
    looksAt: 'which model answers short questions',
    find(evidence) {
      const fast = modelCard('fast', evidence.models)
      const isShort = (turn: RecentTurn) =>
        promptTokens(turn) < 4_000 && turn.output < 400 && (turn.thinking ?? 0) < 200
      const short = finished(evidence).filter(
        (turn) => turn.model !== fast.id && turn.costUsd !== null && isShort(turn),
      )
      const share = short.length / Math.max(1, finished(evidence).length)
      if (short.length < ENOUGH || share < 0.3) return null
      const was = total(short, (turn) => turn.costUsd!)
      const ofModel = Map.groupBy(short, ({ model }) => model)
      const [model] = [...ofModel].sort(([, a], [, b]) => b.length - a.length)[0]!
      const { is } = onPaper({ ...evidence, rows: short }, { model: fast.id })
      if (!isWorth(was - is.usd, was, evidence)) return null
      const names = [shortName(model, evidence.models), fast.name.replace(/^Claude /, '')] as const
      return {
        symptom: `${percent(share)} of your turns are short (under 4k tokens in, 400 out), and ${names[0]} answers them.`,
        lever: {
          type: 'person',
          tells: `ask short ones with -m fast (${names[1]}), or /model fast; --cascade and routing rules do it by themselves`,
        },
        expected: `${aMonth(was - is.usd, evidence)} for those`,
        ...{ usd: inAMonth(was - is.usd, evidence), measure: 'costUsd' },
      }
    },
  },
  {
    id: 'retries',
    looksAt: 'failed attempts and overloads',
    find(evidence) {
      const { turns, settings } = evidence
      const again = turns.filter(({ attempts, insteadOf }) => attempts > 1 || insteadOf !== null)
      if (turns.length < ENOUGH || again.length / turns.length < 0.1) return null
      if (settings.fallback !== 'off' && settings.fallback !== 'ask') return null
      const waited = percentileOf(again, ({ attempts }) => 1_000 * (2 ** (attempts - 1) - 1), 50) ?? 0
      return {
        symptom: `${count(again.length, 'turn')} of ${turns.length} had to be asked again (${percent(again.length / turns.length)}).`,
        lever: { type: 'setting', key: 'fallback', value: 'on' },
        expected: `another model in place of waits of ~${duration(waited)} and more, announced each time`,
        ...{ usd: null, measure: 'ttltMs' },
      }
    },
  },
  {
    id: 'stalls',
    looksAt: 'stalls within answers',
    find(evidence) {
      const { turns, settings } = evidence
      const stalled = turns.filter(({ stalls }) => stalls > 0)
      const longest = percentileOf(stalled, (turn) => turn.stalledMs / turn.stalls, 50)
      if (stalled.length < 3 || stalled.length / turns.length < 0.05 || longest === null) return null
      const at = Math.max(3_000, Math.round(longest / 2_000) * 1_000)
      if (at >= settings.offerAfterMs) return null
      return {
        symptom: `${count(stalled.length, 'answer')} of ${turns.length} fell silent in the middle, for ~${duration(longest)} at a time.`,
        lever: { type: 'setting', key: 'offerAfterMs', value: at },
        expected: `another try is offered after ${duration(at)}, ~${duration(settings.offerAfterMs - at)} sooner`,
        ...{ usd: null, measure: 'stalledMs' },
      }
    },
  },
  {
    id: 'slow-first-turn',
    looksAt: 'the first turn against those behind it',
    find(evidence) {
      const turns = finished(evidence)
      const begins = firsts(turns)
      const others = followers(turns).map(({ turn }) => turn)
      const [first, later] = [begins, others].map((some) => percentileOf(some, ({ ttftMs }) => ttftMs, 50))
      if (begins.length < ENOUGH || first == null || later == null || first - later < 300) return null
      // A first prompt has nothing in the cache: what reading it takes is not the connection's.
      const reading = percentileOf(begins, (turn) => anew(turn) * evidence.paceOf(turn.model).msPerToken, 50)!
      const open = first - later - reading
      if (open < 300) return null
      return {
        symptom: `The first word of a conversation takes ${duration(first)}, later ones ${duration(later)}; reading its prompt explains ~${duration(reading)} of it.`,
        lever: {
          type: 'person',
          tells: 'look at name, connection and proxy with claude-tui doctor; the connection opens while you type',
        },
        expected: `up to ~${duration(open)} sooner at the start of a conversation`,
        ...{ usd: null, measure: 'ttftMs' },
      }
    },
  },
  {
    id: 'escalations',
    looksAt: 'how often a cascade escalates',
    find({ byPurpose }) {
      const [given, judged] = [byPurpose.cascade ?? 0, byPurpose.judge ?? 0]
      if (judged < ENOUGH || given / judged <= 0.3) return null
      return {
        symptom: `${percent(given / judged)} of the answers that were judged were not good enough, and the next model was asked.`,
        lever: { type: 'person', tells: 'begin the cascade with the second model, or leave it out for such questions' },
        expected: `${count(given, 'answer')} and ${count(judged, 'check')} fewer to be paid for`,
        ...{ usd: null, measure: 'costUsd' },
      }
    },
  },
  {
    id: 'images',
    looksAt: 'the size of images',
    find({ images, settings, models, turns }) {
      const large = images.filter((size) => size > 1_600)
      if (large.length === 0 || settings.imageSize === '720p') return null
      const model = usualModel({ turns })
      const price = model === null ? null : priceFor(modelCard(model, models), 0)
      // 1280 by 720 pixels, by the rule of a token for each square of 28.
      const fewer = large.reduce((sum, size) => sum + size - 1_196, 0)
      return {
        symptom: `${count(large.length, 'image')} here take ${tokens(large.reduce((sum, size) => sum + size, 0))} tokens with every turn.`,
        lever: { type: 'setting', key: 'imageSize', value: '720p' },
        expected: `~${tokens(fewer)} tokens fewer for images of that kind${price ? `, ~${money((fewer * price.read) / 1e6)} a turn from the cache` : ''}; small text may become unreadable`,
        ...{ usd: null, measure: 'costUsd' },
      }
    },
  },
  {
    id: 'system-below-minimum',
    looksAt: "the system prompt against the cache's minimum",
    find(evidence) {
      const { system, models } = evidence
      const single = evidence.turns.filter(({ isSingle }) => isSingle)
      const model = usualModel({ turns: single })
      if (system === null || model === null || single.length < ENOUGH) return null
      const card = modelCard(model, models)
      const size = Math.ceil(system.length / card.charsPerToken)
      const price = priceFor(card, size)
      if (card.minCache === null || !price || size >= card.minCache || size < card.minCache / 2) return null
      const near = single.slice(1).filter((turn, i) => turn.sentMs - single[i]!.sentMs < 300_000).length
      const saved = (near * (size * price.input - card.minCache * price.read)) / 1e6
      if (saved <= 0) return null
      return {
        symptom: `The system prompt has ~${tokens(size)} tokens, ${card.name.replace(/^Claude /, '')} caches from ${tokens(card.minCache)} on: ${count(near, 'call')} within 5 minutes of another read it anew.`,
        lever: {
          type: 'person',
          tells: `lengthen it past ${tokens(card.minCache)} tokens, as with examples that help anyway`,
        },
        expected: aMonth(saved, evidence),
        ...{ usd: inAMonth(saved, evidence), measure: 'costUsd' },
      }
    },
  },
  {
    id: 'duplicates',
    looksAt: 'instructions in the system prompt that say the same twice',
    find(evidence) {
      const { system, turns, models } = evidence
      const model = usualModel(evidence)
      if (system === null || model === null) return null
      const card = modelCard(model, models)
      const { pairs, chars } = trimmable(system)
      const [first] = pairs
      if (!first) return null
      const fewer = Math.round(chars / card.charsPerToken)
      const price = priceFor(card, 0)
      const usd = price ? (turns.length * fewer * price.read) / 1e6 : null
      return {
        symptom: `The system prompt says ${count(pairs.length, 'thing')} twice: ${saidTwice(first)}${pairs.length > 1 ? ', among others' : ''}.`,
        lever: {
          type: 'person',
          tells: 'leave one of each out; claude-tui bench --vs trim measures what that does to the answers',
        },
        expected: `~${tokens(fewer)} tokens fewer with every turn${usd === null ? '' : `, at least ${aMonth(usd, evidence)}`}`,
        ...{ usd: usd === null ? null : inAMonth(usd, evidence), measure: 'costUsd' },
      }
    },
  },
]
