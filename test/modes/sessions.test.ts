import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readArgs } from '../../src/args.ts'
import { batchesOf } from '../../src/core/history/import/batches.ts'
import { DAY_MS } from '../../src/core/history/retention.ts'
import { sanitise } from '../../src/core/text/sanitise.ts'
import { theme } from '../../src/core/text/theme.ts'
import { widthOf } from '../../src/core/text/width.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { tidyHistory } from '../../src/modes/history/retention.ts'
import { runSessions } from '../../src/modes/sessions.ts'
import { begun, count, opened, rawly } from '../io/history-kit.ts'
import { put, type Shelf, shelf, turn } from '../kit/histories.ts'
import { hostileParts, leaked } from '../kit/hostile-parts.ts'
import { canHaveDisks, smallDisk } from '../kit/small-disk.ts'
import { life } from './recorder-kit.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
/** Somewhat more than so many days ago. */
const ago = (days: number) => NOW - days * DAY_MS - 60_000

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** `claude-tui sessions` with these words; on a terminal of so many columns, or in a pipe. */
async function sessions(
  { path }: Shelf,
  words: readonly string[] | string,
  { columns = null as number | null, colours = false, keepDays = null as number | null } = {},
): Promise<Said> {
  const argv = typeof words === 'string' ? words.split(' ').filter(Boolean) : words
  let out = ''
  const err: string[] = []
  const look = theme({ colour: colours ? 'ansi16' : 'none', links: false })
  const code = await runSessions(readArgs(['sessions', ...argv]), {
    write: (text) => {
      out += text
    },
    err: (line) => err.push(line),
    errColumns: columns,
    terminal: columns === null ? null : () => ({ columns, theme: look }),
    path,
    keepDays: () => keepDays,
    nowMs: () => NOW,
  })
  return { code, out, err: err.join('\n') }
}

/** A shelf with four conversations: a priced one, one of an unknown model, one that was stopped, an imported one. */
async function filled(): Promise<Shelf> {
  const one = shelf()
  const history = await one.history()
  put(history, [
    ...turn('Why do the tides turn?', 'Because of the moon.', ago(30)),
    ...turn('And the sun?', 'It helps.', ago(3)),
  ])
  put(history, turn('Say something in Welsh', 'Bore da.', ago(2), 'llama-9'))
  put(history, [...turn('A long poem, please', 'Roses are', ago(1)).slice(0, 4), { type: 'stopped', at: ago(1) + 50 }])
  const [, , , said, , end] = turn('', 'Far away.', ago(100))
  put(history, [{ type: 'asked', at: ago(100), text: 'Held elsewhere', model: 'unknown' }, said!, end!], 'import')
  return one
}

const SUMMARY = { title: '', titleBy: 'question', turns: 3, model: 'claude-sonnet-5-5', ended: 'finished' } as const
const batchesLast = (events: ReturnType<typeof turn>) => [...batchesOf(events)].at(-1)!

const shortId = async (one: Shelf, title: string) => (await one.history()).meant(title)[0]!.uid.slice(0, 8)

describe('list', () => {
  test('shows the latest first, each with what is known of it; a cost nobody knows is never $0', async () => {
    await using one = await filled()
    for (const words of ['', 'list']) {
      const { out, err, code } = await sessions(one, words, { columns: 100 })
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out.split('\n').map((line) => line.slice(10).trimEnd())).toEqual([
        'age  model       turns      cost  title',
        '1d   Sonnet 5.5      1  ~$0.0020  A long poem, please',
        '2d   llama-9         1        $?  Say something in Welsh',
        '3d   Sonnet 5.5      2   $0.0060  Why do the tides turn?',
        '3mo  unknown         1         -  Held elsewhere',
        '',
      ])
    }
  })

  test('marks one in which an answer is on its way', async () => {
    await using one = await filled()
    const history = await one.history()
    history.note(history.list({ limit: 1 })[0]!.id, 1, turn('And?', 'So', NOW).slice(0, 3), NOW)
    expect((await sessions(one, '')).out).toMatch(/^\S+ {2}running .*A long poem, please$/m)
    const { conversations } = JSON.parse((await sessions(one, 'list --json')).out)
    expect(conversations.map(({ running }: { running: boolean }) => running)).toEqual([true, false, false, false])
  })

  test('fits every width, giving up the least important columns first, and cuts nothing in a pipe', async () => {
    await using one = await filled()
    put(await one.history(), turn(`海${'x'.repeat(200)} 👨‍👩‍👧 end`, 'a', ago(4)))
    for (let columns = 20; columns < 130; columns++) {
      const { out } = await sessions(one, '', { columns })
      for (const line of out.trimEnd().split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }
    expect((await sessions(one, '', { columns: 44 })).out).toMatch(/^id {8}age .*title$/m)
    const { out } = await sessions(one, '')
    expect(out).not.toContain('title')
    expect(out.split('\n').length).toBe(6)
  })

  test('on a terminal a long list ends with a word on how to see more; a pipe gets all of it', async () => {
    await using one = shelf()
    const history = await one.history()
    for (let i = 0; i < 25; i++) put(history, turn(`question ${i}`, 'a', ago(i)))
    const short = await sessions(one, '', { columns: 80 })
    expect(short.out.trimEnd().split('\n').length).toBe(21)
    expect(short.err).toBe('The latest 20; `--limit N` shows more.')
    expect((await sessions(one, '--limit 3', { columns: 80 })).out.trimEnd().split('\n').length).toBe(4)
    expect((await sessions(one, '')).out.trimEnd().split('\n').length).toBe(25)
    expect((await sessions(one, '-n none')).code).toBe(2)
  })

  test('as JSON it is one document, whole and with the same fields always', async () => {
    await using one = await filled()
    const { out } = await sessions(one, 'list --json', { columns: 80 })
    const { conversations } = JSON.parse(out)
    expect(conversations.length).toBe(4)
    expect(conversations[1]).toEqual({
      ...{ uid: expect.stringMatching(/^[\da-f-]{36}$/), title: 'Say something in Welsh', titleBy: 'question' },
      ...{ kind: 'chat', model: 'llama-9', turns: 1, ended: 'finished', deleted: null, running: false },
      ...{ created: '2026-11-19T11:59:00.022Z', updated: '2026-11-19T11:59:00.022Z', costUsd: null, unpriced: 1 },
    })
    expect(conversations.map(({ costUsd }: { costUsd: { from: string } | null }) => costUsd?.from ?? null)).toEqual([
      'estimate',
      null,
      'server',
      null,
    ])
  })

  test('without a history says so kindly, and makes none', async () => {
    await using one = shelf()
    expect(await sessions(one, '')).toEqual({
      ...{ code: 0, out: '' },
      err: 'No conversation has been saved yet: `claude-tui` begins one.',
    })
    expect(JSON.parse((await sessions(one, 'list --json')).out)).toEqual({ conversations: [] })
    for (const words of ['search x', 'prune --older-than 1d']) expect((await sessions(one, words)).code).toBe(0)
    for (const words of ['show x', 'export x', 'export --all', 'delete x', 'restore x', 'rename x y']) {
      expect(await sessions(one, words)).toMatchObject({ code: 2, out: '' })
    }
    expect(readdirSync(one.home)).toEqual([])
  })
})

describe('search', () => {
  test('shows each hit where it was said, the words marked', async () => {
    await using one = await filled()
    const { out } = await sessions(one, 'search moon', { columns: 80, colours: true })
    expect(out.split('\n')).toEqual([
      expect.stringContaining('Why do the tides turn?'),
      '      Because of the \x1b[4mmoon\x1b[24m.',
      '',
    ])
    expect((await sessions(one, 'search moon')).out).toContain('\n      Because of the moon.\n')
    expect((await sessions(one, 'search tide')).out).toContain('Why do the tides turn?')
  })

  test('a question that was queued behind another answer is found where it was asked', async () => {
    await using one = shelf()
    const first = turn('First things', 'Done.', ago(1))
    put(await one.history(), [
      first[0]!,
      { type: 'asked', at: ago(1) + 1, text: 'And the sextant?' },
      ...first.slice(1),
      ...turn('', 'It measures angles.', ago(1) + 100).slice(1),
    ])
    expect((await sessions(one, 'search sextant')).out).toContain('    › And the sextant?\n')
  })

  test('tells a program the turn, the words around, and where in them the matches stand', async () => {
    await using one = await filled()
    const { conversations } = JSON.parse((await sessions(one, 'search moon --json')).out)
    expect(conversations).toMatchObject([
      {
        title: 'Why do the tides turn?',
        hit: { turn: 1, from: 'answer', text: 'Because of the moon.', matches: [[15, 19]] },
      },
    ])
  })

  test('what is found nowhere is said, and what is in the bin is not found', async () => {
    await using one = await filled()
    expect(await sessions(one, 'search walrus')).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('"walrus"'),
    })
    await sessions(one, 'delete tides')
    expect((await sessions(one, 'search moon')).out).toBe('')
    expect(await sessions(one, 'search')).toMatchObject({ code: 2 })
  })
})

describe('show', () => {
  test('is rendered on a terminal and Markdown in a pipe', async () => {
    await using one = await filled()
    const { out } = await sessions(one, 'show tides', { columns: 60 })
    expect(out.replace(/^[\da-f]{8}/m, 'ID')).toBe(
      'Why do the tides turn?\nID · 3 days ago · Sonnet 5.5 · 2 turns · $0.0060\n\n› Why do the tides turn?\n\nBecause of the moon.\n\n› And the sun?\n\nIt helps.\n',
    )
    expect((await sessions(one, 'show tides')).out).toMatch(
      /^---\ntitle: "Why do the tides turn\?"\n[\s\S]*\n> Why do the tides turn\?\n\nBecause of the moon\.\n/,
    )
    expect(JSON.parse((await sessions(one, 'show tides --json')).out).turns.length).toBe(2)
  })

  test('what was stopped says so, and what still runs is shown as far as it came', async () => {
    await using one = await filled()
    expect((await sessions(one, 'show poem', { columns: 60 })).out).toMatch(/Roses are\n\nStopped here\.\n$/)
    const history = await one.history()
    const [conversation] = history.meant('poem')
    history.note(conversation!.id, 1, turn('And one more', 'Violets', ago(0)).slice(0, 4), NOW)
    expect((await sessions(one, 'show poem')).out).toMatch(
      /> And one more\n\nViolets\n\n\*The answer was still being written\.\*\n$/,
    )
    expect((await sessions(one, 'export poem --format jsonl')).out).toContain('"Violets"')
  })
})

describe('an answer whose program was killed', () => {
  const NOTED = NOW - 7 * DAY_MS
  /** Somebody had begun to ask, and is gone: another machine that has been quiet for a week. */
  async function killed(one: Shelf): Promise<void> {
    const history = await one.history()
    const chat = life(history)
    chat.happen(...begun('Where does the walrus sleep?', 'On the ice, mos', NOTED))
    chat.recorder.close()
    rawly(one.path, (db) => db.exec(`update flight set owner = 'elsewhere:1:1-1', wall_ms = ${NOTED}`))
  }

  test('is listed with its turn and its cost, found by its words, and shown with its end', async () => {
    await using one = shelf()
    await killed(one)
    const { conversations } = JSON.parse((await sessions(one, 'list --json')).out)
    expect(conversations).toMatchObject([
      { turns: 1, model: 'claude-sonnet-5-5', ended: 'failed', costUsd: { from: 'estimate' } },
    ])
    expect((await sessions(one, 'search mos')).out).toContain('On the ice, mos')
    expect((await sessions(one, 'show walrus')).out).toContain(
      '*Cut off here: claude-tui ended before this answer did.*',
    )
  })

  test.each(['search mos', 'show walrus', 'export walrus', 'export --all', 'prune --older-than 2d'])(
    'is settled first, whatever is asked: %s',
    async (words) => {
      await using one = shelf()
      await killed(one)
      expect((await sessions(one, words)).code).toBe(0)
      expect(count(one.path, 'flight')).toBe(0)
      expect(count(one.path, 'conversations')).toBe(words.startsWith('prune') ? 0 : 1)
    },
  )

  test.skipIf(!canHaveDisks)('is shown as far as it came where nothing can be written', async () => {
    using disk = smallDisk(2_048)
    const one = { home: disk.folder, path: join(disk.folder, 'history.db') } as Shelf
    {
      using history = await opened(one.path)
      put(history, turn('Why do the tides turn?', 'Because of the moon.', ago(3)))
      await killed({ ...one, history: async () => history })
    }
    disk.seal()
    const { out, err, code } = await sessions(one, 'list')
    expect({ err, code }).toEqual({ err: '', code: 0 })
    expect(out).toMatch(/walrus[\s\S]*tides/)
    expect((await sessions(one, 'search moon')).out).toContain('Because of the moon.')
    expect((await sessions(one, 'show walrus')).out).toContain('On the ice, mos')
    expect((await sessions(one, 'prune --older-than 1d --dry-run')).out).toContain('tides')
    for (const words of ['delete tides', 'rename tides Ebb', 'prune --older-than 1d'])
      expect(await sessions(one, words)).toMatchObject({ code: 3, err: expect.stringContaining('cannot be written') })
  })
})

describe('which one is meant', () => {
  test('the beginning of an id, the words of a title, or the whole title', async () => {
    await using one = await filled()
    const id = await shortId(one, 'Welsh')
    for (const words of [
      ['show', id],
      ['show', 'welsh', 'something'],
      ['show', 'Say something in Welsh'],
    ]) {
      expect((await sessions(one, words)).out).toContain('Bore da.')
    }
    put(await one.history(), turn('Welsh', 'Just that.', ago(9)))
    expect((await sessions(one, 'show welsh')).out).toContain('Just that.')
  })

  test('several that could be are listed, and nothing happens', async () => {
    await using one = await filled()
    put(await one.history(), turn('Tides again', 'Yes.', ago(5)))
    const { code, out, err } = await sessions(one, 'delete tides')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(
      /^2 conversations could be meant by "tides"\. Name one by its id:\n {2}[\da-f]{8} .*Why do the tides turn\?\n {2}[\da-f]{8} .*Tides again$/,
    )
    const { error, conversations } = JSON.parse((await sessions(one, 'delete tides --json')).out)
    expect(error).toContain('2 conversations could be meant')
    expect(conversations.map(({ title }: { title: string }) => title)).toEqual([
      'Why do the tides turn?',
      'Tides again',
    ])
    expect((await one.history()).list({ limit: 9, deleted: true })).toEqual([])
  })

  test('are listed within the terminal', async () => {
    await using one = await filled()
    put(await one.history(), turn(`Tides ${'and currents '.repeat(20)}`, 'Yes.', ago(5)))
    for (let columns = 30; columns < 130; columns += 7) {
      const [, ...lines] = (await sessions(one, 'show tides', { columns })).err.split('\n')
      expect(lines.length).toBe(2)
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('none that could be is an error with a way out', async () => {
    await using one = await filled()
    const { code, err } = await sessions(one, 'show walrus')
    expect(code).toBe(2)
    expect(err).toContain('No conversation has the id or the title "walrus". `claude-tui sessions list` shows them')
    expect((await sessions(one, 'show')).err).toContain('Expected the id of a conversation')
  })
})

describe('export', () => {
  test('into a file in the form its ending asks for, whole, and for its owner alone', async () => {
    await using one = await filled()
    for (const [ending, beginning] of [
      ['md', '---\ntitle'],
      ['html', '<!doctype html>'],
      ['json', '{"type":"claude-tui'],
      ['jsonl', '{"type":"conversation"'],
      ['txt', '---\ntitle'],
    ]) {
      const file = join(one.home, `out.${ending}`)
      const { code, out, err } = await sessions(one, ['export', 'tides', '-o', file])
      expect({ code, out }).toEqual({ code: 0, out: '' })
      expect(err).toBe(`“Why do the tides turn?”, 2 turns, written to "${file}".`)
      expect(readFileSync(file, 'utf8').startsWith(beginning!)).toBe(true)
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    }
    expect((await sessions(one, ['export', 'tides', '--format', 'html', '-o', '-'])).out).toMatch(/^<!doctype html>/)
    expect((await sessions(one, 'export tides')).out).toMatch(/^---\n/)
    expect(readdirSync(one.home).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('another file is never replaced unasked', async () => {
    await using one = await filled()
    const file = join(one.home, 'notes.md')
    writeFileSync(file, 'mine')
    const { code, err } = await sessions(one, ['export', 'tides', '-o', file])
    expect({ code, err }).toEqual({
      code: 2,
      err: `"${file}" is there already and is left as it is. --force replaces it.`,
    })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect((await sessions(one, ['export', 'tides', '-o', file, '--force'])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('Because of the moon.')
    expect((await sessions(one, ['export', 'tides', '-o', join(one.home, 'no/such/folder.md')])).err).toContain(
      'there is no such folder',
    )
    expect((await sessions(one, ['export', 'tides', '-o', one.home])).code).toBe(2)
  })

  test('--all writes every conversation one after the other, but for the bin', async () => {
    await using one = await filled()
    await sessions(one, 'delete poem')
    const file = join(one.home, 'all.jsonl')
    expect((await sessions(one, ['export', '--all', '-o', file])).err).toBe(
      `3 conversations, 4 turns, written to "${file}".`,
    )
    const heads = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"type":"conversation"'))
    expect(heads.map((line) => JSON.parse(line).title)).toEqual([
      'Held elsewhere',
      'Why do the tides turn?',
      'Say something in Welsh',
    ])
    for (const words of ['export --all --format md', 'export --all tides'])
      expect((await sessions(one, words)).code).toBe(2)
  })

  test('--json is a form on stdout, and beside a file the news of what was written', async () => {
    await using one = await filled()
    expect(JSON.parse((await sessions(one, 'export tides --json')).out).turns.length).toBe(2)
    expect((await sessions(one, 'export tides --json --format json')).code).toBe(0)
    const file = join(one.home, 'tides.md')
    const { out, err } = await sessions(one, ['export', 'tides', '-o', file, '--json'])
    expect(JSON.parse(out)).toMatchObject({ file, format: 'md', conversations: [{ title: 'Why do the tides turn?' }] })
    expect(err).toBe('')
    expect(readFileSync(file, 'utf8')).toMatch(/^---\ntitle/)
    const all = join(one.home, 'all.jsonl')
    const every = JSON.parse((await sessions(one, ['export', '--all', '-o', all, '--json'])).out)
    expect(every).toMatchObject({ file: all, format: 'jsonl' })
    expect(every.conversations.length).toBe(4)
    for (const words of ['export tides --json --format md', 'export tides --json --format html -o -']) {
      const wrong = await sessions(one, words)
      expect(wrong.code).toBe(2)
      expect(JSON.parse(wrong.out)).toMatchObject({
        conversations: [],
        error: expect.stringContaining('-o FILE --json'),
      })
    }
  })

  test('turns of other branches are named when they are left out', async () => {
    await using one = shelf()
    put(await one.history(), [
      ...turn('a', 'A', ago(3)),
      ...turn('b', 'B', ago(2)),
      { type: 'moved', to: 1 },
      ...turn('c', 'C', ago(1)),
    ])
    const { out, err } = await sessions(one, 'export a')
    expect(out).not.toContain('> b')
    expect(err).toBe('1 turn on another branch is left out: --branches adds them; json and jsonl hold everything.')
    expect((await sessions(one, 'export a --branches')).out).toContain('> b')
    for (const [words, file] of [
      ['export a --branches', 'a.md'],
      ['export a', 'a.json'],
    ] as const)
      expect((await sessions(one, [...words.split(' '), '-o', join(one.home, file)])).err).toContain(
        '“a”, 2 turns, 1 on another branch, written',
      )
    expect((await sessions(one, ['export', '--all', '-o', join(one.home, 'all.jsonl')])).err).toContain(
      '1 conversation, 2 turns, 1 on another branch, written',
    )
    expect((await sessions(one, 'show a', { columns: 80 })).out).toContain('2 turns, 1 on another branch · ')
    expect(JSON.parse((await sessions(one, 'list --json')).out).conversations[0].turns).toBe(2)
  })
})

describe('care', () => {
  test('deleting goes into the bin and says how it is undone; undoing leaves no trace of it', async () => {
    await using one = await filled()
    const before = (await sessions(one, 'list --json')).out
    const id = await shortId(one, 'tides')
    const { code, err } = await sessions(one, 'delete tides turn')
    expect({ code, err }).toEqual({
      code: 0,
      err: `In the bin: “Why do the tides turn?” (${id}). \`claude-tui sessions restore ${id}\` takes it out again; after 30 days there it is gone for good.`,
    })
    expect((await sessions(one, '')).out).not.toContain('tides')
    expect((await sessions(one, '--deleted')).out).toContain('tides')
    expect((await sessions(one, 'show tides')).code).toBe(2)
    expect((await sessions(one, ['restore', id])).err).toBe(`Out of the bin again: “Why do the tides turn?” (${id}).`)
    expect((await sessions(one, 'list --json')).out).toBe(before)
    expect((await sessions(one, '--deleted')).err).toBe('The bin is empty.')
  })

  test('several ids go at once', async () => {
    await using one = await filled()
    const ids = [await shortId(one, 'tides'), await shortId(one, 'Welsh')]
    expect((await sessions(one, ['delete', ...ids])).err).toContain('takes them out again')
    expect((await sessions(one, '')).out.trimEnd().split('\n').length).toBe(2)
    expect((await sessions(one, ['restore', ...ids])).code).toBe(0)
    expect((await sessions(one, '')).out.trimEnd().split('\n').length).toBe(4)
  })

  test('several ids of which one is not there: all are named, and nothing happens to the others', async () => {
    await using one = await filled()
    const id = await shortId(one, 'tides')
    for (const [words, missing] of [
      [['delete', id, 'abcd1234', 'dcba4321'], 'an id such as "abcd1234" or "dcba4321". None of the 3 was touched.'],
      [['delete', id, 'nowhere'], 'the id "nowhere". None of the 2 was touched.'],
    ] as const) {
      const { code, err } = await sessions(one, words)
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`No conversation has ${missing}`) })
    }
    expect((await sessions(one, '--deleted')).out).toBe('')
    await sessions(one, ['delete', id])
    expect((await sessions(one, ['restore', id, 'abcd1234'])).err).toContain('Nothing in the bin has the id "abcd1234"')
    expect((await sessions(one, '--deleted')).out).toContain('tides')
  })

  test('--json tells how it is afterwards', async () => {
    await using one = await filled()
    const first = async (words: string) => JSON.parse((await sessions(one, words)).out).conversations[0]
    expect(await first('delete tides --json')).toMatchObject({ deleted: new Date(NOW).toISOString() })
    expect(await first('restore tides --json')).toMatchObject({ deleted: null })
    expect(await first('rename tides Ebb --json')).toMatchObject({ title: 'Ebb', titleBy: 'user' })
  })

  test('older than nothing is no age: it would be everything', async () => {
    await using one = await filled()
    for (const age of ['0d', '0', '0.0y']) {
      const { code, err } = await sessions(one, `prune --older-than ${age}`)
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('would remove everything for good') })
    }
    expect((await sessions(one, '')).out.trimEnd().split('\n').length).toBe(4)
  })

  test('a name given from outside stays, though the conversation goes on in a chat that does not know it', async () => {
    await using one = await filled()
    const history = await one.history()
    const { id } = history.meant('tides')[0]!
    const rows = history.size(id)
    expect((await sessions(one, 'rename tides Ebb and flow')).err).toMatch(
      /^“Why do the tides turn\?” \([\da-f]{8}\) is “Ebb and flow” now\.$/,
    )
    const batch = {
      ...batchesLast(turn('More?', 'More.', NOW)),
      summary: { ...SUMMARY, title: 'Why do the tides turn?' },
    }
    expect(history.append(id, rows, batch)).toBe(rows + 2)
    expect(history.append(id, rows + 2, { ...batch, events: [] })).toBe(rows + 3)
    expect(history.one(id)).toMatchObject({ title: 'Ebb and flow', titleBy: 'user' })
    expect((await sessions(one, 'rename tides')).code).toBe(2)
  })

  test('prune removes what is older, for good, and only says so with --dry-run', async () => {
    await using one = await filled()
    const trial = await sessions(one, 'prune --older-than 40d --dry-run')
    expect(trial.out).toContain('Held elsewhere')
    expect(trial.err).toBe(
      '1 conversation would be gone for good: nothing was removed. What they cost stays in the ledger.',
    )
    expect((await sessions(one, '')).out).toContain('Held elsewhere')
    expect((await sessions(one, 'prune --older-than 40d')).err).toContain('1 conversation is gone for good.')
    expect((await sessions(one, '')).out).not.toContain('Held elsewhere')
    expect((await sessions(one, 'search far')).out).toBe('')
    expect((await sessions(one, 'prune')).err).toBe(
      'Nothing to remove. Nothing is too old: keepDays is forever, and no --older-than came.',
    )
    expect(JSON.parse((await sessions(one, 'prune --json', { keepDays: 2 })).out)).toMatchObject({
      dryRun: false,
      conversations: [{ title: 'Say something in Welsh' }, { title: 'Why do the tides turn?' }],
    })
    for (const words of ['prune --older-than soon', 'prune tides']) expect((await sessions(one, words)).code).toBe(2)
  })

  test('the bin is emptied of what lies there too long, or of all of it', async () => {
    await using one = await filled()
    const history = await one.history()
    history.bin(history.meant('elsewhere')[0]!.id, ago(31))
    history.bin(history.meant('Welsh')[0]!.id, ago(29))
    expect((await sessions(one, 'prune')).err).toContain('1 conversation is gone for good.')
    expect((await sessions(one, '--deleted')).out).toContain('Welsh')
    await sessions(one, 'prune --bin')
    expect((await sessions(one, '--deleted')).out).toBe('')
    expect((await sessions(one, '')).out.trimEnd().split('\n').length).toBe(2)
  })

  test('what is being held is not removed under it', async () => {
    await using one = await filled()
    const history = await one.history()
    history.note(history.meant('elsewhere')[0]!.id, 1, turn('q', 'a', NOW).slice(0, 2), NOW)
    await sessions(one, 'prune --older-than 40d')
    expect((await sessions(one, '')).out).toContain('Held elsewhere')
  })
})

describe('retention', () => {
  test('is carried out at most once a day', async () => {
    await using one = await filled()
    const history = await one.history()
    expect(tidyHistory(history, 40, NOW)).toBe(1)
    put(history, turn('Old again', 'a', ago(90)))
    expect(tidyHistory(history, 40, NOW + 1_000)).toBe(0)
    expect(tidyHistory(history, 40, NOW + DAY_MS)).toBe(1)
  })

  test('without a limit nothing goes but what lies in the bin too long', async () => {
    await using one = await filled()
    const history = await one.history()
    history.bin(history.meant('elsewhere')[0]!.id, ago(31))
    expect(tidyHistory(history, null, NOW)).toBe(1)
    expect(history.list({ limit: 9 }).length).toBe(3)
  })

  test('a clock that has jumped years ahead takes nothing away', async () => {
    await using one = await filled()
    const history = await one.history()
    history.bin(history.meant('tides')[0]!.id, ago(1))
    for (let day = 0; day < 3; day++) expect(tidyHistory(history, 40, NOW + (3_000 + day) * DAY_MS)).toBe(0)
    expect(tidyHistory(history, 40, NOW)).toBe(1)
  })
})

describe('what is typed wrong', () => {
  test.each([
    ['shw tides', 'Did you mean show?'],
    ['are nice, tell me about them', 'As a prompt: claude-tui -- sessions are nice, tell me about them'],
    ['list tides', '`claude-tui sessions search tides` looks for them'],
    ['show tides --limit 3', '`sessions show` takes no --limit: claude-tui sessions show ID'],
  ])('sessions %s', async (words, wayOut) => {
    await using one = await filled()
    const { code, out, err } = await sessions(one, words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(wayOut)
  })

  test('flags may stand before the command, and a prompt keeps its own', () => {
    const list = { command: 'sessions', flags: { demo: true }, rest: ['list'] }
    expect(readArgs(['--demo', 'sessions', 'list'])).toEqual(list)
    expect(readArgs(['sessions', '--demo', 'list'])).toEqual(list)
    expect(readArgs(['-n', '3', '--json', 'sessions'])).toEqual({
      ...{ command: 'sessions', flags: { limit: '3', json: true }, rest: [] },
    })
    expect(readArgs(['--demo', 'import', 'x.json', '--dry-run'])).toEqual({
      ...{ command: 'import', flags: { demo: true, 'dry-run': true }, rest: ['x.json'] },
    })
    expect(() => readArgs(['-m', 'fast', 'sessions'])).toThrow('a prompt that begins with "sessions" goes after `--`')
    expect(() => readArgs(['--demo', 'config', 'list'])).toThrow('`claude-tui config` takes no flags before it')
    for (const argv of [
      ['--demo', '--', 'sessions'],
      ['-m', 'sessions', 'hello'],
      ['--demo', 'my sessions'],
      ['-r', 'sessions'],
    ])
      expect(readArgs(argv).command).toBe('chat')
  })

  test('what is advised to somebody in the demo leads to the demo', async () => {
    await using one = await filled()
    for (const words of ['show walrus', 'list x', 'delete tides', 'show tides --limit 3', 'shw', 'rename tides']) {
      const { err } = await sessions(one, `${words} --demo`)
      expect(err).toContain('claude-tui --demo ')
      expect(err.replaceAll('claude-tui --demo ', '')).not.toContain('claude-tui ')
    }
    await using none = shelf()
    expect((await sessions(none, '--demo')).err).toContain('`claude-tui --demo` begins one')
  })

  test('unknown flags and missing values have a way out', () => {
    expect(() => readArgs(['sessions', '--jsn'])).toThrow('Unknown flag --jsn. Did you mean --json?')
    expect(() => readArgs(['sessions', 'export', 'x', '--format', 'pdf'])).toThrow(
      '--format takes md, json, jsonl, html; "pdf" came.',
    )
    expect(() => readArgs(['sessions', 'export', 'x', '-o'])).toThrow('-o needs a value (FILE|-)')
    expect(readArgs(['--', 'sessions', 'list'])).toMatchObject({ command: 'chat', rest: ['sessions', 'list'] })
  })

  test('help names every verb and leaves the history alone', async () => {
    await using one = shelf()
    const { code, out } = await sessions(one, '--help')
    expect(code).toBe(0)
    for (const verb of ['list', 'search', 'show', 'export', 'rename', 'delete', 'restore', 'prune'])
      expect(out).toContain(`claude-tui sessions ${verb}`)
    expect(existsSync(one.path)).toBe(false)
  })
})

test('a title without end is cut where a sentence names it', async () => {
  await using one = shelf()
  const long = 'tide '.repeat(30_000)
  const history = await one.history()
  const ids = ['a', 'b'].map((tail) => {
    const id = put(history, [{ type: 'titled', title: `${long}${tail}`, by: 'user' }, ...turn('q', 'a', ago(1))])
    return history.one(id)!.uid
  })
  for (const words of [
    ['show', 'tide'],
    ['show', long.repeat(2)],
    ['search', `walrus ${long}`],
    ['list', long],
    ['rename', ids[0]!, long],
    ['export', ids[0]!, '-o', join(one.home, 'a.md')],
    ['delete', ...ids],
    [long],
  ]) {
    const { err } = await sessions(one, words, { columns: 80 })
    expect(err).not.toBe('')
    expect(err.length, words[0]).toBeLessThan(600)
  }
})

test('nothing that was said, and no title or model, reaches a terminal with live controls in it', async () => {
  await using one = shelf()
  const parts = hostileParts('tag')
    .map(({ text }) => text)
    .join(' word ')
  const id = put(await one.history(), [
    { type: 'chosen', choices: { model: `evil${parts}` } },
    { type: 'titled', title: `tides ${parts}`, by: 'user' },
    ...turn(`tides ${parts}`, `word ${parts}`, ago(1), `evil${parts}`),
    turn('again', '', NOW)[0]!,
    { type: 'failed', at: NOW, failure: failure('server', parts) },
  ])
  const { uid } = (await one.history()).one(id)!
  for (const words of [
    ['list'],
    ['list', '--json'],
    ['search', 'word'],
    ['search', 'tides', '--json'],
    ['show', uid],
    ['show', uid, '--json'],
    ['export', uid],
    ['export', uid, '--format', 'html'],
    ['export', uid, '--format', 'jsonl'],
    ['show', parts],
    ['delete', uid],
    ['restore', uid],
    ['rename', uid, parts],
    [parts],
  ]) {
    const { out, err } = await sessions(one, words, { columns: 80 })
    // What goes to stderr is made harmless where it is written, in `main`.
    expect(leaked(Buffer.from(out + sanitise(err)), 'tag'), words[0]).toEqual([])
  }
})
