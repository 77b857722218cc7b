/**
 * Rules that send a question to another model: by its task, or because the chosen model is slow just now. They are opt-in,
 * and whoever follows one says so each time.
 */

import { promptOf } from '../conversation/title.ts'
import { quantile } from '../figures/pace.ts'
import { count, duration } from '../figures/words.ts'
import { type Models, modelCard, shortName, suggest } from '../models.ts'
import { type Problem, quote } from '../problem.ts'
import type { Ms } from '../turn.ts'
import { waitsFor } from '../weather/resilience.ts'
import { type PresetRow, presetsWith } from './presets.ts'

/** Task to model, as the setting `route` has them: `classify=fast,code=balanced`. */
export function rulesIn(setting: string): ReadonlyMap<string, string> {
  if (setting === 'off') return new Map()
  return new Map(setting.split(',').map((rule) => rule.split('=') as [string, string]))
}

/** A rule that would never be followed: its task is no preset, and is guessed of no question. */
export function strayRule(setting: string, presets: readonly PresetRow[]): Problem | null {
  const tasks = new Set([...BEGINNINGS.map(([task]) => task), ...presetsWith(presets).map(({ name }) => name)])
  const stray = [...rulesIn(setting).keys()].find((task) => !tasks.has(task))
  if (stray === undefined) return null
  const close = suggest(stray, [...tasks])
  const wayOut = close.length === 0 ? '' : `did you mean ${close.map((one) => quote(one)).join(' or ')}?`
  return { where: 'route', expected: `a task, one of ${[...tasks].join(', ')}`, came: quote(stray), wayOut }
}

/** How a question of each task begins. A guess by its first words alone: cheap, local, and the same each time. */
const BEGINNINGS: readonly (readonly [task: string, begins: RegExp])[] = [
  ['classify', /^(classify|categori[sz]e|label|tag|rate|which (category|class|label))\b|\b(yes or no|true or false)\b/],
  ['extract', /^(extract|pull out|list (all|every|the)|find (all|every)|parse|which \w+ (are|is) (named|mentioned))\b/],
  ['summarise', /^(summari[sz]e|sum up|tl;?dr|shorten|condense|give me (a|the) (gist|summary))\b/],
  [
    'code',
    /^((write|implement|fix|refactor|debug|review|port|optimi[sz]e|add|explain)\b.{0,40}\b(code|function|class|script|program|tests?|bug|query|regex|method|module)\b|why does this (code|test|function))/,
  ],
  ['maths', /^(calculate|compute|solve|prove|integrate|differentiate|how many)\b/],
  [
    'creative',
    /^((write|tell)( me)? (a|an|some) (short )?(story|poem|song|tale|slogan)|brainstorm|invent|name ideas|rewrite)\b/,
  ],
]
/** Characters of a question that are looked at. */
const FIRST = 80

/** What a question most likely asks for; null: nothing that can be told. */
export function taskOf(question: string): string | null {
  const start = promptOf(question).trimStart().slice(0, FIRST).toLowerCase()
  return BEGINNINGS.find(([, begins]) => begins.test(start))?.[0] ?? null
}

export interface Route {
  /** As the rule names it. */
  readonly model: string
  /** A sentence that says who is asked instead, and why. */
  readonly said: string
}

export interface Asked {
  readonly question: string
  /** The preset that was named; null: none was. */
  readonly preset: string | null
  /** The model that was chosen. */
  readonly model: string
}

/** By task; null: no rule, or the same model. */
export function routedByTask(
  rules: ReadonlyMap<string, string>,
  { question, preset, model }: Asked,
  models: Models,
): Route | null {
  const task = preset ?? taskOf(question)
  const to = task === null ? undefined : rules.get(task)
  if (to === undefined || modelCard(to, models).id === modelCard(model, models).id) return null
  const why = preset === null ? `it looks like "${task}" by its first words` : `the preset is "${task}"`
  return { model: to, said: `Routed to ${shortName(to, models)}: ${why}, and the setting route says ${task}=${to}.` }
}

/** How far back a model's times are looked at, and how many of its answers there must be. */
export const SLOW = { withinMs: 10 * 60_000, answers: 5, share: 0.95 } as const

/** The limit of the setting `routeIfSlow`, in ms; null: there is none. */
export const slowFrom = (setting: string): Ms | null => (setting === 'off' ? null : waitsFor(setting))

/** By wait. @param firstTokens of the chosen model lately, in ms */
export function routedByWait(limitMs: Ms, firstTokens: readonly Ms[], model: string, models: Models): Route | null {
  if (firstTokens.length < SLOW.answers || modelCard(model, models).id === modelCard('fast', models).id) return null
  const p95 = quantile(firstTokens, SLOW.share)
  if (p95 <= limitMs) return null
  const seen = `p95 of its last ${count(firstTokens.length, 'answer')} within ten minutes is ${duration(p95)}`
  return {
    model: 'fast',
    said: `Routed to ${shortName('fast', models)}: ${shortName(model, models)} is slow to its first word just now (${seen}), and the setting routeIfSlow says ${duration(limitMs)}.`,
  }
}
