import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readArgs } from '../../src/args.ts'
import { type Event, fold, newConversation } from '../../src/core/conversation.ts'
import { EVENTS_HEAD } from '../../src/core/export/events.ts'
import { DAY_MS } from '../../src/core/retention.ts'
import { type History, openHistory } from '../../src/io/history.ts'
import { eventsUntilNow, textOf } from '../../src/modes/exporting.ts'
import { runImport } from '../../src/modes/import.ts'
import { tidyHistory } from '../../src/modes/retention.ts'
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

  test('what has gone another way here is left as it is, and one in the bin stays there', async () => {
    await using one = shelf()
    await importing(one, ['-'], CLAUDES)
    const history = await one.history()
    history.bin(history.meant(A)[0]!.id, NOW)
    const changed = CLAUDES.replace('The sun.', 'Something else.')
    const { err } = await importing(one, ['-'], changed)
    expect(err).toContain('Here already, but gone another way since, and left as they are: 1 conversation (bbbbbbbb).')
    expect(err).toContain('Of those that were here, 1 lies in the bin: `claude-tui sessions list --deleted`.')
    expect(history.search('Something', 5)).toEqual([])
    expect(history.list({ limit: 9 }).length).toBe(1)
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
    expect((await importing(one, [one.home])).err).toContain('it is a folder; name the conversations.json in it')
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
    ...{ dryRun: false, leftOut: {}, files: [] },
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
