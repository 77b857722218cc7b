/**
 * Laws of bad input, with an emulator as the judge and a scan of every byte: whatever a model, a server, a file or a
 * clipboard says, and wherever it is shown, the terminal gets text and the painter's own few sequences.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mount } from '../../components/mount.tsx'
import { isPlain, plainRows } from '../../components/plain.ts'
import { rowsAboveComposer } from '../../components/view.ts'
import { completeCommand } from '../../src/core/chat/commands.ts'
import { type Composer, emptyComposer, press } from '../../src/core/composer/composer.ts'
import { type Event, newConversation, update } from '../../src/core/conversation.ts'
import type { Remark } from '../../src/core/text/remark.ts'
import { theme } from '../../src/core/text/theme.ts'
import { widthOf } from '../../src/core/text/width.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { foldRow } from '../../src/glass/fold.ts'
import { Stage } from '../../src/glass/stage.ts'
import { createTranscript } from '../../src/glass/transcript.ts'
import { modelChoices, obey } from '../../src/modes/chat/commands.ts'
import { greeting } from '../../src/modes/chat/greeting.ts'
import { layOut, type Ui } from '../../src/modes/chat/view.ts'
import type { Setup } from '../../src/setup.ts'
import { cutAt, hostileText, document as markdownDocument } from '../core/markdown/kit.ts'
import { CHOICES } from '../kit/choices.ts'
import { hostileParts, leaked } from '../kit/hostile-parts.ts'
import { bench, plain } from './glass-kit.ts'

const PARTS = hostileParts('tag')
const LOOK = theme({ colour: 'ansi16', links: true })

/** What the painter may send; of links and styles only those that our own themes make. */
const OWN =
  /\x1b\[\?(?:2026|25)[hl]|\x1b\[\?7h|\x1b\[(?!0*8m)[\d;]*m|\x1b\]8;;(?:https?:\/\/|mailto:)[!-~]*\x1b\\|\x1b\]8;;\x1b\\|\x1b\[\d*[ABGKLM]|\x1b\[J|\r|\n/g
/** What else must not be in a row: it is not seen, or changes the order of what is. */
const UNSEEN = /\p{Cc}|[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u

/** A chat without a process: conversation, transcript, live region and painter on an emulated terminal. */
function chat(columns = 80, rows = 24) {
  const at = bench(columns, rows)
  const output: string[] = []
  const { write } = at
  at.write = (data) => {
    output.push(data)
    write(data)
  }
  let state = newConversation(CHOICES)
  let ui: Ui = { composer: emptyComposer(), notice: null, welcome: null, vim: null }
  const transcript = createTranscript(LOOK, columns)
  const stage = new Stage({
    size: at,
    painter: {
      paint(frame) {
        // The terminal may know other widths for rare signs: what counts is that each row was made to fit. Rows of the
        // chrome are cut by Ink with its own widths, and once more by the painter.
        for (const row of [...frame.settled, ...frame.tail].flatMap((row) => foldRow(row, columns)))
          expect(widthOf(plain(row))).toBeLessThanOrEqual(columns)
        return at.painter.paint(frame)
      },
    },
    tail: (most) => transcript.tail(most),
    resizing: () => false,
    now: () => 0,
    took: () => {},
  })
  let caret = { row: 0, col: 0 }
  let ink: ReturnType<typeof mount> | null = null
  const onRows = (drawn: readonly string[]) => stage.chrome(drawn, caret)
  const draw = () => {
    const { view, caret: cell } = layOut(state, ui, 5, at, LOOK)
    caret = { row: rowsAboveComposer(view) + cell.row, col: cell.col }
    if (isPlain(view)) onRows(plainRows(view))
    stage.draw()
    if (ink) ink.draw(view)
    else ink = mount(at, view, onRows)
    stage.draw()
  }
  const complete = (composer: Composer) => completeCommand(composer.text, composer.cursor, modelChoices(state.models))
  return {
    at,
    /** Sent to the terminal so far. */
    get bytes() {
      return output.reduce((total, { length }) => total + length, 0)
    },
    happen(...events: readonly Event[]) {
      for (const event of events) {
        state = update(state, event).state
        stage.settle(transcript.follow(state, event))
        draw()
      }
    },
    greet(note: string) {
      const credential = { kind: 'key', secret: 'x', origin: 'a test', note } as const
      const setup = { state, credential, baseUrl: 'http://127.0.0.1:9', isDemo: false } as unknown as Setup
      stage.settle(transcript.greet(greeting(setup)))
      draw()
    },
    remark(said: Remark) {
      stage.settle(transcript.remark(said))
      draw()
    },
    show(more: Partial<Ui>) {
      ui = { ...ui, ...more }
      draw()
    },
    press(...keys: readonly Parameters<typeof press>[1][]) {
      for (const key of keys)
        ui = { ...ui, composer: press(ui.composer, key, { complete, width: columns - 3 }).composer }
      draw()
    },
    obey(line: string) {
      this.remark(obey(line, state, 0)?.remark ?? '')
    },
    /** Judges everything that was sent to the terminal. */
    async judge() {
      ink?.unmount()
      await at.seen()
      const sent = output.join('')
      expect(sent.replace(OWN, '')).not.toMatch(UNSEEN)
      expect(leaked(Buffer.from(sent), 'tag')).toEqual([])
      expect(at.emulator.counters).toEqual({ fullClears: 0, altScreenEnters: 0, bells: 0 })
      at.emulator.dispose()
    },
  }
}

const began = (model = 'claude-sonnet-5-5'): readonly Event[] => [
  { type: 'sent', at: 1, attempt: 1, model },
  { type: 'began', at: 2, model, messageId: 'm', usage: NO_USAGE, cacheMiss: null },
]
const finished: Event = { type: 'finished', at: 9, stopReason: 'end_turn', explanation: null }

/** Text with every known trick in it, and tricks nobody has thought of. */
const nasty: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PARTS.map(({ text }) => text)),
      hostileText,
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('\n', ' ', '\t', 'word', '漢字', '\x1b', '\x1b[', '\x1b]8;;', '\x9b31', '\u061c', '\u2067'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const RUNS = { numRuns: 60 }

describe('whatever is said, the terminal obeys only the painter:', () => {
  test('an answer, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          nasty,
          markdownDocument,
          fc.tuple(markdownDocument, nasty).map((both) => both.join('\n')),
        ),
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.integer({ min: 20, max: 90 }),
        async (text, cuts, columns) => {
          const here = chat(columns)
          here.happen({ type: 'asked', at: 0, text: 'go' }, ...began())
          here.happen(...cutAt(text, cuts).map((piece): Event => ({ type: 'delta', at: 3, text: piece })), finished)
          await here.judge()
        },
      ),
      RUNS,
    )
  }, 120_000)

  test('a question, a queued one, thinking, a failure and its retry', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const here = chat()
        const trouble = { ...failure('server', text, { requestId: text }), remedy: text }
        here.happen({ type: 'asked', at: 0, text }, ...began())
        here.happen({ type: 'thinking', at: 3, phase: 'more', text }, { type: 'asked', at: 3, text })
        here.happen({ type: 'waiting', at: 4, attempt: 1, of: 5, delayMs: 900, failure: trouble })
        here.happen({ type: 'failed', at: 5, failure: trouble }, { type: 'unqueued' })
        here.happen({ type: 'asked', at: 6, text: 'again' }, ...began())
        here.happen({ type: 'finished', at: 9, stopReason: 'refusal', explanation: text })
        await here.judge()
      }),
      RUNS,
    )
  }, 120_000)

  test("a server's models: in the status bar, the list, the menu and the greeting", async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (id, name) => {
        const here = chat()
        const row = { id: `claude-${id}`, name, window: 1000, retires: name, source: 'GET /v1/models' }
        here.happen({ type: 'modelsLearned', rows: [row] })
        here.press({ type: 'text', text: '/model claude-' })
        here.press({ type: 'key', name: 'up', ctrl: false, alt: false, shift: false })
        here.press({ type: 'key', name: 'tab', ctrl: false, alt: false, shift: false })
        here.happen({ type: 'chosen', choices: { model: row.id } })
        here.show({ composer: emptyComposer() })
        here.obey('/model')
        here.obey(`/model ${row.id}`)
        here.greet(name)
        here.happen({ type: 'asked', at: 0, text: 'go' }, ...began(row.id), { type: 'delta', at: 3, text: 'yes' })
        await here.judge()
      }),
      RUNS,
    )
  }, 120_000)

  test('what is typed, pasted and brought back, and remarks on files and settings', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const here = chat()
        here.press({ type: 'paste', text })
        here.press(...Array.from(text, (char) => ({ type: 'text', text: char }) as const))
        here.show({ notice: text })
        here.show({ notice: null, composer: emptyComposer([text]) })
        here.press({ type: 'key', name: 'up', ctrl: false, alt: false, shift: false })
        here.show({ composer: emptyComposer(), welcome: { step: 'url', chosen: 2, complaint: text } })
        here.show({ welcome: null, vim: null })
        here.remark(text)
        here.obey(`/${text}`)
        here.obey(`/system ${text}`)
        await here.judge()
      }),
      RUNS,
    )
  }, 120_000)
})

const KB = 1024
/** So many characters of something that is hard to draw. */
const FLOODS: readonly (readonly [name: string, make: (size: number) => string])[] = [
  ['one line', (size) => 'x'.repeat(size)],
  ['one line of code', (size) => `\`\`\`ts\n${'const a = 1;'.repeat(size / 12)}`],
  ['one line of escapes', (size) => '\x1b[2J'.repeat(size / 4)],
  ['nothing to see', (size) => '\u200b\u2060'.repeat(size / 2)],
  ['marks on one letter', (size) => `a${'\u0301'.repeat(size)}`],
  ['joined faces', (size) => '👩\u200d'.repeat(size / 3)],
  ['turns of direction', (size) => '\u202ea\u202cb'.repeat(size / 4)],
  [
    'a table as wide as it is long',
    (size) => `${'|a'.repeat(size / 6)}|\n${'|-'.repeat(size / 6)}|\n${'|b'.repeat(size / 6)}|\n`,
  ],
  [
    'a list as deep as it goes',
    (size) =>
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(2 * i)}- x`)
        .join('\n')
        .slice(0, size),
  ],
  ['quotes in quotes', (size) => `${'>'.repeat(size / 2)} x\n`.repeat(2)],
  ['open brackets', (size) => '['.repeat(size)],
  ['open emphasis', (size) => '**a *b '.repeat(size / 7)],
]

describe('whatever floods in, the work stays in proportion:', () => {
  /** Bytes written for a flood of this size, in pieces of 4 KB. */
  const written = async (text: string) => {
    const here = chat()
    here.happen({ type: 'asked', at: 0, text: 'go' }, ...began())
    for (let from = 0; from < text.length; from += 4 * KB)
      here.happen({ type: 'delta', at: 3, text: text.slice(from, from + 4 * KB) })
    here.happen(finished)
    await here.judge()
    return here.bytes
  }

  test.each(FLOODS)(
    '%s',
    async (_, make) => {
      const [half, whole] = [await written(make(64 * KB)), await written(make(128 * KB))]
      // A frame for each piece, of a screenful at most; and twice as much work for twice as much text.
      expect(whole).toBeLessThan(32 * 8 * KB + 6 * 128 * KB)
      expect(whole).toBeLessThan(2.5 * half + 8 * KB)
    },
    120_000,
  )

  test.each(FLOODS)(
    '%s, in the composer',
    async (_, make) => {
      const here = chat()
      here.press({ type: 'paste', text: make(256 * KB) })
      const shown = here.bytes
      for (const char of 'abc') here.press({ type: 'text', text: char })
      // The draft takes a few rows, and a key redraws no more than them.
      expect(shown).toBeLessThan(16 * KB)
      expect(here.bytes - shown).toBeLessThan(16 * KB)
      await here.judge()
    },
    120_000,
  )
})
