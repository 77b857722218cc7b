/** What the lists look like at 40, 80 and 120 columns, as text files that read like screenshots. */

import { renderToString } from 'ink'
import { describe, expect, test } from 'vitest'
import { App } from '../../components/App.tsx'
import { rowsAboveComposer } from '../../components/view.ts'
import { emptyComposer } from '../../src/core/composer/composer.ts'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { BRANCHES, branchLooks, branchRows } from '../../src/core/picker/branches.ts'
import { CONVERSATIONS, type ConversationRow, conversationLooks } from '../../src/core/picker/conversations.ts'
import { type Laid, layOutPicker } from '../../src/core/picker/layout.ts'
import { arrived, openPicker, type Picker, pointedAt, pressPicker, type Row } from '../../src/core/picker/picker.ts'
import { TURNS, turnLooks, turnsSaying } from '../../src/core/picker/turns.ts'
import { theme } from '../../src/core/text/theme.ts'
import { roomOf } from '../../src/core/text/width.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { harmlessView } from '../../src/modes/chat/harmless-view.ts'
import { layOut } from '../../src/modes/chat/view.ts'
import { keys } from '../core/composer/keyboard.ts'
import { CHOICES } from '../kit/choices.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PLAIN = theme({ colour: 'none', links: false })
const fresh = newConversation(CHOICES)

const saved = (id: number, title: string, ago: number, more: Partial<ConversationRow> = {}): ConversationRow => ({
  ...{ id, title, updatedMs: -ago, turns: 3, costUsd: 0.0213, costIsEstimate: false, unpriced: 0 },
  ...{ model: 'claude-sonnet-5-5', ended: 'finished', ...more },
})
const SAVED: readonly ConversationRow[] = [
  saved(9, 'Why is the sea salt?', 20_000, { turns: 1, costUsd: 0.0004 }),
  saved(8, 'Review of the parser for dates, with tests and a list of what is still to be done', 5 * MINUTE),
  saved(7, 'Tides and the moon', 3 * HOUR, { ended: 'stopped', costIsEstimate: true, turns: 12 }),
  saved(6, '海水はなぜ塩辛いのですか、そして湖はどうして塩辛くないのですか', 2 * DAY, {
    model: 'claude-opus-5-5',
    costUsd: 1.234,
  }),
  saved(5, 'A family 👩‍👩‍👧 and a flag 🇩🇪', 9 * DAY, { ended: 'failed' }),
  saved(4, 'With a local model', 40 * DAY, { model: 'llama-9', costUsd: 0, unpriced: 4, turns: 4 }),
  ...Array.from({ length: 30 }, (_, i) => saved(100 + i, `Older conversation ${i + 1}`, (60 + i) * DAY)),
]
const told = ({ ended }: ConversationRow) => ({
  question: 'Why is the sea salt, and why are most lakes not?',
  answer:
    'Rivers carry salt from the rocks into the sea.\n\nThe water goes up again as vapour, the **salt** stays; over millions of years it has become 35 grams in a litre. Lakes with an outlet lose what they get.',
  note: ended === 'failed' ? 'claude-tui ended before this answer did. What came is kept.' : null,
})
const looks = conversationLooks<ConversationRow>({ now: () => 0, models: () => fresh.models, current: () => 9, told })
const conversations = () => arrived(openPicker(CONVERSATIONS), SAVED, { answers: '', hasMore: true })

/** A conversation of turns a minute apart: `>` edits (its answer is left), `!` is stopped, `x` breaks off. */
function lived(...questions: readonly (readonly [question: string, after?: number | null])[]): State {
  let state = fresh
  let cached = 4_000
  for (const [i, [question, after]] of questions.entries()) {
    const at = i * MINUTE
    const usage = { ...NO_USAGE, cacheRead: i === 0 ? 0 : cached, cacheWrite1h: 400, output: 180, thinking: 0 }
    cached += 400
    const end: Event = question.endsWith('!')
      ? { type: 'stopped', at: at + 900 }
      : question.endsWith('x')
        ? { type: 'failed', at: at + 900, failure: failure('cut', 'The stream ended early.') }
        : { type: 'finished', at: at + 900, stopReason: 'end_turn', explanation: null }
    state = fold(state, [
      ...(after === undefined ? [] : [{ type: 'moved', to: after } as const]),
      { type: 'asked', at, text: question },
      { type: 'sent', at, attempt: 1, model: 'claude-sonnet-5-5' },
      { type: 'began', at: at + 300, model: 'claude-sonnet-5-5', messageId: 'm', usage, cacheMiss: null },
      { type: 'delta', at: at + 400, text: `Rivers carry it. ${'And so it goes on and on. '.repeat(9)}` },
      { type: 'usage', at: at + 800, usage },
      end,
    ])
  }
  return state
}
const TALK = lived(
  ['Why is the sea salt?'],
  ['And the lakes, why are they not, although the same rivers run into them as into the sea?'],
  ['How deep is the deepest!'],
  ['How deep is the deepest one, in a single number?', 2],
  ['And the Dead Sea x'],
  ['Compare both in a table'],
)
const FOREST = lived(
  ['Why is the sea salt?'],
  ...Array.from({ length: 20 }, (_, i) => [`Go on, part ${i + 1}`] as const),
  ['Shorter, please!', 12],
  ['And in one sentence', 22],
  ['As a poem', 22],
  ['Longer', 3],
  ['As a table', 21],
)

const on = <R extends Row>(picker: Picker<R>, script: string) =>
  keys(script).reduce((now, pressed) => pressPicker(now, pressed, { page: 7 }).picker, picker)
const turns = () => arrived(openPicker(TURNS), turnsSaying(TALK.turns, ''), { answers: '' })
const branches = () =>
  pointedAt(
    arrived(openPicker(BRANCHES), branchRows(FOREST, '', new Set()), { answers: '' }),
    FOREST.turns.at(-1)!.number,
  )
const searched = (typed: string) => arrived(on(openPicker(CONVERSATIONS), typed), SAVED.slice(0, 4), { answers: typed })

type Window = { readonly columns: number; readonly rows: number }
const SCENES: Record<string, (window: Window) => Laid> = {
  conversations: (window) => layOutPicker(on(conversations(), '<down>'), looks, window),
  'conversations-searched': (window) => layOutPicker(searched('sea salt'), looks, window),
  'conversations-renaming': (window) => layOutPicker(on(conversations(), '<down><down><down><ctrl-r>'), looks, window),
  'conversations-none': (window) =>
    layOutPicker(arrived(openPicker(CONVERSATIONS), [], { answers: '' }), looks, window),
  turns: (window) =>
    layOutPicker(
      turns(),
      turnLooks(
        () => TALK,
        () => 8 * MINUTE,
      ),
      window,
    ),
  branches: (window) =>
    layOutPicker(
      branches(),
      branchLooks(() => FOREST),
      window,
    ),
}

const desk = { composer: emptyComposer(), notice: null, welcome: null, vim: null }

describe.each(Object.keys(SCENES))('the list: %s', (name) => {
  test.each([40, 80, 120])('at %i columns', async (columns) => {
    const window = { columns, rows: 30 }
    const { caret, view: list } = SCENES[name]!(window)
    const view = harmlessView({ ...layOut(TALK, desk, 0, window, PLAIN).view, picker: list })
    const rows = renderToString(<App view={view} />, { columns })
      .split('\n')
      .map((row) => row.trimEnd())
    for (const row of rows) expect(roomOf(row)).toBeLessThan(columns)
    expect(rows.length).toBeLessThan(window.rows)
    // The caret stands where one types.
    expect(rows[rowsAboveComposer(view) + caret.row]).toMatch(/^(›|Name:) ?/)
    await expect(`${rows.join('\n')}\n`).toMatchFileSnapshot(`./list-${name}-${columns}.txt`)
  })
})

test('a small window has room for the line, a few rows and the hint', () => {
  const { view } = layOutPicker(on(conversations(), '<end>'), looks, { columns: 30, rows: 6 })
  expect(view).toMatchObject({ head: null, preview: [] })
  expect(view.rows).toHaveLength(2)
  expect(view.rows[1]!.chosen).toBe(true)
})

test('a title that would steer the terminal is one harmless line', () => {
  const evil = saved(1, 'a\x1b[2J\nb\x07', 0)
  const laid = layOutPicker(arrived(openPicker(CONVERSATIONS), [evil], { answers: '' }), looks, {
    columns: 80,
    rows: 30,
  })
  expect(JSON.stringify(laid)).not.toMatch(/\\u001b|\\u0007/)
})
