/** Small pictures in the built client: under the question when it is asked, and when the conversation is taken up again. */

import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Attachment } from '../../src/core/attachments.ts'
import { batchesOf } from '../../src/core/history/import/batches.ts'
import { openHistory } from '../../src/io/history.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { turn } from '../kit/histories.ts'
import { type Environment, lodge } from '../kit/lodging.ts'
import { photo } from '../kit/pictures.ts'
import type { PtySession } from '../kit/pty.ts'

/** A home whose last conversation asked about these pictures. */
async function home(...sizes: readonly (readonly [width: number, height: number])[]) {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  const path = join(data, 'history.db')
  const bytes = new Map<string, Uint8Array>()
  const attachments: Attachment[] = []
  for (const [i, [width, height]] of sizes.entries()) {
    const picture = await (await photo(width, height, i + 1)).jpeg().toBuffer()
    const hash = createHash('sha256').update(picture).digest('hex')
    const from = { width, height, bytes: picture.length, mediaType: 'image/jpeg' }
    const image = { width, height, from }
    const about = { name: `photo-${i + 1}.jpg`, mediaType: 'image/jpeg', bytes: picture.length }
    attachments.push({ hash, kind: 'image', ...about, image })
    bytes.set(hash, picture)
  }
  mkdirSync(dirname(path), { recursive: true })
  const history = await openHistory(path)
  const events = turn('What is in it?', 'A harbour.', Date.now() - 60_000)
  const batches = batchesOf(events.map((event) => (event.type === 'asked' ? { ...event, attachments } : event)))
  history.bring([{ uid: randomUUID(), kind: 'chat', createdMs: null, batches, isUnbilled: true, bytes }], Date.now())
  history.close()
  return {
    open: (night: Evening, env: Environment = {}, args: readonly string[] = []) =>
      night.chat({
        ...{ lodging, env: { CLAUDE_TUI_DATA_DIR: data, ...env }, args: ['--continue', ...args] },
        ...(args.length > 0 && { prompt: 'You:' }),
      }),
    [Symbol.dispose]: () => lodging.remove(),
  }
}

/** Rows of the screen, or above it, on which half-blocks stand. */
const drawn = ({ emulator }: PtySession) =>
  emulator
    .text()
    .split('\n')
    .filter((row) => row.includes('▀'))

describe('pictures of what goes with a question', () => {
  test('stand below it, in blocks, where a terminal has nothing better', async () => {
    await using night = await evening()
    using mine = await home([400, 300], [320, 180])
    const session = await mine.open(night)
    await session.see('A harbour.')
    const rows = session.screen.split('\n')
    const at = rows.findIndex((row) => row.includes('› What is in it?'))
    expect(drawn(session)).toHaveLength(8)
    // Both beside each other, below their names.
    expect(rows.slice(at + 1, at + 3).map((row) => /\+ (\S+)/.exec(row)?.[1])).toEqual(['photo-1.jpg', 'photo-2.jpg'])
    expect(rows[at + 3]).toMatch(/^ {2}▀{21} ▀{28}$/)
    expect(rows.slice(at + 3, at + 14).indexOf('')).toBe(8)
    const cell = session.emulator.terminal.buffer.active.getLine(at + 3)?.getCell(2)
    expect(cell?.isFgRGB()).toBe(true)
    expect(cell?.isBgRGB()).toBe(true)
    // Nothing is left of the questions it was asked.
    expect(session.screen).not.toContain('Gi=31')
    await session.see(/^› $|^›$/m)
  })

  test('stand below a question that is asked again', async () => {
    await using night = await evening('text "Still a harbour."')
    using mine = await home([400, 300])
    const session = await mine.open(night)
    await session.see('A harbour.')
    session.type('/retry\r')
    await session.see('Still a harbour.')
    const text = session.emulator.text()
    expect(drawn(session)).toHaveLength(16)
    expect(text.lastIndexOf('▀')).toBeLessThan(text.indexOf('Still a harbour.'))
    expect(text.lastIndexOf('▀')).toBeGreaterThan(text.indexOf('A harbour.'))
  })

  test('survive a window that is made narrow and wide again', async () => {
    await using night = await evening()
    using mine = await home([400, 300])
    const session = await mine.open(night)
    await session.see('A harbour.')
    for (const columns of [60, 100]) {
      const before = session.bytes.length
      session.resize(columns, 30)
      await session.until(() => session.bytes.length > before, `${columns} columns`)
    }
    session.type('x')
    await session.see('› x')
    expect(drawn(session)).toHaveLength(8)
    expect(session.counters.fullClears).toBe(0)
  })

  test.each<[string, Environment, readonly string[]]>([
    ['NO_COLOR', { NO_COLOR: '1' }, []],
    ['the setting off', { CLAUDE_TUI_IMAGE_PREVIEW: 'off' }, []],
    ['16 colours inside tmux', { COLORTERM: undefined, TERM: 'xterm', TMUX: 'x' }, []],
    ['a screen reader', {}, ['--screen-reader']],
  ])('are not there with %s', async (_name, env, args) => {
    await using night = await evening()
    using mine = await home([400, 300])
    const session = await mine.open(night, env, args)
    await session.seeAnywhere('A harbour.')
    expect(drawn(session)).toEqual([])
    expect(session.bytes.toString()).not.toContain('\x1b[>q')
  })

  test.each<[string, Environment]>([
    ['inside tmux', { TMUX: '/tmp/tmux-0/default,1,0' }],
    ['where blocks are wished', { CLAUDE_TUI_IMAGE_PREVIEW: 'blocks' }],
  ])('are blocks, and nothing is asked, %s', async (_name, env) => {
    await using night = await evening()
    using mine = await home([400, 300])
    const session = await mine.open(night, env)
    await session.see('A harbour.')
    expect(drawn(session)).toHaveLength(8)
    expect(session.bytes.toString()).not.toContain('\x1b[>q')
  })
})
