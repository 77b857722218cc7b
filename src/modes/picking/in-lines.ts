/** A list in numbered lines, for screen readers: read out page by page, answered with a number, a letter or a word. */

import { heard, question, READ_OUT } from '../../core/picker/numbered.ts'
import type { Row } from '../../core/picker/picker.ts'
import { inFull } from '../../core/text/steps.ts'
import type { List, Source } from './chooser.ts'

export interface LineDesk {
  /** Says something, made harmless. */
  readonly say: (text: string) => void
  /** Asks on a line of its own and waits for the answer. */
  readonly ask: (question: string) => Promise<string>
}

/** Resolves when something was chosen, or the person would rather not. @param typed what is searched for at once */
export async function chooseInLines<R extends Row>(source: Source<R>, desk: LineDesk, typed = ''): Promise<void> {
  const { kind, looks } = source
  const { say } = desk
  let text = typed
  let rows: readonly R[] = []
  let hasMore = false
  let readOut = 0
  let isClosed = false

  const find = (limit: number) => {
    const found = source.find(text, limit)
    rows = found.rows
    hasMore = found.hasMore
  }
  const readOn = () => {
    if (rows.length <= readOut + READ_OUT && hasMore) find(2 * (readOut + READ_OUT))
    const page = rows.slice(readOut, readOut + READ_OUT)
    for (const [i, row] of page.entries()) say(`${readOut + i + 1}. ${looks.aloud(row)}`)
    readOut += page.length
  }
  const begin = () => {
    readOut = 0
    find(READ_OUT + 1)
    if (rows.length === 0) say(text === '' ? looks.empty : `Nothing holds “${text}”.`)
    // Numbers are in the order of a search; the newest of a list comes first.
    if (kind.begins === 'last') rows = [...rows].reverse()
    readOn()
  }
  const list: List = {
    undo: 'u',
    refresh: begin,
    pointAt() {},
    tell: (notice) => say(inFull(notice)),
    close() {
      isClosed = true
    },
  }

  say(text === '' ? `${looks.head}:` : `${looks.head} with “${text}”:`)
  begin()
  while (!isClosed) {
    const isMore = hasMore || rows.length > readOut
    const answer = heard(await desk.ask(question(kind.takes, kind.acts, isMore)), kind.acts, readOut, isMore)
    switch (answer.type) {
      case 'leave':
        return
      case 'more':
        readOn()
        break
      case 'seek':
        text = answer.text
        begin()
        break
      case 'unknown':
        say(answer.problem)
        break
      case 'take':
        if (source.take(rows[answer.at]!, list)) return
        break
      case 'act': {
        const row = answer.at === null ? null : rows[answer.at]!
        const line = answer.act.asks === undefined ? '' : (await desk.ask(`${answer.act.asks}: `)).trim()
        if (answer.act.asks === undefined || line !== '') source.act(answer.act, row, line, list)
        break
      }
    }
  }
}
