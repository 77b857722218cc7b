/** `--dry-run`: what a call would cost, and whether it fits its budgets. Nothing is sent. */

import type { Args } from '../../args.ts'
import { type Preview, previewOf } from '../../core/attachments/preview.ts'
import { attachedTo, type Question, wordsOf } from '../../core/attachments.ts'
import { type State, update } from '../../core/conversation.ts'
import { money } from '../../core/figures/words.ts'
import { estimated, withMark } from '../../core/figures.ts'
import { quoteInJson, quoteReport } from '../../core/money/quote-report.ts'
import { planRequest } from '../../core/request/plan.ts'
import { shapeOf } from '../../core/request/shape.ts'
import { remarkRows } from '../../core/text/remark.ts'
import { theme } from '../../core/text/theme.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import { historyPath } from '../../io/history.ts'
import type { AskIo } from '../ask.ts'
import { openIfThere } from '../sessions/found.ts'
import { asJson } from '../shell/sink.ts'
import { heldQuote, quoted, type Ready, spentOf } from './budget.ts'
import { outputFormat } from './printed-turn.ts'

/**
 * Says what the call would cost, on stdout, and sends nothing. @param tooLarge why the prompt does not fit; null: it does
 * @returns the exit code the call would most likely begin with
 */
export async function dryRun(
  { flags }: Args,
  setup: Ready,
  state: State,
  question: Question,
  {
    io,
    tooLarge,
    preview,
    besideUsd,
    partsUsd,
  }: {
    readonly io: Pick<AskIo, 'stdout'>
    readonly tooLarge: string | null
    /** Of what goes with it; null: nothing does. */
    readonly preview: Preview | null
    /** What it is expected to cost first, for summaries of what goes with it; null: unknown. */
    readonly besideUsd: number | null
    /** The same for the parts of a text that is too long to be asked about at once. */
    readonly partsUsd: number | null
  },
): Promise<number> {
  const history = setup.settings.history === 'on' ? await openIfThere(historyPath(process.env, setup.isDemo)) : null
  try {
    const quote = await quoted(setup, state, question, history)
    const { input } = quote
    // What the server has counted just now is known of what goes with it, too.
    const counted = { draft: wordsOf(question), attachments: attachedTo(question), tokens: input.value }
    const seen =
      preview && input.from === 'server'
        ? previewOf(update(state, { type: 'counted', ...counted }).state, question, performance.now())
        : preview
    const spent = spentOf(history, (besideUsd ?? 0) + (partsUsd ?? 0))
    const firstUsd = (besideUsd ?? 0) + (partsUsd ?? 0)
    const held = await heldQuote(quote, setup, planRequest(state, question), state, spent, firstUsd)
    const reason = tooLarge ?? held.objection
    const code = tooLarge ? EXIT.tooLarge : reason ? EXIT.overBudget : EXIT.ok
    if (outputFormat(flags) !== 'text') {
      const ending = { error: reason === null ? null : { reason }, exitCode: code }
      const first = {
        ...(besideUsd === 0 ? {} : { summariesUsd: besideUsd }),
        ...(partsUsd === 0 ? {} : { partsUsd }),
      }
      const request = { request: shapeOf(planRequest(state, question)) }
      io.stdout.write(`${asJson({ ...quoteInJson(held.quote, ending, seen), ...first, ...request })}\n`)
    } else {
      const { cascade } = state.choices
      const climb = cascade
        ? (await import('../lab/cascade-price.ts')).sayCascade(cascade, state, question, held.quote)
        : []
      const plain = theme({ colour: 'none', links: false })
      const remark = [
        quoteReport(held.quote, state.models, seen),
        ...sayBeside(besideUsd, 'summaries'),
        ...sayBeside(partsUsd, 'parts of the text'),
        ...climb,
        ...(reason === null ? [] : ['', reason]),
      ]
      io.stdout.write(`${remarkRows(remark, io.stdout.columns || 100, plain).join('\n')}\n`)
    }
    return code
  } finally {
    history?.close()
  }
}

const sayBeside = (usd: number | null, what: string): readonly string[] =>
  usd === 0
    ? []
    : [
        '',
        `And first ${usd === null ? `${what} whose price is unknown` : `${withMark(estimated(usd), money)} for ${what}`}.`,
      ]
