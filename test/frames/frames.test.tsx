/** What the live region looks like at 40, 80 and 120 columns, as text files that read like screenshots. */

import { renderToString } from 'ink'
import { describe, expect, test } from 'vitest'
import { App } from '../../components/App.tsx'
import { rowsAboveComposer } from '../../components/view.ts'
import { enclosedPreview, enclosureRows } from '../../src/core/attachments/enclosure-words.ts'
import { type Enclosure, enclosedAgain } from '../../src/core/attachments/enclosures.ts'
import { completeCommand } from '../../src/core/chat/commands.ts'
import type { Key } from '../../src/core/chat/keys.ts'
import { WELCOME } from '../../src/core/chat/welcome.ts'
import { emptyComposer, press } from '../../src/core/composer/composer.ts'
import { type Event, newConversation, type State, update } from '../../src/core/conversation.ts'
import { theme } from '../../src/core/text/theme.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { modelChoices } from '../../src/modes/chat/commands.ts'
import { layOut, type Ui } from '../../src/modes/chat/view.ts'
import { PHOTO, pdf } from '../kit/attachments.ts'
import { CHOICES } from '../kit/choices.ts'

const play = (...events: Event[]): State =>
  events.reduce((state, event) => update(state, event).state, newConversation(CHOICES))
const PLAIN = theme({ colour: 'none', links: false })
const idle: Ui = { composer: emptyComposer(), notice: null, welcome: null, vim: null }

const asked: Event[] = [
  { type: 'asked', at: 0, text: 'Why is the sea salt?' },
  { type: 'sent', at: 10, attempt: 1, model: 'claude-sonnet-5-5' },
]
const began: Event = {
  type: 'began',
  at: 400,
  model: 'claude-sonnet-5-5',
  messageId: 'm',
  cacheMiss: null,
  usage: { ...NO_USAGE, input: 40, cacheRead: 2_400, output: 1 },
}
const answering: Event[] = [
  ...asked,
  began,
  { type: 'delta', at: 822, text: 'Rivers '.repeat(30) },
  { type: 'delta', at: 2_822, text: 'carry it.' },
]
const usage = { ...NO_USAGE, input: 40, cacheRead: 2_400, output: 188 }
const settled: Event[] = [
  ...answering,
  { type: 'usage', at: 2_900, usage },
  { type: 'finished', at: 2_910, stopReason: 'end_turn', explanation: null },
]

const typed = (text: string, state: State): Ui => {
  const complete = (composer: Ui['composer']) =>
    completeCommand(composer.text, composer.cursor, modelChoices(state.models))
  const composer = [...text].reduce((now, char) => {
    const key: Key =
      char === '\n' ? { type: 'chord', char: 'j', ctrl: true, alt: false, shift: false } : { type: 'text', text: char }
    return press(now, key, { complete, width: 70 }).composer
  }, emptyComposer())
  return { ...idle, composer }
}

/** With files beside the draft, one of them pointed at. */
const withFiles = (ui: Ui): Ui => {
  const enclosed: readonly Enclosure[] = [
    ...enclosedAgain([PHOTO, pdf('a paper with a rather long name.pdf', 12).attachment]),
    { id: 1, name: 'late.png', state: 'preparing' },
    { id: 2, name: 'old.zip', state: { refused: 'old.zip is a ZIP archive, which the API does not take. Unpack it.' } },
  ]
  const preview = enclosedPreview(play(), enclosed, 0)
  return { ...ui, enclosed, beside: (width, most) => enclosureRows(enclosed, { pointed: 1, width, most }, preview) }
}

const SCENES: Record<string, (columns: number) => [State, Ui, number]> = {
  empty: () => [play(), idle, 0],
  waiting: () => [play(...asked), idle, 3_210],
  thinking: () => [
    play(...asked, began, { type: 'thinking', at: 900, phase: 'more', text: 'salt '.repeat(40) }),
    idle,
    4_900,
  ],
  retrying: () => [
    play(...asked, {
      type: 'waiting',
      at: 1_000,
      attempt: 1,
      of: 5,
      delayMs: 7_000,
      failure: failure('overload', 'Overloaded (HTTP 529)', { requestId: 'req_011' }),
    }),
    idle,
    1_500,
  ],
  answering: () => [play(...answering, { type: 'asked', at: 2_000, text: 'And the lakes?' }), idle, 2_900],
  settled: () => [play(...settled), idle, 9_000],
  drafting: () => [play(...settled), typed('A draft over\ntwo lines, with 漢字 and 👩‍👩‍👧', play()), 9_000],
  enclosed: () => [play(), withFiles(typed('What do these say?', play())), 0],
  menu: () => [play(), typed('/', play()), 0],
  welcome: () => [play(), { ...idle, welcome: WELCOME }, 0],
  'welcome-key': () => [
    play(),
    {
      ...typed('sk-ant-secret', play()),
      welcome: { ...WELCOME, step: 'key', complaint: 'The API key: expected one API key, got nothing' },
    },
    0,
  ],
}

describe.each(Object.keys(SCENES))('the live region: %s', (name) => {
  test.each([40, 80, 120])('at %i columns', async (columns) => {
    const [state, ui, now] = SCENES[name]!(columns)
    const { view, caret } = layOut(state, ui, now, { columns, rows: 24 }, PLAIN)
    const frame = renderToString(<App view={view} />, { columns })
    const rows = frame.split('\n').map((row) => row.trimEnd())
    for (const row of rows) expect(row.length).toBeLessThan(columns)
    // The caret stands on a row of the composer.
    expect(rows[rowsAboveComposer(view) + caret.row]).toMatch(caret.row === 0 ? /^› ?/ : /^ {2}/)
    await expect(`${rows.join('\n')}\n`).toMatchFileSnapshot(`./${name}-${columns}.txt`)
  })
})

test('a key that is being pasted is never shown', () => {
  const [state, ui] = SCENES['welcome-key']!(80)
  const { view } = layOut(state, ui, 0, { columns: 80, rows: 24 }, PLAIN)
  expect(JSON.stringify(view)).not.toContain('secret')
})

test.each([
  // Four of them and their sum, while that leaves the window to the conversation.
  [15, 'short', 5],
  [12, 'short', 4],
  [10, 'short', 2],
  [15, 'a draft\n'.repeat(7), 2],
  [24, 'a draft\n'.repeat(7), 5],
])('a window of %i rows shows files beside %j in %i rows', (rows, text, expected) => {
  const ui = withFiles(typed(text, play()))
  const { view } = layOut(play(), ui, 0, { columns: 60, rows }, PLAIN)
  expect(view.enclosed).toHaveLength(expected)
  expect(view.enclosed.length + view.composer.rows.length + 2).toBeLessThan(rows)
})
