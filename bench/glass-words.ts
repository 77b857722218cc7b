/**
 * Whether every word arrives: each numbered word once and in order in scrollback and screen, for all kinds of answers,
 * through a resize too; and whether anything in an answer gets hold of the terminal.
 */

import { leaked } from '../test/kit/hostile-parts.ts'
import { type Answer, code, hostile, huge, list, markdown, prose, wide } from './answers.ts'
import type { Client } from './driver.ts'
import { lookAt, sitting, turn, wrongWords } from './glass-turn.ts'
import { countFigure, type Figure } from './measure.ts'
import { freshTag, word } from './numbered-words.ts'
import type { Server } from './server.ts'

interface Showing {
  readonly name: string
  readonly make: (tag: string) => Answer
  readonly rate: number
  /** Ends writes within characters. */
  readonly torn?: true
  /** The window becomes smaller when this word stands there. */
  readonly resizeAt?: number
}

const SHOWINGS: readonly Showing[] = [
  { name: 'prose', make: (tag) => prose(tag, 900), rate: 300 },
  { name: 'markdown', make: (tag) => markdown(tag, 500), rate: 250 },
  { name: 'fence of 600 lines', make: (tag) => code(tag, 600), rate: 0 },
  { name: '1,500 list lines', make: (tag) => list(tag, 1500), rate: 0 },
  { name: 'a delta of 1 MB', make: (tag) => huge(tag, 1_000_000), rate: 0 },
  { name: 'torn UTF-8', make: (tag) => wide(tag, 150), rate: 0, torn: true },
  { name: 'resize, prose', make: (tag) => prose(tag, 900), rate: 300, resizeAt: 250 },
  { name: 'resize, markdown', make: (tag) => markdown(tag, 600), rate: 250, resizeAt: 250 },
]
const SMALLER = { columns: 70, rows: 24 } as const

interface Shown {
  readonly wrong: number
  readonly how: string
  readonly clears: number
  readonly flickers: number
}

export async function wordFigures(ours: Client, floor: Client, server: Server): Promise<Figure[]> {
  const figures: Figure[] = []
  let [clears, flickers] = [0, 0]
  for (const showing of SHOWINGS) {
    const mine = await show(ours, server, showing)
    clears += mine.clears
    flickers += mine.flickers
    // What a resize takes from the floor is the terminal's doing: it does not reflow the row that is being written.
    const theirs = showing.resizeAt === undefined ? null : await show(floor, server, showing)
    const beside = theirs ? `; floor ${theirs.how}` : ''
    figures.push(countFigure(`words wrong, ${showing.name}`, mine.wrong, theirs?.wrong ?? 0, mine.how + beside))
  }
  return [
    ...figures,
    countFigure('full clears, all of these', clears, 0),
    countFigure('flicker rows, all of these', flickers, 0),
    ...(await hostileFigures(ours, floor, server)),
  ]
}

function show(who: Client, server: Server, { make, rate, torn, resizeAt }: Showing): Promise<Shown> {
  return sitting(who, async (session) => {
    const answer = make(freshTag())
    const { tag } = answer.words
    const one = await turn(
      session,
      server,
      answer,
      { rate, ttftMs: 50, torn },
      {
        async begun() {
          if (resizeAt === undefined) return
          const mark = word(tag, resizeAt)
          await session.visible(({ screen }) => screen().join('').includes(mark), 'the word to resize at')
          session.resize(SMALLER.columns, SMALLER.rows)
        },
      },
    )
    const flickers = resizeAt === undefined ? (await lookAt(session, [one])).flickers : 0
    return { ...wrongWords(session, answer), clears: session.emulator.counters.fullClears, flickers }
  })
}

/** Once as fast as it goes and once word by word, so that sequences arrive whole and in parts. */
async function hostileFigures(ours: Client, floor: Client, server: Server): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, rate] of [
    ['burst', 0],
    ['paced', 60],
  ] as const) {
    const [mine, theirs] = [await leaks(ours, server, rate), await leaks(floor, server, rate)]
    const detail = mine.length > 0 ? mine.join(', ') : `floor ${theirs.length}`
    figures.push(countFigure(`hostile parts on the terminal, ${name}`, mine.length, 0, detail))
  }
  return figures
}

function leaks(who: Client, server: Server, rate: number): Promise<readonly string[]> {
  return sitting(who, async (session) => {
    const answer = hostile(freshTag())
    const from = session.chunks.length
    await turn(session, server, answer, { rate, ttftMs: 50 })
    return leaked(Buffer.concat(session.chunks.slice(from).map(({ bytes }) => bytes)), answer.words.tag)
  })
}
