/** Conversations as lines of a table: aligned, and on a terminal within its width. */

import { age } from '../../core/figures/words.ts'
import { CATALOGUE } from '../../core/models.ts'
import { costOf, modelName } from '../../core/picker/conversations.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import type { Theme } from '../../core/text/theme.ts'
import { roomOf } from '../../core/text/width.ts'
import { clip } from '../../core/text/wrap.ts'
import type { Listed } from '../../io/history.ts'

/** Enough of a uid to mean one conversation among many thousands. */
export const shortId = (uid: string): string => sanitiseLine(uid.slice(0, 8))

export interface Look {
  /** Columns of the terminal; null: the output goes elsewhere, and nothing is cut. */
  readonly columns: number | null
  readonly theme: Theme
  readonly nowMs: number
  /** A line above that says what is what. */
  readonly headed: boolean
  /** Draws a title within so many columns; absent: as it is, cut at its end. */
  readonly draw?: (title: string, columns: number) => string
}

const GAP = '  '
/** A title is worth at least so many columns; others go first. */
const TITLE = 24
const MODEL = 20

type Column = 'id' | 'age' | 'model' | 'turns' | 'cost' | 'title'

/** Which columns go first when the window narrows. */
const DISPENSABLE: readonly Column[] = ['model', 'turns', 'cost', 'age']
const TO_THE_RIGHT: ReadonlySet<Column> = new Set(['turns', 'cost'])

/** The table's lines. They hold nothing that could steer a terminal but the theme's own colours. */
export function table(
  conversations: readonly Listed[],
  { columns, theme, nowMs, headed, draw = clip }: Look,
): readonly string[] {
  const cells = conversations.map((one) => ({
    id: shortId(one.uid),
    age: one.isRunning ? 'running' : age(Math.max(0, nowMs - (one.deletedMs ?? one.updatedMs))),
    model: clip(modelName(one.model, CATALOGUE), MODEL),
    turns: String(one.turns),
    cost: costOf(one),
    title: sanitiseLine(one.title),
  }))
  const head = { id: 'id', age: 'age', model: 'model', turns: 'turns', cost: 'cost', title: 'title' }
  const all = headed ? [head, ...cells] : cells
  const widths = Object.fromEntries(
    (['id', 'age', 'model', 'turns', 'cost'] as const).map((column) => [
      column,
      Math.max(0, ...all.map((row) => roomOf(row[column]))),
    ]),
  )
  let shown: Column[] = ['id', 'age', 'model', 'turns', 'cost']
  const used = () => shown.reduce((sum, column) => sum + widths[column]! + GAP.length, 0)
  for (const column of DISPENSABLE) {
    if (columns === null || used() + TITLE <= columns) break
    shown = shown.filter((one) => one !== column)
  }
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(1, columns - used())
  return all.map((row, i) => {
    const paint = headed && i === 0 ? theme.dim : null
    const before = shown.map((column) => {
      const blanks = ' '.repeat(widths[column]! - roomOf(row[column]))
      const text = TO_THE_RIGHT.has(column) ? blanks + row[column] : row[column] + blanks
      return paint ? text : column === 'id' ? theme.accent(text) : theme.dim(text)
    })
    const title = paint ? row.title : draw(row.title, room)
    const line = [...before, title].join(GAP)
    return paint ? paint(line) : line
  })
}
