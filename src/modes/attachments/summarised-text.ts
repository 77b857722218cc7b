/** Has a text summarised beside the turns, piece by piece, and prepares the summary in its place. */

import PQueue from 'p-queue'
import {
  isReady,
  type Prepared,
  type PrepareOptions,
  type Refusal,
  type Source,
} from '../../core/attachments/prepared.ts'
import { joinedSummary, summaryCard, type TextSummary, textSummary } from '../../core/attachments/summary.ts'
import { billed as priced, type SideCallEvent } from '../../core/conversation/side-calls.ts'
import type { State } from '../../core/conversation.ts'
import { count, duration, money } from '../../core/figures/words.ts'
import { about } from '../../core/figures.ts'
import { hasBudget } from '../../core/money/budget.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Settings } from '../../core/settings.ts'
import type { TurnEnd } from '../../core/turn.ts'
import { patienceFor, SCRIPT_PATIENCE } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { decodeText } from '../../io/attachments/decode-text.ts'
import { prepare } from '../../io/attachments/prepare.ts'
import { travel } from '../../road.ts'
import { askAside } from '../thrift/aside.ts'

/** Requests for summaries that run side by side, of whatever texts; what waits goes out in the order of the pieces. */
const BESIDE = new PQueue({ concurrency: 3 })
/** Where there is a budget one goes after the other: what is on its way is in no sum yet. */
const ALONE = new PQueue({ concurrency: 1 })
/** How long one piece may take, in ms, waits for another attempt included. */
const WITHIN_MS = 5 * 60_000

export interface SummaryParts {
  readonly api: Pick<Api, 'attempt'>
  readonly state: Pick<State, 'choices' | 'models'>
  readonly settings: Settings
  readonly now: () => number
  /** Told of each request's cost, as soon as it is known. */
  billed(bill: SideCallEvent): void
  /** Told before anything is sent. @returns why it is not, or null */
  begins(summary: TextSummary, name: string): string | null | Promise<string | null>
  /** A line for people. */
  say(line: string): void
  /** Waits until a request may go out beside the turns; why it may not within reason, or null. Absent: nobody minds. */
  misfit?(request: TurnRequest, signal: AbortSignal): Promise<string | null>
  /** Told how a request ended that gave no summary, before that is refused in words. */
  failed?(end: TurnEnd): void
  /** Nothing is sent: a text of the expected size takes the place of the summary. */
  readonly isDry?: boolean
}

/** @throws the signal's reason when it was stopped */
export async function summarisedText(
  source: Source,
  parts: SummaryParts,
  options: Omit<PrepareOptions, 'part'>,
  signal: AbortSignal,
): Promise<Prepared> {
  const { name } = source
  const text = (await decodeText(source.bytes))?.text
  if (text === undefined) return { refused: `${name} is no text: only of a text a summary can be made.` }
  if (text.trim() === '') return { refused: `${name} holds nothing but blanks. Attach a file with something in it.` }
  const summary = textSummary(text, name, summaryCard(parts.state))
  const why = await parts.begins(summary, name)
  if (why !== null) return { refused: why }
  const texts = parts.isDry ? standIn(summary) : await written(summary, name, parts, signal)
  if ('refused' in texts) return { ...texts, isTooLong: true, chars: text.length }
  const bytes = new TextEncoder().encode(joinedSummary(texts, name, text.length, summary.card))
  const prepared = await prepare({ name: `${name} (summary)`, bytes }, options, signal)
  if (!isReady(prepared)) return prepared
  const pieces = texts.length === 1 ? '' : `, in ${count(texts.length, 'piece', 'pieces')}`
  const note = parts.isDry
    ? 'as large as its summary is expected to be'
    : `a summary of ${text.length.toLocaleString('en-US')} characters by ${summary.card.name}${pieces}`
  return { ...prepared, attachment: { ...prepared.attachment, notes: [note, ...(prepared.attachment.notes ?? [])] } }
}

/** The summaries of all pieces. What they cost is said, whatever comes of it. @throws the signal's reason */
async function written(
  { requests }: TextSummary,
  name: string,
  parts: SummaryParts,
  signal: AbortSignal,
): Promise<readonly string[] | Refusal> {
  let usd = 0
  const billed = (bill: SideCallEvent) => {
    usd += priced(bill, parts.state.models).cost?.value ?? 0
    parts.billed(bill)
  }
  // The first that fails ends the others: what they would say is of no use.
  const own = new AbortController()
  const either = AbortSignal.any([signal, own.signal])
  const ask = async (request: TurnRequest): Promise<{ readonly text: string } | { readonly trouble: string }> => {
    if (either.aborted) return { trouble: 'It was stopped.' }
    const why = (await parts.misfit?.(request, either)) ?? null
    if (why !== null) return { trouble: why }
    const late = AbortSignal.timeout(WITHIN_MS)
    const { text, bill, end } = await askAside(
      request,
      'summary',
      patiently(parts),
      AbortSignal.any([either, late]),
      billed,
    )
    if (bill) billed(bill)
    const trouble = late.aborted ? `It was not there after ${duration(WITHIN_MS)}.` : troubleOf(end, text)
    if (trouble === null) return { text: text.trim() }
    if (!either.aborted) parts.failed?.(end)
    return { trouble }
  }
  const queue = hasBudget(parts.settings) ? ALONE : BESIDE
  try {
    let first: string | null = null
    const made = await Promise.all(
      requests.map((request) =>
        queue.add(async () => {
          const one = await ask(request)
          if ('trouble' in one && first === null) {
            first = one.trouble
            own.abort()
          }
          return one
        }),
      ),
    )
    signal.throwIfAborted()
    if (first !== null) return { refused: `No summary of ${name} could be made: ${first} Attach its head or its tail.` }
    return made.flatMap((one) => ('text' in one ? [one.text] : []))
  } finally {
    if (usd > 0) parts.say(`For the summary of ${name} ${money(usd)} were spent.`)
  }
}

/** A failure that passes is waited for, as with any question. */
function patiently({ api, state, settings, now, say }: SummaryParts): Pick<Api, 'attempt'> {
  const patience = patienceFor(SCRIPT_PATIENCE, state.choices.waitsMs ?? null)
  return {
    attempt: (request, _, signal, emit) =>
      travel(
        request,
        signal,
        (event) => {
          if (event.type === 'waiting')
            say(`The summary is asked for again in ${duration(event.delayMs)}: ${event.failure.reason}`)
          emit(event)
        },
        { api, patience, stallAfterMs: settings.stallAfterMs, now, chance: Math.random },
      ),
  }
}

function troubleOf(end: TurnEnd, text: string): string | null {
  if (end.type === 'failed') return end.failure.reason
  if (end.type === 'stopped') return 'It was stopped.'
  if (end.stopReason === 'refusal') return 'The model declined to write it.'
  if (end.stopReason !== 'end_turn') return `It was cut short (${end.stopReason}).`
  return text.trim() === '' ? 'The model answered without any text.' : null
}

/** `Summarising log.txt first, by Claude Haiku 5.5: 3 requests, ~$0.49.` */
export function saySummarising({ card, requests, usd }: TextSummary, name: string, isDry = false): string {
  const verb = isDry ? 'First a summary would be written of' : 'Summarising first:'
  const cost = usd === null ? '' : `, ${about(money(usd))}`
  return `${verb} ${name}, by ${card.name}, ${count(requests.length, 'request', 'requests')}${cost}.`
}

/** Words that take about as many tokens as the summary will. */
const standIn = ({ card, tokens }: TextSummary): readonly string[] => [
  'summary '.repeat(Math.ceil((tokens * card.charsPerToken) / 'summary '.length)),
]
