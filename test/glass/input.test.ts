import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Key } from '../../src/core/chat/keys.ts'
import { InputDecoder, type TerminalReply } from '../../src/glass/input.ts'

/** A decoder with a clock moved by hand. */
function keyboard() {
  let keys: Key[] = []
  const replies: TerminalReply[] = []
  let timer: { readonly ms: number; readonly f: () => void } | null = null
  const decoder = new InputDecoder((key) => keys.push(key), {
    setTimer(ms, f) {
      const mine = { ms, f }
      timer = mine
      return () => {
        if (timer === mine) timer = null
      }
    },
    onReply: (reply) => replies.push(reply),
  })
  return {
    replies,
    send(bytes: string | Uint8Array) {
      decoder.feed(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
      return this
    },
    /** Nothing comes for as long as the decoder waits; tells how long that was. */
    silence(): number {
      const due = timer
      timer = null
      due?.f()
      return due?.ms ?? 0
    },
    keys(): string[] {
      const seen = keys.map(spell)
      keys = []
      return seen
    },
    raw: () => keys,
  }
}

function spell(key: Key): string {
  if (key.type === 'text') return `"${key.text}"`
  if (key.type === 'paste') return `paste:${key.text}`
  const held = `${key.ctrl ? 'ctrl+' : ''}${key.alt ? 'alt+' : ''}${key.shift ? 'shift+' : ''}`
  return held + (key.type === 'key' ? key.name : `'${key.char}'`)
}

function keysOf(bytes: string): string[] {
  return keyboard().send(bytes).keys()
}

test('a line typed fast is text and then Enter, also in one read', () => {
  expect(keysOf('hello\r')).toEqual(['"hello"', 'enter'])
  expect(keysOf('a\tb\x7f')).toEqual(['"a"', 'tab', '"b"', 'backspace'])
})

test('Ctrl+J is a key of its own, as is every letter with Ctrl', () => {
  expect(keysOf('\n\x03\x04\x1a\x07')).toEqual(["ctrl+'j'", "ctrl+'c'", "ctrl+'d'", "ctrl+'z'", "ctrl+'g'"])
  expect(keysOf('\0\x1c\x1d\x1e\x1f')).toEqual(["ctrl+' '", "ctrl+'\\'", "ctrl+']'", "ctrl+'^'", "ctrl+'_'"])
})

test.each([
  ['\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
  ['\x1bOA\x1bOB\x1bOC\x1bOD', ['up', 'down', 'right', 'left']],
  ['\x1b[H\x1b[1~\x1b[7~\x1bOH', ['home', 'home', 'home', 'home']],
  ['\x1b[F\x1b[4~\x1b[8~\x1bOF', ['end', 'end', 'end', 'end']],
  ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', ['insert', 'delete', 'pageup', 'pagedown']],
  ['\x1b[1;5D\x1b[1;3C\x1b[1;2A\x1b[3;5~', ['ctrl+left', 'alt+right', 'shift+up', 'ctrl+delete']],
  ['\x1b\x1b[D\x1b\x1bOC', ['alt+left', 'alt+right']],
  ['\x1bOP\x1b[15~\x1b[24~\x1b[[A', ['f1', 'f5', 'f12', 'f1']],
  ['\x1b[Z', ['shift+tab']],
  ['\x1bOM\x1bOp', ['enter', '"0"']],
  ['\x08\x1b\x7f', ['ctrl+backspace', 'alt+backspace']],
  ['\x1bb\x1bF\x1bé\x1b\r\x1b\x06', ["alt+'b'", "alt+shift+'f'", "alt+'é'", 'alt+enter', "ctrl+alt+'f'"]],
])('%j is understood', (bytes, keys) => {
  expect(keysOf(bytes)).toEqual(keys)
})

test.each([
  ['\x1b[13;2u\x1b[13;5u\x1b[13u', ['shift+enter', 'ctrl+enter', 'enter']],
  ['\x1b[99;5u\x1b[106;5u\x1b[98;3u', ["ctrl+'c'", "ctrl+'j'", "alt+'b'"]],
  ['\x1b[27u\x1b[9;2u\x1b[127;5u\x1b[127;3u', ['escape', 'shift+tab', 'ctrl+backspace', 'alt+backspace']],
  ['\x1b[97;1:1u\x1b[97;1:2u\x1b[97;1:3u', ['"a"', '"a"']],
  ['\x1b[97:65;2u\x1b[97;2u\x1b[97;;228u', ['"A"', '"A"', '"ä"']],
  ['\x1b[1;1:3A\x1b[3;1:3~', []],
  ['\x1b[57414u\x1b[57400u\x1b[57423u', ['enter', '"1"', 'home']],
  ['\x1b[57441;2u\x1b[57358u\x1b[99;9u', []],
  ['\x1b[27;2;13~\x1b[27;5;99~\x1b[27;6;102~', ['shift+enter', "ctrl+'c'", "ctrl+shift+'f'"]],
])('modern keyboards: %j is understood', (bytes, keys) => {
  expect(keysOf(bytes)).toEqual(keys)
})

test('ESC alone is a key after 30 ms of silence, twice in one read two of them', () => {
  const at = keyboard().send('\x1b')
  expect(at.keys()).toEqual([])
  expect(at.silence()).toBe(30)
  expect(at.keys()).toEqual(['escape'])
  at.send('\x1b\x1b')
  expect(at.silence()).toBe(30)
  expect(at.keys()).toEqual(['escape', 'escape'])
})

test('Alt with a sign that could begin a sequence is a chord when nothing follows', () => {
  for (const sign of ['[', ']', 'p', 'o', '_']) {
    const at = keyboard().send(`\x1b${sign.toUpperCase()}`)
    at.silence()
    expect(at.keys()).toEqual([/[a-z]/.test(sign) ? `alt+shift+'${sign}'` : `alt+'${sign}'`])
  }
  expect(keysOf('\x1bPlease')).toEqual(["alt+shift+'p'", '"lease"'])
})

test('a paste is one key, its line ends made \\n, control characters and all', () => {
  expect(keysOf('\x1b[200~one\r\ntwo\rthree\x1b[A\x03\x1b[201~x')).toEqual(['paste:one\ntwo\nthree\x1b[A\x03', '"x"'])
  expect(keysOf('\x1b[200~\x1b[201~')).toEqual(['paste:'])
})

test('a paste that never ends is delivered after 1.5 s of silence, and the keyboard lives on', () => {
  const at = keyboard().send('\x1b[200~half\x1b[20')
  expect(at.silence()).toBe(1500)
  expect(at.keys()).toEqual(['paste:half\x1b[20'])
  expect(at.send('\x03').keys()).toEqual(["ctrl+'c'"])
  expect(at.send('\x1b[201~a').keys()).toEqual(['"a"'])
})

test('Ctrl+C pressed within a paste that does not end is heard a moment later, with what came', () => {
  const at = keyboard().send('\x1b[200~half').send('\x03')
  expect(at.keys()).toEqual([])
  expect(at.silence()).toBe(60)
  expect(at.keys()).toEqual(['paste:half', "ctrl+'c'"])
})

test('a paste that goes on behind such a byte keeps it', () => {
  const at = keyboard().send('\x1b[200~half').send('\x03').send('and half\x1b[201~')
  expect(at.keys()).toEqual(['paste:half\x03and half'])
})

test('Ctrl+C gets through whatever sequence it interrupts', () => {
  for (const open of ['\x1b', '\x1b[', '\x1b[12;', '\x1bO', '\x1b]11;rgb', '\x1bP>|xt', '\x1b[200'])
    expect(keysOf(`${open}\x03`).at(-1)).toBe("ctrl+'c'")
})

test('what the terminal answers is a reply and never text', () => {
  const at = keyboard().send(
    '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b]10;rgb:ff/ff/ff\x07\x1b[?62;22c\x1b[?2026;2$y\x1b[12;40R\x1b[?1u\x1bP>|tmux 3.3a\x1b\\',
  )
  expect(at.keys()).toEqual([])
  expect(at.replies).toEqual([
    { type: 'colour', of: 'background', red: 30, green: 30, blue: 46 },
    { type: 'colour', of: 'foreground', red: 255, green: 255, blue: 255 },
    { type: 'attributes', attributes: [62, 22] },
    { type: 'mode', mode: 2026, state: 2 },
    { type: 'position', row: 12, column: 40 },
    { type: 'kitty', flags: 1 },
    { type: 'name', name: 'tmux 3.3a' },
  ])
})

test('sequences that mean nothing to us are swallowed', () => {
  expect(
    keysOf(
      '\x1b[I\x1b[O\x1b[<0;10;10M\x1b[M !!\x1b[>1;10;0c\x1b[8;30;100t\x1b[99~\x1b_Gi=1;OK\x1b\\\x1b]52;c;aGk=\x07x',
    ),
  ).toEqual(['"x"'])
})

test('a sequence that is never finished is dropped after half a second', () => {
  for (const open of ['\x1b[1;', '\x1b]11;rgb:12', '\x1bP>|x']) {
    const at = keyboard().send(open)
    expect(at.silence()).toBe(500)
    expect(at.send('a').keys()).toEqual(['"a"'])
  }
})

test('a character cut by a read is whole, and broken bytes do no harm', () => {
  const at = keyboard()
  for (const byte of Buffer.from('漢👍')) at.send(Uint8Array.of(byte))
  expect(at.keys()).toEqual(['"漢"', '"👍"'])
  expect(keyboard().send(Uint8Array.of(0xff, 0x61)).keys()).toEqual(['"\ufffda"'])
})

/** Neighbouring text joined: how much of it came in one read is not part of its meaning. */
function meaning(keys: readonly Key[]): string[] {
  const spelt: string[] = []
  let text = ''
  for (const key of keys) {
    if (key.type === 'text') {
      text += key.text
      continue
    }
    if (text) spelt.push(`"${text}"`)
    text = ''
    spelt.push(spell(key))
  }
  return text ? [...spelt, `"${text}"`] : spelt
}

const fragment = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    '\x1b',
    '\x1b[',
    '\x1bO',
    '\x1b]',
    '\x1bP',
    '\x1b[200~',
    '\x1b[201~',
    '\x1b[A',
    '\x1b[1;5',
    '\r',
    '\n',
    '\x03',
  ),
  fc.constantFrom(
    '\x1b[97;5u',
    '\x1b]11;rgb:1/2/3',
    '\x07',
    '\x1b\\',
    '\x1b[M',
    '\x1b[[',
    '\x1b[?1u',
    '漢',
    '~',
    'A',
    ';',
    '\x7f',
  ),
)
const stream = fc.oneof(
  fc.array(fragment, { maxLength: 16 }).map((parts) => Buffer.from(parts.join(''))),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
)

test('any bytes mean the same however the reads cut them', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(100), { maxLength: 12 }), (bytes, cuts) => {
      const whole = keyboard().send(bytes)
      const pieces = keyboard()
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
      for (let i = 1; i < places.length; i++) pieces.send(bytes.subarray(places[i - 1], places[i]))
      whole.silence()
      pieces.silence()
      expect(meaning(pieces.raw())).toEqual(meaning(whole.raw()))
      expect(pieces.replies).toEqual(whole.replies)
    }),
    { numRuns: 5000 },
  )
})

test('after silence every keyboard is live: text typed next comes out as it is', () => {
  fc.assert(
    fc.property(
      stream,
      fc.string({ minLength: 1, unit: fc.constantFrom('a', 'Z', ' ', 'é', '漢', '[', '~', '0') }),
      (bytes, text) => {
        const at = keyboard().send(bytes)
        at.silence()
        // An unfinished character has to be broken off first; so has the oldest mouse report.
        at.send('\r')
        at.silence()
        const before = at.raw().length
        at.send(text)
        expect(meaning(at.raw().slice(before))).toEqual([`"${text}"`])
      },
    ),
    { numRuns: 2000 },
  )
})

test('a paste of 4 MB in small reads arrives whole', () => {
  const at = keyboard()
  const line = `${'x'.repeat(99)}\r`
  const read = Buffer.from(line.repeat(41))
  at.send('\x1b[200~')
  for (let i = 0; i < 1000; i++) at.send(read)
  at.send('\x1b[201~')
  const [key] = at.raw()
  expect(key?.type === 'paste' && key.text.length).toBe(4_100_000)
})
