import { spawn, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { pastOf } from '../../src/core/history/saved.ts'
import { batch, begun, bodies, count, NOON, opened, rawly, room, saved, soundness, turn } from './history-kit.ts'

const titles = (list: readonly { readonly title: string }[]) => list.map(({ title }) => title)

/** The name of a process that ran on this machine and is gone. */
function nameOfADead(): string {
  const script = `import(${JSON.stringify(new URL('../../src/io/history/owner.ts', import.meta.url).href)}).then(({ ownerName }) => process.stdout.write(ownerName()))`
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout
}

describe('a conversation', () => {
  test('comes back as the events that were saved, in order, with a row in the ledger for each answer', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one'), turn('second', 'two', NOON + 5_000)])
    expect(bodies(history, id).map(({ type }) => type)).toEqual([
      ...['asked', 'sent', 'heard', 'began', 'delta', 'usage', 'finished'],
      ...['asked', 'sent', 'heard', 'began', 'delta', 'usage', 'finished'],
    ])
    expect(history.size(id)).toBe(2)
    expect(history.one(id)).toMatchObject({ title: 'first', turns: 2, ended: 'finished', unpriced: 0 })
    expect(rawly(place.path, (db) => db.prepare('select turn, output, request_id, ended from answers').all())).toEqual([
      { turn: 1, output: 100, request_id: `req_${NOON}`, ended: 'finished' },
      { turn: 2, output: 100, request_id: `req_${NOON + 5_000}`, ended: 'finished' },
    ])
  })

  test('can be read while it is written, by whoever takes it in portions', async () => {
    using place = room()
    using history = await opened(place.path)
    const turns = Array.from({ length: 100 }, (_, i) => turn(`q${i}`, 'a', NOON + i * 1_000))
    const id = saved(history, turns)
    const rows = history.rows(id)[Symbol.iterator]()
    rows.next()
    using other = await opened(place.path)
    saved(other, [turn('meanwhile', 'a', NOON + 200_000)])
    saved(history, [turn('and here', 'a', NOON + 300_000)])
    let more = 1
    while (!rows.next().done) more++
    expect(more).toBe(100)
  })

  test('that somebody else went on with is not written to', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    const mine = batch(turn('mine', 'a'))
    expect(history.append(id, 0, mine.batch)).toBeNull()
    expect(history.append(id, 2, mine.batch)).toBeNull()
    expect(history.size(id)).toBe(1)
  })

  test('that somebody else gave a name is gone on with, and keeps the name', async () => {
    using place = room()
    using history = await opened(place.path)
    using other = await opened(place.path)
    const first = batch(turn('first', 'one'))
    const id = saved(history, [turn('first', 'one')])
    other.retitle(id, 'A better name', NOON + 2_000)
    const second = batch(turn('second', 'two', NOON + 5_000), first.state)
    expect(history.append(id, 1, second.batch)).toBe(3)
    expect(history.one(id)).toMatchObject({ title: 'A better name', titleBy: 'user', turns: 2 })
  })

  test('that was removed is not written to, and a note for it is nowhere', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.prune(NOON + 1e6, 0)
    expect(history.append(id, 1, batch(turn('second', 'two')).batch)).toBeNull()
    history.note(id, 1, begun('second', 'tw'), NOON)
    expect(count(place.path, 'flight')).toBe(0)
  })

  test('a call that fails leaves nothing behind, nor do those it was made together with', async () => {
    using place = room()
    using history = await opened(place.path)
    const { summary } = batch(turn('first', 'one')).batch
    const attempt = () =>
      history.together(() => {
        history.begin('chat', summary, NOON)
        throw new Error('in the middle')
      })
    expect(attempt).toThrow('in the middle')
    expect(history.list({ limit: 9 })).toEqual([])
    expect(saved(history, [turn('q', 'a')])).toBe(1)
  })
})

describe('a copy', () => {
  test('has the rows up to where the two part, is found by their words, and costs what they did', async () => {
    using place = room()
    using history = await opened(place.path)
    const first = batch(turn('first', 'apple'))
    const id = saved(history, [turn('first', 'apple'), turn('second', 'pear', NOON + 5_000)])
    const copy = history.copy(id, 1, pastOf(first.state, NOON + 9_000))
    // The last row is its name.
    expect(copy.rows).toBe(2)
    expect(history.one(copy.id)?.title).toBe('first (2)')
    const named = { type: 'titled', title: 'first (2)', by: 'model' }
    expect(bodies(history, copy.id)).toEqual([...bodies(history, id).slice(0, 7), named])
    expect(history.search('apple', 9).map((one) => one.id)).toEqual([copy.id, id])
    expect(history.search('pear', 9).map((one) => one.id)).toEqual([id])
    expect(history.one(copy.id)?.costUsd).toBeCloseTo(history.one(id)!.costUsd / 2, 9)
    expect(history.one(copy.id)?.uid).not.toBe(history.one(id)?.uid)
  })

  test('takes what is in flight along, and leaves that of others where it is', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.note(id, 1, begun('mine', 'my ans'), NOON)
    rawly(place.path, (db) =>
      db.exec(
        `insert into flight (conversation, owner, base, wall_ms, body) values (${id}, 'other:1:1-1', 1, 1, '[]')`,
      ),
    )
    const copy = history.copy(id, 1, pastOf(batch(turn('first', 'one')).state, NOON))
    const flights = rawly(place.path, (db) => db.prepare('select conversation from flight order by id').all())
    expect(flights).toEqual([{ conversation: copy.id }, { conversation: id }])
  })

  test('of what is gone is a new conversation', async () => {
    using place = room()
    using history = await opened(place.path)
    const copy = history.copy(77, 3, pastOf(batch(turn('first', 'one')).state, NOON))
    expect(copy.rows).toBe(0)
    expect(history.append(copy.id, copy.rows, batch(turn('second', 'two')).batch)).toBe(1)
  })

  test('is still found by its words when the first is removed, and the words go with the last of them', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'apple', NOON - 9_000)])
    const copy = history.copy(id, 1, pastOf(batch(turn('first', 'apple')).state, NOON))
    expect(history.prune(NOON - 1, 0)).toBe(1)
    expect(history.search('apple', 9).map((one) => one.id)).toEqual([copy.id])
    expect(count(place.path, "words where words match 'apple'")).toBe(1)
    expect(history.prune(NOON + 1, 0)).toBe(1)
    expect(history.search('apple', 9)).toEqual([])
    expect(count(place.path, "words where words match 'apple'")).toBe(0)
  })
})

describe('the order of conversations', () => {
  test('is that of writing, though the clock was set back and forth meanwhile', async () => {
    using place = room()
    using history = await opened(place.path)
    const year = 365 * 24 * 3_600_000
    saved(history, [turn('today', 'a', NOON)])
    saved(history, [turn('in years', 'a', NOON + 9 * year)])
    saved(history, [turn('back again', 'a', NOON + 60_000)])
    const old = saved(history, [turn('long ago', 'a', NOON - 20 * year)])
    expect(titles(history.list({ limit: 9 }))).toEqual(['long ago', 'back again', 'in years', 'today'])
    expect(history.one(old)?.updatedMs).toBeLessThan(NOON)
    expect(titles(history.search('a', 9))).toEqual(['long ago', 'back again', 'in years', 'today'])
  })

  test('gives what is imported its own place in time', async () => {
    using place = room()
    using history = await opened(place.path)
    saved(history, [turn('today', 'a', NOON)])
    saved(history, [turn('old', 'a', NOON - 90_000)], 'import')
    saved(history, [turn('between', 'a', NOON - 30_000)], 'import')
    expect(titles(history.list({ limit: 9 }))).toEqual(['today', 'between', 'old'])
  })

  test('in the bin is that of throwing away', async () => {
    using place = room()
    using history = await opened(place.path)
    const [a, b] = [saved(history, [turn('a', 'a')]), saved(history, [turn('b', 'b')])]
    history.bin(b, NOON)
    history.bin(a, NOON + 1)
    expect(titles(history.list({ limit: 9, deleted: true }))).toEqual(['a', 'b'])
    history.bin(a, null)
    expect(titles(history.list({ limit: 9 }))).toEqual(['a'])
  })
})

describe('a search', () => {
  test.each([
    ['a word, however it is written', 'ÜBERGROẞE', ['Eine übergroße Frage']],
    ['the beginning of the last word', 'jupi', ['Planets']],
    ['all words, wherever they stand', 'moons jupiter', ['Planets']],
    ['nothing, when one word is missing', 'moons saturn', []],
    ['Chinese by any of its characters in a row', '大氣', ['天空']],
    ['Chinese that does not stand in a row', '氣大', []],
    ['Japanese', 'なぜ', ['Sora']],
    ['Thai', 'ทำไม', ['Thai']],
    ['Korean by the beginning of a word', '하늘', ['Korean']],
    ['what stands in a title', 'sor', ['Sora']],
    ['the middle of a word of a title', 'lanet', ['Planets']],
    ['a title with a sign in it', '50%_off', ['50%_off \\o/']],
    ['a sign that would be one of SQL', '%', ['50%_off \\o/']],
    ['an e with its accent apart', 'cafe\u0301', ['Kaffee']],
    ['a word of emoji only, in titles', '🚀', ['🚀 launch']],
  ])('finds %s', async (_, typed, expected) => {
    using place = room()
    using history = await opened(place.path)
    const talks: [string, string][] = [
      ['Planets', 'Jupiter has ninety-five moons'],
      ['天空', '大氣散射陽光'],
      ['Sora', 'なぜ空は青い'],
      ['Thai', 'ทำไมท้องฟ้าเป็นสีฟ้า'],
      ['Korean', '하늘은 파랗다'.normalize('NFD')],
      ['Eine übergroße Frage', 'ja'],
      ['50%_off \\o/', 'percent'],
      ['Kaffee', 'a café'],
      ['🚀 launch', 'soon'],
    ]
    for (const [question, answer] of talks) {
      const id = saved(history, [turn(`${answer}?`, answer)])
      history.retitle(id, question, NOON)
    }
    expect(titles(history.search(typed.normalize('NFD'), 9))).toEqual(expected)
    expect(titles(history.search(typed, 9))).toEqual(expected)
  })

  test.each(['"', '*', 'NEAR(a b)', 'a AND', 'text:a', '^a', '-a', 'a"b*', '(', '{', 'a\0b', "';--", '\ud800', '😀'])(
    'takes %j by the letter',
    async (typed) => {
      using place = room()
      using history = await opened(place.path)
      saved(history, [turn('question', 'answer')])
      expect(Array.isArray(history.search(typed, 9))).toBe(true)
    },
  )

  test('takes a whole page that was pasted into it', async () => {
    using place = room()
    using history = await opened(place.path)
    saved(history, [turn('question', 'answer')])
    expect(history.search('word '.repeat(20_000), 9)).toEqual([])
    expect(history.search('x'.repeat(200_000), 9)).toEqual([])
    expect(history.search('字'.repeat(20_000), 9)).toEqual([])
  })

  test('tells where it was said last, and finds nothing in the bin', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [
      turn('apple', 'a'),
      turn('apple again', 'b', NOON + 5_000),
      turn('pear', 'c', NOON + 9_000),
    ])
    const binned = saved(history, [turn('apple too', 'a')])
    history.bin(binned, NOON)
    const [hit, ...others] = history.search('apple', 9)
    expect(others).toEqual([])
    expect(hit?.id).toBe(id)
    expect(history.row(hit!.row!)).toMatchObject({ turn: 2, seq: 2 })
  })
})

describe('the bin and the end of things', () => {
  test('what was in the bin long enough goes for good, with every word; its bill stays', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('a secret question', 'a secret answer', NOON - 9_000)])
    saved(history, [turn('another', 'one')])
    history.bin(id, NOON - 8_000)
    expect(history.prune(null, NOON - 5_000, true)).toBe(1)
    expect(history.one(id)).not.toBeNull()
    expect(history.prune(null, NOON - 5_000)).toBe(1)
    expect(history.one(id)).toBeNull()
    for (const [table, rows] of [
      ['conversations', 1],
      ['events', 1],
      ['said', 1],
      ['answers', 2],
      ['flight', 0],
    ] as const)
      expect([table, count(place.path, table)]).toEqual([table, rows])
    const { readFileSync } = await import('node:fs')
    history.rest()
    rawly(place.path, (db) => db.exec('pragma wal_checkpoint(truncate)'))
    expect(readFileSync(place.path).includes('secret question')).toBe(false)
    expect(soundness(place.path)).toBe('ok')
  })

  test('what somebody went on with after it was put there stays as long again', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('q', 'a', NOON)])
    history.bin(id, NOON - 8_000)
    expect(history.prune(null, NOON - 5_000)).toBe(0)
  })

  test('hundreds go at once, in portions that let others write', async () => {
    using place = room()
    using history = await opened(place.path)
    for (let i = 0; i < 130; i++) saved(history, [turn(`q${i}`, 'a '.repeat(500), NOON - 9_000)])
    const size = () => {
      rawly(place.path, (db) => db.exec('pragma wal_checkpoint(truncate)'))
      return statSync(place.path).size
    }
    const before = size()
    expect(history.prune(NOON - 1, 0)).toBe(130)
    expect(size()).toBeLessThan(before / 2)
    expect(soundness(place.path)).toBe('ok')
  })

  test('what is discarded is gone at once for everybody, and swept away a little at a time, by whoever comes to it', async () => {
    using place = room()
    using history = await opened(place.path)
    const turns = Array.from({ length: 230 }, (_, i) => turn(`q${i}`, 'apple', NOON - 900_000 + i * 1_000))
    const id = saved(history, turns)
    const copy = history.copy(id, 3, pastOf(batch(turn('q', 'a')).state, NOON))
    saved(history, [turn('stays', 'pear', NOON)])
    expect(history.discard(NOON - 1, 0)).toBe(1)
    expect(history.one(id)).toBeNull()
    expect(history.search('apple', 9).map((one) => one.id)).toEqual([copy.id])
    expect(history.append(id, 230, batch(turn('more', 'words')).batch)).toBeNull()
    expect(history.copy(id, 230, pastOf(batch(turn('q', 'a')).state, NOON)).rows).toBe(0)
    expect(history.sweep()).toBe(true)
    expect(count(place.path, `events where conversation = ${id}`)).toBe(180)
    using other = await opened(place.path)
    while (other.sweep());
    expect(count(place.path, `events where conversation = ${id}`)).toBe(0)
    expect(count(place.path, "words where words match 'apple'")).toBe(3)
    expect(count(place.path, 'refuse')).toBe(0)
    expect(history.sweep()).toBe(false)
    expect(bodies(history, copy.id).filter(({ type }) => type === 'delta')).toHaveLength(3)
    expect(soundness(place.path)).toBe('ok')
  })
})

describe('a turn in flight', () => {
  const noted = (path: string, owner: string) => rawly(path, (db) => db.exec(`update flight set owner = '${owner}'`))

  test('marks its conversation as running, as long as its program does', async () => {
    using place = room()
    using history = await opened(place.path)
    const ids = [saved(history, [turn('first', 'one')]), saved(history, [turn('other', 'two')])]
    const running = () => ids.map((id) => history.one(id)!.isRunning)
    history.note(ids[0]!, 1, begun('second', 'half an'), NOON)
    expect(running()).toEqual([true, false])
    noted(place.path, nameOfADead())
    expect(running()).toEqual([false, false])
  })

  test('of a program that is gone is claimed once, by whoever comes first', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.note(id, 1, begun('second', 'half an').slice(0, 3), NOON)
    history.note(id, 1, begun('second', 'half an').slice(3), NOON + 1)
    expect(history.claim()).toEqual([])
    noted(place.path, nameOfADead())
    using other = await opened(place.path)
    const [flight, ...more] = other.claim()
    expect(more).toEqual([])
    expect(flight).toMatchObject({ conversation: id, base: 1, wallMs: NOON + 1 })
    expect(other.noted(flight!)).toEqual(begun('second', 'half an'))
    expect(history.claim()).toEqual([])
  })

  test('of two programs in the same conversation are two, each with its own words', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.note(id, 1, begun('mine', 'my'), NOON)
    noted(place.path, nameOfADead())
    history.note(id, 1, begun('yours', 'your'), NOON + 1)
    history.note(id, 1, [{ type: 'delta', at: NOON + 500, text: ' ans' }], NOON + 2)
    rawly(place.path, (db) => db.exec(`update flight set owner = '${nameOfADead()}' where id > 1`))
    const flights = history.claim()
    expect(
      flights.map((flight) =>
        history
          .noted(flight)
          .map((event) => ('text' in event ? event.text : ''))
          .join(''),
      ),
    ).toEqual(['minemy', 'yoursyour ans'])
  })

  test('is claimed again when the program that claimed it is gone, too', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.note(id, 1, begun('second', 'half'), NOON)
    noted(place.path, `${nameOfADead()}#17`)
    expect(history.claim()).toHaveLength(1)
  })

  test('of another machine or container is left alone until it was quiet for an hour, whatever the clock says', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    for (const [quietMs, isClaimed] of [
      [60_000, false],
      [-60_000, false],
      [3_700_000, true],
      [-3_700_000, true],
    ] as const) {
      history.note(id, 1, begun('second', 'half'), Date.now() - quietMs)
      noted(place.path, 'elsewhere:4026531836:1-1')
      expect([quietMs, history.claim().length === 1]).toEqual([quietMs, isClaimed])
      rawly(place.path, (db) => db.exec('delete from flight'))
    }
  })

  test('goes with the row it becomes, and only that of its own program', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('first', 'one')])
    history.note(id, 1, begun('theirs', 'their'), NOON)
    noted(place.path, 'elsewhere:1:1-1')
    history.note(id, 1, begun('mine', 'my'), NOON)
    history.append(id, 1, batch(turn('mine', 'my answer', NOON), batch(turn('first', 'one')).state).batch)
    expect(rawly(place.path, (db) => db.prepare('select distinct owner from flight').all())).toEqual([
      { owner: 'elsewhere:1:1-1' },
    ])
  })
})

describe('several programs at once', () => {
  test('a short while of another one’s writing is waited for; a long one is a trouble that passes', async () => {
    using place = room()
    using history = await opened(place.path)
    const holder = new DatabaseSync(place.path)
    holder.exec('begin immediate')
    const write = () => saved(history, [turn('q', 'a')])
    expect(write).toThrow('Another program holds the history')
    expect(history.list({ limit: 9 })).toEqual([])
    holder.exec('commit')
    holder.close()
    expect(write()).toBe(1)
  })

  test('write side by side, and every turn of each is there', async () => {
    using place = room()
    const kit = JSON.stringify(new URL('history-kit.ts', import.meta.url).href)
    const script = `
      const { opened, saved, turn, NOON } = await import(${kit})
      const history = await opened(${JSON.stringify(place.path)})
      history.wait(10_000)
      for (let i = 0; i < 40; i++) saved(history, [turn('q' + i, 'answer', NOON + i), turn('again', 'more', NOON + i + 1)])
      history.close()`
    const writers = Array.from({ length: 3 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      return new Promise((resolve) => child.on('close', resolve))
    })
    expect(await Promise.all(writers)).toEqual([0, 0, 0])
    expect(count(place.path, 'events')).toBe(240)
    expect(count(place.path, 'conversations where turns = 2')).toBe(120)
    expect(soundness(place.path)).toBe('ok')
  })

  test('the side file stays small over a long day, though another terminal is open all the time', async () => {
    using place = room()
    using history = await opened(place.path)
    using other = await opened(place.path)
    const text = 'some words of an answer '.repeat(2_000)
    let largest = 0
    for (let i = 0; i < 300; i++) {
      saved(history, [turn(`q${i}`, text, NOON + i * 1_000)])
      other.list({ limit: 5 })
      for (const one of [history, other]) one.rest()
      largest = Math.max(largest, statSync(`${place.path}-wal`).size)
    }
    expect(largest).toBeLessThan(6 * 1024 * 1024)
  })
})

test('events keep every character, whatever it is', async () => {
  using place = room()
  using history = await opened(place.path)
  const odd = 'a\0b \ud83d\udc69‍👩‍👧 \ud800 \u2028 "\\" é e\u0301'
  const id = saved(history, [turn(odd, odd)])
  const [asked] = bodies(history, id) as Extract<Event, { type: 'asked' }>[]
  expect(asked?.text).toBe(odd)
})
