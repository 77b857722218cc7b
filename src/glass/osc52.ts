/**
 * The clipboard by way of the terminal (OSC 52), which also works from another machine. Knows the sequence, how
 * multiplexers pass it on, and which terminals are known not to take it. A terminal never says whether it did.
 */

type Env = Readonly<Record<string, string | undefined>>

/**
 * Most bytes of text that are handed to a terminal. xterm takes 100,000 bytes for the whole sequence, others less or
 * more; 74,994 bytes are 99,992 in base64, and the frame around them takes the rest.
 */
export const MOST_BYTES = 74_994

/** GNU screen drops passed-on strings of more than 768 bytes, so they go in pieces. */
const SCREEN_PIECE = 512

/** Why a terminal will not take it; null when it may. */
export function deafToOsc52(env: Env): string | null {
  if (env.TERM_PROGRAM === 'Apple_Terminal' && !env.TMUX) return 'this terminal does not take it'
  return /^(dumb|linux)$/.test(env.TERM ?? '') ? 'this terminal does not take it' : null
}

/** The sequence that puts a text into the clipboard, wrapped for the multiplexer in between; null: too long for it. */
export function osc52(text: string, env: Env): string | null {
  const bytes = Buffer.from(text)
  if (bytes.length > MOST_BYTES) return null
  const content = bytes.toString('base64')
  if (env.TMUX) return `\x1bPtmux;\x1b\x1b]52;c;${content}\x07\x1b\\`
  if (env.STY || /^screen/.test(env.TERM ?? '')) {
    const pieces = content.match(new RegExp(`.{1,${SCREEN_PIECE}}`, 'g')) ?? []
    return `\x1bP\x1b]52;c;${pieces.join('\x1b\\\x1bP')}\x07\x1b\\`
  }
  return `\x1b]52;c;${content}\x07`
}
