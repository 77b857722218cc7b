/** A place for one run of the client to live: an empty home, and an environment in which nothing of the caller's is left. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built client. */
export const CLIENT = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export type Environment = Readonly<Record<string, string | undefined>>

export interface Lodging {
  readonly home: string
  /** Where the client keeps its settings. */
  readonly config: string
  /** The whole environment; names with `undefined` are left out. */
  readonly env: Readonly<Record<string, string>>
  remove(): void
}

/**
 * Makes an empty home. The environment has no key, no CI and no settings but those given.
 * @param extra variables laid over it; `undefined` takes one away
 * @param node the Node to run with; its folder comes first on the PATH
 */
export function lodge(extra: Environment = {}, node: string = process.execPath): Lodging {
  const home = mkdtempSync(join(tmpdir(), 'claude-tui-test-'))
  const config = join(home, 'settings')
  const temporary = join(home, 'tmp')
  mkdirSync(temporary)
  const all: Record<string, string | undefined> = {
    PATH: [dirname(node), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    SHELL: '/bin/sh',
    CLAUDE_TUI_CONFIG_DIR: config,
    // Plays count their requests; those about names switch them on.
    CLAUDE_TUI_TITLES: 'off',
    // Nothing goes into the keychain of whoever runs the tests.
    CLAUDE_TUI_API_KEY_STORE: 'file',
    ...extra,
  }
  const env = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  return {
    home,
    config,
    env,
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  }
}
