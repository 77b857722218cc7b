/** Where this machine keeps a program's settings, data and caches. What lies inside is for others to know. */

import { join, resolve } from 'node:path'
import envPaths from 'env-paths'

export interface Folders {
  readonly config: string
  readonly data: string
  readonly cache: string
  /** What happened, for whoever wants to know. */
  readonly state: string
}

/**
 * The platform's own folders (XDG on Linux, Library on macOS, AppData on Windows), which `env-paths` reads from the
 * environment of the process. `CLAUDE_TUI_CONFIG_DIR` and its like go before them,
 * so that a test or a second identity can live apart on every platform. Nothing is created.
 */
export function folders(env: Readonly<Record<string, string | undefined>>): Folders {
  const own = envPaths('claude-tui', { suffix: '' })
  const place = (name: string, usual: string) => (env[name] ? resolve(env[name]) : usual)
  return {
    config: place('CLAUDE_TUI_CONFIG_DIR', own.config),
    data: place('CLAUDE_TUI_DATA_DIR', own.data),
    cache: place('CLAUDE_TUI_CACHE_DIR', own.cache),
    state: place('CLAUDE_TUI_STATE_DIR', own.log),
  }
}

/** Images that were prepared lately, whether or not there are any. */
export const preparedFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  join(folders(env).cache, 'attachments')

/** The settings file, whether or not it exists. */
export function settingsPath(env: Readonly<Record<string, string | undefined>>): string {
  return join(folders(env).config, 'settings.json')
}
