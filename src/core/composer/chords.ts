/**
 * The editing chords of readline and emacs: letters held with Ctrl or Alt. Chords that say something to the chat are
 * in `composer`.
 */

import type { Key } from '../chat/keys.ts'
import { eraseAfter, eraseBefore, moveTo, redo, undo, unfold, write } from './edit.ts'
import { graphemeAfter, graphemeBefore } from './graphemes.ts'
import { walk } from './history.ts'
import { kill, yank, yankOlder } from './kill.ts'
import type { Composer } from './state.ts'
import { lineEnd, lineStart, stretchStartBefore, wordEndAfter, wordStartBefore } from './word-ends.ts'

export type Chord = Extract<Key, { type: 'chord' }>

/** The composer after an editing chord; null for a chord that is none. */
export function editByChord(composer: Composer, { char, ctrl, alt, shift }: Chord): Composer | null {
  if (ctrl && alt) return null
  if (ctrl) return editWithCtrl(composer, char, shift)
  return alt ? editWithAlt(composer, char.toLowerCase()) : null
}

function editWithCtrl(composer: Composer, char: string, shift: boolean): Composer | null {
  // Terminals send Ctrl+_ for Ctrl+/ and Ctrl+- as well; those that tell them apart call it Ctrl+Shift+-.
  if (char === '_' || char === '/' || (char === '-' && shift)) return undo(composer)
  if (char === 'Z' || (char === 'z' && shift)) return redo(composer)
  // Ctrl+Shift with any other letter belongs to the terminal: copy, paste, new tab.
  if (shift) return null
  const { text, cursor } = composer
  switch (char) {
    case 'a':
      return moveTo(composer, lineStart(text, cursor))
    case 'e':
      return moveTo(composer, lineEnd(text, cursor))
    case 'b':
      return moveTo(composer, graphemeBefore(text, cursor))
    case 'f':
      return moveTo(composer, graphemeAfter(text, cursor))
    case 'p':
      return walk(composer, -1) ?? composer
    case 'n':
      return walk(composer, 1) ?? composer
    case 'j':
      return write(composer, '\n')
    case 'h':
      return eraseBefore(composer)
    case 'd':
      return eraseAfter(composer)
    case 'o':
      return unfold(composer)
    case 'u': {
      // At the start of a line, as at its end with Ctrl+K, the newline goes: pressed again and again, both go on.
      const start = lineStart(text, cursor)
      return kill(composer, start === cursor ? graphemeBefore(text, cursor) : start)
    }
    case 'k': {
      const end = lineEnd(text, cursor)
      return kill(composer, end === cursor ? graphemeAfter(text, cursor) : end)
    }
    case 'w':
      return kill(composer, stretchStartBefore(text, cursor))
    case 'y':
      return yank(composer)
    case 'z':
      return undo(composer)
    default:
      return null
  }
}

function editWithAlt(composer: Composer, char: string): Composer | null {
  const { text, cursor } = composer
  switch (char) {
    case 'b':
      return moveTo(composer, wordStartBefore(text, cursor))
    case 'f':
      return moveTo(composer, wordEndAfter(text, cursor))
    case 'd':
      return kill(composer, wordEndAfter(text, cursor))
    case 'y':
      return yankOlder(composer)
    case '_':
      return redo(composer)
    default:
      return null
  }
}
