/**
 * The phases of a turn: what its time went to, from the question to the end of the answer, one after the other without
 * a gap. What this program did meanwhile lies within them (`Own`).
 */

import type { Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import { rounded } from './rounded.ts'

/** In the order in which they come. */
export const PHASES = [
  'own',
  'tries',
  'connect',
  'tls',
  'upload',
  'headers',
  'start',
  'wait',
  'thinking',
  'decode',
  'stalls',
  'end',
] as const

export type PhaseName = (typeof PHASES)[number]

/** Milliseconds by phase; what took no time is absent. */
export type Phases = Readonly<Partial<Record<PhaseName, Ms>>>

/** The phases of a turn that is over; their sum is the time from its question to its end. Empty: it was never timed. */
export function phasesOf(turn: Pick<Turn, 'times' | 'wire' | 'recalled' | 'end' | 'vain'>): Phases {
  const { times, wire, recalled, end, vain } = turn
  const { asked, ended, heard, firstText, lastOutput } = times
  if (asked === null || ended === null || recalled) return {}
  const found: Partial<Record<PhaseName, Ms>> = {}
  const add = (name: PhaseName, ms: Ms) => {
    if (ms > 0) found[name] = (found[name] ?? 0) + ms
  }
  let at = asked
  // Each ends no earlier than the one before it and no later than the turn, whatever the clocks said.
  for (const [name, until] of vain ? inVain(times) : marks(times, wire)) {
    if (until === null) continue
    const next = Math.min(Math.max(at, until), heard === null || at >= heard ? ended : Math.max(heard, at))
    add(name, next - at)
    at = next
  }
  const isOffline = end?.type === 'failed' && end.failure.kind === 'offline'
  const isSent = times.sent !== null && !vain
  if (!isSent) add(times.firstSent === null ? 'own' : 'tries', ended - at)
  else add(isOffline ? 'connect' : heard === null ? 'headers' : lastOutput === null ? 'wait' : 'end', ended - at)
  const early = Math.min(times.stalledEarlyMs, found.thinking ?? 0)
  const late = Math.min(times.stalledMs - times.stalledEarlyMs, firstText === null ? 0 : (found.decode ?? 0))
  if (early > 0) found.thinking! -= early
  if (late > 0) found.decode! -= late
  add('stalls', Math.max(0, early) + Math.max(0, late))
  return Object.fromEntries(PHASES.flatMap((name) => ((found[name] ?? 0) > 0 ? [[name, found[name]!]] : [])))
}

/** The same where nothing is on its way: what follows the first attempt, or its being put off, are tries and waits. */
const inVain = ({ firstSent, sent }: Turn['times']) => [['own', firstSent ?? sent]] as const

/** When each phase ends; null: nobody knows, so that its time is part of the next one. */
function marks(times: Turn['times'], wire: Turn['wire']): readonly (readonly [PhaseName, Ms | null])[] {
  const { firstSent, sent, heard, began, firstThinking, firstText, lastOutput } = times
  let at = sent ?? 0
  const step = (ms: Ms | null | undefined) => {
    if (sent === null || ms === null || ms === undefined) return null
    at += ms
    return at
  }
  return [
    ['own', firstSent ?? sent],
    ['tries', sent],
    ['own', step(wire?.handedMs)],
    ['connect', step(wire?.connectMs)],
    ['tls', step(wire?.tlsMs)],
    ['upload', step(wire?.uploadMs)],
    ['headers', heard],
    ['start', began],
    ['wait', firstThinking ?? firstText],
    ['thinking', firstThinking === null ? null : (firstText ?? lastOutput)],
    ['decode', firstText === null ? null : lastOutput],
  ]
}

/** What a ledger holds as phases; null: nobody can have written that. */
export function phasesIn(json: string): Phases | null {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  // Those that a later version adds count as nothing here.
  const known = Object.entries(value).filter(([name]) => PHASES.includes(name as PhaseName))
  return known.every(([, ms]) => Number.isFinite(ms) && ms >= 0) ? Object.fromEntries(known) : null
}

/** The same to so many places behind the point, so that they still add up: each ends where it did, as near as that tells. */
export function finely(phases: Phases, places: number): Phases {
  let [exact, told] = [0, 0]
  const rows = Object.entries(phases).map(([name, ms]) => {
    exact += ms
    const until = rounded(exact, places)
    const fine = rounded(until - told, places)
    told = until
    return [name, fine] as const
  })
  return Object.fromEntries(rows)
}

/** Milliseconds of all of them together. */
export const sumOf = (phases: Phases): Ms => Object.values(phases).reduce((sum, ms) => sum + ms, 0)
