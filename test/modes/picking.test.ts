/** The chat's lists over a real history: what is found, how it is looked into, what choosing leads to. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Question, wordsOf } from '../../src/core/attachments.ts'
import type { Key } from '../../src/core/chat/keys.ts'
import { type Event, newConversation, type State, update } from '../../src/core/conversation.ts'
import { money } from '../../src/core/figures/words.ts'
import { kept } from '../../src/core/history/record.ts'
import { batchOf } from '../../src/core/history/saved.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { type History, openHistory } from '../../src/io/history.ts'
import type { Open } from '../../src/modes/history/recording.ts'
import { latePicking } from '../../src/modes/late/picking.ts'
import { conversationSource } from '../../src/modes/picking/conversations.ts'
import { chooseInLines } from '../../src/modes/picking/in-lines.ts'
import { lastTurn, pastTurn } from '../../src/modes/picking/past-turn.ts'
import { createPicking } from '../../src/modes/picking.ts'
import { keys } from '../core/composer/keyboard.ts'
import { CHOICES } from '../kit/choices.ts'

const fresh = newConversation(CHOICES)
/** The test's own clock: one conversation a minute. */
let clock = 0

const turn = (question: string, answer: string): Event[] => [
  { type: 'asked', at: ++clock, text: question },
  ...answered(answer),
]
const answered = (answer: string): Event[] => {
  const usage = { ...NO_USAGE, input: 100, output: 10 }
  return [
    { type: 'sent', at: ++clock, attempt: 1, model: 'claude-sonnet-5-5' },
    { type: 'began', at: ++clock, model: 'claude-sonnet-5-5', messageId: 'm', usage, cacheMiss: null },
    { type: 'delta', at: ++clock, text: answer },
    { type: 'usage', at: ++clock, usage },
    { type: 'finished', at: ++clock, stopReason: 'end_turn', explanation: null },
  ]
}

/** Saves events as a recorder does: a row whenever a turn is over. @returns the conversation's number, and its end */
function save(history: History, ...events: readonly Event[]): { readonly id: number; readonly state: State } {
  clock += 60_000
  let state = fresh
  let id: number | null = null
  let rows = 0
  let row: Event[] = []
  for (const event of events) {
    state = update(state, event).state
    const one = kept(event, state)
    if (one) row.push(one)
    if (event.type !== 'finished') continue
    const batch = batchOf(row, state, event.at)
    id ??= history.begin('chat', batch.summary, event.at)
    rows = history.append(id, rows, batch)!
    row = []
  }
  return { id: id!, state }
}

let folder: string
let history: History
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'claude-tui-lists-'))
  history = await openHistory(join(folder, 'history.db'))
  clock = 1_000_000
})
afterEach(() => {
  history.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Somebody at the lists, over this history, in the middle of a conversation. */
function sitting(state: State = fresh, conversation: number | null = null) {
  const happened: Event[] = []
  const told = { composed: [] as Question[], said: [] as string[], resumed: [] as number[], shown: 0 }
  const runtime = {
    state,
    dispatch(event: Event) {
      happened.push(event)
      runtime.state = update(runtime.state, event).state
    },
  }
  const parts = {
    runtime,
    size: { columns: 80, rows: 30 },
    now: () => clock,
    wallNow: () => clock,
    draw() {},
    compose: (question: Question) => void told.composed.push(question),
    say: (text: string) => void told.said.push(text),
    history: async () => null,
    showLast: () => void told.shown++,
    resume: (id: number) => void told.resumed.push(id),
  }
  const picking = createPicking(parts)
  const open = { history, recorder: { conversation } } as unknown as Open
  const text = () => {
    const view = picking.lay()?.view
    const spans = [...(view?.rows.map((row) => row.spans) ?? []), ...(view?.preview ?? [])]
    return [
      ...spans.map((row) =>
        row
          .map((part) => part.text)
          .join('')
          .trimEnd(),
      ),
      view?.foot.trim() ?? '',
    ].join('\n')
  }
  const titles = () =>
    (picking.lay()?.view.rows ?? []).map(({ spans }) =>
      spans
        .map((s) => s.text)
        .join('')
        .trim(),
    )
  const press = (script: string) => {
    for (const key of keys(script)) picking.onKey(key)
  }
  const chosen = () => titles().find((title) => title.startsWith('›')) ?? null
  return { picking, parts, open, press, text, titles, chosen, told, happened, state: () => runtime.state }
}

describe('what is typed before it is clear whether a list comes', () => {
  /** A composer that only takes characters, and the lists before it. */
  const typing = (asked: string | true | undefined) => {
    const { parts, open, told } = sitting()
    let draft = 'An earlier draft. '
    const composer = {
      draft: () => draft,
      compose(question: Question) {
        draft = wordsOf(question)
      },
      pass: (key: Key) => type(key),
    }
    const lists = latePicking({ ...parts, ...composer }, asked)
    const type = (key: Key) => {
      if (!lists.onKey(key)) draft += key.type === 'text' ? key.text : `<${'name' in key ? key.name : ''}>`
    }
    const list = Promise.withResolvers<void>()
    lists.hold(list.promise)
    return { ...composer, lists, open, list, told, press: (script: string) => keys(script).forEach(type) }
  }

  test('shows in the composer at once, and stays there when none comes: Enter waits until then', async () => {
    const seat = typing('sea')
    seat.press('and')
    expect(seat.draft()).toBe('An earlier draft. and')
    seat.press('<enter>then')
    expect(seat.draft()).toBe('An earlier draft. and')
    seat.list.resolve()
    await expect.poll(seat.draft).toBe('An earlier draft. and<enter>then')
  })

  test('is taken back when one comes, which it is meant for', async () => {
    save(history, ...turn('Why is the sea salt?', 'Rivers carry it.'))
    save(history, ...turn('Tides', 'The moon.'))
    const seat = typing('se')
    seat.press('a')
    expect(seat.draft()).toBe('An earlier draft. a')
    await seat.lists.conversations('se', seat.open)
    expect(seat.draft()).toBe('An earlier draft. ')
    seat.press('<enter>')
    expect(history.one(seat.told.resumed[0]!)?.title).toBe('Why is the sea salt?')
  })

  test('waits unseen where a list is asked for', () => {
    const listed = typing(true)
    listed.press('sea')
    expect(listed.draft()).toBe('An earlier draft. ')
  })
})

describe('the list of conversations', () => {
  beforeEach(() => {
    save(history, ...turn('Why is the sea salt?', 'Rivers carry it.'))
    save(history, ...turn('Tides', 'The moon.'), ...turn('And the sun?', 'Half as much.'))
    save(history, ...turn('A parser for dates', 'Here it is, with a pinch of salt.'))
  })

  test('shows the latest first, and in a preview how the chosen one ended', () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    expect(seat.titles().map((title) => title.split('  ')[0])).toEqual([
      '› A parser for dates',
      'Tides',
      'Why is the sea salt?',
    ])
    expect(seat.chosen()).toMatch(/^› A parser for dates +1m +1 turn +Sonnet 5\.5/)
    seat.press('<down>')
    expect(seat.text()).toContain('And the sun?\n  Half as much.')
  })

  test('finds what was said; Enter straight after typing takes what was typed, not what stood there', () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    seat.press('rivers')
    expect(seat.chosen()).toMatch(/A parser/)
    seat.press('<enter>')
    expect(history.one(seat.told.resumed[0]!)?.title).toBe('Why is the sea salt?')
    expect(seat.picking.lay()).toBeNull()
  })

  test('begins with what a person meant on the command line', () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, 'salt')
    expect(seat.titles()).toHaveLength(2)
    expect(seat.text()).toContain('a pinch of salt')
  })

  test('follows the typing after a pause', async () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    seat.press('moon')
    await expect.poll(seat.titles).toHaveLength(1)
    expect(seat.text()).toMatch(/Tides[\s\S]*The moon\./)
    seat.press('<escape>')
    await expect.poll(seat.titles).toHaveLength(3)
  })

  test('renames in place', () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    seat.press('<down><ctrl-r><ctrl-u>Moon and sun<enter>')
    expect(seat.chosen()).toMatch(/^› Moon and sun/)
    expect(history.list({ limit: 9 }).map(({ title, titleBy }) => [title, titleBy])).toContainEqual([
      'Moon and sun',
      'user',
    ])
  })

  test('deletes, and brings back whatever was deleted since it was opened', () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    seat.press('<down><ctrl-d>')
    expect(seat.text()).toContain('“Tides” is in the bin. Ctrl+Z takes it out again.')
    expect(seat.chosen()).toMatch(/Why is/)
    seat.press('<up>')
    expect(seat.text()).toContain('Ctrl+D delete · Ctrl+Z undo · Esc leave')
    seat.press('<down><delete>')
    expect(seat.titles()).toHaveLength(1)
    seat.press('<ctrl-z>')
    expect(seat.chosen()).toMatch(/Why is/)
    seat.press('<ctrl-z>')
    expect(seat.chosen()).toMatch(/Tides/)
    expect(seat.titles()).toHaveLength(3)
    seat.press('<ctrl-z>')
    expect(seat.text()).toContain('Nothing was deleted here.')
    expect(history.list({ limit: 9 })).toHaveLength(3)
  })

  test('marks a conversation in which an answer is on its way in another terminal', () => {
    const [one] = history.list({ limit: 1 })
    history.note(one!.id, history.size(one!.id), [{ type: 'asked', at: clock, text: 'And?' }], clock)
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    expect(seat.chosen()).toContain('running')
  })

  test('neither resumes nor deletes the conversation that is open, and renames it as part of it', async () => {
    const [open] = history.list({ limit: 1 })
    const seat = sitting(fresh, open!.id)
    seat.picking.conversations(seat.open, '')
    expect(seat.chosen()).toContain('this one')
    seat.press('<enter>')
    expect(seat.text()).toContain('is the one that is open')
    seat.press('<ctrl-d>')
    expect(seat.text()).toContain('/delete puts it into the bin')
    seat.press('<ctrl-r>!<enter>')
    expect(seat.told.resumed).toEqual([])
    expect(seat.happened).toEqual([{ type: 'titled', title: 'A parser for dates!', by: 'user' }])
    expect(history.size(open!.id)).toBe(1)
  })

  test('loads more as the end comes near', async () => {
    for (let i = 0; i < 300; i++) save(history, ...turn(`Question ${i}`, 'Yes.'))
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    seat.press('<end>')
    seat.press('<end>')
    expect(seat.chosen()).toMatch(/Why is the sea salt/)
  })

  test('tells what is wrong with the history, and stays', async () => {
    const seat = sitting()
    seat.picking.conversations(seat.open, '')
    history.close()
    seat.press('salt<enter>')
    expect(seat.text()).toMatch(/The history cannot be used/)
    expect(seat.told.resumed).toEqual([])
    history = await openHistory(join(folder, 'history.db'))
  })
})

describe('a glance at one turn', () => {
  test('knows its question, though that had waited in the queue behind others', () => {
    const [asked, ...rest] = turn('one', 'answer one')
    const waiting: Event[] = ['two', 'three'].map((text) => ({ type: 'asked', at: ++clock, text }))
    const { id } = save(history, asked!, ...waiting, ...rest, ...answered('answer two'), ...answered('answer three'))
    expect(history.size(id)).toBe(3)
    expect(lastTurn(history, id, fresh)).toMatchObject({ question: 'three', answer: 'answer three' })
    expect(pastTurn(history, id, 2, fresh)).toMatchObject({ question: 'two', answer: 'answer two' })
    expect(pastTurn(history, id, 1, fresh)).toMatchObject({ question: 'one', answer: 'answer one' })
  })

  test('reads a few rows, however long the conversation', () => {
    const events = Array.from({ length: 400 }, (_, i) => turn(`q${i}`, `a${i}`)).flat()
    const { id } = save(history, ...events)
    let read = 0
    const counting = {
      size: history.size,
      *rows(conversation: number, after?: number) {
        for (const row of history.rows(conversation, after)) {
          read++
          yield row
        }
      },
    }
    expect(lastTurn(counting, id, fresh)).toMatchObject({ question: 'q399', answer: 'a399' })
    expect(read).toBeLessThan(5)
  })

  test('of a conversation that has only been given a name since is still its last turn', () => {
    const { id } = save(history, ...turn('one', 'answer one'))
    for (let i = 0; i < 9; i++) history.retitle(id, `name ${i}`, clock)
    expect(lastTurn(history, id, fresh)).toMatchObject({ question: 'one' })
  })
})

describe('the list of earlier turns', () => {
  const talk = () => save(history, ...turn('one', 'first'), ...turn('two', 'second'), ...turn('three', 'third')).state

  test('begins with the latest; Enter goes back before it, with its question in the composer', () => {
    const seat = sitting(talk())
    seat.picking.turns()
    expect(seat.chosen()).toMatch(/^› 3 three/)
    seat.press('<up><enter>')
    expect(seat.happened).toEqual([{ type: 'moved', to: 1 }])
    expect(seat.told.composed).toEqual(['two'])
    expect(seat.state().turns.map(({ number }) => number)).toEqual([1])
    expect(seat.state().branches.map(({ number }) => number)).toEqual([2, 3])
    expect(seat.told.said[0]).toMatch(/^Turn 2 is taken back.* Cache: /)
    expect(seat.picking.lay()).toBeNull()
  })

  test('the first one can be edited, too: the conversation begins anew', () => {
    const seat = sitting(talk())
    seat.picking.turns()
    seat.press('<home><enter>')
    expect(seat.happened).toEqual([{ type: 'moved', to: null }])
    expect(seat.state().turns).toEqual([])
  })

  test('Tab and Ctrl+B go on after an answer, with nothing in the composer', () => {
    for (const held of ['<tab>', '<ctrl-b>']) {
      const seat = sitting(talk())
      seat.picking.turns()
      seat.press(`<up><up>${held}`)
      expect(seat.happened).toEqual([{ type: 'moved', to: 1 }])
      expect(seat.told.composed).toEqual([])
      expect(seat.told).toMatchObject({
        shown: 1,
        said: [expect.stringMatching(/^The next question follows turn 1\. Cache: /)],
      })
    }
  })

  test('after the last answer there is nowhere to go', () => {
    const seat = sitting(talk())
    seat.picking.turns()
    seat.press('<tab>')
    expect(seat.happened).toEqual([])
    expect(seat.told).toMatchObject({ shown: 0, said: ['The next question follows turn 3, as it did.'] })
  })

  test('Esc leaves everything as it was', () => {
    const seat = sitting(talk())
    seat.picking.turns()
    seat.press('<up><escape>')
    expect(seat.happened).toEqual([])
    expect(seat.picking.lay()).toBeNull()
  })

  test('narrows to turns that say what is typed, in question or answer', () => {
    const seat = sitting(talk())
    seat.picking.turns()
    seat.press('FIRST<enter>')
    expect(seat.happened).toEqual([{ type: 'moved', to: null }])
    expect(seat.told.composed).toEqual(['one'])
  })
})

describe('the list of branches', () => {
  const forest = () =>
    save(
      history,
      ...turn('one', 'first'),
      ...turn('two', 'second'),
      { type: 'moved', to: 1 },
      ...turn('two, edited', 'other'),
    ).state

  test('begins where one is; Enter goes to another branch, and nothing is destroyed', () => {
    const seat = sitting(forest())
    seat.picking.branches()
    expect(seat.chosen()).toMatch(/^› ● 3 two, edited +you are here/)
    expect(seat.titles()[1]).toMatch(/^├─○ 2 two/)
    seat.press('<up><enter>')
    expect(seat.happened).toEqual([{ type: 'moved', to: 2 }])
    expect(seat.state().turns.map(({ number }) => number)).toEqual([1, 2])
    expect(seat.state().branches.map(({ number }) => number)).toEqual([3])
  })

  test('says how a question was asked again, and what each branch came to', () => {
    const state = save(
      history,
      ...turn('one', 'first'),
      ...turn('two', 'second'),
      ...turn('three', 'third'),
      { type: 'moved', to: 1 },
      { type: 'chosen', choices: { model: 'deep', effort: 'low' } },
      ...turn('two', 'other').map((event) => ('model' in event ? { ...event, model: 'claude-opus-5-5' } : event)),
      { type: 'moved', to: 1 },
      ...turn('two', 'other').map((event) => ('model' in event ? { ...event, model: 'claude-opus-5-5' } : event)),
    ).state
    const seat = sitting(state)
    seat.picking.branches()
    const price = (numbers: readonly number[]) => {
      const all = [...state.turns, ...state.branches].filter(({ number }) => numbers.includes(number))
      return money(all.reduce((sum, { cost }) => sum + cost!.value, 0))
    }
    const [one, two, three, again, last] = seat.titles()
    expect(one).toMatch(new RegExp(`^● 1 one +\\${price([1])}$`))
    expect(two).toMatch(new RegExp(`^├─○ 2 two +branch \\${price([2, 3])} +\\${price([2])}$`))
    expect(three).toMatch(new RegExp(`^│ ○ 3 three +\\${price([3])}$`))
    expect(again).toMatch(/○ 4 two +Opus 5\.5, effort low +\$/)
    // The same way as the one before it.
    expect(last).toMatch(/● 5 two +you are here +\$/)
    expect(
      seat.picking
        .lay()!
        .view.head!.map(({ text }) => text)
        .join(''),
    ).toBe(`Branches  5 turns · ${price([1, 2, 3, 4, 5])}`)
  })

  test('unfolds a long run where Enter asks for it', () => {
    const long = save(history, ...Array.from({ length: 30 }, (_, i) => turn(`question ${i + 1}`, 'Yes.')).flat()).state
    const seat = sitting(long)
    seat.picking.branches()
    expect(seat.titles()).toHaveLength(3)
    seat.press('<up>')
    expect(seat.chosen()).toContain('28 turns · Enter unfolds')
    seat.press('<enter>')
    expect(seat.chosen()).toMatch(/^› ● 2 question 2/)
    seat.press('<down><enter>')
    expect(seat.happened).toEqual([{ type: 'moved', to: 3 }])
  })

  test('searches all of them', async () => {
    const seat = sitting(forest())
    seat.picking.branches()
    seat.press('two')
    await expect.poll(seat.titles).toHaveLength(2)
    seat.press('<enter>')
    expect(seat.happened).toEqual([{ type: 'moved', to: 2 }])
  })
})

describe('a list in numbered lines', () => {
  /** Somebody who answers these questions, one after the other, and is told lines. */
  async function spoken(...answers: readonly string[]) {
    const said: string[] = []
    const resumed: number[] = []
    const runtime = { state: fresh, dispatch() {} }
    const parts = { runtime, wallNow: () => clock, resume: (id: number) => resumed.push(id) }
    const source = conversationSource({ history, recorder: { conversation: null } }, parts)
    const left = [...answers]
    await chooseInLines(source, { say: (text) => said.push(text), ask: async () => left.shift() ?? '' })
    expect(left).toEqual([])
    return { said, resumed }
  }
  beforeEach(() => {
    for (let i = 1; i <= 25; i++) save(history, ...turn(`Question ${i}`, i === 7 ? 'Salt.' : 'Yes.'))
  })

  test('is read out ten at a time, and its numbers go on', async () => {
    const { said, resumed } = await spoken('', '', '23')
    expect(said[0]).toBe('Conversations:')
    expect(said[1]).toMatch(/^1\. Question 25, 1 turn, Sonnet 5\.5, \$0\.0003, 1 minute ago$/)
    expect(said.slice(1).map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
    expect(history.one(resumed[0]!)?.title).toBe('Question 3')
  })

  test('is searched by words, and left by nothing', async () => {
    const { said, resumed } = await spoken('salt', 'no such word', '')
    expect(said[11]).toMatch(/^1\. Question 7,/)
    expect(said[12]).toBe('Nothing holds “no such word”.')
    expect(resumed).toEqual([])
  })

  test('renames, deletes and takes it back by a letter and a number', async () => {
    const { said } = await spoken('r 1', 'Last', 'd 2', 'u', '26', 'q')
    expect(said).toContain('“Question 24” is in the bin. u takes it out again.')
    expect(said).toContain('“Question 24” is out of the bin.')
    expect(said.at(-1)).toBe('The numbers go from 1 to 10.')
    expect(history.list({ limit: 2 }).map(({ title }) => title)).toEqual(['Last', 'Question 24'])
  })
})
