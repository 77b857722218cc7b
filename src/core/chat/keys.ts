/**
 * What a person can do at the keyboard, free of escape codes.
 * `glass/input` turns bytes into these; `core/composer` and the chat give them meaning.
 */

export type KeyName =
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pageup'
  | 'pagedown'
  | 'insert'
  | 'f1'
  | 'f2'
  | 'f3'
  | 'f4'
  | 'f5'
  | 'f6'
  | 'f7'
  | 'f8'
  | 'f9'
  | 'f10'
  | 'f11'
  | 'f12'

/** One key press or one paste. */
export type Key =
  /** Printable text without control characters: usually one grapheme, more when the terminal sent them at once. */
  | { readonly type: 'text'; readonly text: string }
  /** A named key. */
  | {
      readonly type: 'key'
      readonly name: KeyName
      readonly ctrl: boolean
      readonly alt: boolean
      readonly shift: boolean
    }
  /** A letter or sign held with Ctrl and/or Alt; `char` is lower case unless shift is told apart by the terminal. */
  | {
      readonly type: 'chord'
      readonly char: string
      readonly ctrl: boolean
      readonly alt: boolean
      readonly shift: boolean
    }
  /** Pasted text, line ends normalised to `\n`, otherwise verbatim (control characters included). */
  | { readonly type: 'paste'; readonly text: string }
