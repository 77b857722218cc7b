import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readArgs } from '../../src/args.ts'
import { type Event, fold, newConversation } from '../../src/core/conversation.ts'
import { EVENTS_HEAD } from '../../src/core/history/export/events.ts'
import { DAY_MS } from '../../src/core/history/retention.ts'
import { type History, openHistory } from '../../src/io/history.ts'
import { eventsUntilNow, textOf } from '../../src/modes/history/exporting.ts'
import { tidyHistory } from '../../src/modes/history/retention.ts'
import { runImport } from '../../src/modes/shell/import.ts'
import { CHOICES } from '../kit/choices.ts'
import { put, type Shelf, shelf, turn } from '../kit/histories.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** `claude-tui import` with these words, and this on stdin. */
async function importing({ path }: Shelf, words: readonly string[], stdin: string | Uint8Array = ''): Promise<Said> {
  let out = ''
  const err: string[] = []
  const code = await runImport(readArgs(['import', ...words]), {
    write: (text) => {
      out += text
    },
    err: (line) => err.push(line),
    path,
    nowMs: () => NOW,
    stdin: Readable.from([Buffer.from(stdin)]) as NodeJS.ReadStream,
  })
  return { code, out, err: err.join('\n') }
}

/** What Claude's export would hold of one question and its answer. */
const claudes = (uuid: string, question: string, answer: string) => ({
  ...{ uuid, name: question, created_at: '2025-01-01T10:00:00Z', updated_at: '2025-01-01T10:01:00Z' },
  chat_messages: [
    { uuid: `${uuid}-q`, sender: 'human', text: question, created_at: '2025-01-01T10:00:00Z' },
    { uuid: `${uuid}-a`, sender: 'assistant', text: answer, created_at: '2025-01-01T10:01:00Z' },
  ],
})
const A = 'aaaaaaaa-0000-4000-8000-000000000000'
const B = 'bbbbbbbb-0000-4000-8000-000000000000'
const CLAUDES = JSON.stringify([claudes(A, 'Why tides?', 'The moon.'), claudes(B, 'Why wind?', 'The sun.')], null, 2)

const folded = (history: History, id: number) => fold(newConversation(CHOICES), [...eventsUntilNow(history, id)()])
const answers = async (path: string) => {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(path, { readOnly: true })
  const { n } = db.prepare('select count(*) as n from answers').get() as { n: number }
  db.close()
  return n
}

describe("Claude's data export", () => {
  test('comes as a file, on stdin or in its archive; what else is in that is named', async () => {
    const archive = zipSync({
      'conversations.json': strToU8(CLAUDES),
      'users.json': strToU8('[]'),
      'projects/': new Uint8Array(),
    })
    for (const [name, content] of [
      ['conversations.json', CLAUDES],
      ['data.zip', archive],
      ['-', CLAUDES],
      ['-', archive],
    ] as const) {
      await using one = shelf()
      const file = name === '-' ? '-' : join(one.home, name)
      if (name !== '-') writeFileSync(file, content)
      const { code, out, err } = await importing(one, [file], content)
      expect({ code, out }).toEqual({ code: 0, out: '' })
      expect(err.split('\n')).toEqual([
        'Imported: 2 conversations, 2 turns.',
        ...(content === archive ? ['Not conversations, and left out: users.json.'] : []),
      ])
      const history = await one.history()
      expect(history.search('moon', 5)).toMatchObject([
        { uid: A, title: 'Why tides?', kind: 'import', turns: 1, costUsd: 0 },
      ])
      expect(history.list({ limit: 9 })[0]!.updatedMs).toBe(Date.parse('2025-01-01T10:01:00Z'))
      expect(await answers(one.path)).toBe(0)
    }
  })

  test('twice is once, and what was added there since is added here', async () => {
    await using one = shelf()
    await importing(one, ['-'], CLAUDES)
    const before = (await one.history()).list({ limit: 9 })
    expect((await importing(one, ['-'], CLAUDES)).err).toBe(
      'Imported: 0 conversations, 0 turns.\nHere already: 2 conversations.',
    )
    expect((await one.history()).list({ limit: 9 })).toEqual(before)
    const [first, second] = JSON.parse(CLAUDES)
    second.chat_messages.push(
      { uuid: 'more', sender: 'human', text: 'And storms?', created_at: '2025-01-02T10:00:00Z' },
      { uuid: 'most', sender: 'assistant', text: 'Much sun.', created_at: '2025-01-02T10:01:00Z' },
    )
    expect((await importing(one, ['-'], JSON.stringify([first, second]))).err).toBe(
      'Imported: 0 conversations, 0 turns.\nWent on since the last time: 1 conversation, by 1 turn.\nHere already: 1 conversation.',
    )
    expect((await one.history()).search('storms', 5)).toMatchObject([{ uid: B, turns: 2 }])
  })

  test('what has gone another way comes as a copy, and one in the bin stays there', async () => {
    await using one = shelf()
    await importing(one, ['-'], CLAUDES)
    const history = await one.history()
    history.bin(history.meant(A)[0]!.id, NOW)
    const changed = CLAUDES.replace('The sun.', 'Something else.')
    const { err } = await importing(one, ['-'], changed)
    expect(err).toMatch(
      /^Here already, but gone another way since, and taken in beside it as a copy: 1 conversation \(bbbbbbbb as \w{8}\)\.$/m,
    )
    expect(err).toContain('Of those that were here, 1 lies in the bin: `claude-tui sessions list --deleted`.')
    expect(history.search('Something', 5)).toMatchObject([{ title: 'Why wind?' }])
    expect(history.list({ limit: 9 }).length).toBe(2)
  })

  test('an old conversation is not too old on the day it comes', async () => {
    await using one = shelf()
    await importing(one, ['-'], CLAUDES)
    const history = await one.history()
    put(history, turn('today', 'a', NOW))
    expect(tidyHistory(history, 90, NOW)).toBe(0)
    put(history, turn('later', 'a', NOW + 91 * DAY_MS))
    expect(tidyHistory(history, 90, NOW + 91 * DAY_MS)).toBe(3)
  })

  test('what has no place here is counted', async () => {
    await using one = shelf()
    const [first] = JSON.parse(CLAUDES)
    first.chat_messages[0].files = [{ file_name: 'cat.png' }]
    first.chat_messages[1].content = [
      { type: 'tool_use', name: 'web_search', input: {} },
      { type: 'text', text: 'Found.' },
    ]
    expect((await importing(one, ['-'], JSON.stringify([first]))).err).toBe(
      'Imported: 1 conversation, 1 turn.\nLeft out, and named where it stood: 1 × file, 1 × tool_use web_search.',
    )
  })
})

describe('our own exports', () => {
  test('events come back as the very same conversation, with its cost, and nothing goes into the ledger', async () => {
    await using one = shelf()
    await using other = shelf()
    const history = await one.history()
    const id = put(history, [
      ...[{ type: 'titled', title: 'Sea', by: 'user' } as const, ...turn('a', 'A', NOW - 90)],
      ...[...turn('b', 'B', NOW - 60), { type: 'moved', to: 1 } as const, ...turn('c', 'C', NOW - 30)],
    ])
    const from = history.one(id)!
    const file = [...textOf(history, from, 'jsonl', { branches: true }).pieces].join('')
    expect((await importing(other, ['-'], file)).err).toBe('Imported: 1 conversation, 2 turns, 1 on another branch.')
    const there = await other.history()
    const to = there.meant(from.uid)[0]!
    expect(folded(there, to.id)).toEqual(folded(history, id))
    expect({ ...to, createdMs: 0 }).toEqual({ ...from, createdMs: 0, id: to.id })
    expect(to.costUsd).toBeGreaterThan(0)
    expect([...there.rows(to.id)].map(({ events }) => events)).toEqual(
      [...history.rows(id)].map(({ events }) => events),
    )
    expect([await answers(one.path), await answers(other.path)]).toEqual([3, 0])
    expect((await importing(one, ['-'], file)).err).toContain('Here already: 1 conversation.')
  })

  test('JSON comes back with every turn', async () => {
    await using one = shelf()
    await using other = shelf()
    const history = await one.history()
    const id = put(history, [...turn('a', 'A', NOW - 90), ...turn('b', 'B', NOW - 60)])
    const from = history.one(id)!
    const file = [...textOf(history, from, 'json', { branches: true }).pieces].join('')
    await importing(other, ['-'], file)
    const there = await other.history()
    const [to] = there.meant(from.uid)
    expect(to).toMatchObject({ title: 'a', turns: 2, costUsd: from.costUsd, updatedMs: from.updatedMs, kind: 'chat' })
    expect(folded(there, to!.id).turns).toEqual(folded(history, id).turns)
  })

  test('what a history could not take at the end of a program goes into the ledger when it comes', async () => {
    await using one = shelf()
    const lines: readonly (Event | object)[] = [
      { ...EVENTS_HEAD, unsaved: true },
      ...turn('a', 'A', NOW),
      ...turn('b', 'half', NOW + 50).slice(0, 4),
    ]
    const file = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    expect((await importing(one, ['-'], file)).err).toBe('Imported: 1 conversation, 2 turns.')
    expect(await answers(one.path)).toBe(2)
    const history = await one.history()
    const [found] = history.list({ limit: 1 })
    expect(folded(history, found!.id).turns).toMatchObject([
      { answer: 'A', end: { type: 'finished' } },
      { answer: 'half', end: { type: 'failed', failure: { kind: 'interrupted' } } },
    ])
    expect((await importing(one, ['-'], file)).err).toContain('Here already: 1 conversation.')
    expect(await answers(one.path)).toBe(2)
  })
})

test('the end of a conversation that a history could not take lands behind its beginning', async () => {
  await using one = shelf()
  const history = await one.history()
  const id = put(history, turn('a', 'A', NOW - 90))
  const head = { ...EVENTS_HEAD, unsaved: true, uid: history.one(id)!.uid, kind: 'chat', after: history.size(id) }
  const file = [head, ...turn('b', 'B', NOW)].map((line) => `${JSON.stringify(line)}\n`).join('')
  for (const times of ['first', 'second']) {
    const { code } = await importing(one, ['-'], file)
    expect({ times, code }).toEqual({ times, code: 0 })
    expect(history.list({ limit: 9 })).toMatchObject([{ id, turns: 2 }])
    expect(folded(history, id).turns.map(({ answer }) => answer)).toEqual(['A', 'B'])
  }
})

describe('bad input', () => {
  test('takes in nothing, however late the trouble comes', async () => {
    await using one = shelf()
    const many = Array.from({ length: 50 }, (_, i) =>
      claudes(`${String(i).padStart(8, '0')}-0000-4000-8000-000000000000`, `q${i}`, 'a'),
    )
    const broken = `${JSON.stringify(many, null, 1).slice(0, -2)},\n{"chat_messages": 5}]`
    const { code, out, err } = await importing(one, ['-'], broken)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(
      /^stdin, conversation in line \d+: expected chat_messages: a list, got 5\. Nothing was imported\.$/,
    )
    expect((await one.history()).list({ limit: 99 })).toEqual([])
    const cut = await importing(one, ['-'], JSON.stringify(many).slice(0, -100))
    expect(cut).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^stdin, line 1, column \d+: expected .*, got the end\. Nothing was imported\.$/),
    })
    expect((await one.history()).list({ limit: 99 })).toEqual([])
    expect((await one.history()).isSound()).toBe(true)
  })

  test.each([
    ['not UTF-8', new Uint8Array([0x5b, 0xff, 0xfe, 0x5d]), 'stdin is not UTF-8 text. Nothing was imported.'],
    ['nothing', '', 'expected a conversation as claude-tui exports it'],
    ['prose', 'Dear diary', 'stdin, line 1, column 1: expected a value, got "D". Nothing was imported.'],
    ['another archive', zipSync({ 'a.txt': strToU8('x') }), 'holds no conversations.json'],
    ['half an archive', zipSync({ 'conversations.json': strToU8(CLAUDES) }).slice(0, 200), 'cannot be read'],
    ['no conversation', '[]', 'There is no conversation in it.'],
  ])('%s is said in words', async (_name, input, words) => {
    await using one = shelf()
    const { err } = await importing(one, ['-'], input)
    expect(err).toContain(words)
  })

  test('a file that is not there, or several, have a way out', async () => {
    await using one = shelf()
    expect(await importing(one, ['me'])).toMatchObject({
      code: 2,
      err: '"me" could not be read: there is no such file. As a prompt: claude-tui -- import me',
    })
    expect((await importing(one, [one.home])).err).toContain('it is a folder; name a file in it')
    writeFileSync(join(one.home, 'conversations.json'), CLAUDES)
    expect((await importing(one, [one.home])).err).toContain(
      `claude-tui import ${join(one.home, 'conversations.json')}`,
    )
    expect((await importing(one, ['this', 'poem'])).err).toContain('As a prompt: claude-tui -- import this poem')
    expect(existsSync(one.path)).toBe(false)
  })
})

test('--dry-run says what is in it and leaves everything as it was; --json says it to a program', async () => {
  await using one = shelf()
  expect((await importing(one, ['-', '--dry-run'], CLAUDES)).err).toBe(
    'It holds 2 conversations, 2 turns. Nothing was imported.',
  )
  expect(existsSync(one.path)).toBe(false)
  expect(JSON.parse((await importing(one, ['-', '--json'], CLAUDES)).out)).toEqual({
    ...{ dryRun: false, leftOut: {}, files: [], mended: [] },
    conversations: [A, B].map((uid) => ({ uid, fate: 'new', turns: 1, isBinned: false })),
  })
  expect(JSON.parse((await importing(one, ['-', '--json'], '{')).out)).toEqual({
    error: expect.stringContaining('line 1, column 2'),
    conversations: [],
  })
})

test('a history that another program holds is said in words, and nothing is changed', { timeout: 30_000 }, async () => {
  await using one = shelf()
  await one.history()
  const { DatabaseSync } = await import('node:sqlite')
  const other = new DatabaseSync(one.path)
  other.exec('begin immediate')
  expect(await importing(one, ['-'], CLAUDES)).toMatchObject({
    code: 3,
    err: `Another program holds the history: ${one.path}. Nothing was changed; try again in a moment.`,
  })
  other.exec('rollback')
  other.close()
  expect((await importing(one, ['-'], CLAUDES)).code).toBe(0)
})

test('a history that cannot be used is said in words, and the file is left as it is', async () => {
  await using one = shelf()
  writeFileSync(one.path, 'nothing like a database'.repeat(100))
  expect(await importing(one, ['-'], CLAUDES)).toMatchObject({ code: 3, err: expect.stringContaining('damaged') })
  await expect(openHistory(one.path)).rejects.toThrow('damaged')
})

describe('something that is no conversation', () => {
  const recording = `{"type":"claude-tui-recording","format":1}\n`
  test.each([
    ['tape.jsonl', recording, 'tape.jsonl is a recording of a session.', 'To see it again: claude-tui replay FILE'],
    ['a b.jsonl', recording, 'a b.jsonl is a recording of a session.', "claude-tui replay 'FILE'"],
    ['t.md', '---\ntitle: "Tides"\nid: 1\n---\n\n> Why?\n', 't.md is Markdown.', 'claude-tui sessions export ID -o'],
    ['notes.md', '# Notes\n\nText', 'notes.md is Markdown.', 'come back from json or jsonl'],
    ['t.html', '<!doctype html>\n<html lang="en">', 't.html is a page of HTML.', 'come back from json or jsonl'],
    ['h.db', 'SQLite format 3\0', 'h.db is a SQLite database.', 'claude-tui sessions export --all -o all.jsonl'],
    ['x.gz', '\u001f\u008b\u0008', 'x.gz is compressed (gzip).', 'gunzip -c FILE | claude-tui import -'],
    ['x.json', '\u00ff\u00fe{\0', 'x.json is text in UTF-16.', 'iconv -f UTF-16 -t UTF-8 FILE'],
    ['cat.png', '\u0089PNG\r\n', 'cat.png is a PNG image.', ''],
    ['core', '\u0001\0\u0002', 'core is binary data.', ''],
    ['empty', '', 'empty: expected a conversation as claude-tui exports it', 'got nothing'],
    ['blank', ' \n\n', 'blank: expected a conversation as claude-tui exports it', 'got nothing'],
  ])('%s is called what it is, with a way out', async (name, content, what, wayOut) => {
    await using one = shelf()
    const path = join(one.home, name)
    writeFileSync(path, Buffer.from(content, 'latin1'))
    const { code, err } = await importing(one, [path])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(what) })
    expect(err).toContain(
      wayOut.replace("'FILE'", `'${path}'`).replace('FILE', wayOut.includes('.jsonl') ? 'FILE' : path),
    )
    expect(err).toContain('Nothing was imported.')
    expect((await one.history()).list({ limit: 1 })).toEqual([])
  })
})

describe('what is damaged', () => {
  const own = (...turns: object[]) => ({
    ...{ type: 'claude-tui conversation', format: 1, uid: A, title: 'Tides', created: '2026-01-01T00:00:00.000Z' },
    turns,
  })
  const T = Date.UTC(2026, 0, 1)
  const first = { number: 1, parent: null, question: 'q', answer: 'a', model: 'm', times: { asked: T, ended: T + 9 } }
  const usage = { input: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, thinking: null }
  const call = { at: '2026-01-01T00:00:00Z', purpose: 'title', model: 'm', usage }
  const second = { ...first, number: 2, parent: 1 }
  const place = 'stdin, conversation "Tides" in line 1'

  test.each<[string, object, string]>([
    [
      'a missing parent',
      own(first, { ...second, parent: 7 }),
      'turn 2: expected turns[1].parent: the number of an earlier turn, or null, got 7',
    ],
    [
      'its own parent',
      own(first, { ...second, parent: 2 }),
      'turn 2: expected turns[1].parent: the number of an earlier turn, or null, got 2',
    ],
    [
      'parents in a circle',
      own({ ...first, parent: 2 }, second),
      'turn 1: expected turns[0].parent: the number of an earlier turn, or null, got 2',
    ],
    [
      'a parent that is a text',
      own(first, { ...second, parent: '1' }),
      'turn 2: expected turns[1].parent: a whole number, or null, got "1"',
    ],
    [
      'the same number twice',
      own(first, { ...second, number: 1, parent: null }),
      'turn 1: expected turns[1].number: one that no other turn has, got 1',
    ],
    [
      'a number below 1',
      own({ ...first, number: -1 }),
      'turn -1: expected turns[0].number: a whole number from 1, got -1',
    ],
    [
      'half a number',
      own({ ...first, number: 1.5 }),
      'turn 1: expected turns[0].number: a whole number from 1, got 1.5',
    ],
    [
      'tokens below 0',
      own({ ...first, usage: { ...usage, input: -5 } }),
      'turn 1: expected turns[0].usage.input: a whole number from 0 up to 1000000000, got -5',
    ],
    [
      'tokens without end',
      own({ ...first, usage: { ...usage, output: 1e300 } }),
      'turn 1: expected turns[0].usage.output: a whole number from 0 up to 1000000000, got 1e+300',
    ],
    [
      'tokens as a text',
      own({ ...first, usage: { ...usage, output: 'NaN' } }),
      'turn 1: expected turns[0].usage.output: a whole number from 0 up to 1000000000, got "NaN"',
    ],
    [
      'a time before 1970',
      own({ ...first, times: { asked: -1 } }),
      'turn 1: expected turns[0].times.asked: a time from 1970 on, in milliseconds, got -1 (1969-12-31T23:59:59.999Z)',
    ],
    [
      'a time no calendar has',
      own({ ...first, times: { asked: 1e18 } }),
      'turn 1: expected turns[0].times.asked: a time from 1970 on, in milliseconds, got 1000000000000000000',
    ],
    [
      'a time as a text',
      own({ ...first, times: { asked: 'now' } }),
      'turn 1: expected turns[0].times.asked: a number, or null, got "now"',
    ],
    [
      'a nonsense date',
      { ...own(first), created: 'yesterday' },
      'expected created: a date from 1970 on, such as 2026-11-21T12:00:00Z, got "yesterday"',
    ],
    [
      'the year 0',
      { ...own(first), updated: '0000-01-01T00:00:00Z' },
      'expected updated: a date from 1970 on, such as 2026-11-21T12:00:00Z, got "0000-01-01T00:00:00Z"',
    ],
    ['the 31st of February', { ...own(first), created: '2026-02-41T00:00:00Z' }, 'expected created: a date'],
    [
      'a call without a time',
      { ...own(first), sideCalls: [{ ...call, at: 'x' }] },
      'expected sideCalls[0].at: a date from 1970 on',
    ],
    [
      'another name',
      { ...own(first), uid: 'me' },
      'expected uid: an id such as 3f2a1b4c-0000-4000-8000-000000000000, or null, got "me"',
    ],
    [
      'an end nobody knows',
      own({ ...first, end: { type: 'bang' } }),
      'turn 1: expected turns[0].end.type: one of finished, failed, stopped, got "bang"',
    ],
    [
      'half an end',
      own({ ...first, end: { type: 'finished' } }),
      'turn 1: expected with a field "stopReason" in turns[0].end, got none',
    ],
    ['an effort nobody knows', { ...own(first), choices: { effort: 'huge' } }, 'expected choices.effort: one of low'],
  ])('in JSON, with %s, is refused with its place, and nothing of it is taken', async (_, document, words) => {
    await using one = shelf()
    const { code, err } = await importing(
      one,
      ['-'],
      `[${JSON.stringify(own({ ...first, question: 'whole' }))},\n${JSON.stringify(document)}]`,
    )
    expect(code).toBe(2)
    expect(err).toContain(`${place.replace('line 1', 'line 2')}${/^turn/.test(words) ? ', ' : ': '}${words}`)
    expect(err).toMatch(/Nothing was imported\.$/)
    expect((await one.history()).list({ limit: 9 })).toEqual([])
  })

  const head = JSON.stringify({ ...EVENTS_HEAD, uid: A, title: 'Tides' })
  const lines = (...events: readonly unknown[]) => [head, ...events.map((one) => JSON.stringify(one))].join('\n')
  const whole = turn('q', 'a', T)
  test.each<[string, string, string]>([
    [
      'going back to no turn',
      lines(...whole, { type: 'moved', to: 9 }),
      'line 8, conversation "Tides", behind turn 1: expected to: the number of a turn before it, or null, got 9',
    ],
    [
      'an answer to nothing',
      lines(...whole.slice(1)),
      'line 4, conversation "Tides": expected a question before this delta, got none',
    ],
    [
      'a time before 1970',
      lines({ ...whole[0], at: -5 }),
      'line 2, conversation "Tides": expected at: a time from 1970 on, in milliseconds, got -5',
    ],
    ['a time as a text', lines({ ...whole[0], at: '5' }), 'line 2: expected at: a number, got "5"'],
    [
      'tokens below 0',
      lines(...whole).replace('"input":1000', '"input":-1'),
      'line 4: expected usage.input: a whole number from 0 up to 1000000000, got -1',
    ],
    [
      'a number without end',
      lines(...whole).replace('"input":1000', '"input":1e999'),
      'line 4: expected usage.input: a whole number from 0 up to 1000000000, got Infinity',
    ],
    [
      'a nonsense date',
      head.replace('}', ',"created":"x"}'),
      'line 1, conversation "Tides": expected created: a time from 1970 on, in milliseconds, got "x"',
    ],
    ['another name', head.replace(A, 'me'), 'line 1, conversation "Tides": expected uid: an id such as'],
  ])('in events, with %s, is refused with its place', async (_, file, words) => {
    await using one = shelf()
    const good = lines(...whole).replace(A, B)
    const { code, err } = await importing(one, ['-'], `${good}\n${file}`)
    const moved = words.replace(/^line (\d+)/, (_, line) => `line ${Number(line) + good.split('\n').length}`)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`stdin, ${moved}`) })
    expect((await one.history()).list({ limit: 9 })).toEqual([])
  })

  test('by a clock that was ahead comes all the same, as of today, and that is said', async () => {
    await using one = shelf()
    const { code, err } = await importing(one, ['-'], lines(...turn('q', 'a', Date.UTC(2999, 0, 1))))
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Imported: 1 conversation, 1 turn.\nPut right: stdin, line 1, conversation "Tides": expected times until now, got 2999-01-01T00:00:00.022Z; they are kept, and in lists it stands as of today.',
    })
    const history = await one.history()
    expect(history.list({ limit: 1 })).toMatchObject([{ updatedMs: NOW, createdMs: NOW, latest: NOW }])
    put(history, turn('today', 'a', NOW + 5))
    expect(history.list({ limit: 1 })).toMatchObject([{ title: 'today' }])
  })
})

describe("odd things in Claude's export", () => {
  const message = (uuid: string, sender: string, text: string, more = {}) => ({
    ...{ uuid, sender, text, created_at: '2025-01-01T10:00:00Z' },
    ...more,
  })
  const export_ = (chat_messages: readonly unknown[], more = {}) =>
    JSON.stringify([{ ...claudes(A, 'Odd', ''), chat_messages, ...more }])

  test('dates that are none and messages that follow nothing are put right, and each is named', async () => {
    await using one = shelf()
    const file = export_(
      [
        message('1', 'human', 'a', { parent_message_uuid: '00000000-0000-4000-8000-000000000000' }),
        message('2', 'assistant', 'A', { parent_message_uuid: '1', created_at: 'soon' }),
        message('3', 'human', 'b', { parent_message_uuid: 'gone' }),
        message('4', 'human', 'c', { parent_message_uuid: '4', created_at: '0000-01-01T00:00:00Z' }),
      ],
      { created_at: 'once' },
    )
    const { code, err } = await importing(one, ['-'], file)
    const date = 'a date from 1970 on, such as 2026-11-21T12:00:00Z'
    const at = 'stdin, conversation "Odd" in line 1'
    expect({ code, lines: err.split('\n') }).toEqual({
      code: 0,
      lines: [
        'Imported: 1 conversation, 1 turn, 2 on other branches.',
        `Put right: ${at}: expected created_at: ${date}, got "once"; the time of its first message stands in its place.`,
        `Put right: ${at}, message 2: expected created_at: ${date}, got "soon"; the time before it stands in its place.`,
        `Put right: ${at}, message 4: expected created_at: ${date}, got "0000-01-01T00:00:00Z"; the time before it stands in its place.`,
        `Put right: ${at}, message 3: expected parent_message_uuid: the uuid of another message, got "gone"; it begins a branch.`,
        `Put right: ${at}, message 4: expected parent_message_uuid: the uuid of a message that does not follow this one, got "4"; it begins a branch.`,
      ],
    })
    expect((await importing(one, ['-'], file)).err).toContain('Here already: 1 conversation.')
  })

  test('what follows a message from nobody we know follows what that had followed', async () => {
    await using one = shelf()
    const file = export_([
      message('1', 'human', 'a', { parent_message_uuid: null }),
      message('2', 'assistant', 'A', { parent_message_uuid: '1' }),
      message('3', 'tool', 'x', { parent_message_uuid: '2' }),
      message('4', 'human', 'b', { parent_message_uuid: '3' }),
    ])
    expect((await importing(one, ['-'], file)).err).toContain(
      'Left out, and named where it stood: 1 × message from tool.',
    )
    const history = await one.history()
    const { turns } = folded(history, history.meant(A)[0]!.id)
    expect(turns.map(({ question, parent }) => [question, parent])).toEqual([
      ['a', null],
      ['b', 1],
    ])
  })

  test.each<[string, readonly unknown[], string]>([
    ['nothing in it', [], 'Empty, and left out: 1 conversation.'],
    ['nobody in it', [null, 7, 'x', [], {}], 'Empty, and left out: 1 conversation.'],
    ['empty messages', [message('1', 'human', ''), message('2', 'assistant', '')], 'Imported: 1 conversation, 1 turn.'],
    ['an empty question at the end', [message('1', 'human', '', { content: [] })], 'Imported: 1 conversation, 1 turn.'],
    [
      'parts of any kind',
      [
        message('1', 'human', 'q', {
          content: [null, 5, {}, { type: 7 }, { type: 'text' }],
          attachments: 'x',
          files: [null, {}],
          files_v2: 9,
        }),
      ],
      'Imported: 1 conversation, 1 turn.',
    ],
    [
      'attachments of any kind',
      [message('1', 'human', 'q', { attachments: [null, {}, { file_name: 5, extracted_content: 6 }] })],
      'Imported: 1 conversation, 1 turn.',
    ],
    [
      'half characters and signs that move',
      [message('1', 'human', '\ud83c \u0000 \u001b[2J \u202e'), message('2', 'assistant', '\udf0a')],
      'Imported: 1 conversation, 1 turn.',
    ],
    [
      'more text than fits anywhere',
      [message('1', 'human', 'q'), message('2', 'assistant', 'long '.repeat(1_000_000))],
      'Imported: 1 conversation, 1 turn.',
    ],
    [
      'an answer in very many messages',
      [message('1', 'human', 'q'), ...Array.from({ length: 150_000 }, (_, i) => message(`m${i}`, 'assistant', 'a'))],
      'Imported: 1 conversation, 1 turn.',
    ],
    [
      'very many answers to one question',
      [
        message('1', 'human', 'q', { parent_message_uuid: null }),
        ...Array.from({ length: 3_000 }, (_, i) => message(`m${i}`, 'assistant', 'a', { parent_message_uuid: '1' })),
      ],
      'Imported: 1 conversation, 1 turn, 2,999 on other branches.',
    ],
  ])('%s: all of it is taken, once', { timeout: 60_000 }, async (_, messages, words) => {
    await using one = shelf()
    const file = export_(messages, { name: 'A name\u0000 \u001b[31m' })
    const { code, err } = await importing(one, ['-'], file)
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(words) })
    expect((await importing(one, ['-'], file)).err).toContain(
      words.startsWith('Empty') ? words : 'Here already: 1 conversation.',
    )
    expect((await one.history()).isSound()).toBe(true)
  })

  test('a conversation that was called something else there since is the same one', async () => {
    await using one = shelf()
    await importing(one, ['-'], CLAUDES)
    const { err } = await importing(one, ['-'], CLAUDES.replace('"name": "Why tides?"', '"name": "Tides, renamed"'))
    expect(err).toBe('Imported: 0 conversations, 0 turns.\nHere already: 2 conversations.')
  })
})
