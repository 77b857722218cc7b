/**
 * Why a turn took as long as it did: its phases as one line, what each took beside what is usual, and one sentence that
 * names the slow part.
 */

import { type Models, shortName } from '../models.ts'
import type { Remark } from '../text/remark.ts'
import { letters, type Segment } from '../text/remark-bar.ts'
import type { Role } from '../text/theme.ts'
import type { Turn } from '../turn/turns.ts'
import { type Ms, promptTokens } from '../turn.ts'
import { type Baseline, baselineOf, LEAST_ANSWERS, peersOf, sizeInWords, type Timed, visibleOf } from './baseline.ts'
import { PHASE_WORDS } from './phase-words.ts'
import { PHASES, type PhaseName, type Phases, phasesOf, sumOf } from './phases.ts'
import { count, duration, percent, tokens } from './words.ts'

/** What takes more than so many times what is usual, and so many ms more, is slow. */
const SLOW = { times: 1.5, ms: 200 } as const
/** Phases with less than this share of the whole stand together in one line. */
const WORTH_A_NAME = 0.01

/** Neighbours differ. */
const ROLES: Readonly<Record<PhaseName, Role>> = {
  ...{ own: 'dim', tries: 'error', connect: 'name', tls: 'constant', upload: 'string', headers: 'accent' },
  ...{ start: 'dim', wait: 'warn', thinking: 'code', decode: 'good', stalls: 'error', end: 'dim' },
}

type Key = (name: PhaseName, gap: string) => string
const lettered: Key = (name, gap) => `${PHASE_WORDS[name].letter}${gap}`

const present = (phases: Phases) => PHASES.flatMap((name) => (phases[name] ? [[name, phases[name]] as const] : []))

const barOf = (phases: Phases): readonly Segment[] =>
  present(phases).map(([name, size]) => ({ letter: PHASE_WORDS[name].letter, size, role: ROLES[name] }))

/**
 * The phases that matter, in order: `h wait for headers 610ms · d decode 1.2s · rest 4ms`.
 * @param key the letter of a phase in the bar, and what parts it from its name
 */
function inWords(phases: Phases, key: Key): string {
  const total = sumOf(phases)
  const named = present(phases).filter(([, ms]) => ms / total >= WORTH_A_NAME)
  const rest = total - named.reduce((sum, [, ms]) => sum + ms, 0)
  const parts = named.map(([name, ms]) => `${key(name, ' ')}${PHASE_WORDS[name].name} ${duration(ms)}`)
  return [...parts, ...(rest >= 0.5 ? [`rest ${duration(rest)}`] : [])].join(' · ')
}

/** Columns of the bar in a line of text. */
const LINE_BAR = 32

/** All in one line of plain text; a turn that was never timed says so. */
export function timingLine(turn: Turn): string {
  const phases = phasesOf(turn)
  const total = sumOf(phases)
  if (total === 0) return 'timing: nothing was measured'
  return `timing ${duration(total)}  ${letters(barOf(phases), LINE_BAR)}  ${inWords(phases, lettered)}`
}

/**
 * @param past answers of the same model, the latest first
 * @param isWhole whether each phase is to be listed
 * @param isAloud there is no bar whose letters would have to be told
 */
export function whyReport(
  turn: Turn,
  past: readonly Timed[],
  models: Models,
  isWhole: boolean,
  isAloud = false,
): Remark {
  const phases = phasesOf(turn)
  const total = sumOf(phases)
  if (turn.recalled) return `Turn ${turn.number} is an earlier answer, from the history: nothing was waited for.`
  if (total === 0) return `Of turn ${turn.number} no times are known: it was held elsewhere.`
  const peers = peersOf(turn, past)
  const usual = baselineOf(peers)
  const head = `Turn ${turn.number} took ${duration(total)}.`
  const said = verdict(turn, phases, usual, peers.length, models)
  const bar = { bar: barOf(phases) }
  const key = isAloud ? () => '' : lettered
  if (!isWhole)
    return [head, bar, inWords(phases, key), '', said, '/why all lists each phase, /explain says what each is.']
  return [head, bar, '', { table: tableOf(phases, usual, key) }, ...ownWork(turn), '', said]
}

function tableOf(phases: Phases, usual: Baseline | null, key: Key) {
  const total = sumOf(phases)
  const median = (ms: Ms) => (usual ? [ms > 0 ? duration(ms) : '-'] : [])
  const rows = present(phases).map(([name, ms]) => ({
    name: `${key(name, '  ')}${PHASE_WORDS[name].name}`,
    cells: [duration(ms), percent(ms / total), ...median(usual?.phases[name] ?? 0)],
  }))
  const whole = { name: '   total', cells: [duration(total), '100%', ...median(usual?.totalMs ?? 0)] }
  const columns = ['took', 'share', ...(usual ? ['your median'] : [])]
  return { columns, rows: [...rows, { ...whole, look: 'strong' as const }] }
}

/** Our own share, which lies within the phases. */
function ownWork({ end }: Turn): readonly string[] {
  const own = end?.own
  if (!own) return []
  const drawn = own.drawMs === undefined ? '' : `, drawing ${fine(own.drawMs)}`
  return ['', `Within that, this program itself: reading what came ${fine(own.parseMs)}${drawn}.`]
}

const fine = (ms: Ms) => (ms < 10 ? `${ms.toFixed(1)}ms` : duration(ms))

/** The one sentence. */
function verdict(turn: Turn, phases: Phases, usual: Baseline | null, answers: number, models: Models): string {
  const model = shortName(turn.model, models)
  const total = sumOf(phases)
  const [largest, most] = present(phases).reduce((a, b) => (b[1] > a[1] ? b : a))
  const name = (one: PhaseName) => PHASE_WORDS[one].name
  if (!usual || !turn.usage) {
    const few = `${count(answers, 'answer')} of ${model} at this context size`
    return `Most of it was ${name(largest)} (${percent(most / total)}). What is usual is not known yet: there ${answers === 1 ? 'is' : 'are'} ${few} to compare with, and it takes ${LEAST_ANSWERS}.`
  }
  const where = `for ${model} at ${sizeInWords(promptTokens(turn.usage))} (${count(usual.answers, 'answer')})`
  const visible = visibleOf(turn.usage)
  // A long answer takes long: only what a token took can be slow.
  const expected = (one: PhaseName) => (one === 'decode' ? usual.msPerToken * visible : usual.phases[one])
  const [slow, ms] = present(phases).reduce((a, b) => (b[1] - expected(b[0]) > a[1] - expected(a[0]) ? b : a))
  const isSlow = ms - expected(slow) >= SLOW.ms && ms > SLOW.times * expected(slow)
  if (isSlow && slow === 'decode' && usual.msPerToken > 0 && visible > 0) {
    const speed = (msPerToken: Ms) => `${(1000 / msPerToken).toFixed(0)} tok/s`
    return `Slow: decode ran at ${speed(ms / visible)}, ${times(ms / expected(slow))} slower than your median of ${speed(usual.msPerToken)} ${where}.`
  }
  if (isSlow) {
    const median = usual.phases[slow]
    const usually = median >= 1 ? `${times(ms / median)} your median of ${duration(median)}` : 'usually there is none'
    return `Slow: ${name(slow)} took ${duration(ms)}, ${usually} ${where}.${reason(slow, turn)}`
  }
  const ratio = `${times(total / usual.totalMs)} your median of ${duration(usual.totalMs)} ${where}`
  if (total > SLOW.times * usual.totalMs && visible > SLOW.times * usual.visible)
    return `Longer, not slower: ${tokens(visible)} tokens of text, ${times(visible / Math.max(1, usual.visible))} your median; in all ${ratio}.`
  return `Nothing stands out: ${ratio}; most of it was ${name(largest)}.`
}

const times = (ratio: number) => `${ratio < 9.95 ? ratio.toFixed(1) : ratio.toFixed(0)}x`

/** Why a phase may be slow, from what the turn itself knows; empty: nothing is known. */
function reason(slow: PhaseName, { usage, cacheMiss, attempt }: Turn): string {
  if (slow === 'tries') return ` ${count(attempt - 1, 'attempt')} failed before.`
  if (slow === 'connect' || slow === 'tls') return ' No connection stood ready.'
  if (slow === 'own') return ' That was this program, or what it waited for before it could send.'
  const isReading = slow === 'headers' || slow === 'start' || slow === 'wait'
  if (isReading && cacheMiss) return ` The prompt cache missed: ${cacheMiss.replaceAll('_', ' ')}.`
  const anew = usage ? promptTokens(usage) - usage.cacheRead : 0
  return isReading && anew >= 4_000 ? ` ${tokens(anew)} tokens of the prompt were read anew, not from the cache.` : ''
}
