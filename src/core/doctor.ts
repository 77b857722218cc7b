/**
 * What `claude-tui doctor` has to say: findings, each a sentence with a mark, and how they stand on a page or in JSON.
 * What is looked at is told in `doctor/`; looking itself is left to others.
 */

import { count } from './figures/words.ts'
import { sanitise } from './text/sanitise.ts'
import type { Role, Theme } from './text/theme.ts'
import { wrapText } from './text/wrap.ts'

/** look: it works, and could be better; broken: something does not work; unasked: nobody could be asked here. */
export type Mark = 'ok' | 'look' | 'broken' | 'unasked'

export type Part = 'This program' | 'Your terminal' | 'What is on disk' | 'The server'

export interface Finding {
  readonly part: Part
  /** One word or two, the same in every run: for scripts that read the JSON. */
  readonly topic: string
  readonly mark: Mark
  /** What was found, as sentences. */
  readonly says: string
  /** What to do about it; absent: nothing. */
  readonly todo?: string
  /** What was measured, as plain data for the JSON. Never holds a secret. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Findings of one part, without naming it each time. */
export type Told = Omit<Finding, 'part'>

export const inPart = (part: Part, told: readonly Told[]): readonly Finding[] => told.map((one) => ({ part, ...one }))

/** Whether nothing is broken. */
export const isWell = (findings: readonly Finding[]): boolean => findings.every(({ mark }) => mark !== 'broken')

const WORD: Readonly<Record<Mark, string>> = { ok: 'ok', look: 'look', broken: 'broken', unasked: '-' }
const COLOUR: Readonly<Record<Mark, Role>> = { ok: 'good', look: 'warn', broken: 'error', unasked: 'dim' }
/** Columns of the mark and of the blanks around it. */
const MARGIN = { indent: 2, mark: 6, gap: 2 } as const
/** Narrower than this, the sentences need the indentation's room. */
const ROOMY = 60

/** One part of the page: its name, its findings, a blank row. */
export function partRows(findings: readonly Finding[], columns: number, theme: Theme): readonly string[] {
  const indent = ' '.repeat(columns < ROOMY || theme.spoken ? 0 : MARGIN.indent)
  const room = columns - indent.length - MARGIN.mark - MARGIN.gap
  const [first] = findings
  if (!first) return []
  return [
    theme.strong(first.part),
    ...findings.flatMap((one) => findingRows(one, room, theme).map((each) => indent + each)),
    '',
  ]
}

function findingRows({ mark, says, todo }: Finding, room: number, theme: Theme): readonly string[] {
  // A row reads "broken: …" where nothing stands in columns.
  if (theme.spoken) {
    const word = mark === 'unasked' ? 'not asked' : WORD[mark]
    return [`${word}: ${sanitise(todo === undefined ? says : `${says} ${todo}`)}`]
  }
  const margin = ' '.repeat(MARGIN.mark + MARGIN.gap)
  const [first = '', ...more] = wrapText(sanitise(says), room)
  const word = theme[COLOUR[mark]](WORD[mark]) + margin.slice(WORD[mark].length)
  const ways = todo === undefined ? [] : wrapText(sanitise(todo), room)
  // Dim what has no news, so that the eye falls on what has.
  const tone = (text: string) => (mark === 'unasked' ? theme.dim(text) : text)
  return [
    word + tone(first),
    ...more.map((each) => margin + tone(each)),
    ...ways.map((each) => margin + theme.accent(each)),
  ]
}

/** The last sentence. */
export function summed(findings: readonly Finding[]): string {
  const number = (mark: Mark) => findings.filter((one) => one.mark === mark).length
  const [broken, look] = [number('broken'), number('look')]
  const things = look > 0 ? count(look, 'thing to look at', 'things to look at') : ''
  if (broken > 0) return `${count(broken, 'thing is', 'things are')} broken${things && `, and ${things}`}.`
  return things ? `Nothing is broken; ${things}.` : 'All is well.'
}

/** The whole as one JSON document. */
export function doctorJson(findings: readonly Finding[], version: string): object {
  return { type: 'doctor', ok: isWell(findings), version, summary: summed(findings), findings }
}
