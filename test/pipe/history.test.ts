import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { bodies, opened, rawly, room, saved, soundness, turn } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'
import { runPipe } from '../kit/index.ts'
import { canHaveDisks, smallDisk } from '../kit/small-disk.ts'

const dataIn = (folder: string) => ({ CLAUDE_TUI_DATA_DIR: folder })
const historyIn = (folder: string) => join(folder, 'history.db')

/** What has been noted of the turn that runs. */
const inFlight = (folder: string) =>
  existsSync(historyIn(folder))
    ? JSON.stringify(rawly(historyIn(folder), (db) => db.prepare('select body from flight').all()))
    : ''

/** The conversations of a history as `question -> answer`, and how they ended. */
async function told(folder: string): Promise<readonly (readonly string[])[]> {
  using history = await opened(historyIn(folder))
  return history.list({ limit: 99 }).map(({ id, kind, ended }) => {
    const words = bodies(history, id).flatMap((event) =>
      event.type === 'asked' ? [`${event.text} ->`] : event.type === 'delta' ? [event.text] : [],
    )
    return [kind, words.join(' '), String(ended)]
  })
}

describe('a one-shot', () => {
  test('is saved, and says nothing about it', async () => {
    using place = room()
    await using night = await evening('text "Because."')
    const { code, stdout, stderr } = await night.pipe({ args: ['why?'], env: dataIn(place.folder) })
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: 'Because.\n', stderr: '' })
    expect(await told(place.folder)).toEqual([['single', 'why? -> Because.', 'finished']])
    expect(readdirSync(place.folder)).toEqual(['history.db'])
  })

  test('that goes on with the last conversation sends it along, and becomes a part of it', async () => {
    using place = room()
    await using night = await evening('text "Because."\ntext "Still because."')
    const env = dataIn(place.folder)
    await night.pipe({ args: ['why?'], env })
    const { code } = await night.pipe({ args: ['-c', 'and now?'], env })
    expect(code).toBe(0)
    expect(night.questions.at(-1)?.messages).toHaveLength(3)
    expect(await told(place.folder)).toEqual([['single', 'why? -> Because. and now? -> Still because.', 'finished']])
  })

  test('without a session leaves no trace', async () => {
    using place = room()
    await using night = await evening()
    const { code } = await night.pipe({ args: ['--no-session', 'why?'], env: dataIn(place.folder) })
    expect(code).toBe(0)
    expect(readdirSync(place.folder)).toEqual([])
  })

  test('whose reader has seen enough was stopped, not cut off', async () => {
    using place = room()
    await using night = await evening('words n=20000 rate=2000 thinking=0 ttft=50', { speed: 1 })
    const { code } = await night.pipe({ args: ['go'], env: dataIn(place.folder), closeStdoutAfterFirst: true })
    expect(code).toBe(0)
    expect((await told(place.folder))[0]?.[2]).toBe('stopped')
    using history = await opened(historyIn(place.folder))
    expect(history.claim()).toEqual([])
  })

  test('that is killed is there afterwards, with the words that were out', async () => {
    using place = room()
    await using night = await evening('words n=400 tag=qaaa rate=500 thinking=0 ttft=50 hold after=100', { speed: 1 })
    const { stdout } = await night.pipe({
      ...{ args: ['go'], env: dataIn(place.folder), signal: 'SIGKILL' },
      signalWhen: vi.waitFor(() => expect(inFlight(place.folder)).toContain('qaaa00099'), { timeout: 9_000 }),
    })
    expect(stdout.toString()).toContain('qaaa00099')
    const again = await night.pipe({ args: ['-c', 'what was that?'], env: dataIn(place.folder) })
    expect(again.code).toBe(0)
    const [, words] = (await told(place.folder))[0]!
    expect(words).toContain('qaaa00099')
    expect(JSON.stringify(night.questions.at(-1))).toContain('qaaa00099')
    expect(soundness(historyIn(place.folder))).toBe('ok')
  })
})

describe('a one-shot that is told to end', () => {
  test.each([
    ['SIGHUP', 129, 'failed'],
    ['SIGINT', 130, 'stopped'],
    ['SIGQUIT', 131, 'failed'],
    ['SIGTERM', 143, 'failed'],
  ] as const)('by %s ends with %d; what came is on stdout, and saved as %s', async (signal, code, ended) => {
    using place = room()
    await using night = await evening('words n=400 tag=qaaa rate=500 thinking=0 ttft=50 hold after=100', { speed: 1 })
    const said = await night.pipe({
      ...{ args: ['go'], env: dataIn(place.folder), signal },
      signalWhen: vi.waitFor(() => expect(inFlight(place.folder)).toContain('qaaa00099'), { timeout: 9_000 }),
    })
    expect({ code: said.code, stderr: said.stderr }).toEqual({ code, stderr: '' })
    const out = said.stdout.toString()
    expect(out).toContain('qaaa00099')
    const [[kind, words, how] = []] = await told(place.folder)
    expect([kind, words?.trimEnd(), how]).toEqual(['single', `go -> ${out.trimEnd()}`, ended])
    using history = await opened(historyIn(place.folder))
    expect(history.claim()).toEqual([])
    const [last] = bodies(history, 1).slice(-1)
    if (ended === 'failed')
      expect(last).toMatchObject({ failure: { kind: 'interrupted', reason: expect.stringContaining(signal) } })
  })

  test('before a word has come leaves nothing unsettled', async () => {
    using place = room()
    await using night = await evening('words n=40 hold after=0')
    const signalWhen = night.demo.held()
    const { code, stdout } = await night.pipe({ args: ['go'], env: dataIn(place.folder), signal: 'SIGHUP', signalWhen })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 129, stdout: '' })
    using history = await opened(historyIn(place.folder))
    expect(history.claim()).toEqual([])
    expect(history.list({ limit: 9 })).toMatchObject([{ turns: 1, ended: 'failed' }])
  })
})

describe('a one-shot, its answer being out,', () => {
  test('settles what others left behind when they were killed, also without going on with it', async () => {
    using place = room()
    await using night = await evening('words n=400 tag=qaaa rate=500 thinking=0 ttft=50 hold after=100\ntext "Well."', {
      speed: 1,
    })
    const env = dataIn(place.folder)
    await night.pipe({
      ...{ args: ['go'], env, signal: 'SIGKILL' },
      signalWhen: vi.waitFor(() => expect(inFlight(place.folder)).toContain('qaaa00099'), { timeout: 9_000 }),
    })
    const { stdout, stderr } = await night.pipe({ args: ['-q', 'and you?'], env })
    expect({ stdout: stdout.toString(), stderr }).toEqual({ stdout: 'Well.\n', stderr: '' })
    expect(inFlight(place.folder)).toBe('[]')
    using history = await opened(historyIn(place.folder))
    expect(history.list({ limit: 9 }).map(({ title, turns, ended }) => [title, turns, ended])).toEqual([
      ['and you?', 1, 'finished'],
      ['go', 1, 'failed'],
    ])
    expect(history.search('qaaa00099', 9)).toHaveLength(1)
  })

  test('removes what keepDays says has had its time, at most once a day, and says nothing of it', async () => {
    using place = room()
    await using night = await evening('text "a"\ntext "b"')
    const day = 24 * 60 * 60 * 1000
    {
      using history = await opened(historyIn(place.folder))
      saved(history, [turn('old', 'answer', Date.now() - 50 * day)])
      saved(history, [turn('young', 'answer', Date.now() - 9 * day)])
    }
    const env = { ...dataIn(place.folder), CLAUDE_TUI_KEEP_DAYS: '40' }
    const ask = async () => {
      const { code, stderr } = await night.pipe({ args: ['hello'], env })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return (await told(place.folder)).map(([, words]) => words)
    }
    expect(await ask()).toEqual(['hello -> a', 'young -> answer'])
    {
      using history = await opened(historyIn(place.folder))
      saved(history, [turn('old', 'answer', Date.now() - 50 * day)])
    }
    expect(await ask()).toContain('old -> answer')
  })
})

describe('a one-shot that cannot go on with an earlier conversation', () => {
  /** Says why, with exit code 2 and nothing asked. */
  async function refused(folder: string, args: readonly string[]): Promise<string> {
    await using night = await evening()
    const { code, stdout, stderr } = await night.pipe({ args: [...args, 'and now?'], env: dataIn(folder) })
    expect({ code, stdout: stdout.toString(), asked: night.questions.length }).toEqual({
      code: 2,
      stdout: '',
      asked: 0,
    })
    return stderr
  }

  test('for there are several: lists them as `sessions` does', async () => {
    using place = room()
    let ids: readonly string[]
    {
      using history = await opened(historyIn(place.folder))
      for (const title of ['Tides', 'Why tides turn', 'Tides again']) saved(history, [turn(title, 'a', Date.now())])
      ids = history.list({ limit: 9 }).map(({ uid }) => uid.slice(0, 8))
    }
    const lines = (await refused(place.folder, ['-r', 'tide'])).trimEnd().split('\n')
    expect(lines[0]).toBe('3 conversations could be meant by "tide". Name one by its id:')
    expect(lines.slice(1).map((line) => line.trim().slice(0, 8))).toEqual(ids)
    expect(lines[1]).toMatch(/^ {2}[\da-f]{8} {2}now .* {2}Tides again$/)
  })

  test('for there is none: begins no history either', async () => {
    using place = room()
    expect(await refused(place.folder, ['-c'])).toBe(
      'There is no earlier conversation yet. Without --continue or --resume one begins.\n',
    )
    expect(await refused(place.folder, ['-r', 'tides'])).toContain('There is no earlier conversation yet.')
    expect(readdirSync(place.folder)).toEqual([])
  })

  test('for no title is like that: says where they are, also in the demo', async () => {
    using place = room()
    const env = dataIn(place.folder)
    await runPipe({ args: ['--demo', '--speed', '1000', 'hello'], env })
    const { code, stderr } = await runPipe({ args: ['--demo', '-r', 'walrus', 'and now?'], env })
    expect({ code, stderr }).toEqual({
      ...{ code: 2 },
      stderr:
        'No conversation has the id or the title "walrus". Name one by its id or title; `claude-tui --demo sessions list` shows them.\n',
    })
  })

  test('for nothing is to be saved', async () => {
    using place = room()
    const why = await refused(place.folder, ['-c', '--no-session'])
    expect(why).toContain('--continue goes on with a conversation and saves what is said in it, but --no-session')
    await using night = await evening()
    const env = { ...dataIn(place.folder), CLAUDE_TUI_HISTORY: 'off' }
    const { code, stderr } = await night.pipe({ args: ['-r', 'x', 'and now?'], env })
    expect(code).toBe(2)
    expect(stderr).toContain('--resume goes on with a conversation')
    expect(readdirSync(place.folder)).toEqual([])
  })
})

describe('a one-shot answers all the same, and says so on stderr, when the history', () => {
  /** Asks; expects the answer and code 0, and returns what stood on stderr. */
  async function asked(folder: string, args: readonly string[] = []): Promise<string> {
    await using night = await evening('text "Because."')
    const { code, stdout, stderr } = await night.pipe({ args: [...args, 'why?'], env: dataIn(folder) })
    expect({ code, stdout: stdout.toString(), stderr }).toMatchObject({ code: 0, stdout: 'Because.\n' })
    return stderr
  }

  test('is of a newer claude-tui, which is left untouched; what was said lies beside it', async () => {
    using place = room()
    await asked(place.folder)
    rawly(historyIn(place.folder), (db) => db.exec('pragma user_version = 99'))
    const before = readFileSync(historyIn(place.folder))
    const stderr = await asked(place.folder)
    expect(stderr).toMatch(/written by a newer claude-tui and is left untouched/)
    expect(readFileSync(historyIn(place.folder)).equals(before)).toBe(true)
    expect(stderr.match(/newer claude-tui/g)).toHaveLength(1)
    const [, aside] =
      /What was not saved lies in (\S*)\. It comes in by itself as soon as the history can be written, or by `claude-tui import FILE`\.\n/.exec(
        stderr,
      ) ?? []
    expect(
      readFileSync(aside!, 'utf8')
        .split('\n')
        .map((line) => line && JSON.parse(line).type),
    ).toEqual([...['conversation', 'chosen', 'asked', 'sent', 'heard', 'began', 'delta', 'usage', 'finished', '']])
  })

  test('is damaged, which is left as it is', async () => {
    using place = room()
    writeFileSync(historyIn(place.folder), Buffer.alloc(20_000, 'x'))
    expect(await asked(place.folder)).toMatch(
      /The history file is damaged, and nothing more is written to it.*Move it away/,
    )
    expect(readFileSync(historyIn(place.folder)).equals(Buffer.alloc(20_000, 'x'))).toBe(true)
  })

  test('is damaged somewhere inside: nothing is written to it, and what was said lies beside it', async () => {
    using place = room()
    for (let i = 0; i < 3; i++) await asked(place.folder)
    const path = historyIn(place.folder)
    const file = readFileSync(path)
    file.fill(0x5a, Math.floor(file.length / 2), Math.floor(file.length * 0.7))
    writeFileSync(path, file)
    expect(await asked(place.folder)).toMatch(/The history file is damaged, and nothing more is written to it/)
    expect(readFileSync(path).equals(file)).toBe(true)
    expect(readdirSync(place.folder).filter((name) => name.startsWith('unsaved-'))).toHaveLength(1)
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['-c', 'why?'], env: dataIn(place.folder) })
    expect(stderr).toMatch(/^The history file is damaged.* there is nothing to go on with\.\n$/)
    expect(code).toBe(3)
  })

  test('cannot be made', async () => {
    using place = room()
    writeFileSync(join(place.folder, 'data'), '')
    expect(await asked(join(place.folder, 'data'))).toMatch(
      /The history cannot be written.*\n?.*could not be saved\.\n$/,
    )
  })

  test.skipIf(!canHaveDisks)('lies where nothing can be written', async () => {
    using disk = smallDisk(1_024)
    await asked(disk.folder)
    const before = readFileSync(historyIn(disk.folder))
    disk.seal()
    expect(await asked(disk.folder)).toMatch(/The history cannot be written/)
    await using night = await evening('text "Still because."')
    const { code, stderr } = await night.pipe({ args: ['-c', 'and now?'], env: dataIn(disk.folder) })
    expect(code).toBe(0)
    expect(stderr).toMatch(/The history cannot be written/)
    expect(night.questions.at(-1)?.messages).toHaveLength(3)
    expect(readFileSync(historyIn(disk.folder)).equals(before)).toBe(true)
  })

  test.skipIf(process.getuid?.() === 0)('lies in a folder that may not be written', async () => {
    using place = room()
    const folder = join(place.folder, 'data')
    mkdirSync(folder)
    chmodSync(folder, 0o500)
    expect(await asked(folder)).toMatch(/The history cannot be written/)
  })

  test.skipIf(!canHaveDisks)('finds no room at all', async () => {
    using disk = smallDisk(384)
    disk.fill()
    expect(await asked(disk.folder)).toMatch(/No space is left for the history/)
    disk.clear()
    expect(await asked(disk.folder)).toBe('')
    expect(await told(disk.folder)).toEqual([['single', 'why? -> Because.', 'finished']])
  })

  test.skipIf(!canHaveDisks)('finds no room any more, and what was in it stays', async () => {
    using disk = smallDisk(512)
    await asked(disk.folder)
    disk.fill()
    expect(await asked(disk.folder)).toMatch(/No space is left for the history/)
    disk.clear()
    expect(await told(disk.folder)).toEqual([['single', 'why? -> Because.', 'finished']])
    expect(soundness(historyIn(disk.folder))).toBe('ok')
  })

  test.skipIf(!canHaveDisks).each([0, 4, 32, 64])(
    'finds room for %i KB: no half of it is left in the history, and no empty file',
    async (kilobytes) => {
      using disk = smallDisk(512)
      await asked(disk.folder)
      disk.fill(kilobytes)
      const stderr = await asked(disk.folder)
      const asides = () => readdirSync(disk.folder).filter((name) => name.startsWith('unsaved'))
      if (kilobytes === 0) expect(stderr).toMatch(/No space is left.*\n?.*could not be saved\.\n$/)
      for (const name of asides()) expect(readFileSync(join(disk.folder, name), 'utf8')).toContain('Because.')
      expect(asides().length).toBe(stderr.includes('What was not saved lies in') ? 1 : 0)
      const before = asides().length
      disk.clear()
      expect(
        (await told(disk.folder)).every(([, words, ended]) => words === 'why? -> Because.' && ended === 'finished'),
      ).toBe(true)
      await asked(disk.folder)
      expect(asides()).toEqual([])
      const conversations = await told(disk.folder)
      expect(conversations).toEqual(conversations.map(() => ['single', 'why? -> Because.', 'finished']))
      if (before > 0) expect(conversations).toHaveLength(3)
    },
  )

  test('is held by another program for as long as it takes', async () => {
    using place = room()
    await asked(place.folder)
    const script = `
      const { DatabaseSync } = require('node:sqlite')
      const db = new DatabaseSync(${JSON.stringify(historyIn(place.folder))})
      db.exec('begin immediate')
      console.log('held')
      process.stdin.once('data', () => { db.exec('commit'); db.close(); process.exit() })`
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    const stderr = await asked(place.folder)
    expect(stderr).toMatch(/^Another program holds the history.*\n?.*What was not saved lies in .*jsonl\. .*\n$/)
    holder.stdin.write('now')
    await once(holder, 'close')
    expect(await told(place.folder)).toHaveLength(1)
    expect(readdirSync(place.folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1)
    expect(await asked(place.folder)).toBe('1 turn could not be saved before and is now: “why?”.\n')
    expect(await told(place.folder)).toHaveLength(3)
    expect(readdirSync(place.folder)).toEqual(['history.db'])
    expect(await asked(place.folder)).toBe('')
    expect(await told(place.folder)).toHaveLength(4)
  })

  test('is held by another program for a moment: then it is saved, without a word', async () => {
    using place = room()
    await asked(place.folder)
    const script = `
      const { DatabaseSync } = require('node:sqlite')
      const db = new DatabaseSync(${JSON.stringify(historyIn(place.folder))})
      db.exec('begin immediate')
      console.log('held')
      setTimeout(() => db.exec('commit'), 400)`
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    expect(await asked(place.folder)).toBe('')
    expect(await told(place.folder)).toHaveLength(2)
  })

  test('is trouble, with -q too: what is not saved is no note, but the answer is all there is', async () => {
    using place = room()
    writeFileSync(historyIn(place.folder), Buffer.alloc(20_000, 'x'))
    expect(await asked(place.folder, ['-q'])).toBe('')
    expect(existsSync(historyIn(place.folder))).toBe(true)
  })
})
