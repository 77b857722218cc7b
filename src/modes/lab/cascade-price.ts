/** What a cascade may come to besides its first answer: for a dry run. */

import { type Question, wordsOf } from '../../core/attachments.ts'
import type { State } from '../../core/conversation.ts'
import { money } from '../../core/figures/words.ts'
import { estimated, withMark } from '../../core/figures.ts'
import type { Cascade } from '../../core/lab/cascade/choice.ts'
import { judgeRequest } from '../../core/lab/cascade.ts'
import { priceFor, shortName } from '../../core/models.ts'
import { type Quote, quoteOf } from '../../core/money/quote.ts'
import { judgeOf } from './cascade-road.ts'

/** Output tokens of a verdict, a short thought included. */
const VERDICT = 100

/** @param first the quote of the first model's answer */
export function sayCascade(cascade: Cascade, state: State, question: Question, first: Quote): readonly string[] {
  const { models, choices } = state
  const [, ...others] = cascade.models
  const steps = others.map((model) => {
    const asked = { ...state, choices: { ...choices, model } }
    const { usd } = quoteOf(asked, question, { counted: null, past: [], now: performance.now() })
    return `${shortName(model, models)} (${shown(usd?.likely ?? null)})`
  })
  const next = `Where an answer is not good enough, the next model is asked as well: ${steps.join(', then ')}.`
  return ['', cascade.check === 'judge' ? `${next} ${sayJudge(cascade, state, question, first)}` : next]
}

function sayJudge(cascade: Cascade, state: State, question: Question, { output }: Quote): string {
  const card = judgeOf(state, cascade)
  const answer = ' '.repeat(Math.round(output.likely * card.charsPerToken))
  const { system, messages } = judgeRequest([{ role: 'user', text: wordsOf(question) }], answer, card)
  const input = ((system?.length ?? 0) + messages[0]!.text.length) / card.charsPerToken
  const price = priceFor(card, input)
  const usd = price && (input * price.input + VERDICT * price.output) / 1e6
  return `Each answer but the last is judged by ${shortName(card.id, state.models)} (${shown(usd)}).`
}

const shown = (usd: number | null | undefined) =>
  usd === null || usd === undefined ? 'at a price that is unknown' : withMark(estimated(usd), money)
