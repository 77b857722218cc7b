/** Names a conversation after its first answer, by the fast model, beside the turns: nobody waits for it. */

import { wordsWithNames } from '../../core/attachments.ts'
import { NAMING, shortTitle } from '../../core/conversation/title.ts'
import type { Event, State } from '../../core/conversation.ts'
import { modelCard } from '../../core/models.ts'
import { NO_MARKS, type TurnRequest } from '../../core/request.ts'
import type { Api } from '../../io/api.ts'
import { askAside } from '../thrift/aside.ts'

/** How much of the first turn is shown to the model, in UTF-16 units: enough to know what it is about. */
const QUESTION = 2_000
const ANSWER = 1_000
/** Room for a thought and a few words. */
const MAX_TOKENS = 1_000

/** The request for a title; null: this conversation needs none, or its server is not asked for more than turns. */
export function titleRequest({ turns, title, choices, models }: State): TurnRequest | null {
  const [first] = turns
  if (title || !first || turns.length > 1 || choices.features !== 'full' || first.answer.trim() === '') return null
  const card = modelCard('fast', models)
  const said = `<question>\n${wordsWithNames(first).slice(0, QUESTION)}\n</question>\n\n<answer>\n${first.answer.slice(0, ANSWER)}\n</answer>`
  return {
    model: card.id,
    system: NAMING,
    messages: [{ role: 'user', text: `${said}\n\nName this conversation.` }],
    maxTokens: MAX_TOKENS,
    effort: card.efforts.includes('low') && card.defaultEffort !== 'low' ? 'low' : null,
    thinking: 'unsaid',
    cache: NO_MARKS,
    stream: false,
  }
}

/** Asks for a title. @returns what has happened: the bill and, when one came, the title. Never rejects. */
export async function askTitle(
  request: TurnRequest,
  api: Pick<Api, 'attempt'>,
  signal: AbortSignal,
): Promise<readonly Event[]> {
  const { text, bill, end } = await askAside(request, 'title', api, signal)
  if (!bill) return []
  const isNamed = end.type === 'finished' && end.stopReason !== 'refusal'
  const title = isNamed ? shortTitle(text) : ''
  return [bill, ...(title === '' ? [] : [{ type: 'titled' as const, title, by: 'model' as const }])]
}
