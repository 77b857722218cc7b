/**
 * A text of one line with readline's keys, such as what a list is searched for. The draft's own editing underneath;
 * keys that would need more rows mean nothing here.
 */

import type { Key } from '../chat/keys.ts'
import { editByChord } from '../composer/chords.ts'
import { emptyComposer } from '../composer/composer.ts'
import { eraseAfter, eraseBefore, harmless, moveTo, replace } from '../composer/edit.ts'
import { boundaryAtOrBefore, graphemeAfter, graphemeBefore } from '../composer/graphemes.ts'
import { kill } from '../composer/kill.ts'
import type { Composer } from '../composer/state.ts'
import { wordEndAfter, wordStartBefore } from '../composer/word-ends.ts'

export type Line = Composer

/** UTF-16 units a line takes: whoever pastes a file into a search means something else. */
const LONGEST = 400

/** A line with this text, the cursor behind it. */
export function lineOf(text: string): Line {
  const empty = emptyComposer()
  const one = oneLine(text)
  return { ...empty, text: one, cursor: one.length }
}

/** The line after a key; null for a key that is none of its business. */
export function pressLine(line: Line, key: Key): Line | null {
  const { text, cursor } = line
  switch (key.type) {
    case 'text':
    case 'paste': {
      const typed = oneLine(key.text)
      const room = boundaryAtOrBefore(typed, Math.max(0, LONGEST - text.length))
      return replace(line, cursor, cursor, typed.slice(0, room), { type: 'typed' })
    }
    case 'chord':
      return chord(line, key)
    case 'key': {
      const byWord = key.ctrl || key.alt
      if (key.name === 'backspace') return byWord ? kill(line, wordStartBefore(text, cursor)) : eraseBefore(line)
      if (key.name === 'delete') return byWord ? kill(line, wordEndAfter(text, cursor)) : eraseAfter(line)
      if (key.name === 'left')
        return moveTo(line, byWord ? wordStartBefore(text, cursor) : graphemeBefore(text, cursor))
      if (key.name === 'right') return moveTo(line, byWord ? wordEndAfter(text, cursor) : graphemeAfter(text, cursor))
      return null
    }
  }
}

/** Walking through earlier messages, new lines and folded pastes belong to the draft. */
function chord(line: Line, key: Extract<Key, { type: 'chord' }>): Line | null {
  if (key.ctrl && !key.alt && !key.shift && 'pnjo'.includes(key.char)) return null
  return editByChord(line, key)
}

const oneLine = (text: string) => harmless(text).replace(/[\n\t]+/g, ' ')
