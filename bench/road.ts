/**
 * The road's figures: from start to prompt, from question to answer, in the chat and through a pipe, each beside the
 * floor (`floor.mjs`) in the same minutes. What a median is, `measure` knows; when something is visible, `driver`.
 */

import { fileURLToPath } from 'node:url'
import { CLIENT } from '../test/kit/lodging.ts'
import { runPipe } from '../test/kit/pipe.ts'
import { type Client, client, promptShown, shows, sitDown } from './driver.ts'
import {
  countFigure,
  type Figure,
  fromPerformance,
  interleaved,
  median,
  medianFigure,
  ratioFigure,
  summary,
} from './measure.ts'
import { freshTag, type Pace, questionFor, type Tally, tally, type Words, word } from './numbered-words.ts'
import type { Server } from './server.ts'

/** The most that is good enough. */
const TARGETS = { start: 3, oneShot: 2, firstByteMs: 5, firstTokenMs: 5 } as const

const FLOOR = fileURLToPath(new URL('floor.mjs', import.meta.url))
const SDK_FLOOR = fileURLToPath(new URL('sdk-floor.mjs', import.meta.url))

/** @param rounds how often each time is taken */
export async function road(server: Server, rounds: number): Promise<readonly Figure[]> {
  const ours = client('claude-tui', CLIENT, server.url)
  const floor = client('floor', FLOOR, server.url)
  const sdk = client('SDK floor', SDK_FLOOR, server.url)
  try {
    for (const one of [ours, floor]) await start(one)
    return [
      ...(await startFigures(ours, floor, rounds)),
      ...(await oneShotFigures(ours, floor, sdk, server, rounds)),
      ...(await firstTokenFigures(ours, floor, server, rounds)),
      ...(await wordFigures(ours, floor)),
    ]
  } finally {
    for (const { lodging } of [ours, floor, sdk]) lodging.remove()
  }
}

interface Start {
  readonly promptMs: number
  readonly keyMs: number
}

/** Starts a chat, types two letters, and leaves. @returns how long the prompt and the letters took, in ms */
export async function start(who: Client): Promise<Start> {
  const session = sitDown(who)
  try {
    const promptAt = await session.visible(promptShown, 'the prompt')
    session.type('ZQ')
    // The echo is the better figure: a prompt can be drawn before anybody listens.
    const keyAt = await session.visible(shows('ZQ'), 'the first keys')
    return { promptMs: promptAt - session.startedAt, keyMs: keyAt - session.startedAt }
  } finally {
    await session.close()
  }
}

async function startFigures(ours: Client, floor: Client, rounds: number): Promise<Figure[]> {
  const [mine = [], theirs = []] = await interleaved(rounds, [ours, floor], start)
  const pick = (samples: readonly Start[], key: keyof Start) => samples.map((sample) => sample[key])
  return [
    ratioFigure('start to prompt', pick(mine, 'promptMs'), pick(theirs, 'promptMs'), TARGETS.start),
    ratioFigure('start to first key echoed', pick(mine, 'keyMs'), pick(theirs, 'keyMs'), TARGETS.start),
  ]
}

interface OneShot {
  readonly wallMs: number
  /** From the server's first delta to the first byte on stdout. */
  readonly firstByteMs: number
}

/** A question through a pipe, answered word for word. @throws Error when it was not */
export async function oneShot(
  { program, lodging, name }: Client,
  server: Server,
  count: number,
  pace: Pace,
): Promise<OneShot> {
  const words = { tag: freshTag(), count }
  const question = questionFor(words, pace)
  const { code, stdout, stderr, startedAt, exitedAt, firstStdoutAt } = await runPipe({
    program,
    lodging,
    args: ['-p'],
    stdin: `${question}\n`,
  })
  const { missing, doubled } = tally(stdout.toString(), words)
  if (code !== 0 || missing + doubled > 0 || firstStdoutAt === null) {
    throw new Error(`${name} -p: code ${code}, ${missing} words missing, ${doubled} doubled. ${stderr}`)
  }
  const firstByteMs = fromPerformance(firstStdoutAt) - (await server.firstDeltaAt(question))
  return { wallMs: exitedAt - startedAt, firstByteMs }
}

async function oneShotFigures(
  ours: Client,
  floor: Client,
  sdk: Client,
  server: Server,
  rounds: number,
): Promise<Figure[]> {
  const all = [ours, floor, sdk]
  for (const one of all) await oneShot(one, server, 10, { rate: 0, ttftMs: 0 })
  const burst = await interleaved(rounds, all, (one) => oneShot(one, server, 200, { rate: 0, ttftMs: 0 }))
  const [mine = [], theirs = [], unbundled = []] = burst.map((samples) => samples.map(({ wallMs }) => wallMs))
  // Paced, so that waiting for the end of the answer would show; the wait before it is never the same twice.
  const paced = await interleaved(rounds, [ours, floor], (one, round) =>
    oneShot(one, server, 40, { rate: 100, ttftMs: 150 + round * 7 }),
  )
  const [first = [], floorFirst = []] = paced.map((samples) => samples.map(({ firstByteMs }) => firstByteMs))
  const sdkDetail = `ours ${summary(mine)}, SDK floor ${summary(unbundled)}`
  return [
    ratioFigure('one-shot wall', mine, theirs, TARGETS.oneShot),
    // Under, not equal: the SDK alone is what everybody could have.
    {
      name: 'one-shot wall to SDK floor',
      measured: median(mine) / median(unbundled),
      unit: 'x',
      target: 1,
      detail: sdkDetail,
    },
    medianFigure('first stdout byte after first delta', first, TARGETS.firstByteMs, `, floor ${summary(floorFirst)}`),
  ]
}

async function firstTokenFigures(ours: Client, floor: Client, server: Server, rounds: number): Promise<Figure[]> {
  const sessions = [ours, floor].map((one) => ({ session: sitDown(one), name: one.name }))
  try {
    for (const { session } of sessions) await session.visible(promptShown, 'the prompt')
    const [mine = [], theirs = []] = await interleaved(rounds, sessions, async ({ session }, round) => {
      const words = { tag: freshTag(), count: 30 }
      const question = questionFor(words, { rate: 100, ttftMs: 200 + round * 31 })
      await session.ask(question)
      const seenAt = await session.visible(shows(word(words.tag, 1)), 'the first word')
      await session.visible(shows(word(words.tag, words.count)), 'the last word')
      await session.quiet(150)
      return seenAt - (await server.firstDeltaAt(question))
    })
    const clears = sessions[0]?.session.emulator.counters.fullClears ?? 0
    return [
      medianFigure('first token written to visible', mine, TARGETS.firstTokenMs, `, floor ${summary(theirs)}`),
      countFigure('full clears, short answers', clears, 0, `${rounds} answers in one session`),
    ]
  } finally {
    for (const { session } of sessions) await session.close()
  }
}

interface Showing {
  readonly name: string
  readonly count: number
  readonly pace: Pace
  /** The window in mid-answer. */
  readonly resize?: { readonly atWord: number; readonly columns: number; readonly rows: number }
}

const SHOWINGS: readonly Showing[] = [
  { name: 'prose', count: 900, pace: { rate: 300, ttftMs: 50 } },
  { name: 'burst', count: 5000, pace: { rate: 0, ttftMs: 50 } },
  { name: 'resize', count: 900, pace: { rate: 150, ttftMs: 50 }, resize: { atWord: 250, columns: 70, rows: 24 } },
]

interface Shown extends Tally {
  readonly fullClears: number
}

/** Lets one answer stream into a fresh session and counts what the terminal holds in the end. */
async function show(who: Client, { count, pace, resize }: Showing): Promise<Shown> {
  const session = sitDown(who)
  try {
    await session.visible(promptShown, 'the prompt')
    const words: Words = { tag: freshTag(), count }
    await session.ask(questionFor(words, pace))
    if (resize) {
      await session.visible(shows(word(words.tag, resize.atWord)), 'the word to resize at')
      session.resize(resize.columns, resize.rows)
    }
    await session.visible(shows(word(words.tag, count)), 'the last word')
    await session.quiet(400)
    return { ...tally(session.emulator.text(), words), fullClears: session.emulator.counters.fullClears }
  } finally {
    await session.close()
  }
}

async function wordFigures(ours: Client, floor: Client): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const showing of SHOWINGS) {
    const mine = await show(ours, showing)
    const wrong = ({ missing, doubled, disordered }: Tally) => missing + doubled + disordered
    // What a resize takes from the floor is the terminal's own doing: it does not reflow the row that is being written.
    const beside = showing.resize ? `; floor ${wrong(await show(floor, showing))} wrong` : ''
    const detail = `${mine.missing} missing, ${mine.doubled} doubled, ${mine.disordered} out of order of ${showing.count}`
    figures.push(
      countFigure(`words wrong, ${showing.name}`, wrong(mine), 0, detail + beside),
      countFigure(`full clears, ${showing.name}`, mine.fullClears, 0),
    )
  }
  return figures
}
