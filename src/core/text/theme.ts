/**
 * The only palette: which role a text plays and which SGR that becomes. Default foreground first, dim for what is
 * secondary, the sixteen ANSI names so that the terminal's own theme stays beautiful, as long as they can be read. Where
 * text goes is left to others.
 */

import { deceives, hyperlink, linkTarget } from './hyperlink.ts'

export type Colour = 'none' | 'ansi16' | 'ansi256' | 'truecolor'

/** What a text is, as far as its look goes. */
export type Role =
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'h5'
  | 'h6'
  | 'strong'
  | 'emphasis'
  | 'strike'
  | 'code'
  | 'quote'
  | 'dim'
  | 'accent'
  | 'error'
  | 'warn'
  | 'good'
  | 'added'
  | 'removed'
  | 'underline'
  | 'selected'
  | 'keyword'
  | 'string'
  | 'constant'
  | 'name'
  | 'comment'

/** Role to SGR parameters, and the parameters that end it without touching what surrounds it. */
const LOOKS: Readonly<Record<Role, readonly [open: string, close: string]>> = {
  // Headings get quieter by level. Never underlined alone, as links are, nor bold and dim at once: terminals differ on it.
  h1: ['1;4', '22;24'],
  h2: ['1', '22'],
  h3: ['1;3', '22;23'],
  h4: ['3', '23'],
  h5: ['2;3', '22;23'],
  h6: ['2', '22'],
  strong: ['1', '22'],
  emphasis: ['3', '23'],
  strike: ['9', '29'],
  code: ['36', '39'],
  quote: ['2', '22'],
  dim: ['2', '22'],
  accent: ['35', '39'],
  error: ['31', '39'],
  warn: ['33', '39'],
  good: ['32', '39'],
  added: ['32', '39'],
  removed: ['31', '39'],
  underline: ['4', '24'],
  selected: ['7', '27'],
  // Within code. No blue: on a black background many palettes make it unreadable.
  keyword: ['35', '39'],
  string: ['32', '39'],
  constant: ['33', '39'],
  name: ['36', '39'],
  comment: ['2', '22'],
}

/** What the text stands on; unknown until a terminal has told. */
export type Ground = 'dark' | 'light' | 'unknown'

/**
 * Colours of our own: one clay for each ground, at least 4.5:1 against the usual backgrounds (a test counts it). No
 * colour can be that on both, so on an unknown ground the accent is a name, which the terminal fills in legibly.
 */
export const ACCENTS = {
  dark: { rgb: [204, 120, 92], index: 173 },
  light: { rgb: [163, 79, 50], index: 94 },
} as const

function accentOn(ground: Ground, colour: Colour): string {
  if (ground === 'unknown') return LOOKS.accent[0]
  const { rgb, index } = ACCENTS[ground]
  if (colour === 'truecolor') return `38;2;${rgb.join(';')}`
  return colour === 'ansi256' ? `38;5;${index}` : LOOKS.accent[0]
}

/**
 * What stands in for a name where the terminal has told its background and the name's usual colour (xterm's own palette)
 * is below 4.5:1 there: its bright sister, as short on the wire, or where that is no better an index of the fixed colour
 * cube. On an unknown ground, and with 16 colours, names stay names.
 */
export const INKS: Readonly<Record<Exclude<Ground, 'unknown'>, Readonly<Record<string, string>>>> = {
  dark: { 31: '38;5;203', 35: '95' },
  light: { 31: '38;5;124', 32: '38;5;22', 33: '38;5;94', 35: '38;5;90', 36: '38;5;24' },
}

function inkOn(ground: Ground, colour: Colour, name: string): string {
  return (ground === 'unknown' || colour === 'ansi16' ? undefined : INKS[ground][name]) ?? name
}

export interface Theme extends Readonly<Record<Role, (text: string) => string>> {
  readonly colour: Colour
  readonly ground: Ground
  /** Whether the terminal opens OSC 8 hyperlinks. */
  readonly links: boolean
  /** Rows are read aloud: what looks would tell is said in words, and nothing stands in columns. */
  readonly spoken: boolean
  /** SGR parameters per role, joinable with `;`; all empty in the plain theme. */
  readonly sgr: Readonly<Record<Role, string>>
  /** Text under SGR parameters; ends with a full reset. */
  paint(sgr: string, text: string): string
  /** A clickable text where that works and the text does not name another address; `text (url)` otherwise. */
  link(text: string, url: string): string
}

/**
 * The plain theme (`colour: 'none'`) emits no SGR but for what is selected. Hyperlinks are no colour and follow `links`
 * alone.
 */
export function theme(options: {
  readonly colour: Colour
  readonly links: boolean
  readonly ground?: Ground
  readonly spoken?: boolean
}): Theme {
  const { colour, links, ground = 'unknown', spoken = false } = options
  const plain = colour === 'none'
  const roles = Object.keys(LOOKS) as Role[]
  const sgr = {} as Record<Role, string>
  const painters = {} as Record<Role, (text: string) => string>
  for (const role of roles) {
    const open = role === 'accent' ? accentOn(ground, colour) : inkOn(ground, colour, LOOKS[role][0])
    sgr[role] = plain ? '' : open
    // Inverse is no colour, and a selection that cannot be seen is none.
    const bare = plain && role !== 'selected'
    painters[role] = (text) => (bare || text === '' ? text : `\x1b[${open}m${text}\x1b[${LOOKS[role][1]}m`)
  }
  return {
    ...painters,
    colour,
    ground,
    links,
    spoken,
    sgr,
    paint: (params, text) => (params === '' || text === '' ? text : `\x1b[${params}m${text}\x1b[m`),
    link(text, url) {
      const target = linkTarget(url)
      if (links && target !== null && !deceives(text, url)) return hyperlink(target, painters.underline(text))
      return text === url ? painters.underline(text) : `${painters.underline(text)} ${painters.dim(`(${url})`)}`
    },
  }
}
