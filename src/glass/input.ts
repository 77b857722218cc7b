/**
 * The keyboard's bytes, cut into keys, pastes and the terminal's own answers. Linear in its input, indifferent to where
 * reads cut it, and never stuck: whatever is left open is closed by a moment of silence, so Ctrl+C always gets through.
 * What single sequences mean is known to `key-codes.ts` and `replies.ts`.
 */

import type { Key } from '../core/chat/keys.ts'
import { chord, consoleKey, controlKey, csiKey, NO_MODIFIERS, named, ss3Key } from './key-codes.ts'
import { apcReply, csiReply, dcsReply, oscReply, type TerminalReply } from './replies.ts'

export type { TerminalReply } from './replies.ts'

/** Silence after which a lone ESC was the key, in ms: longer than any terminal takes for the rest of a sequence. */
const ESCAPE_MS = 30
/** Silence after which a sequence that has begun will not be finished, in ms: longer than a hiccup of the network. */
const SEQUENCE_MS = 500
/** Silence after which a paste without an end is over, in ms. */
export const PASTE_MS = 1500

/** The same when the last that came of it was a Ctrl+C alone: a terminal that still pastes goes on at once. */
const WAY_OUT_MS = 60

/** Calls `f` after `ms`, unless the function it returns is called first. */
export type SetTimer = (ms: number, f: () => void) => () => void

export interface InputOptions {
  readonly setTimer?: SetTimer
  /** Takes what the terminal answers to queries. */
  readonly onReply?: (reply: TerminalReply) => void
}

const ESC = '\x1b'
const PASTE_END = '\x1b[201~'
const ALT = { ...NO_MODIFIERS, alt: true }
const INTERRUPT = 3

/** Where text ends: C0, DEL and C1 control characters. */
const CONTROL = /[\0-\x1f\x7f-\x9f]/g
/** Where a string sequence ends, or is given up: BEL, ESC (of ST, or of something new), CAN, SUB, Ctrl+C, C1 ST. */
const STRING_END = /[\x07\x1b\x18\x1a\x03\x9c]/g

/** A complete CSI sequence at the start of a text, and the beginning of one. */
const CSI = /^\[([0-?]*[ -/]*)([@-~])/
const CSI_BEGINNING = /^\[[0-?]*[ -/]*$/
/** Longest CSI sequence that is waited for; no keyboard or reply comes near. */
const LONGEST_CSI = 128

/** Strings that terminals send, by the character behind ESC, and what their first one must be. Else it was Alt+key. */
const STRINGS: Readonly<Record<string, RegExp>> = { ']': /^\d/, P: /^[\d>!$+=]/, _: /^G/ }

/** Who reads them. */
const READ: Readonly<Record<string, (body: string) => TerminalReply | null>> = {
  ']': oscReply,
  P: dcsReply,
  _: apcReply,
}

const defaultTimer: SetTimer = (ms, f) => {
  const timer = setTimeout(f, ms)
  return () => clearTimeout(timer)
}

export class InputDecoder {
  readonly #emit: (key: Key) => void
  readonly #setTimer: SetTimer
  readonly #onReply: (reply: TerminalReply) => void
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  /** An unfinished sequence, from its ESC on; never longer than a sequence can be. */
  #pending = ''
  /** Pieces of a string sequence (its introducer first) whose end has not come yet. */
  #string: string[] | null = null
  /** Pieces of a paste whose end has not come yet. */
  #paste: string[] | null = null
  #cancelTimer: (() => void) | null = null

  /** @param emit called with each key, in order, while `feed` runs or after a moment of silence */
  constructor(emit: (key: Key) => void, options: InputOptions = {}) {
    this.#emit = emit
    this.#setTimer = options.setTimer ?? defaultTimer
    this.#onReply = options.onReply ?? (() => {})
  }

  /** Takes the next bytes of the terminal, cut anywhere, also within a character. */
  feed(bytes: Uint8Array): void {
    // Somebody who presses Ctrl+C within a paste without an end wants out.
    const wantsOut = this.#paste !== null && bytes.length > 0 && bytes.every((byte) => byte === INTERRUPT)
    let text = this.#pending + this.#utf8.decode(bytes, { stream: true })
    this.#pending = ''
    while (text !== '') text = this.#next(text)
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#waitForRest(wantsOut)
  }

  /** Understands the start of a text and returns the rest; keeps what is not complete. */
  #next(text: string): string {
    if (this.#paste) return this.#pasted(this.#paste, text)
    if (this.#string) return this.#stringed(this.#string, text)
    CONTROL.lastIndex = 0
    const control = CONTROL.exec(text)?.index ?? text.length
    if (control > 0) {
      this.#emit({ type: 'text', text: text.slice(0, control) })
      return text.slice(control)
    }
    if (text[0] === ESC) return this.#escaped(text)
    const key = controlKey(text.charCodeAt(0), false)
    if (key) this.#emit(key)
    return text.slice(1)
  }

  /** @param text begins with ESC */
  #escaped(text: string): string {
    if (text === ESC || text === ESC + ESC) return this.#keep(text)
    if (text[1] === ESC) {
      // Some terminals put one more ESC before an arrow for Alt. Otherwise the first was a key of its own.
      if (text[2] === '[') return this.#sequence(text, 2, true)
      if (text[2] === 'O' && text.length === 3) return this.#keep(text)
      if (text[2] === 'O' && ss3Key(text[3]!)) return this.#sequence(text, 2, true)
    }
    if (text[1] !== ESC && text.charCodeAt(1) !== INTERRUPT) return this.#sequence(text, 1, false)
    this.#emit(named('escape'))
    return text.slice(1)
  }

  /** @param at where the character behind the introducing ESC stands */
  #sequence(text: string, at: number, alt: boolean): string {
    const kind = text[at]!
    const isShort = text.length === at + 1
    if (kind === '[') return this.#csi(text, at, alt)
    if (kind === 'O') {
      if (isShort) return this.#keep(text)
      const key = ss3Key(text[at + 1]!)
      if (!key) return this.#alone(text, at)
      this.#emit(alt && key.type === 'key' ? { ...key, alt } : key)
      return text.slice(at + 2)
    }
    const opening = STRINGS[kind]
    if (opening) {
      if (isShort) return this.#keep(text)
      if (!opening.test(text[at + 1]!)) return this.#alone(text, at)
      this.#string = [kind]
      return text.slice(at + 1)
    }
    return this.#alone(text, at)
  }

  /** ESC before something that is no sequence: Alt with that key. */
  #alone(text: string, at: number): string {
    const code = text.codePointAt(at)!
    const char = String.fromCodePoint(code)
    const key = code < 0x20 || code === 0x7f ? controlKey(code, true) : chord(char, ALT)
    if (key && !(code >= 0x80 && code < 0xa0)) this.#emit(key)
    return text.slice(at + char.length)
  }

  #csi(text: string, at: number, alt: boolean): string {
    const head = text.slice(at, at + LONGEST_CSI)
    const match = CSI.exec(head)
    if (!match) {
      if (CSI_BEGINNING.test(head) && head.length < LONGEST_CSI) return this.#keep(text)
      // Broken off: what does not belong to it is read again.
      const broken = /^\[[0-?]*[ -/]*/.exec(head)![0]
      return text.slice(at + broken.length)
    }
    const [whole, parameters = '', final = ''] = match
    const key = csiReply(parameters, final) ? null : csiKey(parameters, final)
    let rest = text.slice(at + whole.length)
    // The Linux console's function keys carry one more character, the oldest mouse reports three.
    const more = final === '[' ? 1 : final === 'M' && parameters === '' ? 3 : 0
    if (rest.length < more) return this.#keep(text)
    // A lone ESC just before something that has no Alt.
    if (alt && key?.type !== 'key') this.#emit(named('escape'))
    if (more > 0) {
      const consoles = final === '[' ? consoleKey(rest[0]!) : null
      if (consoles) this.#emit(consoles)
      rest = rest.slice(more)
    } else if (final === '~' && parameters === '200') this.#paste = []
    else {
      const reply = csiReply(parameters, final)
      if (reply) this.#onReply(reply)
      if (key) this.#emit(alt && key.type === 'key' ? { ...key, alt } : key)
    }
    return rest
  }

  #stringed(pieces: string[], text: string): string {
    STRING_END.lastIndex = 0
    const end = STRING_END.exec(text)?.index
    if (end === undefined) {
      pieces.push(text)
      return ''
    }
    const isTerminator = text[end] === '\x07' || text[end] === '\x9c' || text.startsWith('\x1b\\', end)
    // The ESC may be the first half of the terminator.
    if (text[end] === ESC && text.length === end + 1) {
      pieces.push(text.slice(0, end))
      return this.#keep(text.slice(end))
    }
    this.#string = null
    if (!isTerminator) return text.slice(text[end] === ESC || text[end] === '\x03' ? end : end + 1)
    const [kind, ...body] = [...pieces, text.slice(0, end)]
    const reply = READ[kind!]?.(body.join(''))
    if (reply) this.#onReply(reply)
    return text.slice(end + (text[end] === ESC ? 2 : 1))
  }

  #pasted(pieces: string[], text: string): string {
    const end = text.indexOf(PASTE_END)
    if (end !== -1) {
      pieces.push(text.slice(0, end))
      this.#deliver(pieces)
      return text.slice(end + PASTE_END.length)
    }
    // The last characters may be the beginning of the end marker.
    let kept = Math.min(PASTE_END.length - 1, text.length)
    while (kept > 0 && !PASTE_END.startsWith(text.slice(text.length - kept))) kept--
    pieces.push(text.slice(0, text.length - kept))
    return this.#keep(text.slice(text.length - kept))
  }

  #deliver(pieces: readonly string[]): void {
    this.#paste = null
    this.#emit({ type: 'paste', text: pieces.join('').replace(/\r\n?/g, '\n') })
  }

  #keep(unfinished: string): string {
    this.#pending = unfinished
    return ''
  }

  #waitForRest(wantsOut: boolean): void {
    const isEscape = /^\x1b\x1b?$/.test(this.#pending)
    const ms = this.#paste
      ? wantsOut
        ? WAY_OUT_MS
        : PASTE_MS
      : this.#string
        ? SEQUENCE_MS
        : this.#pending === ''
          ? 0
          : isEscape
            ? ESCAPE_MS
            : SEQUENCE_MS
    if (ms > 0) this.#cancelTimer = this.#setTimer(ms, () => this.#giveUpWaiting())
  }

  /** Silence: what is open is taken for what it looks like. */
  #giveUpWaiting(): void {
    this.#cancelTimer = null
    const pending = this.#pending
    this.#pending = ''
    if (this.#paste) {
      // Ctrl+C at the end of a paste without an end was pressed by somebody who wanted out.
      const text = this.#paste.join('') + pending
      const pasted = text.replace(/\x03+$/, '')
      this.#deliver([pasted])
      for (let i = pasted.length; i < text.length; i++) this.#emit(controlKey(INTERRUPT, false)!)
      return
    }
    this.#string = null
    if (/^\x1b\x1b?$/.test(pending)) for (const _ of pending) this.#emit(named('escape'))
    // Alt with one of the characters that could have begun a sequence.
    else if (/^\x1b\x1b?[[\]OP_]$/.test(pending)) {
      if (pending.length === 3) this.#emit(named('escape'))
      this.#emit(chord(pending.at(-1)!, ALT))
    }
  }
}
