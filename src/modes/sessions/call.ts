/** What one call of `claude-tui sessions` has to work with. */

import type { Args } from '../../args.ts'
import type { Settings } from '../../core/settings.ts'
import type { Theme } from '../../core/text/theme.ts'
import type { History } from '../../io/history.ts'

export interface SessionsIo {
  /** Takes a piece of stdout; resolves when the next one may come. */
  write(text: string): Promise<void> | void
  /** A line for people on stderr. */
  err(line: string): void
  /** Columns of the terminal that stderr is; null: it is none. */
  readonly errColumns: number | null
  /** Looks at the terminal that stdout is; null: it is none. */
  readonly terminal: (() => { readonly columns: number; readonly theme: Theme }) | null
  /** The history file, whether or not it is there. */
  readonly path: string
  /** The demo's history, where another one is looked into. */
  readonly demoPath?: string
  /** Forgets images that were prepared lately and lie in a cache. */
  readonly forgetPrepared?: () => Promise<void>
  /** The setting of that name. */
  readonly keepDays: () => number | null
  /** The settings that hold; absent: the defaults. */
  readonly settings?: () => Settings
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export interface Call {
  /** null: there is none yet. */
  readonly history: History | null
  readonly flags: Args['flags']
  /** The words behind the verb. */
  readonly rest: readonly string[]
  readonly io: SessionsIo
  /** How the program is called in advice. */
  readonly program: string
}
