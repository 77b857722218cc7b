/** Which colours and links this terminal takes, by what its environment says. */

import type { Settings } from '../core/settings.ts'
import { groundOf } from '../core/text/contrast.ts'
import { type Colour, type Ground, type Theme, theme } from '../core/text/theme.ts'
import type { TerminalReply } from '../glass/replies.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Terminals known to open OSC 8 links; elsewhere a link is written out. */
const LINKING = /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|WarpTerminal)$/

/**
 * NO_COLOR beats everything (no-color.org), FORCE_COLOR names a level from 0 to 3, TERM and COLORTERM tell the rest.
 * `auto` begins with what the environment says of the background, which most say nothing of.
 */
export function terminalTheme(env: Env, wanted: Settings['theme']): Theme {
  const ground = wanted === 'light' || wanted === 'dark' ? wanted : hintOf(env)
  return theme({ colour: wanted === 'plain' ? 'none' : colourOf(env), links: linksOf(env), ground })
}

/** Whether the terminal is to be asked for its background: only where our own colours depend on it. */
export function asksForGround({ colour }: Theme, wanted: Settings['theme']): boolean {
  return wanted === 'auto' && (colour === 'truecolor' || colour === 'ansi256')
}

/** What the terminal's answer says about its background; null when it speaks of something else. */
export function groundTold(reply: TerminalReply): 'light' | 'dark' | null {
  if (reply.type !== 'colour' || reply.of !== 'background') return null
  return groundOf([reply.red, reply.green, reply.blue])
}

/** The theme of a screen: as its environment hints at first, and by its background once the terminal has told it. */
export function createGround(env: Env, wanted: Settings['theme']) {
  let now = terminalTheme(env, wanted)
  return {
    get theme() {
      return now
    },
    /** Whether the terminal is to be asked. */
    get isAsked() {
      return asksForGround(now, wanted)
    },
    /** @returns whether the theme is another one after this answer */
    told(reply: TerminalReply): boolean {
      const ground = asksForGround(now, wanted) ? groundTold(reply) : null
      if (ground) now = terminalTheme(env, ground)
      return ground !== null
    },
  }
}

/** rxvt, Konsole and others leave `foreground;background` there, as numbers of the sixteen colours. */
function hintOf(env: Env): Ground {
  const background = /;(\d{1,2})$/.exec(env.COLORFGBG ?? '')?.[1]
  if (background === undefined) return 'unknown'
  return background === '7' || background === '15' ? 'light' : 'dark'
}

const LEVELS: readonly Colour[] = ['none', 'ansi16', 'ansi256', 'truecolor']

function colourOf(env: Env): Colour {
  if (env.NO_COLOR) return 'none'
  const forced = env.FORCE_COLOR
  if (forced !== undefined && /^[0-3]$/.test(forced)) return LEVELS[Number(forced)]!
  if (forced === 'false') return 'none'
  if (env.TERM === 'dumb' && !forced) return 'none'
  if (/^(truecolor|24bit)$/.test(env.COLORTERM ?? '')) return 'truecolor'
  if (/256/.test(env.TERM ?? '')) return 'ansi256'
  return env.TERM === undefined && !forced ? 'none' : 'ansi16'
}

function linksOf(env: Env): boolean {
  if (env.TMUX || /^(screen|dumb|linux)/.test(env.TERM ?? '')) return false
  return (
    LINKING.test(env.TERM_PROGRAM ?? '') ||
    Boolean(env.KITTY_WINDOW_ID || env.WT_SESSION || Number(env.VTE_VERSION) >= 5000)
  )
}
