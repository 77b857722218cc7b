/** `/cascade` in the chat: what is set, what it came to, and another one. */

import { checkTyped } from '../../core/lab/cascade/check-words.ts'
import { cascadeReport } from '../../core/lab/cascade/report.ts'
import { namesIn } from '../../core/lab/race/typed.ts'
import { modelCard, shortName } from '../../core/models.ts'
import type { Remark } from '../../core/text/remark.ts'
import { modelSlip } from '../../setup-levers.ts'
import type { ThriftParts } from '../thrift.ts'

/** Fewer models than this are no cascade, and more answers than that nobody pays for. */
const [FEWEST, MOST] = [2, 4]

/** @param argument names, and behind `check` how answers are checked: `fast,deep check regex:/yes|no/` */
export async function commandCascade(
  argument: string,
  tell: (remark: Remark) => void,
  parts: ThriftParts,
): Promise<void> {
  const { runtime, setup } = parts
  const { choices, models } = runtime.state
  if (argument === '') {
    const open = await parts.history()
    return tell(cascadeReport(open?.history.climbs(0) ?? null, choices.cascade?.models ?? [], models))
  }
  if (setup().taping) return tell('A recording follows one answer at a time: a cascade can be had without --record.')
  if (argument === 'off') {
    const begun = setup().state.choices
    // What was chosen before is not known any more once the program began with a cascade.
    const model = begun.cascade ? setup().settings.model : begun.model
    runtime.dispatch({ type: 'chosen', choices: { cascade: null, model } })
    return tell(`From the next message on ${shortName(model, models)} answers alone.`)
  }
  const [, typed = argument, check = setup().settings.check] = /^([\s\S]*?)\s+check\s+([\s\S]+)$/.exec(argument) ?? []
  const names = namesIn(typed)
  const slip = names.map((name) => modelSlip(name, models, choices.features === 'full')).find((one) => one !== null)
  if (slip) return tell(slip)
  const ids = new Set(names.map((name) => modelCard(name, models).id))
  if (ids.size !== names.length || names.length < FEWEST || names.length > MOST)
    return tell(`Expected ${FEWEST} to ${MOST} different models, the cheap one first: /cascade fast,balanced,deep.`)
  const problem = checkTyped(check)
  if (typeof problem === 'string') return tell(problem)
  runtime.dispatch({ type: 'chosen', choices: { model: names[0]!, cascade: { models: names, check } } })
  const way = names.map((name) => shortName(name, models)).join(' → ')
  tell(
    `From the next message on: ${way}, checked by ${check}. What is not good enough is not shown, and is billed. To make it last: claude-tui config set cascade ${names.join(',')}.`,
  )
}
