/** What a terminal has answered, and what that means for the chat. How it was asked is known to `glass/interview`. */

import type { Mark, Told } from '../doctor.ts'
import { rounded } from '../figures/rounded.ts'
import type { Colour } from '../text/theme.ts'

export interface TerminalFacts {
  /** `TERM`; null: unset. */
  readonly term: string | null
  readonly columns: number
  readonly rows: number
  /** What stands between us and the terminal; null: nothing that is known. */
  readonly within: 'tmux' | 'screen' | 'ssh' | null
  /** Colours by what the environment says. */
  readonly colour: Colour
  /** Why it takes nothing for the clipboard; null: it may. */
  readonly deafToClipboard: string | null
  /** What it answered; null: it was not asked, or has answered nothing at all. */
  readonly answers: TerminalAnswers | null
  /** It was asked. */
  readonly isAsked: boolean
}

/** Its own words. Absent or null: it said nothing on that. */
export interface TerminalAnswers {
  /** From the first question to the first answer, in ms. */
  readonly afterMs: number
  readonly name: string | null
  /** Primary device attributes. */
  readonly attributes: readonly number[]
  /** It knows the kitty keyboard protocol. */
  readonly kitty: boolean
  /** DECRPM states by mode: 1 to 4 know it, 0 does not. */
  readonly modes: Readonly<Record<number, number>>
  readonly background: readonly [red: number, green: number, blue: number] | null
  /** A colour of 24 bits was taken as it was given; false: another one came back. */
  readonly trueColour: boolean | null
  /** It says that it writes to the clipboard when told to (DA1 52, or the terminfo word `Ms`). */
  readonly clipboard: boolean | null
  readonly graphics: 'kitty' | 'iterm' | 'sixel' | 'blocks'
  readonly cell: { readonly width: number; readonly height: number } | null
}

/** Where the chat's window has room for an answer, a draft and the bar. */
const LEAST = { columns: 40, rows: 12 } as const
const SYNCHRONISED = 2026
const PASTES = 2004
/** DA1's word for the clipboard. */
export const CLIPBOARD_ATTRIBUTE = 52

const SHOWN: Readonly<Record<Colour, string>> = {
  none: 'no colours',
  ansi16: '16 colours',
  ansi256: '256 colours',
  truecolor: '16.7 million colours',
}

export function terminalFindings(facts: TerminalFacts): readonly Told[] {
  const { answers, isAsked } = facts
  if (!isAsked)
    return [
      {
        topic: 'terminal',
        mark: 'unasked',
        says: 'Not asked: stdin or stdout is no terminal. Here the answer goes out as plain text.',
      },
    ]
  return answers === null ? [size(facts), silent(facts), colours(facts)] : [size(facts), ...told(facts, answers)]
}

function size({ columns, rows, term, within }: TerminalFacts): Told {
  const isSmall = columns < LEAST.columns || rows < LEAST.rows
  const behind = within === null ? '' : `, behind ${within}`
  return {
    topic: 'size',
    mark: isSmall ? 'look' : 'ok',
    says: `${columns} columns and ${rows} rows, TERM is ${term ?? 'not set'}${behind}.`,
    ...(isSmall && { todo: `The chat is at ease from ${LEAST.columns} columns and ${LEAST.rows} rows on.` }),
    facts: { columns, rows, term, within },
  }
}

function silent({ term }: TerminalFacts): Told {
  return {
    topic: 'answers',
    mark: 'look',
    says: 'It answers no question, so nothing is used that has to be asked for.',
    todo:
      term === 'dumb' || term === null
        ? 'TERM says that it can do nothing; the chat writes plain lines there.'
        : 'A slow connection, or somebody in between who swallows answers. The chat works all the same.',
  }
}

function told(facts: TerminalFacts, answers: TerminalAnswers): readonly Told[] {
  const { afterMs, name, attributes, kitty, modes, graphics, cell } = answers
  const has = (mode: number) => (modes[mode] ?? 0) > 0
  return [
    {
      topic: 'answers',
      mark: 'ok',
      says: `It is ${name === null ? 'a terminal without a name' : name}, and answered after ${Math.round(afterMs)} ms.`,
      facts: { name, attributes, afterMs: rounded(afterMs, 3) },
    },
    kitty
      ? { topic: 'keyboard', mark: 'ok', says: 'Kitty keyboard: Shift+Enter makes a new line.', facts: { kitty } }
      : {
          topic: 'keyboard',
          mark: 'ok',
          says: 'No kitty keyboard: Shift+Enter looks like Enter. Alt+Enter, Ctrl+J or \\ Enter make a new line.',
          facts: { kitty },
        },
    has(SYNCHRONISED)
      ? { topic: 'synchronised', mark: 'ok', says: 'Synchronised output: no frame is seen half drawn.' }
      : {
          topic: 'synchronised',
          mark: 'ok',
          says: 'No synchronised output: a frame may be seen half drawn for a moment, and nothing worse.',
        },
    ...(has(PASTES) || modes[PASTES] === undefined
      ? []
      : [
          {
            topic: 'pastes',
            mark: 'look' as const,
            says: 'No bracketed paste: a pasted line end is an Enter, and sends.',
            todo: 'Paste through a file (-a FILE), or with Ctrl+G in your editor.',
          },
        ]),
    colours(facts),
    pictures(graphics, cell),
    clipboard(facts, answers),
  ]
}

function colours({ colour, answers }: TerminalFacts): Told {
  const { trueColour = null, background = null } = answers ?? {}
  const ground = background === null ? '' : ` on ${hex(background)}`
  const isMissed = trueColour === true && colour !== 'truecolor' && colour !== 'none'
  const isPromised = trueColour === false && colour === 'truecolor'
  const proof = trueColour === null ? '' : trueColour ? ' It takes 24-bit colours when tried.' : ''
  const mark: Mark = isMissed || isPromised ? 'look' : 'ok'
  return {
    topic: 'colours',
    mark,
    says: isPromised
      ? `The environment promises ${SHOWN[colour]}, and the terminal gave back another one${ground}.`
      : `${SHOWN[colour]}, by the environment${ground}.${proof}`,
    ...(isMissed && { todo: 'COLORTERM=truecolor tells programs so.' }),
    ...(isPromised && { todo: 'If colours look wrong, unset COLORTERM, or set FORCE_COLOR=2.' }),
    facts: { colour, trueColour, background: background && hex(background) },
  }
}

const hex = (parts: readonly number[]) => `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`

const WAYS: Readonly<Record<TerminalAnswers['graphics'], string>> = {
  kitty: 'Pictures are drawn as pixels, by kitty graphics',
  iterm: "Pictures are drawn as pixels, in iTerm2's way",
  sixel: 'Pictures are drawn as pixels, as sixels',
  blocks: 'Pictures are drawn as coloured half-blocks',
}

function pictures(graphics: TerminalAnswers['graphics'], cell: TerminalAnswers['cell']): Told {
  const size = cell === null ? '' : `; a cell has ${cell.width} x ${cell.height} pixels`
  return { topic: 'graphics', mark: 'ok', says: `${WAYS[graphics]}${size}.`, facts: { graphics, cell } }
}

function clipboard({ deafToClipboard, within }: TerminalFacts, { clipboard: says }: TerminalAnswers): Told {
  const facts = { clipboard: deafToClipboard === null ? says : false }
  if (deafToClipboard !== null)
    return {
      topic: 'clipboard',
      mark: 'look',
      says: `/copy cannot reach the clipboard through the terminal (OSC 52): ${deafToClipboard}.`,
      todo: 'It uses a program of this machine where there is one (pbcopy, wl-copy, xclip).',
      facts,
    }
  if (says === true)
    return { topic: 'clipboard', mark: 'ok', says: '/copy reaches the clipboard through the terminal (OSC 52).', facts }
  const todo = within === 'tmux' ? { todo: 'In tmux: set -g set-clipboard on, and allow-passthrough on.' } : {}
  return {
    topic: 'clipboard',
    mark: 'unasked',
    says: 'It does not say whether it takes text for the clipboard (OSC 52); many do all the same.',
    ...todo,
    facts,
  }
}
