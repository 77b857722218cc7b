import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { accessTo } from '../../src/io/history/access.ts'
import { closeDatabase, openDatabase } from '../../src/io/history/database.ts'
import { reading } from '../../src/io/history/reading.ts'
import { MIGRATIONS } from '../../src/io/history/schema.ts'
import { writing } from '../../src/io/history/writing.ts'
import { openHistory, openHistoryToRead } from '../../src/io/history.ts'
import { canHaveDisks, smallDisk } from '../kit/small-disk.ts'
import { batch, bodies, count, NOON, opened, rawly, room, saved, soundness, turn } from './history-kit.ts'

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
const HISTORY = new URL('../../src/io/history.ts', import.meta.url).href
const isRoot = process.getuid?.() === 0

/** Opens the history, which is refused, and says why; the file is the same afterwards, byte for byte. */
async function refused(path: string): Promise<string> {
  const before = readFileSync(path)
  const beside = readdirSync(join(path, '..')).sort()
  const why = await openHistory(path).then(
    (history) => {
      history.close()
      return 'opened'
    },
    (error: Error) => error.message,
  )
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(readdirSync(join(path, '..')).sort()).toEqual(beside)
  return why
}

describe('a new history', () => {
  test('is nobody else’s to read: neither the file, nor what SQLite puts beside it, nor the folder', async () => {
    using place = room()
    const path = join(place.folder, 'data', 'claude-tui', 'history.db')
    using history = await opened(path)
    saved(history, [turn('q', 'a')])
    expect(mode(join(place.folder, 'data', 'claude-tui'))).toBe('700')
    for (const suffix of ['', '-wal', '-shm']) expect(mode(path + suffix)).toBe('600')
  })

  test('is one file once it is closed, and gives freed space back', async () => {
    using place = room()
    const history = await openHistory(place.path)
    saved(history, [turn('q', 'a')])
    history.close()
    expect(readdirSync(place.folder)).toEqual(['history.db'])
    expect(rawly(place.path, (db) => db.prepare('pragma auto_vacuum').get())).toEqual({ auto_vacuum: 2 })
    expect(rawly(place.path, (db) => db.prepare('pragma journal_mode').get())).toEqual({ journal_mode: 'wal' })
  })

  test('that was open to others, as after it came back from a backup, is closed to them', async () => {
    using place = room()
    const history = await openHistory(place.path)
    history.close()
    chmodSync(place.path, 0o644)
    using again = await opened(place.path)
    expect(mode(again.path)).toBe('600')
  })

  test('is made once, though several programs come to it at the same moment', async () => {
    using place = room()
    const script = `
      const { openHistory } = await import(${JSON.stringify(HISTORY)})
      const history = await openHistory(${JSON.stringify(place.path)})
      history.wait(10_000)
      history.begin('chat', { title: String(process.pid), titleBy: 'question', turns: 0, model: 'm', ended: null }, 1)
      history.close()`
    const programs = Array.from({ length: 5 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text) => (said += text))
      return new Promise<string>((resolve) => child.on('close', (code) => resolve(`${code}${said}`)))
    })
    expect(await Promise.all(programs)).toEqual(['0', '0', '0', '0', '0'])
    expect(count(place.path, 'conversations')).toBe(5)
    expect(soundness(place.path)).toBe('ok')
  })

  test('that was interrupted in its first moment is made to its end by the next program', async () => {
    using place = room()
    rawly(place.path, (db) => db.exec('pragma auto_vacuum = incremental; pragma application_id = 0x63747569'))
    using history = await opened(place.path)
    expect(saved(history, [turn('q', 'a')])).toBe(1)
  })
})

describe('migrations', () => {
  const steps = [
    'create table notes (text text)',
    "insert into notes values ('second')",
    "insert into notes values ('third')",
  ]
  const notes = (path: string) =>
    rawly(path, (db) =>
      db
        .prepare('select text from notes')
        .all()
        .map(({ text }) => text),
    )
  const upTo = async (path: string, n: number) => closeDatabase(await openDatabase(path, steps.slice(0, n)), path)

  test('are taken in order, each of them once', async () => {
    using place = room()
    await upTo(place.path, 1)
    expect(notes(place.path)).toEqual([])
    await upTo(place.path, 3)
    await upTo(place.path, 3)
    expect(notes(place.path)).toEqual(['second', 'third'])
    expect(rawly(place.path, (db) => db.prepare('pragma user_version').get())).toEqual({ user_version: 3 })
  })

  test('are taken whole or not at all, and again once they can be', async () => {
    using place = room()
    await upTo(place.path, 1)
    const broken = [...steps.slice(0, 2), 'insert into nowhere values (1)']
    await expect(openDatabase(place.path, broken)).rejects.toThrow('nowhere')
    expect(notes(place.path)).toEqual([])
    await upTo(place.path, 3)
    expect(notes(place.path)).toEqual(['second', 'third'])
  })

  test('that need what this Node does not have say which one does', async () => {
    using place = room()
    const opening = openDatabase(place.path, ['create virtual table words using of_tomorrow (text)'])
    await expect(opening).rejects.toThrow(/needs Node 22\.16 or later/)
    using history = await opened(place.path)
    expect(saved(history, [turn('q', 'a')])).toBe(1)
  })

  test('lead from the file of the first release to today’s, with everything in it', async () => {
    using place = room()
    writeFileSync(place.path, gunzipSync(readFileSync(new URL('history-1.db.gz', import.meta.url))))
    expect(rawly(place.path, (db) => db.prepare('pragma user_version').get())).toEqual({ user_version: 1 })
    using history = await opened(place.path)
    expect(history.list({ limit: 9 })).toMatchObject([
      { title: 'A name of its own', titleBy: 'user', turns: 2, ended: 'finished', kind: 'chat' },
      { title: 'Was ist eine Brücke?', titleBy: 'question', turns: 1, ended: 'stopped', kind: 'single' },
    ])
    const [first, second] = history.list({ limit: 9 })
    expect(bodies(history, first!.id).filter(({ type }) => type === 'asked')).toMatchObject([
      { text: 'Why is the sky blue?' },
      { text: '為什麼？' },
    ])
    expect(history.search('scattered', 9).map(({ id }) => id)).toEqual([first!.id])
    expect(history.search('brucke', 9).map(({ id }) => id)).toEqual([second!.id])
    expect(saved(history, [turn('new', 'words')])).toBeGreaterThan(second!.id)
    expect(rawly(place.path, (db) => db.prepare('pragma user_version').get())).toEqual({
      user_version: MIGRATIONS.length,
    })
  })
})

describe('a file that is not for us', () => {
  const made = async (path: string, change: (db: DatabaseSync) => void) => {
    const history = await openHistory(path)
    saved(history, [turn('q', 'a')])
    history.close()
    rawly(path, change)
  }

  test('of a newer claude-tui is refused politely and untouched', async () => {
    using place = room()
    await made(place.path, (db) => db.exec('pragma user_version = 99; create table later (x)'))
    expect(await refused(place.path)).toContain('written by a newer claude-tui and is left untouched')
  })

  test('of a newer claude-tui that was killed is refused with what lies beside it untouched', async () => {
    using place = room()
    await made(place.path, (db) => db.exec('pragma user_version = 99'))
    const script = `
      const { DatabaseSync } = require('node:sqlite')
      const db = new DatabaseSync(${JSON.stringify(place.path)})
      db.exec('pragma wal_autocheckpoint = 0; create table later (x); insert into later values (1)')
      process.kill(process.pid, 'SIGKILL')`
    spawnSync(process.execPath, ['-e', script])
    const beside = readFileSync(`${place.path}-wal`)
    expect(beside.length).toBeGreaterThan(0)
    expect(await refused(place.path)).toContain('newer')
    expect(readFileSync(`${place.path}-wal`).equals(beside)).toBe(true)
  })

  test('that becomes a newer one’s while we use it is not written any more', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('q', 'a')])
    rawly(place.path, (db) => db.exec('pragma user_version = 99'))
    expect(() => history.bin(id, NOON)).toThrow('newer')
    expect(history.one(id)?.deletedMs).toBeNull()
  })

  test('of another program is refused and untouched', async () => {
    using place = room()
    rawly(place.path, (db) => db.exec("create table theirs (x); insert into theirs values ('precious')"))
    expect(await refused(place.path)).toContain('not claude-tui’s history'.replace('’', "'"))
  })
})

describe('a damaged file', () => {
  const whole = async (path: string) => {
    const history = await openHistory(path)
    for (let i = 0; i < 60; i++) saved(history, [turn(`question ${i}`, `word${i} `.repeat(900), NOON + i * 1_000)])
    history.close()
    return statSync(path).size
  }
  /** Goes through everything that is asked of a history; what is wrong, or null. */
  const used = async (path: string): Promise<string | null> => {
    try {
      using history = await opened(path)
      for (const { id } of history.list({ limit: 100 })) bodies(history, id)
      history.search('word7', 10)
      saved(history, [turn('one more', 'answer')])
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  test.each([
    ['of random bytes', (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919 + 13) % 251))],
    ['of zeros', (size: number) => Buffer.alloc(size)],
    ['of a text', () => Buffer.from('these are not the bytes you are looking for')],
  ])('%s is refused and untouched', async (_, content) => {
    using place = room()
    writeFileSync(place.path, content(await whole(place.path)))
    expect(await refused(place.path)).toMatch(/damaged, and nothing more is written to it.*\.recover/)
  })

  test('with a broken header is refused and untouched', async () => {
    using place = room()
    await whole(place.path)
    const bytes = readFileSync(place.path)
    bytes.fill(0xff, 0, 16)
    writeFileSync(place.path, bytes)
    expect(await refused(place.path)).toContain('damaged')
  })

  test('that was cut in half is refused and untouched', async () => {
    using place = room()
    truncateSync(place.path, Math.floor((await whole(place.path)) / 2))
    expect(await refused(place.path)).toContain('damaged')
  })

  test('that was emptied while what lies beside it was not is refused, and nothing of that is thrown away', async () => {
    using place = room()
    await whole(place.path)
    writeFileSync(place.path, '')
    writeFileSync(`${place.path}-wal`, 'all that is left')
    expect(await refused(place.path)).toContain('damaged')
    expect(readFileSync(`${place.path}-wal`, 'utf8')).toBe('all that is left')
  })

  test('in its middle is told of, and never written from then on', async () => {
    using place = room()
    const size = await whole(place.path)
    const bytes = readFileSync(place.path)
    // Half of the pages, all over the file but for its beginning.
    for (let page = 60; page < size / 4096; page += 2) bytes.fill(0x5a, page * 4096, (page + 1) * 4096)
    writeFileSync(place.path, bytes)
    const history = await openHistory(place.path)
    const read = () => history.list({ limit: 100 }).map(({ id }) => bodies(history, id))
    expect(read).toThrow(/damaged/)
    const before = readFileSync(place.path)
    expect(() => saved(history, [turn('one more', 'answer')])).toThrow(/damaged/)
    history.close()
    expect(readFileSync(place.path).equals(before)).toBe(true)
  })

  test('in any single page is told of or does not matter, and is never taken for a new one', async () => {
    using place = room()
    const size = await whole(place.path)
    const sound = readFileSync(place.path)
    for (let page = 0; page < size / 4096; page += 17) {
      const bytes = Buffer.from(sound)
      bytes.fill(0xa5, page * 4096, (page + 1) * 4096)
      writeFileSync(place.path, bytes)
      expect((await used(place.path)) ?? 'fine').toMatch(/fine|damaged/)
      expect(statSync(place.path).size).toBeGreaterThanOrEqual(size)
    }
  })
})

describe('a place where nothing can be written', () => {
  test.skipIf(isRoot)('is told of', async () => {
    using place = room()
    const folder = join(place.folder, 'closed')
    mkdirSync(folder, { mode: 0o500 })
    await expect(openHistory(join(folder, 'history.db'))).rejects.toThrow('cannot be written')
  })

  test('is told of where a folder cannot even be made', async () => {
    using place = room()
    writeFileSync(join(place.folder, 'file'), '')
    await expect(openHistory(join(place.folder, 'file', 'history.db'))).rejects.toThrow('cannot be written')
  })

  test('is told of where a folder has the name of the file', async () => {
    using place = room()
    mkdirSync(place.path)
    await expect(openHistory(place.path)).rejects.toThrow('cannot be written')
  })
})

test.skipIf(process.platform === 'win32')(
  'works on a file system that cannot share memory between programs: slower, with SQLite’s older journal',
  async () => {
    using place = room()
    // A way of locking that knows no shared memory stands for such a file system.
    const db = await openDatabase(place.path, MIGRATIONS, `file:${place.path}?vfs=unix-dotfile`)
    const access = accessTo(db, place.path, MIGRATIONS.length)
    const { begin, append } = writing(access, 'owner')
    const { batch: one } = batch(turn('q', 'a'))
    const id = begin('chat', one.summary, NOON)
    expect(append(id, 0, one)).toBe(1)
    expect(reading(access, { isGone: () => true, now: () => NOON }).search('q', 9)).toMatchObject([{ id, turns: 1 }])
    expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'delete' })
    closeDatabase(db, place.path)
  },
)

test('a file that is moved away while it is used is not written any more, and told of', async () => {
  using place = room()
  using history = await opened(place.path)
  saved(history, [turn('q', 'a')])
  const { renameSync } = await import('node:fs')
  renameSync(place.path, join(place.folder, 'elsewhere.db'))
  expect(() => saved(history, [turn('q', 'a')])).toThrow('moved or deleted while it was in use')
})

test.skipIf(!existsSync('/proc/locks'))(
  'a second connection of the same program takes no lock away from the first',
  async () => {
    using place = room()
    using first = await opened(place.path)
    saved(first, [turn('q', 'a')])
    const { ino } = statSync(place.path)
    const locks = () =>
      readFileSync('/proc/locks', 'utf8')
        .split('\n')
        .filter((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `))
    expect(locks()).toHaveLength(1)
    const second = await openHistory(place.path)
    second.close()
    expect(locks()).toHaveLength(1)
  },
)

describe('a history where nothing can be written', () => {
  /** What is found in it, and what comes of writing into it. */
  async function lookedInto(path: string): Promise<{ readonly found: readonly string[]; readonly why: string }> {
    const history = await openHistoryToRead(path)
    try {
      const found = history.list({ limit: 9 }).flatMap(({ id }) => bodies(history, id).map(({ type }) => type))
      expect(history.search('answer', 9)).toHaveLength(history.list({ limit: 9 }).length)
      expect(history.claim()).toEqual([])
      let why = ''
      try {
        history.bin(1, NOON)
      } catch (error) {
        why = (error as Error).message
      }
      return { found, why }
    } finally {
      history.close()
    }
  }

  test.skipIf(!canHaveDisks)('can be read, and stays as it was', async () => {
    using disk = smallDisk(1_024)
    const path = join(disk.folder, 'history.db')
    {
      using history = await opened(path)
      saved(history, [turn('question', 'answer')])
    }
    disk.seal()
    expect(readdirSync(disk.folder)).toEqual(['history.db'])
    const { found, why } = await lookedInto(path)
    expect(found).toContain('finished')
    expect(why).toContain('The history cannot be written')
    expect(readdirSync(disk.folder)).toEqual(['history.db'])
    await expect(openHistory(path)).rejects.toThrow('cannot be written')
  })

  test.skipIf(!canHaveDisks)('can be read with what another program has not moved into the file yet', async () => {
    using disk = smallDisk(2_048)
    const path = join(disk.folder, 'history.db')
    const script = `
      const { openHistory } = await import(${JSON.stringify(HISTORY)})
      const { saved, turn } = await import(${JSON.stringify(new URL('history-kit.ts', import.meta.url).href)})
      saved(await openHistory(${JSON.stringify(path)}), [turn('question', 'answer')])
      process.kill(process.pid, 'SIGKILL')`
    spawnSync(process.execPath, ['--input-type=module', '-e', script])
    expect(readdirSync(disk.folder).sort()).toEqual(['history.db', 'history.db-shm', 'history.db-wal'])
    disk.seal()
    expect((await lookedInto(path)).found).toContain('finished')
  })

  test.skipIf(isRoot)('because the file is not ours to write, or its folder', async () => {
    using place = room()
    {
      using history = await opened(place.path)
      saved(history, [turn('question', 'answer')])
    }
    for (const [file, folder] of [
      [0o444, 0o700],
      [0o444, 0o500],
      [0o600, 0o500],
    ] as const) {
      chmodSync(place.path, file)
      chmodSync(place.folder, folder)
      expect((await lookedInto(place.path)).found).toContain('finished')
      chmodSync(place.folder, 0o700)
    }
  })

  test.skipIf(!canHaveDisks)('is refused like any other when it is newer, foreign, damaged, or not there', async () => {
    using disk = smallDisk(1_024)
    for (const [name, bytes, why] of [
      ['damaged.db', Buffer.alloc(20_000, 'x'), 'is damaged'],
      ['empty.db', Buffer.alloc(0), 'is damaged'],
    ] as const) {
      writeFileSync(join(disk.folder, name), bytes)
      disk.seal()
      await expect(openHistoryToRead(join(disk.folder, name))).rejects.toThrow(why)
      spawnSync('mount', ['-o', 'remount,rw', disk.folder])
    }
    const path = join(disk.folder, 'newer.db')
    ;(await openHistory(path)).close()
    rawly(path, (db) => db.exec('pragma user_version = 99'))
    disk.seal()
    await expect(openHistoryToRead(path)).rejects.toThrow('newer claude-tui')
    await expect(openHistoryToRead(join(disk.folder, 'nowhere.db'))).rejects.toThrow('cannot be written')
  })
})
