/** What terminals answer when they are asked: colours, modes, positions, abilities. Who asked, and why, is for others. */

export type TerminalReply =
  /** OSC 10 and 11: the default colours; each part from 0 to 255. */
  | {
      readonly type: 'colour'
      readonly of: 'foreground' | 'background'
      readonly red: number
      readonly green: number
      readonly blue: number
    }
  /** Primary device attributes (DA1). Every terminal answers this, so it also ends the wait for other answers. */
  | { readonly type: 'attributes'; readonly attributes: readonly number[] }
  /** Secondary device attributes (DA2): kind, version, and a third number of the terminal's own. */
  | { readonly type: 'secondary'; readonly attributes: readonly number[] }
  /** DECRPM: 0 unknown, 1 set, 2 reset, 3 always set, 4 always reset. */
  | { readonly type: 'mode'; readonly mode: number; readonly state: number }
  /** Cursor position, from 1. */
  | { readonly type: 'position'; readonly row: number; readonly column: number }
  /** Kitty keyboard flags that are on; the terminal knows the protocol. */
  | { readonly type: 'kitty'; readonly flags: number }
  /** XTVERSION: name and version as the terminal gives them. */
  | { readonly type: 'name'; readonly name: string }
  /** Size of a cell in pixels. */
  | { readonly type: 'cell'; readonly width: number; readonly height: number }
  /** Whether a picture of the kitty graphics protocol would have been taken. */
  | { readonly type: 'graphics'; readonly isTaken: boolean }
  /** DECRPSS for SGR: the parameters that are on. */
  | { readonly type: 'look'; readonly parameters: string }
  /** XTGETTCAP: whether it has an ability by that name of terminfo; an empty name: it did not repeat it. */
  | { readonly type: 'ability'; readonly name: string; readonly isThere: boolean }

/** OSC 11: which colour is behind the text? A terminal that does not know the question ignores it. */
export const BACKGROUND_QUERY = '\x1b]11;?\x1b\\'

/** DA2: which kind of terminal, in which version? */
export const SECONDARY_QUERY = '\x1b[>c'

/** DA1: what can it do? */
export const ATTRIBUTES_QUERY = '\x1b[c'

/** XTVERSION: what is it called? */
export const NAME_QUERY = '\x1b[>q'

/** XTWINOPS 16: how large is a cell? */
export const CELL_QUERY = '\x1b[16t'

/** Would it take a picture of one pixel? Nothing is drawn. Some terminals print this question. */
export const GRAPHICS_QUERY = '\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\'

/** DECRQM: does it know this mode, and is it on? */
export const modeQuery = (mode: number): string => `\x1b[?${mode}$p`

/** Which flags of the kitty keyboard are on? */
export const KITTY_QUERY = '\x1b[?u'

/** DECRQSS: how would text look now? */
export const LOOK_QUERY = '\x1bP$qm\x1b\\'

/** XTGETTCAP: does it have an ability? Some terminals print this question. @param name as terminfo has it */
export const abilityQuery = (name: string): string => `\x1bP+q${Buffer.from(name).toString('hex')}\x1b\\`

function numbers(text: string): number[] {
  return text.split(';').map((each) => Number.parseInt(each, 10) || 0)
}

/** The reply that a complete CSI sequence is; null when it is none. */
export function csiReply(parameters: string, final: string): TerminalReply | null {
  const [first = 0, second = 0] = numbers(parameters.replace(/^\?/, ''))
  if (/^\?[\d;]*$/.test(parameters)) {
    if (final === 'c') return { type: 'attributes', attributes: numbers(parameters.slice(1)) }
    if (final === 'u') return { type: 'kitty', flags: first }
  }
  if (final === 'c' && /^>[\d;]*$/.test(parameters))
    return { type: 'secondary', attributes: numbers(parameters.slice(1)) }
  if (final === 'y' && /^\?\d+;\d+\$$/.test(parameters)) return { type: 'mode', mode: first, state: second }
  const cell = final === 't' ? /^6;(\d{1,4});(\d{1,4})$/.exec(parameters) : null
  if (cell) {
    const [height, width] = [Number(cell[1]), Number(cell[2])]
    return width > 0 && height > 0 ? { type: 'cell', width, height } : null
  }
  // A modified F3 of old terminals looks the same; better to miss that than an answer.
  if (final === 'R' && /^\??\d+;\d+/.test(parameters)) return { type: 'position', row: first, column: second }
  return null
}

/** Up to four hexadecimal digits, whatever their number, as 0 to 255. */
function part(digits: string): number {
  return Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255)
}

const COLOUR = /^1([01]);rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i

/** The reply in the body of an OSC string; null when it is none we know. */
export function oscReply(body: string): TerminalReply | null {
  const match = COLOUR.exec(body)
  if (!match) return null
  const [, which, red = '', green = '', blue = ''] = match
  const of = which === '0' ? 'foreground' : 'background'
  return { type: 'colour', of, red: part(red), green: part(green), blue: part(blue) }
}

/** The reply in the body of a DCS string; null when it is none we know. */
export function dcsReply(body: string): TerminalReply | null {
  if (body.startsWith('>|')) return { type: 'name', name: body.slice(2) }
  const look = /^1\$r([\d;:]*)m$/.exec(body)
  if (look) return { type: 'look', parameters: look[1]! }
  const ability = /^([01])\+r([\da-f]*)/i.exec(body)
  if (!ability) return null
  return { type: 'ability', name: Buffer.from(ability[2]!, 'hex').toString('latin1'), isThere: ability[1] === '1' }
}

/** The reply in the body of an APC string; null when it is none we know. */
export function apcReply(body: string): TerminalReply | null {
  const answer = /^G(?:[^;]*,)?i=31(?:,[^;]*)?;(.*)$/.exec(body)?.[1]
  return answer === undefined ? null : { type: 'graphics', isTaken: answer === 'OK' }
}
