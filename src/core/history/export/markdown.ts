/** A conversation as Markdown: questions quoted, so that nothing in them reaches beyond, answers as they were written. */

import { sayWithTokens } from '../../attachments/words.ts'
import { modelCard } from '../../models.ts'
import type { Turn } from '../../turn/turns.ts'
import { endMark } from './end-mark.ts'
import { costInWords, iso, type Told } from './told.ts'
import { closing } from './unclosed.ts'

/** @param branches whether the turns of other branches follow at the end */
export function* asMarkdown(told: Told, { branches }: { readonly branches: boolean }): Generator<string> {
  const { head, survey } = told
  // A JSON text is a YAML text, too.
  const text = (value: string) => JSON.stringify(value)
  const front = [
    ['title', text(head.title)],
    ...(head.uid === null ? [] : [['id', head.uid]]),
    ['date', iso(head.createdMs) ?? 'unknown'],
    ['model', text(survey.model)],
    ['turns', String(survey.turns)],
    ['cost', text(costInWords(survey.cost))],
  ]
  yield `---\n${front.map(([name, value]) => `${name}: ${value}\n`).join('')}---\n\n# ${onOneLine(head.title)}\n`
  let isFirst = true
  for (const turn of told.shown()) {
    yield `${isFirst ? '' : '\n---\n'}\n${ofTurn(turn)}`
    isFirst = false
  }
  if (!branches || survey.others === 0) return
  yield '\n# Other branches\n'
  for (const turn of told.all()) {
    if (turn.isShown) continue
    const place = turn.parent === null ? 'in place of the first' : `after ${turn.parent}`
    yield `\n## Turn ${turn.number}, ${place}\n\n${ofTurn(turn)}`
  }
}

function ofTurn(turn: Turn): string {
  const question = turn.question.replace(/\r\n?/g, '\n').replace(/^/gm, '> ')
  const card = modelCard(turn.model)
  const attached = (turn.attachments ?? []).map((one) => `- ${escaped(sayWithTokens(one, card))}`).join('\n')
  const mark = endMark(turn)
  const open = closing(turn.answer)
  const answer = turn.answer.replace(/\s+$/, '')
  return [
    turn.question === '' && attached !== '' ? '' : question,
    attached,
    answer,
    open,
    mark === null ? '' : `*${escaped(mark)}*`,
  ]
    .filter((part) => part !== '')
    .map((part, i) => `${i > 0 && part !== open ? '\n' : ''}${part}\n`)
    .join('')
}

const onOneLine = (text: string) => escaped(text)

/** A text in which Markdown finds nothing to do. */
const escaped = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#|~&]/g, '\\$&')
