import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { batchesOf } from '../../src/core/history/import/batches.ts'
import { evening } from '../kit/evening.ts'
import { put, type Shelf, shelf, turn } from '../kit/histories.ts'
import { hostileParts, leaked } from '../kit/hostile-parts.ts'
import { openPty, type PipeOptions, runPipe } from '../kit/index.ts'

/** `claude-tui` with these words, its history on this shelf. */
const call = ({ home }: Shelf, args: readonly string[], more: PipeOptions = {}) =>
  runPipe({ ...more, args, env: { CLAUDE_TUI_DATA_DIR: home, ...more.env } })

const text = (output: Buffer) => output.toString()

describe('what was asked in a pipe', () => {
  test('is listed, found, shown, named, deleted and brought back', async () => {
    await using night = await evening('text "The **moon** pulls."\ntext "The sun helps."')
    await using one = shelf()
    const env = { CLAUDE_TUI_DATA_DIR: one.home }
    await night.pipe({ args: ['Why do tides turn?'], env })
    await night.pipe({ args: ['-c', 'And the sun?'], env })
    const { stdout } = await call(one, ['sessions'])
    expect(text(stdout)).toMatch(/^[\da-f]{8} {2}now {2}Sonnet 5\.5 {2}2 {2}\$0\.\d+ {2}Why do tides turn\?\n$/)
    expect(text((await call(one, ['sessions', 'search', 'helps'])).stdout)).toContain('      The sun helps.\n')
    expect(text((await call(one, ['sessions', 'show', 'tides'])).stdout)).toContain(
      '> Why do tides turn?\n\nThe **moon** pulls.\n',
    )
    expect((await call(one, ['sessions', 'rename', 'tides', 'Ebb and flow'])).code).toBe(0)
    expect((await call(one, ['sessions', 'delete', 'ebb'])).stderr).toContain('sessions restore')
    expect(text((await call(one, ['sessions'])).stdout)).toBe('')
    expect((await call(one, ['sessions', 'restore', 'ebb'])).code).toBe(0)
    expect(text((await call(one, ['sessions'])).stdout)).toContain('Ebb and flow')
    await night.pipe({ args: ['-r', 'Ebb', 'And the wind?'], env })
    expect(night.questions.at(-1)?.messages.length).toBe(5)
  })

  test('goes from one machine to another through a pipe, the same to the last field', async () => {
    await using night = await evening()
    await using here = shelf()
    await using there = shelf()
    for (const question of ['code', 'table', 'cjk']) {
      await night.pipe({ args: [question], env: { CLAUDE_TUI_DATA_DIR: here.home } })
    }
    const { stdout: all } = await call(here, ['sessions', 'export', '--all'])
    const { code, stderr } = await call(there, ['import', '-'], { stdin: all })
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Imported: 3 conversations, 3 turns.\n' })
    const list = async (one: Shelf) => JSON.parse(text((await call(one, ['sessions', '--json'])).stdout))
    expect(await list(there)).toEqual(await list(here))
    expect(text((await call(there, ['sessions', 'export', '--all'])).stdout)).toBe(text(all))
  })

  test('to the demo is kept apart, and shown when it is asked for', async () => {
    await using one = shelf()
    await call(one, ['--demo', '--speed', '1000', 'hello there'])
    expect(text((await call(one, ['sessions'])).stdout)).toBe('')
    expect(text((await call(one, ['sessions', '--demo'])).stdout)).toContain('hello there')
  })
})

test('looking into a history that is not there makes none', async () => {
  await using one = shelf()
  const { code, stdout, stderr } = await call(one, ['sessions'])
  expect({ code, stdout: text(stdout), stderr }).toEqual({
    ...{ code: 0, stdout: '' },
    stderr: 'No conversation has been saved yet: `claude-tui` begins one.\n',
  })
  expect((await call(one, ['sessions', 'show', 'x'])).code).toBe(2)
  expect(readdirSync(one.home)).toEqual([])
})

test('a program that asks for JSON gets it, also for a command line that makes no sense', async () => {
  await using one = shelf()
  for (const [args, error] of [
    [['sessions', '--json', '--limt', '3'], 'Unknown flag --limt. Did you mean --limit?'],
    [['--json', 'import', 'x.json', '--dry-rum'], 'Unknown flag --dry-rum. Did you mean --dry-run?'],
    [['import', '--json', 'nowhere.json'], 'nowhere.json'],
    [['sessions', 'show', 'x', '--json'], 'No conversation has been saved yet'],
  ] as const) {
    const { code, stdout, stderr } = await call(one, args)
    expect(code).toBe(2)
    expect(JSON.parse(text(stdout))).toEqual({ error: expect.stringContaining(error), conversations: [] })
    expect(stderr).toContain(error)
  }
})

test('a reader that has seen enough ends it quietly', async () => {
  await using one = shelf()
  const history = await one.history()
  for (let i = 0; i < 40; i++) put(history, turn(`question ${i}`, 'word '.repeat(20_000), 1_000_000 * (i + 1)))
  for (const args of [
    ['sessions', 'export', '--all'],
    ['sessions', 'show', 'question 7'],
  ]) {
    const { code, stderr } = await call(one, args, { closeStdoutAfterFirst: true })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  }
})

test('a disk that is full is said in words', async () => {
  await using one = shelf()
  put(await one.history(), turn('question', 'word '.repeat(20_000), 1_000))
  const { code, stderr } = await call(one, ['sessions', 'export', 'question'], { stdoutTo: '/dev/full' })
  expect(code).toBe(1)
  expect(stderr).toContain('no space is left on the device')
})

describe('a conversation of 10,000 turns', () => {
  const TURNS = 10_000
  const ANSWER = `${'All work and no play makes the tides turn dull. '.repeat(85)}\n\n`

  test('leaves in every form, and comes back, in less memory than it is long', { timeout: 300_000 }, async () => {
    await using one = shelf()
    function* events() {
      for (let i = 1; i <= TURNS; i++) yield* turn(`Question ${i}`, ANSWER + i, i * 1_000)
    }
    const uid = '0123abcd-0000-4000-8000-000000000000'
    const long = { uid, kind: 'chat', createdMs: 0, batches: batchesOf(events()), isUnbilled: false }
    expect((await one.history()).bring([long], Date.now())).toMatchObject([{ fate: 'new', turns: TURNS }])
    // 40 MB of answers, and half as much for the program's own heap.
    const bounded = { env: { NODE_OPTIONS: '--max-old-space-size=24 --max-semi-space-size=2' }, timeoutMs: 120_000 }
    for (const [format, last] of [
      ['md', `\n\n${TURNS}\n`],
      ['html', `<p>${TURNS}</p>`],
      ['json', `\\n\\n${TURNS}"`],
      ['jsonl', `\\n\\n${TURNS}"`],
    ] as const) {
      const file = join(one.home, `long.${format}`)
      const { code, stderr } = await call(one, ['sessions', 'export', uid, '-o', file], bounded)
      expect({ format, code, stderr }).toEqual({ format, code: 0, stderr: expect.stringContaining('10,000 turns') })
      const written = readFileSync(file, 'utf8')
      expect(written.length).toBeGreaterThan(TURNS * ANSWER.length)
      expect(written).toContain(last)
    }
    await using other = shelf()
    const { stderr } = await call(other, ['import', join(one.home, 'long.jsonl')], { timeoutMs: 120_000 })
    expect(stderr).toBe('Imported: 1 conversation, 10,000 turns.\n')
    const again = join(one.home, 'again.jsonl')
    await call(other, ['sessions', 'export', uid, '-o', again], bounded)
    expect(readFileSync(again).equals(readFileSync(join(one.home, 'long.jsonl')))).toBe(true)
  })
})

test('on a terminal it fits, is coloured, and nothing that was said steers it', async () => {
  await using one = shelf()
  const parts = hostileParts('tag')
  const history = await one.history()
  put(history, [
    { type: 'titled', title: `Tides ${parts.map((part) => part.text).join(' ')}`, by: 'user' },
    ...turn(
      parts.map((part) => part.text).join(' '),
      `The **moon** pulls.\n\n${parts.map((part) => part.text).join('\n\n')}`,
      Date.now() - 9_000,
    ),
  ])
  for (const args of [
    ['sessions'],
    ['sessions', 'search', 'moon'],
    ['sessions', 'show', 'tides'],
    ['sessions', 'export', 'tides', '--format', 'html'],
    ['sessions', 'export', 'tides', '--format', 'jsonl'],
    ['sessions', 'delete', 'tides', 'nowhere'],
    ['sessions', 'delete', 'tides'],
  ]) {
    await using window = openPty({ args, columns: 60, env: { CLAUDE_TUI_DATA_DIR: one.home } })
    await window.exited
    expect(leaked(window.bytes, 'tag'), args.join(' ')).toEqual([])
    if (args.length === 1) {
      expect(window.screen).toMatch(/^id {8}age .*title\n[\da-f]{8} {2}now .*Tides/)
      expect(window.bytes.toString()).toMatch(/\x1b\[3\dm[\da-f]{8}/)
    }
  }
  expect(existsSync(one.path)).toBe(true)
})

test('on a terminal a sentence breaks between words, and a long path is whole', async () => {
  await using one = shelf()
  put(await one.history(), turn('Why do the tides turn?', 'The moon.', 1_000))
  const file = join(one.home, `${'tides-and-currents-'.repeat(5)}.md`)
  for (const args of [
    ['sessions', 'show', 'walrus'],
    ['sessions', 'export', 'tides', '-o', file],
    ['sessions', 'delete', 'tides'],
  ]) {
    const { stderr } = await call(one, [...args, ...(args[1] === 'export' ? ['--force'] : [])])
    await call(one, ['sessions', 'restore', 'tides'])
    await using window = openPty({ args, columns: 60, rows: 12, env: { CLAUDE_TUI_DATA_DIR: one.home } })
    await window.exited
    const rows = window.bytes.toString().trimEnd().split('\r\n')
    if (args[1] === 'export') {
      expect(rows.join(' ')).toContain('is there already')
      expect(rows.some((row) => row.includes(`"${file}"`))).toBe(true)
    } else {
      expect(rows.join(' ')).toBe(stderr.trimEnd())
      expect(rows.length).toBeGreaterThan(1)
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(60)
    }
  }
})
