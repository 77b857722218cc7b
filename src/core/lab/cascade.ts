/**
 * A cascade: the cheap model is asked first, its answer is checked, and only where that is not good enough the next one is
 * asked. What decides, as values: which check, what a judge is asked and has said, what follows from it. Who asks is
 * `modes/lab/cascade`.
 */

import { costUsd, type ModelCard, type Models, modelCard } from '../models.ts'
import { type Message, NO_MARKS, type TurnRequest } from '../request.ts'
import { cutShort, sayFailed } from '../turn/outcome.ts'
import type { Turn } from '../turn/turns.ts'
import type { TurnEnd } from '../turn.ts'
import { isBroken, isOfTheModel } from '../weather/resilience.ts'
import type { Cascade } from './cascade/choice.ts'
import type { CascadeRow } from './cascade/report.ts'
import { JUDGING } from './cascade/words.ts'

/** Whether an answer is good enough. */
export interface Verdict {
  readonly isGood: boolean
  /** Why, in a few words. */
  readonly reason: string
}

/** What follows from an answer, before anybody has checked it. */
export type Finding =
  /** It stands as it is: there is nobody else to ask, or nothing that another model would do better. */
  { readonly type: 'take' } | { readonly type: 'check' } | { readonly type: 'next'; readonly reason: string }

export function findingOf(answer: { readonly text: string; readonly end: TurnEnd }, isLast: boolean): Finding {
  const { text, end } = answer
  if (isLast || end.type === 'stopped') return { type: 'take' }
  if (end.type === 'failed')
    return isOfTheModel(end.failure) || isBroken(end.failure, text)
      ? { type: 'next', reason: sayFailed(end.failure) }
      : { type: 'take' }
  if (end.stopReason === 'refusal') return { type: 'next', reason: 'it declined' }
  if (cutShort(end.stopReason)) return { type: 'next', reason: `it was cut short (${end.stopReason})` }
  return text.trim() === '' ? { type: 'next', reason: 'it answered without a word' } : { type: 'check' }
}

/** UTF-16 units that a judge is shown of a question and of an answer, from both ends: enough to tell, and short. */
const SHOWN = { question: 6_000, answer: 12_000 } as const
/** Room for a thought and a sentence. */
const JUDGE_TOKENS = 1_000

/** The request for a verdict: a short one, without a conversation. */
export function judgeRequest(messages: readonly Message[], answer: string, judge: ModelCard): TurnRequest {
  const asked = messages.findLast(({ role }) => role === 'user')?.text ?? ''
  const text = `<question>\n${ends(asked, SHOWN.question)}\n</question>\n\n<answer>\n${ends(answer, SHOWN.answer)}\n</answer>\n\nIs it good enough?`
  return {
    model: judge.id,
    system: JUDGING,
    messages: [{ role: 'user', text }],
    maxTokens: JUDGE_TOKENS,
    effort: judge.efforts.includes('low') && judge.defaultEffort !== 'low' ? 'low' : null,
    thinking: 'unsaid',
    cache: NO_MARKS,
    stream: false,
  }
}

/** Both ends of it, with no tag in it that would end the material. */
function ends(text: string, most: number): string {
  const shown = text.length <= most ? text : `${text.slice(0, most / 2)}\n[…]\n${text.slice(-most / 2)}`
  return shown.replace(/<(?=\s*\/?\s*(?:question|answer)\b)/gi, '&lt;')
}

/** What a judge has said; null: nothing that could be understood. */
export function verdictIn(text: string): Verdict | null {
  const json = /\{[\s\S]*\}/.exec(text)?.[0]
  try {
    const { isGood, reason }: { isGood?: unknown; reason?: unknown } = JSON.parse(json ?? '')
    if (typeof isGood !== 'boolean') return null
    return {
      isGood,
      reason: typeof reason === 'string' && reason.trim() !== '' ? brief(reason) : 'the judge gave no reason',
    }
  } catch {
    return null
  }
}

/** A reason in one line. */
export const brief = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

/** Said where the judge itself could not tell: the dearer answer is the safer one. */
export const UNJUDGED: Verdict = { isGood: false, reason: 'the judge could not tell' }

/**
 * What is written down of a turn that went up a cascade: what it cost, and what the answer that was kept would have cost by
 * the prices of the second model and of the last one.
 * @param judgeUsd what judging cost, US dollars; null: unknown
 */
export function rowOfClimb(
  turn: Turn,
  cascade: Cascade,
  judgeUsd: number | null,
  models: Models,
  wallMs: number,
): CascadeRow {
  const ids = cascade.models.map((name) => modelCard(name, models).id)
  const { usage } = turn
  const costs = [...turn.wasted.map(({ cost }) => cost), ...(usage ? [turn.cost] : [])]
  const spent = costs.reduce<number | null>((sum, cost) => (sum === null || !cost ? null : sum + cost.value), judgeUsd)
  const by = (id: string) => (usage ? costUsd(modelCard(id, models), usage) : null)
  return {
    wallMs,
    models: ids,
    steps: 1 + (turn.escalations?.length ?? 0),
    isKept: turn.end?.type === 'finished',
    spentUsd: spent,
    secondUsd: by(ids[1]!),
    lastUsd: by(ids.at(-1)!),
  }
}
