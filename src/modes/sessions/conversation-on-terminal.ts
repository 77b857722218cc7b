/** A conversation to be read on a terminal: rendered as in the chat, turn after turn. */

import { wordsWithNames } from '../../core/attachments.ts'
import { ago, turnsInWords } from '../../core/figures/words.ts'
import { endMark } from '../../core/history/export/end-mark.ts'
import { costInWords, type Told } from '../../core/history/export/told.ts'
import { renderMarkdown } from '../../core/markdown/answer.ts'
import { CATALOGUE } from '../../core/models.ts'
import { modelName } from '../../core/picker/conversations.ts'
import { asLines } from '../../core/text/rows.ts'
import { sanitise, sanitiseLine } from '../../core/text/sanitise.ts'
import type { Theme } from '../../core/text/theme.ts'
import { clip, wrapText } from '../../core/text/wrap.ts'
import { createHighlighter } from '../../io/highlighter.ts'
import type { Listed } from '../../io/history.ts'
import { shortId } from './table.ts'

export interface Page {
  readonly columns: number
  readonly theme: Theme
  readonly nowMs: number
}

/** The text, turn by turn; nothing in it steers a terminal but the theme's own colours. */
export async function* onTerminal(
  told: Told,
  conversation: Listed,
  { columns, theme, nowMs }: Page,
): AsyncGenerator<string> {
  const { survey } = told
  const facts = [
    shortId(conversation.uid),
    `${ago(Math.max(0, nowMs - conversation.updatedMs))} ago`,
    modelName(survey.model, CATALOGUE),
    turnsInWords(survey.turns, survey.others),
    costInWords(survey.cost),
  ]
  yield `${theme.strong(clip(sanitiseLine(conversation.title), columns))}\n${theme.dim(clip(facts.join(' · '), columns))}\n`
  const { highlight, warm } = createHighlighter(() => theme)
  let isWarm = false
  for (const turn of told.shown()) {
    if (!isWarm && /```|~~~/.test(turn.answer)) {
      await warm()
      isWarm = true
    }
    const question = wrapText(sanitise(wordsWithNames(turn)), Math.max(2, columns - 2)).map(
      (row, i) => (i === 0 ? theme.accent('› ') : '  ') + theme.strong(row),
    )
    const answer = renderMarkdown(turn.answer, { width: columns, theme, highlight })
    const end = endMark(turn)
    const mark = end === null ? [] : wrapText(sanitise(end), columns).map(theme.dim)
    const parts = [question, answer, mark].filter((rows) => rows.length > 0)
    yield `\n${parts.map((rows) => asLines(rows)).join('\n')}`
  }
}
