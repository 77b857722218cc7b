/**
 * What the keyboard feels: from the start to the first key, and from a key to its echo at an empty prompt, below a
 * stream, and after 10,000 lines; and what many long turns leave in memory.
 */

import { keyBytes } from '../test/kit/key-bytes.ts'
import { list, prose } from './answers.ts'
import { type Client, shows, sitDown, type TimedSession } from './driver.ts'
import { pause, sitting, turn } from './glass-turn.ts'
import {
  amountFigure,
  countFigure,
  type Figure,
  interleaved,
  latencyFigures,
  monotonicMs,
  ratioFigure,
  summary,
} from './measure.ts'
import { freshTag } from './numbered-words.ts'
import { watchMemory } from './process-tree.ts'
import type { Server } from './server.ts'

const TARGETS = { start: 2.2, echoEmpty: [2.5, 6], echoStreaming: [4, 10], oneTurnMB: 110, fiftyTurnsMB: 135 } as const

/** Keys of one row of typing; then the row is erased. */
const KEYS_A_ROW = 14
const HISTORY = { answers: 10, lines: 1000 } as const
const LONG_TURNS = 50
const LONG_WORDS = 2000

export async function startFigures(ours: Client, floor: Client, rounds: number): Promise<Figure[]> {
  const [mine = [], theirs = []] = await interleaved(rounds, [ours, floor], async (who) => {
    const session = sitDown(who)
    try {
      // A prompt can be drawn before anybody listens: what counts is a key that comes back.
      await session.visible(({ screen }) => screen().some((row) => row.startsWith('›')), 'the prompt')
      session.type('ZQ')
      return (await session.visible(shows('ZQ'), 'the first keys')) - session.startedAt
    } finally {
      await session.close()
    }
  })
  return [ratioFigure('start to first key echoed', mine, theirs, TARGETS.start)]
}

interface Echoes {
  readonly empty: readonly number[]
  readonly streaming: readonly number[]
  readonly clears: number
}

/** @param keys how many echoes are timed each time */
export async function echoFigures(ours: Client, floor: Client, server: Server, keys: number): Promise<Figure[]> {
  const mine = await echoes(ours, server, keys)
  // The kernel's own echo. Below a stream it would come between the words, and there is nothing to wait for.
  const theirs = await sitting(floor, (session) => typing(session, keys))
  return [
    ...latencyFigures('key echo, empty', mine.empty, TARGETS.echoEmpty, `, floor ${summary(theirs)}`),
    ...latencyFigures('key echo, streaming after 10,000 lines', mine.streaming, TARGETS.echoStreaming),
    countFigure('full clears, 10,000 lines', mine.clears, 0),
  ]
}

function echoes(who: Client, server: Server, keys: number): Promise<Echoes> {
  return sitting(who, async (session) => {
    const empty = await typing(session, keys)
    for (let i = 0; i < HISTORY.answers; i++) {
      await turn(session, server, list(freshTag(), HISTORY.lines), { rate: 0, ttftMs: 20 })
    }
    let streaming: readonly number[] = []
    await turn(
      session,
      server,
      prose(freshTag(), 700),
      { rate: 100, ttftMs: 50 },
      {
        async begun() {
          await pause(500)
          streaming = await typing(session, keys)
        },
      },
    )
    return { empty, streaming, clears: session.emulator.counters.fullClears }
  })
}

/** Types keys one at a time; the time from each one's write until all that was typed stands on the screen, ms. */
export async function typing(session: TimedSession, keys: number): Promise<readonly number[]> {
  const latencies: number[] = []
  while (latencies.length < keys) {
    // Capitals that no answer has, so that the row is found at once.
    let typed = `ZQ${String.fromCharCode(65 + (latencies.length % 26))}`
    session.type(typed)
    await session.visible(shows(typed), 'the first keys of a row')
    for (let i = 0; i < KEYS_A_ROW && latencies.length < keys; i++) {
      // Uneven pauses: a client that draws at fixed times is met at all of them.
      await pause(45 + ((i * 13) % 29))
      typed += String.fromCharCode(97 + ((i * 5 + latencies.length) % 26))
      const echo = session.visible(shows(typed), 'a key')
      const at = monotonicMs()
      session.type(typed.at(-1)!)
      latencies.push((await echo) - at)
    }
    for (let i = 0; i < typed.length; i++) session.type(keyBytes('backspace'))
    await pause(100)
  }
  return latencies
}

export async function memoryFigures(ours: Client, floor: Client, server: Server): Promise<Figure[]> {
  const [mine, theirs] = [await memory(ours, server), await memory(floor, server)]
  const beside = (of: number) => `floor ${of.toFixed(0)} MB`
  return [
    amountFigure('memory after 1 long turn', mine.one, 'MB', TARGETS.oneTurnMB, beside(theirs.one)),
    amountFigure(`memory after ${LONG_TURNS} long turns`, mine.all, 'MB', TARGETS.fiftyTurnsMB, beside(theirs.all)),
  ]
}

/** The peak so far, after one turn and after all. */
function memory(who: Client, server: Server): Promise<{ readonly one: number; readonly all: number }> {
  return sitting(who, async (session) => {
    const watch = watchMemory(session.pid)
    try {
      let one = 0
      for (let i = 0; i < LONG_TURNS; i++) {
        await turn(session, server, prose(freshTag(), LONG_WORDS), { rate: 0, ttftMs: 20 })
        if (i === 0) one = watch.peak()
      }
      return { one, all: watch.peak() }
    } finally {
      watch.stop()
    }
  })
}
