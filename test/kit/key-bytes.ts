/** What a terminal sends when a key is pressed: the classic encodings, and kitty's where the classic ones are silent. */

const NAMED: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  esc: '\x1b',
  space: ' ',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  'shift+tab': '\x1b[Z',
  'shift+enter': '\x1b[13;2u',
  'ctrl+space': '\0',
  'ctrl+left': '\x1b[1;5D',
  'ctrl+right': '\x1b[1;5C',
  'alt+left': '\x1b[1;3D',
  'alt+right': '\x1b[1;3C',
}

/**
 * Bytes of one key: a name above, `ctrl+a` to `ctrl+z`, or `alt+` before anything that has bytes.
 * @throws Error when the name is not a key
 */
export function keyBytes(name: string): string {
  const named = NAMED[name]
  if (named !== undefined) return named
  if ([...name].length === 1) return name
  const control = /^ctrl\+([a-z\\\]^_])$/.exec(name)?.[1]
  if (control) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f)
  if (name.startsWith('alt+')) return `\x1b${keyBytes(name.slice(4))}`
  throw new Error(`No key is called "${name}": expected ${Object.keys(NAMED).join(', ')}, ctrl+letter, or alt+key.`)
}

/** What a terminal sends for pasted text, with or without the program having asked for brackets. */
export function pasteBytes(text: string, bracketed: boolean): string {
  const typed = text.replace(/\r?\n/g, '\r')
  return bracketed ? `\x1b[200~${typed}\x1b[201~` : typed
}
