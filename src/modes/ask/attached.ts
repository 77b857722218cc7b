/** A call's question with what goes with it: prepared, priced, and told of. Loaded when something is attached. */

import { lessInAScript, MANY_IMAGES, tooMany } from '../../core/attachments/limits.ts'
import { isReady, type Refusal } from '../../core/attachments/prepared.ts'
import { type Preview, previewOf, sayPreviewed, sayPreviewTotal } from '../../core/attachments/preview.ts'
import {
  type Attachment,
  attachedTo,
  attachmentTokens,
  bytesSent,
  mostAttachmentTokens,
  type Question,
  questionOf,
  wordsOf,
} from '../../core/attachments.ts'
import type { SideCallEvent } from '../../core/conversation/side-calls.ts'
import type { State } from '../../core/conversation.ts'
import { type ModelCard, modelCard } from '../../core/models.ts'
import { hasBudget } from '../../core/money/budget.ts'
import { planRequest } from '../../core/request/plan.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { Ending, EXIT, exitCode } from '../../core/turn/outcome.ts'
import type { Api } from '../../io/api.ts'
import type { Setup } from '../../setup.ts'
import { sayRefused } from '../attachments/attach-words.ts'
import { attachAll, attachParts, type Ref } from '../attachments/attaching.ts'
import type { SummaryParts } from '../attachments/summarised-text.ts'
import { guarded } from '../late/weather.ts'
import type { Asked } from './question.ts'

/** Text tokens of a page that has little on it (source: PDF page, 2026-08-22: 1,500 to 3,000). */
const LEAST_OF_PAGE = 1_500

export interface AttachedIo {
  note(line: string): void
  /** What summaries cost, as it is known. */
  billed(bill: SideCallEvent): void
  /** What all summaries are expected to cost, US dollars; null: unknown. */
  expects(usd: number | null): void
  /** Nothing may be sent. */
  readonly isDry: boolean
}

/** @throws Ending when something cannot be sent, or the signal's reason when it was stopped */
export async function withAttached(
  { text, refs }: Asked,
  setup: Setup & { readonly api: Api },
  past: State,
  io: AttachedIo,
  signal: AbortSignal,
): Promise<Question> {
  const { note, isDry } = io
  const images = sentWith(past, '').filter(({ kind }) => kind === 'image').length
  const parts = attachParts(setup, past, images + refs.length > MANY_IMAGES)
  let code: number = EXIT.usage
  const asking = askingFor(setup, past, io, (failed) => {
    code = failed
  })
  const ready = async (some: readonly Ref[], how: SummaryParts) => {
    const prepared = await attachAll(some, { ...parts, asking: how }, signal)
    const refused = prepared.filter((one): one is Refusal => !isReady(one))
    if (refused.length === 0) return prepared.filter(isReady).map(({ attachment }) => attachment)
    const isTooLong = code === EXIT.usage && refused.every((one) => one.isTooLong)
    throw new Ending(isTooLong ? EXIT.tooLarge : code, sayRefused(refused))
  }
  const toSummarise = isDry ? [] : refs.filter(({ part }) => part === 'summary')
  // Nothing is paid for a summary as long as something else cannot go.
  const isRehearsed = toSummarise.length > 0
  const first = await ready(refs, isRehearsed ? { ...asking, isDry: true, begins: () => null } : asking)
  const summaries = isRehearsed ? [...(await ready(toSummarise, asking))] : []
  const attachments = isRehearsed
    ? first.map((one, i) => (refs[i]!.part === 'summary' ? summaries.shift()! : one))
    : first
  for (const { name, notes = [] } of attachments)
    if (notes.length > 0) note(`${sanitiseLine(name)}: ${notes.join('; ')}.`)
  const uncut = attachments.filter(({ kind }, i) => kind !== 'text' && refs[i]!.part !== undefined)
  if (uncut.length > 0) {
    const goes = uncut.length === 1 ? 'goes' : 'go'
    note(`--part cuts text alone: ${uncut.map(({ name }) => sanitiseLine(name)).join(', ')} ${goes} as a whole.`)
  }
  return questionOf(text, attachments)
}

/** @param failed told the exit code that a failure stands for */
function askingFor(
  setup: Setup & { readonly api: Api },
  past: State,
  { note, billed, isDry, expects }: AttachedIo,
  failed: (code: number) => void,
): SummaryParts {
  let usd: number | null = 0
  const now = () => performance.now()
  return {
    ...{ api: guarded(setup.api, setup, { now, tell: (_, said) => said !== null && note(said) }), state: past },
    ...{ settings: setup.settings, now },
    ...{ say: note, isDry, billed },
    async begins(summary, name) {
      usd = usd === null || summary.usd === null ? null : usd + summary.usd
      expects(usd)
      note((await import('../attachments/summarised-text.ts')).saySummarising(summary, name, isDry))
      if (isDry || !hasBudget(setup.settings)) return null
      const why = await (await import('./budget.ts')).unaffordable(setup, usd, summary.card.id)
      if (why) throw new Ending(EXIT.overBudget, why)
      return null
    },
    failed: (end) => failed(exitCode({ end, answer: '' })),
  }
}

/** Everything attached that would go out with this question. */
const sentWith = (state: State, question: Question): readonly Attachment[] =>
  planRequest(state, question).messages.flatMap(({ attachments = [] }) => attachments)

/** Why the server would not take what is attached, whatever its size; null: it would. */
export function objection(state: State, question: Question): string | null {
  const excess = tooMany(planRequest(state, question).messages, modelCard(state.choices.model, state.models))
  return excess && `Input too large: ${excess.why} ${lessInAScript(excess)}`
}

/** How large it is: characters and bytes of all that is text, tokens of the rest. */
export function measure(question: Question, card: Pick<ModelCard, 'images' | 'charsPerToken'>) {
  let [chars, bytes, least, most] = [wordsOf(question).length, Buffer.byteLength(wordsOf(question)), 0, 0]
  for (const one of attachedTo(question)) {
    bytes += bytesSent(one)
    if (one.kind === 'text') chars += one.chars ?? one.bytes
    else {
      least += one.kind === 'pdf' ? (one.pages ?? 1) * LEAST_OF_PAGE : attachmentTokens(one, card)
      most += mostAttachmentTokens(one, card)
    }
  }
  return { chars, bytes, others: { least, most } }
}

/** What goes with it, priced; null: nothing does. */
export const priced = (state: State, question: Question): Preview | null =>
  attachedTo(question).length === 0 ? null : previewOf(state, question, performance.now())

/** A line for each, and one for all of them. */
export const previewLines = (preview: Preview): readonly string[] => [
  ...preview.rows.map(sayPreviewed),
  sayPreviewTotal(preview),
]

export { previewInJson } from '../../core/attachments/preview.ts'
