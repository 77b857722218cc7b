import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, type State } from '../../../src/core/conversation.ts'
import { otps, ttftMs } from '../../../src/core/figures/metrics.ts'
import { type Arrival, Unreadable } from '../../../src/core/history/import/arrival.ts'
import { arrivalsIn } from '../../../src/core/history/import/arrivals.ts'
import { batchesOf } from '../../../src/core/history/import/batches.ts'
import { elements, placeOf } from '../../../src/core/history/import/elements.ts'
import { jsonFlaw } from '../../../src/core/history/import/json-flaw.ts'
import { sayProblem } from '../../../src/core/problem.ts'
import { fresh } from '../../kit/lived.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
/** After everything that is told here. */
const NOW = Date.UTC(2026, 10, 21, 12)
const arrivals = (value: unknown): readonly Arrival[] => [
  ...arrivalsIn(bytes(typeof value === 'string' ? value : JSON.stringify(value)), 'file.json', NOW),
]
const state = (arrival: Arrival): State => fold(fresh(), arrival.events)

/** What is wrong with an input, as people read it. */
function trouble(value: unknown): string {
  try {
    arrivals(value)
  } catch (error) {
    if (error instanceof Unreadable) return sayProblem(error.problem)
    throw error
  }
  return 'nothing'
}

const T = (minute: number) => `2025-03-01T12:${String(minute).padStart(2, '0')}:00.000000Z`

type Fields = Readonly<Record<string, unknown>>
const human = (uuid: string, text: string, more: Fields = {}) => ({
  ...{ uuid, sender: 'human', text, content: [{ type: 'text', text }], created_at: T(1), attachments: [], files: [] },
  ...more,
})
const claude = (uuid: string, text: string, more: Fields = {}) => ({
  ...human(uuid, text, { sender: 'assistant', created_at: T(2) }),
  ...more,
})
const held = (...chat_messages: readonly unknown[]) => ({
  uuid: '6A9C1E9B-0000-4000-8000-00000000000a',
  name: 'Tides and the moon',
  created_at: T(0),
  updated_at: T(9),
  chat_messages,
})

const said = ({ turns }: State) => turns.map(({ question, answer }) => [question, answer])

describe("Claude's data export", () => {
  test('questions and answers become turns, with the times they had and no figures nobody measured', () => {
    const [arrival] = arrivals([
      held(
        human('1', 'Why tides?'),
        claude('2', 'The moon.'),
        human('3', 'And the sun?', { created_at: T(3) }),
        claude('4', 'It helps.', { created_at: T(4) }),
      ),
    ])
    expect(arrival).toMatchObject({
      uid: '6a9c1e9b-0000-4000-8000-00000000000a',
      kind: 'import',
      createdMs: Date.parse(T(0)),
    })
    const { turns, title, spent, branches } = state(arrival!)
    expect(title?.text).toBe('Tides and the moon')
    expect(turns.map(({ question, answer, parent }) => [question, answer, parent])).toEqual([
      ['Why tides?', 'The moon.', null],
      ['And the sun?', 'It helps.', 1],
    ])
    expect(branches).toEqual([])
    expect(turns[0]).toMatchObject({ model: 'unknown', usage: null, cost: null, end: { type: 'finished' } })
    expect(turns[0]!.times).toMatchObject({ asked: Date.parse(T(1)), ended: Date.parse(T(2)) })
    expect([ttftMs(turns[0]!.times), otps(turns[0]!)]).toEqual([null, null])
    expect(spent).toMatchObject({ known: { value: 0 }, unknown: 0 })
    expect([...batchesOf(arrival!.events)].flatMap(({ ledger }) => ledger)).toEqual([])
  })

  test('goes on with the model of whoever goes on with it', () => {
    const [arrival] = arrivals([held(human('1', 'q'), claude('2', 'a'))])
    expect(state(arrival!).choices).toEqual(fresh().choices)
  })

  test('edited and retried messages stand on branches; the last one is the one that shows', () => {
    const root = '00000000-0000-4000-8000-000000000000'
    const of = (parent_message_uuid: string, minute: number) => ({ parent_message_uuid, created_at: T(minute) })
    const [arrival] = arrivals([
      held(
        human('q1', 'a', of(root, 1)),
        claude('a1', 'A', of('q1', 2)),
        claude('a1b', 'A again', of('q1', 3)),
        human('q2', 'b', of('a1', 4)),
        claude('a2', 'B', of('q2', 5)),
        human('q2b', 'b, edited', of('a1b', 6)),
        claude('a2b', 'B, edited', of('q2b', 7)),
      ),
    ])
    const { turns, branches } = state(arrival!)
    expect(said({ turns } as State)).toEqual([
      ['a', 'A again'],
      ['b, edited', 'B, edited'],
    ])
    expect(branches.map(({ question, answer }) => [question, answer])).toEqual([
      ['a', 'A'],
      ['b', 'B'],
    ])
  })

  test('says which leaf it showed, and that is where it goes on', () => {
    const [arrival] = arrivals([
      {
        ...held(
          human('q1', 'a', { parent_message_uuid: null }),
          claude('a1', 'A', { parent_message_uuid: 'q1' }),
          claude('a1b', 'A again', { parent_message_uuid: 'q1' }),
        ),
        current_leaf_message_uuid: 'a1',
      },
    ])
    expect(said(state(arrival!))).toEqual([['a', 'A']])
  })

  test('text that was attached is part of the question; what has no place is named where it stood, and counted', () => {
    const [arrival] = arrivals([
      held(
        human('1', 'Read this', {
          attachments: [
            { file_name: 'tides.txt', extracted_content: 'High at noon.' },
            { file_name: '', extracted_content: 'A long paste.' },
            { file_name: 'scan.pdf' },
          ],
          files: [{ file_name: 'cat.png' }],
        }),
        claude('2', '', {
          content: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'text', text: ' \n\n ' },
            { type: 'text', text: 'Let me look.' },
            { type: 'tool_use', name: 'web_search', input: { query: 'x' } },
            { type: 'tool_result', content: [] },
            {
              type: 'tool_use',
              name: 'artifacts',
              input: { title: 'Notes', language: 'js', content: 'let a = `b`\n```' },
            },
            { type: 'from_the_future', secret: 1 },
            { type: 'text', text: 'Done.' },
          ],
        }),
      ),
    ])
    const [turn] = state(arrival!).turns
    expect(turn!.question).toBe(
      '<attachment name="tides.txt">\nHigh at noon.\n</attachment>\n\n<attachment>\nA long paste.\n</attachment>\n\n[attachment scan.pdf: left out by the import]\n\n[file cat.png: left out by the import]\n\nRead this',
    )
    expect(turn!.thinking).toBe('Hm.')
    expect(turn!.answer).toBe(
      'Let me look.\n\n[tool_use web_search: left out by the import]\n\n[tool_result: left out by the import]\n\n' +
        '**Notes**\n\n````js\nlet a = `b`\n```\n````\n\n[from_the_future: left out by the import]\n\nDone.',
    )
    expect(Object.fromEntries(arrival!.leftOut)).toEqual({
      ...{ attachment: 1, file: 1, 'tool_use web_search': 1, tool_result: 1, from_the_future: 1 },
    })
  })

  test('nothing that was said is dropped, however little the export fits together', () => {
    const words = (value: readonly unknown[]) => {
      const { turns, branches } = state(arrivals([held(...value)])[0]!)
      return [...turns, ...branches].map(({ question, answer }) => `${question}/${answer}`)
    }
    expect(words([claude('1', 'A first')])).toEqual(['(The export holds no question here.)/A first'])
    expect(words([human('1', 'a'), human('2', 'b'), claude('3', 'B')])).toEqual(['a/', 'b/B'])
    expect(words([human('1', 'a'), claude('2', 'A'), claude('3', 'more')])).toEqual(['a/A\n\nmore'])
    expect(words([human('1', 'a')])).toEqual(['a/'])
    // Parents that are missing, in a circle, or themselves.
    const lost = (uuid: string, text: string, parent: string) => human(uuid, text, { parent_message_uuid: parent })
    expect(
      words([lost('1', 'a', '2'), lost('2', 'b', '1'), lost('3', 'c', '3'), lost('4', 'd', 'nowhere')]).sort(),
    ).toEqual(['a/', 'b/', 'c/', 'd/'])
    // Older exports have no content, and the same uuid twice is no reason to lose one.
    expect(words([human('1', 'a', { content: undefined }), claude('1', 'A', { content: [] })])).toEqual(['a/A'])
    const [odd] = arrivals([held(null, 7, { sender: 'system', text: 'x' }, human('1', 'a'))])
    expect(Object.fromEntries(odd!.leftOut)).toEqual({ 'something that is no message': 2, 'message from system': 1 })
  })

  test('LAW: whatever tree the messages stand in, every word of them arrives', () => {
    const message = fc.record({ from: fc.constantFrom('human', 'assistant'), parent: fc.integer({ min: -1, max: 12 }) })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const all = messages.map(({ from, parent }, i) =>
          human(`m${i}`, `word${i}.`, { sender: from, parent_message_uuid: parent < 0 ? null : `m${parent}` }),
        )
        const { turns, branches } = state(arrivals([held(...all)])[0]!)
        const text = JSON.stringify([...turns, ...branches].map(({ question, answer }) => [question, answer]))
        for (const i of all.keys()) expect(text).toContain(`word${i}.`)
      }),
    )
  })
})

describe('what is no conversation', () => {
  test('is refused with the line and the column of what is wrong', () => {
    expect(trouble('')).toMatch(/^file.json: expected a conversation as claude-tui exports it .*, got nothing$/)
    expect(trouble('[{"a":1},\n  {"uuid": x}]')).toBe(
      'file.json, conversation in line 1: expected a conversation as claude-tui exports it (json or jsonl), or the conversations.json of Claude\'s data export, got an object with "a"',
    )
    const good = JSON.stringify(held(human('1', 'a')))
    expect(trouble(`[${good},\n  {"uuid": x}]`)).toBe('file.json, line 2, column 12: expected a value, got "x"')
    expect(trouble(`[${good},\n  {"uuid": "é" "name"}]`)).toBe(
      'file.json, line 2, column 16: expected "," or "}", got """',
    )
    expect(trouble(`[${good}`)).toMatch(/^file.json, line 1, column \d+: expected a value, got the end$/)
    expect(trouble(`[${good},\n{"chat_messages": [`)).toBe(
      'file.json, line 2, column 20: expected a value, got the end',
    )
    expect(trouble(`[${good}]\n]`)).toBe('file.json, line 2, column 1: expected a value, got "]"')
    expect(trouble('[]')).toBe('nothing')
    expect(trouble('[[]]')).toContain('got a list of 0')
    expect(trouble({ chat_messages: 'none' })).toContain('expected chat_messages: a list, got "none"')
  })

  const head = '{"type":"conversation","format":1}'
  test.each([
    [`${head}\n{"type":"asked"}`, 'file.json, line 2: expected asked with a field "at", got none'],
    [`${head}\n\n{"type":"asked","at":"now","text":"q"}`, 'file.json, line 3: expected at: a number, got "now"'],
    [`${head}\n{"type":"asked","at":1e999,"text":"q"}`, 'file.json, line 2: expected at: a number, got Infinity'],
    [
      `${head}\n{"type":"resumed","past":{}}`,
      'file.json, line 2: expected an event, got one of type "resumed"; a newer claude-tui may have written it',
    ],
    [`${head}\n{"type":"__proto__"}`, 'got one of type "__proto__"'],
    [
      `${head}\n{"type":"chosen","choices":{"effort":"huge"}}`,
      'expected choices.effort: one of low, medium, high, xhigh, max, or null, got "huge"',
    ],
    [`${head}\n7`, 'file.json, line 2: expected an event, got 7'],
    [`${head}\n{"type":`, 'file.json, line 2, column 9: expected a value, got the end'],
    [
      '{"type":"conversation","format":2}',
      'file.json, line 1: expected format 1, got 2; a newer claude-tui may have written it',
    ],
  ])('an event that is none is refused: %s', (file, problem) => {
    expect(trouble(file)).toContain(problem)
  })

  test('our own JSON is held to its shape', () => {
    const document = { type: 'claude-tui conversation', format: 1, title: 't', turns: [] as unknown[] }
    expect(trouble({ ...document, format: 2 })).toContain('expected format: one of 1, got 2')
    const turn = { number: 1, parent: null, question: 'q', answer: 5, model: 'm', times: {} }
    expect(trouble({ ...document, turns: [turn] })).toContain('expected turns[0].answer: a text, got 5')
    expect(trouble({ ...document, turns: [{ ...turn, answer: 'a', end: { type: 'bang' } }] })).toContain('turns[0].end')
    expect(trouble({ ...document, turns: [{ ...turn, answer: 'a' }] })).toBe('nothing')
  })
})

describe('finding the parts', () => {
  test('LAW: the elements of a list are those that JSON itself finds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 1, 4), (list, indent) => {
        const text = bytes(JSON.stringify(list, null, indent))
        const found = [...elements(text)].map(({ start, end }) =>
          JSON.parse(new TextDecoder().decode(text.subarray(start, end))),
        )
        expect(found).toEqual(JSON.parse(JSON.stringify(list)))
      }),
    )
  })

  test('LAW: a flaw is found exactly where there is one', () => {
    const edit = fc.record({
      at: fc.nat(),
      char: fc.constantFrom('', '"', ',', '{', '}', '[', ']', '\\', 'x', '0', '\n', ':'),
    })
    fc.assert(
      fc.property(fc.json(), fc.array(edit, { maxLength: 3 }), (json, edits) => {
        let text = json
        for (const { at, char } of edits) {
          const place = at % (text.length + 1)
          text = text.slice(0, place) + char + text.slice(char === '' ? place + 1 : place)
        }
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        const flaw = jsonFlaw(text)
        expect(flaw === null).toBe(isJson)
        // Everything before it could still become JSON: with what stands there gone, the place stays the same or later.
        if (flaw) expect(flaw.at).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 2_000 },
    )
  })

  test('nesting costs no stack, and a long text none either', () => {
    expect(jsonFlaw('['.repeat(200_000))).toEqual({ at: 200_000, expected: 'a value' })
    expect(jsonFlaw(`"${'x'.repeat(3_000_000)}`)).toMatchObject({ at: 3_000_001 })
  })

  test('a column counts characters, not bytes', () => {
    expect(placeOf(bytes('a\n漢é🙂x'), 2 + 3 + 2 + 4)).toEqual({ line: 2, column: 4 })
  })
})
