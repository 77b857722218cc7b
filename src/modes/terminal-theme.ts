/** Which colours and links this terminal takes, by what its environment says. */

import type { Settings } from '../core/settings.ts'
import { type Theme, theme } from '../core/theme.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Terminals known to open OSC 8 links; elsewhere a link is written out. */
const LINKING = /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|WarpTerminal)$/

/** NO_COLOR beats everything (no-color.org), FORCE_COLOR names a level, TERM and COLORTERM tell the rest. */
export function terminalTheme(env: Env, wanted: Settings['theme']): Theme {
  return theme({ colour: wanted === 'plain' ? 'none' : colourOf(env), links: linksOf(env) })
}

function colourOf(env: Env): 'none' | 'ansi16' | 'ansi256' | 'truecolor' {
  if (env.NO_COLOR || env.FORCE_COLOR === '0') return 'none'
  if (env.FORCE_COLOR === '3' || /^(truecolor|24bit)$/.test(env.COLORTERM ?? '')) return 'truecolor'
  if (env.FORCE_COLOR === '2' || /256/.test(env.TERM ?? '')) return 'ansi256'
  return env.TERM === undefined && !env.FORCE_COLOR ? 'none' : 'ansi16'
}

function linksOf(env: Env): boolean {
  if (env.TMUX || /^(screen|dumb|linux)/.test(env.TERM ?? '')) return false
  return (
    LINKING.test(env.TERM_PROGRAM ?? '') ||
    Boolean(env.KITTY_WINDOW_ID || env.WT_SESSION || Number(env.VTE_VERSION) >= 5000)
  )
}
