/** Turns as the messages of a request: which of them go back to the model, and with which words. */

import { withAttachments } from '../attachments.ts'
import type { Message } from '../request.ts'
import type { Turn } from '../turn/turns.ts'
import { asSent } from './concise.ts'

/**
 * Whether a turn goes back to the model in later requests: it has an answer to show for it, and the model did not
 * refuse (a refused exchange in the history invites more refusals).
 */
function isRemembered(turn: Turn): boolean {
  return turn.answer.trim() !== '' && !(turn.end?.type === 'finished' && turn.end.stopReason === 'refusal')
}

/** The question of a turn as it was sent, and is sent again. */
const questionSent = ({ question, concise }: Pick<Turn, 'question' | 'concise'>): string => asSent(question, concise)

/** A turn's question as the message it was sent as. */
export const askedMessage = (turn: Pick<Turn, 'question' | 'attachments' | 'concise'>): Message => ({
  role: 'user',
  text: questionSent(turn),
  ...withAttachments(turn.attachments),
})

/** The turns as messages. Thinking is never sent back: it is bound to a history that the user may edit. */
export function history(turns: readonly Turn[]): readonly Message[] {
  return turns
    .filter(isRemembered)
    .flatMap((turn): readonly Message[] => [askedMessage(turn), { role: 'assistant', text: turn.answer }])
}
