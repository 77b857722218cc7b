/**
 * What each figure means, as data: its name, what it is in a line, its formula, and the formula with a turn's own
 * numbers in it. The words are those of the screen and of the README.
 */

import { type Figure, mark } from '../figures.ts'
import { type Models, modelCard, priceFor } from '../models.ts'
import { billOf, chargesOfTurn, KINDS, type Kind, savedUsd } from '../money/bill.ts'
import { outputTokens, type Turn } from '../turn/turns.ts'
import { type Ms, promptTokens } from '../turn.ts'
import { LEAST_ANSWERS, sizeInWords, visibleOf } from './baseline.ts'
import {
  firstByteMs,
  firstThinkingMs,
  otps,
  STALL_MS,
  thinkingMs,
  totalMs,
  ttftMs,
  ttltMs,
  visibleOtps,
} from './metrics.ts'
import { PHASE_WORDS } from './phase-words.ts'
import { PHASES, phasesOf, sumOf } from './phases.ts'
import { count, duration, money, percent, tokens } from './words.ts'

export interface Term {
  /** As it is typed after `/explain`. */
  readonly name: string
  /** Other ways to type it. */
  readonly also: readonly string[]
  /** What it is, in a line. */
  readonly tells: string
  /** How it is counted, in sentences. */
  readonly formula: string
  /** The formula with the numbers of a turn; null: it has none. */
  readonly own?: (turn: Turn, models: Models) => string | null
}

const TIMES: readonly Term[] = [
  {
    ...{ name: 'ttft', also: ['first visible', 'first-visible', 'first token'] },
    tells: 'time to the first visible token',
    formula:
      'From the moment the request is handed to the socket until the first visible text has arrived. Of several attempts the last one counts. Measured here.',
    own: ({ times }) => since(ttftMs(times)),
  },
  {
    ...{ name: 'first byte', also: ['first-byte', 'ttfb', 'headers'] },
    tells: 'time to the response headers',
    formula:
      'From the request to the response headers: the network twice, and the server until it accepts the request. Measured here.',
    own: ({ times }) => since(firstByteMs(times)),
  },
  {
    ...{ name: 'first thinking', also: ['first-thinking'] },
    tells: 'time to the first sign of thinking',
    formula:
      'From the request to the beginning of the thinking, shown or hidden. An answer without thinking has none. Measured here.',
    own: ({ times }) => since(firstThinkingMs(times)),
  },
  {
    ...{ name: 'ttlt', also: ['last token'] },
    tells: 'time to the last token',
    formula: 'From the request to message_stop. Measured here.',
    own: ({ times }) => since(ttltMs(times)),
  },
  {
    ...{ name: 'total', also: [] },
    tells: 'time from the question to the end',
    formula: 'From Enter to the end of the answer, failed attempts and the waits between them included. Measured here.',
    own: ({ times }) => since(totalMs(times)),
  },
  {
    ...{ name: 'thinking', also: [] },
    tells: 'how long the model thought',
    formula: 'From the first thinking to the end of its block, or to the first visible text. Measured here.',
    own: ({ times }) => since(thinkingMs(times)),
  },
  {
    ...{ name: 'stall', also: ['stalls'] },
    tells: 'a gap in the output',
    formula: `A pause between two pieces of output of more than ${STALL_MS / 1000} s. Measured here.`,
    own: ({ times }) =>
      times.stalls === 0 ? 'none' : `${count(times.stalls, 'stall')}, ${duration(times.stalledMs)} together`,
  },
  {
    ...{ name: 'waterfall', also: ['phases', 'phase', 'why'] },
    tells: 'what the time of a turn went to',
    formula: `Phases, one after the other, that add up to the total: ${PHASES.map((name) => `${PHASE_WORDS[name].letter} ${PHASE_WORDS[name].name} (${PHASE_WORDS[name].tells})`).join(', ')}. Measured here; /why draws them.`,
    own: (turn) => {
      const phases = phasesOf(turn)
      const parts = PHASES.flatMap((name) => (phases[name] ? [duration(phases[name])] : []))
      return parts.length === 0 ? null : `${parts.join(' + ')} = ${duration(sumOf(phases))}`
    },
  },
  {
    ...{ name: 'own share', also: ['own', 'parse', 'draw'] },
    tells: 'what of a turn this program itself took',
    formula:
      'Reading: from a chunk of bytes being taken up until all of it is understood and told. Drawing: composing and writing frames. Both lie within the phases. Measured here; /perf tells more.',
    own: ({ end }) => {
      const own = end?.own
      if (!own) return null
      const drawing = own.drawMs === undefined ? '' : `, drawing ${own.drawMs.toFixed(1)}ms`
      return `reading ${own.parseMs.toFixed(1)}ms${drawing}`
    },
  },
]

const SPEEDS: readonly Term[] = [
  {
    ...{ name: 'otps', also: ['tok/s', 'speed', 'tps'] },
    tells: 'output tokens per second, thinking included',
    formula:
      "The server's count of output tokens, hidden thinking included, divided by the time from the first output (thinking or text) to the last. While it streams, and after a stop, the tokens are estimated from the text: ~.",
    own: (turn) => {
      const speed = otps(turn)
      const { firstThinking, firstText, lastOutput } = turn.times
      const output = outputTokens(turn)
      if (!speed || !output) return null
      return perSecond(output, lastOutput! - (firstThinking ?? firstText)!, speed)
    },
  },
  {
    ...{ name: 'visible otps', also: ['visible-otps', 'visible speed', 'visible'] },
    tells: 'visible tokens per second',
    formula:
      'Output tokens without those of thinking, divided by the time from the first visible text to the last. An estimate (~) where the server does not say how much was thinking.',
    own: (turn) => {
      const speed = visibleOtps(turn)
      const { firstText, lastOutput } = turn.times
      if (!speed || !turn.usage) return null
      const shown =
        speed.from === 'measured' ? visibleOf(turn.usage) : (speed.value * (lastOutput! - firstText!)) / 1000
      return perSecond({ value: shown, from: speed.from }, lastOutput! - firstText!, speed)
    },
  },
]

const MONEY: readonly Term[] = [
  {
    ...{ name: 'context used', also: ['context', 'ctx', 'window'] },
    tells: "share of the model's window that is taken",
    formula:
      "Input, cache reads, cache writes and output of the last response, by the server's count, divided by the window of the model; with what is typed or attached it is an estimate (~).",
    own: ({ usage, model }, models) => {
      const { window } = modelCard(model, models)
      if (!usage || window === null) return null
      const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = usage
      const parts = [input, cacheRead, cacheWrite5m + cacheWrite1h, output].map(tokens)
      const used = promptTokens(usage) + output
      return `(${parts.join(' + ')}) / ${tokens(window)} = ${percent(used / window)}`
    },
  },
  {
    ...{ name: 'cost', also: ['price', 'turn', 'session'] },
    tells: 'what a turn costs',
    formula:
      'Tokens by kind (input, cache write, cache read, output) times the price card of the model that answered, a million tokens each. A price nobody has published is unknown, never $0. /cost adds them up.',
    own: (turn) => {
      const { usage, cost, prices } = turn
      const output = outputTokens(turn)
      const card = usage && prices ? priceFor({ prices }, promptTokens(usage)) : null
      if (!usage || !card || !cost || !output) return null
      const priceOf: Readonly<Record<Kind, number>> = {
        ...{ input: card.input, cacheWrite5m: card.write5m, cacheWrite1h: card.write1h },
        ...{ cacheRead: card.read, output: card.output },
      }
      const amounts = { ...usage, output: output.value }
      const parts = KINDS.filter((kind) => amounts[kind] > 0).map(
        (kind) => `${tokens(amounts[kind])} x $${priceOf[kind]}/M`,
      )
      return `${parts.join(' + ')} = ${mark(cost)}${money(cost.value)}`
    },
  },
  {
    ...{ name: 'cache ratio', also: ['cache', 'cached', 'cache hit'] },
    tells: 'share of the prompt read from the prompt cache',
    formula: "Cache reads divided by input, cache reads and cache writes together, by the server's count.",
    own: ({ usage }) => {
      if (!usage || promptTokens(usage) === 0) return null
      const whole = promptTokens(usage)
      return `${tokens(usage.cacheRead)} / ${tokens(whole)} = ${percent(usage.cacheRead / whole)}`
    },
  },
  {
    ...{ name: 'saved', also: ['savings'] },
    tells: 'what the prompt cache saved',
    formula:
      'What the same tokens would have cost as plain input, less what they did cost. Below zero: writing has cost more so far than reading saved.',
    own: (turn) => (turn.usage ? `${money(savedUsd(billOf(chargesOfTurn(turn))))} with this turn` : null),
  },
  {
    ...{ name: 'warm', also: ['cold', 'warm/cold'] },
    tells: 'whether the prompt cache still holds the prompt',
    formula:
      'An entry lives 5 minutes, or an hour for a dearer write, from the start of the request that wrote or read it. Warm: the next prompt is read from it, at a tenth of the price; cold: it is read anew. /cache counts down.',
    own: ({ usage, cacheMiss }) =>
      !usage
        ? null
        : usage.cacheRead > 0
          ? 'warm: part of it was read'
          : `cold: nothing was read${cacheMiss ? `, ${cacheMiss.replaceAll('_', ' ')}` : ''}`,
  },
]

const COMPARED: readonly Term[] = [
  {
    ...{ name: 'baseline', also: ['median', 'usual'] },
    tells: 'what is usual for you',
    formula: `The medians of your own finished answers by the same model at about the same context size (up to 2k, 8k, 32k, 128k, 512k tokens of prompt, and more), from the ledger. Fewer than ${LEAST_ANSWERS} of them say nothing. /why compares with it.`,
    own: ({ usage }) => (usage ? `compared with ${sizeInWords(promptTokens(usage))}` : null),
  },
  {
    ...{ name: 'percentile', also: ['p50', 'p90', 'p95', 'p99'] },
    tells: 'p50, p90, p95, p99',
    formula:
      'The value that so many of a hundred values do not exceed. p50 is the median: half are faster, half are slower. p95 is what one in twenty is worse than, and with fewer than 20 values it is little more than the worst.',
  },
  {
    ...{ name: 'estimate', also: ['~', 'measured', 'server'] },
    tells: 'where a figure comes from',
    formula:
      'Measured: by our own clock. Server: as the API reports it. Estimate: our arithmetic, always shown with a ~.',
  },
]

export const GLOSSARY: readonly Term[] = [...TIMES, ...SPEEDS, ...MONEY, ...COMPARED]

/** The term a person means; null: there is none of that name. */
export function termNamed(typed: string): Term | null {
  const name = typed.trim().toLowerCase().replace(/\s+/g, ' ')
  return (
    GLOSSARY.find(
      (term) => term.name === name || term.name.replaceAll(' ', '-') === name || term.also.includes(name),
    ) ?? null
  )
}

const since = (figure: Figure | null) => (figure ? duration(figure.value) : null)

const perSecond = (amount: Figure, ms: Ms, speed: Figure) =>
  `${mark(amount)}${Math.round(amount.value).toLocaleString('en-US')} tokens / ${(ms / 1000).toFixed(2)}s = ${mark(speed)}${speed.value.toFixed(speed.value < 10 ? 1 : 0)} tok/s`
