/** A key while the conversation is on the screen: the draft after it, by the keys that are on, and what it said. */

import { type Completion, completeCommand } from '../../core/chat/commands.ts'
import type { Key } from '../../core/chat/keys.ts'
import { type Composer, type Pressed, press, type Said } from '../../core/composer/composer.ts'
import { pressVim, type Vim } from '../../core/composer/vim.ts'
import type { State } from '../../core/conversation.ts'
import { completeLever } from '../../core/models/levers.ts'
import type { Settings } from '../../core/settings.ts'
import { modelChoices } from './commands.ts'
import type { Ui } from './view.ts'
import { turned } from './with-pages.ts'

export interface Pressing {
  readonly columns: number
  readonly state: State
  readonly presets: Settings['presets']
  /** Files that a word at the cursor may mean. */
  readonly files: (composer: Composer) => readonly Completion[]
}

/** The screen after a key; a notice was for the moment before it. */
export function pressed(
  ui: Ui,
  key: Key,
  { columns, state, presets, files }: Pressing,
): { readonly ui: Ui; readonly said: Said | null } {
  const complete = (composer: Composer) => {
    const { text, cursor } = composer
    const isLever = /^\/lever\s/i.test(text)
    const commands = isLever
      ? completeLever(text.slice(0, cursor), state, presets)
      : text.startsWith('/')
        ? completeCommand(text, cursor, modelChoices(state.models))
        : []
    return commands.length > 0 ? commands : files(composer)
  }
  const context = { complete, width: Math.max(2, columns - 3) }
  const {
    composer,
    said,
    vim = null,
  }: Pressed & { readonly vim?: Vim | null } = ui.vim
    ? pressVim(ui.vim, ui.composer, key, context)
    : press(ui.composer, key, context)
  return { ui: turned(ui, { ...ui, composer, vim, notice: null }, said), said }
}
