/**
 * A large history: 100,000 answers, a gigabyte. How long searching and listing take in it, what it does to a start, and
 * how soon a conversation of 10,000 turns can be gone on with.
 */

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type History, openHistory } from '../src/io/history.ts'
import type { Emulator } from '../test/kit/emulator.ts'
import { keyBytes } from '../test/kit/key-bytes.ts'
import { CLIENT } from '../test/kit/lodging.ts'
import { type Client, client, promptShown, shows, sitDown } from './driver.ts'
import { fill, LONGEST, seed } from './history-fill.ts'
import { amountFigure, type Figure, interleaved, median, monotonicMs, quantile, summary } from './measure.ts'
import { oneShotMs, startMs } from './memory-restarts.ts'
import { treeUse } from './process-tree.ts'
import type { Server } from './server.ts'
import { type Text, zipfText } from './zipf-text.ts'

const AMOUNT = { answers: 100_000, words: 620, longest: 10_000 } as const
const TARGETS = { searchMs: 100, listMs: 100, oneShot: 1.1, promptMs: 50, savedMs: 16 } as const
/** Searches of each kind. */
const SEARCHES = 30
/** What stands in the picker before anything is typed. */
const NOTHING_SOUGHT = 'type to search'
/** A picker shows fewer rows. */
const ROWS = 50

export async function largeFigures(server: Server, rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-large-'))
  const large = at(server, join(folder, 'large'))
  const empty = at(server, join(folder, 'empty'))
  try {
    const text = zipfText(42)
    const path = join(folder, 'large', 'history.db')
    const history = await openHistory(path)
    const conversations = fill(history, text, AMOUNT)
    const looks = lookFigures(history, text)
    history.close()
    const size = `${AMOUNT.answers.toLocaleString('en-US')} answers in ${conversations.toLocaleString('en-US')} conversations`
    return [
      amountFigure('the large history', statSync(path).size / 2 ** 20, 'MB', null, size),
      ...looks,
      ...(await resumeFigures(large, empty, rounds)),
      ...(await pickerFigures(large, text, rounds)),
      ...(await savingFigures(path)),
      ...(await startFigures(large, empty, rounds)),
    ]
  } finally {
    for (const { lodging } of [large, empty]) lodging.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

function at(server: Server, data: string): Client {
  const one = client('claude-tui', CLIENT, server.url)
  return { ...one, lodging: { ...one.lodging, env: { ...one.lodging.env, CLAUDE_TUI_DATA_DIR: data } } }
}

function lookFigures(history: History, text: Text): Figure[] {
  const any = (from: number, to: number) => text.word(from + Math.floor(text.chance() * (to - from)))
  const character = (to: number) => text.character(Math.floor(text.chance() * to))
  const kinds: readonly (readonly [name: string, typed: () => string])[] = [
    ['a common word', () => any(0, 50)],
    ['a rare word', () => any(20_000, 50_000)],
    ['two words', () => `${any(0, 500)} ${any(500, 20_000)}`],
    ['two letters', () => any(0, 5_000).slice(0, 2)],
    ['two Chinese characters', () => character(20) + character(100)],
    ['what is nowhere', () => `${any(0, 500)}zzz`],
  ]
  const searches = kinds.map(([name, typed]) => {
    const times = Array.from({ length: SEARCHES }, () => {
      const search = typed()
      return timed(() => history.search(search, ROWS))
    })
    return { name, times }
  })
  const all = searches.flatMap(({ times }) => times)
  const slowest = searches.map(({ name, times }) => `${name} ${quantile(times, 0.95).toFixed(0)}`).join(', ')
  const lists = Array.from({ length: SEARCHES }, () => timed(() => history.list({ limit: ROWS })))
  return [
    { name: 'search, median', measured: median(all), unit: 'ms', target: TARGETS.searchMs, detail: summary(all) },
    {
      ...{ name: 'search, p95', measured: quantile(all, 0.95), unit: 'ms', target: TARGETS.searchMs },
      detail: `p95 of ${slowest}`,
    },
    { name: 'search, slowest', measured: Math.max(...all), unit: 'ms', target: TARGETS.searchMs, detail: '' },
    {
      name: 'list for the picker, p95',
      measured: quantile(lists, 0.95),
      unit: 'ms',
      target: TARGETS.listMs,
      detail: summary(lists),
    },
  ]
}

/** A turn that is saved holds up the screen for as long as it takes. */
async function savingFigures(path: string): Promise<Figure[]> {
  const history = await openHistory(path)
  const times = Array.from({ length: 10 * SEARCHES }, () => timed(() => seed(history, 1)))
  history.close()
  return [
    {
      ...{ name: 'saving a turn, p95', measured: quantile(times, 0.95), unit: 'ms', target: TARGETS.savedMs },
      detail: `${summary(times)}, ${Math.max(...times).toFixed(1)} ms at most`,
    },
  ]
}

function timed(deed: () => unknown): number {
  const from = monotonicMs()
  deed()
  return monotonicMs() - from
}

interface Resumed {
  readonly promptMs: number
  readonly resumedMs: number
  readonly rssMB: number
}

/** The conversation of 10,000 turns, gone on with, beside a chat that begins anew. */
async function resumeFigures(large: Client, empty: Client, rounds: number): Promise<Figure[]> {
  const ways = [['-c'], ['-r', LONGEST]] as const
  const [latest = [], named = []] = await interleaved(rounds, ways, (args) => resume(large, args))
  const fresh: number[] = []
  for (let round = 0; round < rounds; round++) fresh.push(await startMs(empty))
  const resumed = [...latest, ...named]
  const after = (name: string, some: readonly Resumed[]): Figure => {
    const prompts = some.map(({ promptMs }) => promptMs)
    const detail = `${summary(prompts)}, empty ${summary(fresh)}`
    return { name, measured: median(prompts) - median(fresh), unit: 'ms', target: TARGETS.promptMs, detail }
  }
  return [
    after('prompt of 10,000 turns, -c, after an empty one', latest),
    after('prompt of 10,000 turns, -r, after an empty one', named),
    amountFigure('10,000 turns at hand after', median(resumed.map(({ resumedMs }) => resumedMs)), 'ms', null),
    amountFigure('memory with 10,000 turns', Math.max(...resumed.map(({ rssMB }) => rssMB)), 'MB', null),
  ]
}

async function resume(who: Client, args: readonly string[]): Promise<Resumed> {
  const session = sitDown(who, args)
  try {
    await session.visible(promptShown, 'the prompt')
    session.type('ZQ')
    const at = await session.visible(shows('ZQ'), 'the first keys')
    const there = await session.visible(shows('Resumed'), 'the conversation')
    await session.quiet(500)
    const { rssMB } = treeUse(session.pid)
    return { promptMs: at - session.startedAt, resumedMs: there - session.startedAt, rssMB }
  } finally {
    await session.close()
  }
}

/** The list of conversations, opened and searched at the terminal: from a key to what follows from it. */
async function pickerFigures(who: Client, text: Text, rounds: number): Promise<Figure[]> {
  const session = sitDown(who)
  try {
    await session.visible(promptShown, 'the prompt')
    await session.quiet(600)
    const opens: number[] = []
    const finds: number[] = []
    for (let round = 0; round < rounds; round++) {
      session.type('/sessions')
      await session.visible(shows('› /sessions'), 'the command')
      await session.quiet(100)
      const openedAt = monotonicMs()
      session.type(keyBytes('enter'))
      opens.push((await session.visible(shows(NOTHING_SOUGHT), 'the list')) - openedAt)
      const word = text.word(1_000 + Math.floor(text.chance() * 9_000))
      session.type(word.slice(0, -1))
      await session.quiet(500)
      const typedAt = monotonicMs()
      session.type(word.slice(-1))
      // In what was typed, and in what was found.
      const isFound = ({ screen }: Emulator) => screen().filter((row) => row.includes(word)).length > 1
      finds.push((await session.visible(isFound, `"${word}"`)) - typedAt)
      session.type(keyBytes('esc'))
      await session.visible(shows(NOTHING_SOUGHT), 'the whole list')
      session.type(keyBytes('esc'))
      await session.visible((emulator) => !shows(NOTHING_SOUGHT)(emulator), 'the chat')
      await session.quiet(100)
    }
    return [
      {
        name: 'picker open in it, median',
        measured: median(opens),
        unit: 'ms',
        target: TARGETS.listMs,
        detail: summary(opens),
      },
      {
        name: 'a letter more in its search, median',
        measured: median(finds),
        unit: 'ms',
        target: TARGETS.searchMs,
        detail: summary(finds),
      },
    ]
  } finally {
    await session.close()
  }
}

async function startFigures(large: Client, empty: Client, rounds: number): Promise<Figure[]> {
  const ratio = (name: string, target: number | null, [mine = [], theirs = []]: readonly number[][]): Figure => ({
    ...{ name, measured: median(mine) / median(theirs), unit: 'x', target },
    detail: `${summary(mine)}, empty ${summary(theirs)}`,
  })
  for (const one of [large, empty]) await oneShotMs(one)
  return [
    ratio('one-shot in it to an empty history', TARGETS.oneShot, await interleaved(rounds, [large, empty], oneShotMs)),
    ratio(
      'chat start in it to an empty history',
      null,
      await interleaved(rounds, [large, empty], (one) => startMs(one)),
    ),
  ]
}
