/** A keyboard for plays in vim's modes: scripts as in `keyboard`. */

import type { Key } from '../../../src/core/chat/keys.ts'
import { type Composer, emptyComposer, type Said, withDraft } from '../../../src/core/composer/composer.ts'
import { pressVim, selected, VIM, type Vim } from '../../../src/core/composer/vim.ts'
import { keys } from './keyboard.ts'

export interface PlayedVim {
  readonly vim: Vim
  readonly composer: Composer
  readonly said: readonly Said[]
  /** The draft with the cursor as `|`. */
  readonly shown: string
  /** What is selected; null where nothing is. */
  readonly taken: string | null
}

/** Types in insert mode and goes on. */
export function vim(
  script: string | readonly Key[],
  from: Composer = emptyComposer(['older message']),
  start: Vim = VIM,
): PlayedVim {
  let state = start
  let composer = from
  const said: Said[] = []
  for (const key of typeof script === 'string' ? keys(script) : script) {
    const next = pressVim(state, composer, key, { width: 40 })
    state = next.vim
    composer = next.composer
    if (next.said) said.push(next.said)
  }
  const { text, cursor } = composer
  const span = selected(state, composer)
  return {
    vim: state,
    composer,
    said,
    shown: `${text.slice(0, cursor)}|${text.slice(cursor)}`,
    taken: span && text.slice(span.from, span.to),
  }
}

/** Commands in normal mode on a text, from its start. */
export function on(text: string, script: string | readonly Key[]): PlayedVim {
  const draft = { ...withDraft(emptyComposer(), text), cursor: 0, undo: null }
  return vim(script, draft, { ...VIM, mode: 'normal' })
}
