/** Has a text summarised beside the turns, piece by piece, and prepares the summary in its place. */

import { isReady, type Prepared, type PrepareOptions, type Source } from '../core/attachments/prepared.ts'
import { joinedSummary, summaryCard, type TextSummary, textSummary } from '../core/attachments/summary.ts'
import { decodeText } from '../core/attachments/text.ts'
import type { State } from '../core/conversation.ts'
import type { SideCallEvent } from '../core/side-calls.ts'
import { count } from '../core/words.ts'
import type { Api } from '../io/api.ts'
import { prepare } from '../io/attachments/prepare.ts'
import { askAside } from './aside.ts'

/** How long one piece may take, in ms. */
const WITHIN_MS = 5 * 60_000

export interface SummaryParts {
  readonly api: Pick<Api, 'attempt'>
  readonly state: Pick<State, 'choices' | 'models'>
  /** Told of each request's cost, as soon as it is known. */
  readonly billed: (bill: SideCallEvent) => void
  /** Asked before anything is sent. @returns why it is not, or null */
  readonly objection?: (summary: TextSummary, name: string) => string | null | Promise<string | null>
  /** Nothing is sent: a text of the expected size takes the place of the summary. */
  readonly isDry?: boolean
}

/** @throws the signal's reason when it was stopped */
export async function summarisedText(
  source: Source,
  { api, state, billed, objection, isDry = false }: SummaryParts,
  options: Omit<PrepareOptions, 'part'>,
  signal: AbortSignal,
): Promise<Prepared> {
  const { name } = source
  const text = decodeText(source.bytes)?.text
  if (text === undefined) return { refused: `${name} is no text: only of a text a summary can be made.` }
  if (text.trim() === '') return { refused: `${name} holds nothing but blanks. Attach a file with something in it.` }
  const summary = textSummary(text, name, summaryCard(state))
  const why = await objection?.(summary, name)
  if (why) return { refused: why }
  const texts: string[] = isDry ? [standIn(summary)] : []
  for (const request of isDry ? [] : summary.requests) {
    const late = AbortSignal.timeout(WITHIN_MS)
    const { text: made, bill, end } = await askAside(request, 'summary', api, AbortSignal.any([signal, late]), billed)
    if (bill) billed(bill)
    signal.throwIfAborted()
    const trouble =
      end.type === 'failed'
        ? end.failure.reason
        : late.aborted
          ? `It was not there after ${WITHIN_MS / 60_000} minutes.`
          : end.type !== 'finished' || end.stopReason !== 'end_turn'
            ? `It was cut short (${end.type === 'finished' ? end.stopReason : end.type}).`
            : made.trim() === ''
              ? 'The model answered without any text.'
              : null
    if (trouble !== null)
      return { refused: `No summary of ${name} could be made: ${trouble} Attach its head or its tail.` }
    texts.push(made.trim())
  }
  const bytes = new TextEncoder().encode(joinedSummary(texts, name, text.length, summary.card))
  const prepared = await prepare({ name: `${name} (summary)`, bytes }, options, signal)
  if (!isReady(prepared)) return prepared
  const pieces = texts.length === 1 ? '' : `, in ${count(texts.length, 'piece', 'pieces')}`
  const note = `a summary of ${text.length.toLocaleString('en-US')} characters by ${summary.card.name}${pieces}`
  return { ...prepared, attachment: { ...prepared.attachment, notes: [note, ...(prepared.attachment.notes ?? [])] } }
}

/** Words that take about as many tokens as the summary will. */
const standIn = ({ card, tokens }: TextSummary) =>
  'summary '.repeat(Math.ceil((tokens * card.charsPerToken) / 'summary '.length))
