/** The chat in every trouble its history can be in: the conversation goes on, and what was said is not lost. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { MIGRATIONS } from '../../src/io/history/schema.ts'
import { bodies, opened, rawly, room, soundness } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'
import { canHaveDisks, smallDisk } from '../kit/small-disk.ts'

const WAIT = { timeout: 10_000, interval: 20 }
const dataIn = (folder: string) => ({ CLAUDE_TUI_DATA_DIR: folder })
const historyIn = (folder: string) => join(folder, 'history.db')
const answering = (...answers: readonly string[]) => answers.map((text) => `text ${JSON.stringify(text)}`).join('\n')

/** What was said in each conversation of a history, as `question -> answer …`. */
async function told(folder: string): Promise<readonly string[]> {
  using history = await opened(historyIn(folder))
  return history.list({ limit: 99 }).map(({ id }) =>
    bodies(history, id)
      .flatMap((event) => (event.type === 'asked' ? [`${event.text} ->`] : event.type === 'delta' ? [event.text] : []))
      .join(' '),
  )
}

/** What lies beside the history. */
const asidesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith('unsaved'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))

/** Waits until so many turns are in the history; looks at it as another program does. */
const settled = (folder: string, turns: number) =>
  vi.waitFor(() => {
    expect(existsSync(historyIn(folder))).toBe(true)
    expect(rawly(historyIn(folder), (db) => db.prepare('select seq from events').all())).toHaveLength(turns)
  }, WAIT)

/** Another program, which begins to write and does not end before it is told to. */
async function holder(folder: string) {
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    const db = new DatabaseSync(${JSON.stringify(historyIn(folder))})
    db.exec('begin immediate')
    console.log('held')
    process.stdin.once('data', () => { db.exec('commit'); db.close(); process.exit() })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return async () => {
    child.stdin.write('now')
    await once(child, 'close')
  }
}

describe('a chat whose history', () => {
  test('is held by another program goes on, says so once it lasts, and saves everything afterwards', async () => {
    using place = room()
    await using night = await evening(answering('One.', 'Two.'))
    const chat = await night.chat({ env: dataIn(place.folder) })
    chat.type('first\r')
    await chat.see('One.')
    await settled(place.folder, 1)
    const letGo = await holder(place.folder)
    chat.type('second\r')
    await chat.see('Two.')
    await chat.see('Another program holds the history')
    chat.type('a draft')
    await chat.see('› a draft')
    await letGo()
    await chat.see('The history is written again; nothing is missing.')
    expect(await told(place.folder)).toEqual(['first -> One. second -> Two.'])
    chat.press('ctrl+c', 'ctrl+d')
    await chat.exited
    expect(readdirSync(place.folder).filter((name) => name.startsWith('unsaved'))).toEqual([])
  })

  test('is held until the chat ends leaves what is unsaved beside it', async () => {
    using place = room()
    await using night = await evening(answering('One.', 'Two.'))
    const chat = await night.chat({ env: dataIn(place.folder) })
    chat.type('first\r')
    await chat.see('One.')
    await settled(place.folder, 1)
    const letGo = await holder(place.folder)
    chat.type('second\r')
    await chat.see('Two.')
    await chat.gone('esc stops')
    chat.press('ctrl+d')
    expect((await chat.exited).code).toBe(0)
    const [aside] = readdirSync(place.folder).filter((name) => name.startsWith('unsaved'))
    expect(readFileSync(join(place.folder, aside!), 'utf8')).toMatch(/"second".*"Two\."/s)
    await letGo()
    expect(await told(place.folder)).toEqual(['first -> One.'])
    const next = await night.chat({ env: dataIn(place.folder) })
    await next.see('1 turn could not be saved before and is now: “first”.')
    expect(await told(place.folder)).toEqual(['first -> One. second -> Two.'])
    expect(asidesIn(place.folder)).toEqual([])
  })

  test.each(['SIGKILL', 'SIGHUP'] as const)(
    'is held while %s ends it in mid-answer has its words again at the next start',
    async (signal) => {
      using place = room()
      await using night = await evening(
        `${answering('One.')}\nwords n=60 tag=qaaa hold after=40\n${answering('More.')}`,
      )
      const chat = await night.chat({ env: dataIn(place.folder) })
      chat.type('first\r')
      await chat.see('One.')
      await settled(place.folder, 1)
      const letGo = await holder(place.folder)
      chat.type('second\r')
      await chat.see('qaaa00040')
      await vi.waitFor(() => expect(asidesIn(place.folder).join()).toContain('qaaa00039'), WAIT)
      chat.kill(signal)
      await chat.exited
      await letGo()
      const next = await night.chat({ env: dataIn(place.folder) })
      await next.see('1 turn could not be saved before and is now: “first”.')
      expect(await told(place.folder)).toEqual([expect.stringMatching(/^first -> One\. second -> .*qaaa00039/)])
      expect(asidesIn(place.folder)).toEqual([])
      if (signal === 'SIGHUP') return
      await next.see('An answer was cut off after 40 words')
      next.press('tab')
      await next.see('More.')
    },
  )

  test.skipIf(!canHaveDisks)('finds no room goes on, and saves everything once there is some', async () => {
    using disk = smallDisk(512)
    await using night = await evening(answering('One.', 'Two.', 'Three.'))
    const chat = await night.chat({ env: dataIn(disk.folder) })
    chat.type('first\r')
    await chat.see('One.')
    await settled(disk.folder, 1)
    disk.fill()
    chat.type('second\r')
    await chat.see('Two.')
    await chat.see('No space is left for the history')
    disk.clear()
    await chat.see('The history is written again; nothing is missing.')
    chat.type('third\r')
    await chat.see('Three.')
    await chat.gone('esc stops')
    chat.press('ctrl+d')
    await chat.exited
    expect(await told(disk.folder)).toEqual(['first -> One. second -> Two. third -> Three.'])
    expect(soundness(historyIn(disk.folder))).toBe('ok')
  })

  test.skipIf(!canHaveDisks)('lies where nothing can be written goes on in memory', async () => {
    using disk = smallDisk(512)
    disk.seal()
    await using night = await evening(answering('One.', 'Two.'))
    const chat = await night.chat({ env: dataIn(disk.folder) })
    await chat.see('The history cannot be written')
    for (const [question, answer] of [
      ['first', 'One.'],
      ['second', 'Two.'],
    ] as const) {
      chat.type(`${question}\r`)
      await chat.see(answer)
      await chat.gone('esc stops')
    }
    expect(night.questions.at(-1)?.messages).toHaveLength(3)
    chat.press('ctrl+d')
    expect((await chat.exited).code).toBe(0)
    expect(chat.screen.replaceAll(/\s/g, '')).toContain('Theendofthisconversationcouldnotbesaved.')
  })

  test.skipIf(!canHaveDisks)('can only be read is gone on with in memory', async () => {
    using disk = smallDisk(512)
    await using night = await evening(answering('One.', 'Two.'))
    await night.pipe({ args: ['first'], env: dataIn(disk.folder) })
    disk.seal()
    const chat = await night.chat({ args: ['-c'], env: dataIn(disk.folder) })
    await chat.see('The history cannot be written')
    await chat.see('Resumed: “first” · 1 turn')
    chat.type('second\r')
    await chat.see('Two.')
    expect(night.questions.at(-1)?.messages).toHaveLength(3)
    chat.type('/sessions\r')
    await chat.see('Conversations  1 of 1')
  })

  test('is moved away goes on in memory, and what was said since lies beside where it was', async () => {
    using place = room()
    await using night = await evening(answering('One.', 'Two.'))
    const chat = await night.chat({ env: dataIn(place.folder) })
    chat.type('first\r')
    await chat.see('One.')
    await settled(place.folder, 1)
    mkdirSync(join(place.folder, 'away'))
    for (const name of readdirSync(place.folder).filter((one) => one.startsWith('history.db')))
      renameSync(join(place.folder, name), join(place.folder, 'away', name))
    chat.type('second\r')
    await chat.see('Two.')
    await chat.see('was moved or deleted while it was in use')
    await chat.gone('esc stops')
    chat.press('ctrl+d')
    await chat.exited
    expect(await told(join(place.folder, 'away'))).toEqual(['first -> One.'])
    const [aside] = readdirSync(place.folder).filter((name) => name.startsWith('unsaved'))
    expect(readFileSync(join(place.folder, aside!), 'utf8')).toMatch(/"second".*"Two\."/s)
  })

  test('becomes a newer claude-tui’s while it is open is not written any more', async () => {
    using place = room()
    await using night = await evening(answering('One.', 'Two.'))
    const chat = await night.chat({ env: dataIn(place.folder) })
    chat.type('first\r')
    await chat.see('One.')
    await settled(place.folder, 1)
    rawly(historyIn(place.folder), (db) => db.exec('pragma user_version = 99'))
    chat.type('second\r')
    await chat.see('Two.')
    await chat.see('written by a newer claude-tui')
    // What is unsaved would find its way into a file that is of this version again.
    chat.kill('SIGKILL')
    await chat.exited
    rawly(historyIn(place.folder), (db) => db.exec(`pragma user_version = ${MIGRATIONS.length}`))
    expect(await told(place.folder)).toEqual(['first -> One.'])
  })
})
