/** One question in a chat at the terminal, and all that can be measured of its answer. What is good enough, others know. */

import { type Answer, type AnswerPace, bytesOf, lineFor } from './answers.ts'
import { type Client, promptShown, sitDown, type TimedSession } from './driver.ts'
import { lookBack } from './look-back.ts'
import { tally, word } from './numbered-words.ts'
import { treeUse } from './process-tree.ts'
import type { AnswerTimes, Server } from './server.ts'

/** The size of every session; the driver's. */
export const SIZE = { columns: 100, rows: 30 } as const

export interface Turn {
  readonly answer: Answer
  /** When the server wrote each delta and the last byte. */
  readonly times: AnswerTimes
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** Of the client and its children, from Enter until the terminal is silent. */
  readonly cpuS: number
  /** Bytes on the terminal for each byte of the answer. */
  readonly bytesPerByte: number
}

/** What else happens in a turn: once the question is sent, and once the first word stands there. */
export interface Meanwhile {
  readonly sent?: () => Promise<void>
  readonly begun?: () => Promise<void>
}

/** Asks for this answer, and waits until it is whole and the terminal silent. */
export async function turn(
  session: TimedSession,
  server: Server,
  answer: Answer,
  pace: AnswerPace,
  { sent, begun }: Meanwhile = {},
): Promise<Turn> {
  const { tag, count } = answer.words
  const question = `question ${tag}`
  await server.enqueue(lineFor(answer, pace))
  let cpuS = 0
  let bytes = 0
  await session.ask(question, async () => {
    await session.quiet(80)
    cpuS = treeUse(session.pid).cpuS
    bytes = session.bytes
  })
  await sent?.()
  const firstSeenAt = await session.visible(anyWord(tag), 'the first word')
  await begun?.()
  // The floor lets the terminal break a word between two rows.
  const last = word(tag, count)
  const lastSeenAt = await session.visible(({ screen }) => screen().join('').includes(last), 'the last word')
  await session.quiet(300)
  return {
    answer,
    times: await server.timesOf(question),
    firstSeenAt,
    lastSeenAt,
    cpuS: treeUse(session.pid).cpuS - cpuS,
    bytesPerByte: (session.bytes - bytes) / bytesOf(answer),
  }
}

/** A burst may have left the screen before anybody looks: then any word tells that it began. */
function anyWord(tag: string): Parameters<TimedSession['visible']>[0] {
  const numbered = new RegExp(`${tag}\\d{5}`)
  return ({ screen }) => screen().some((row) => numbered.test(row))
}

/** Opens a session, its prompt visible and everything loaded. */
export async function sit(who: Client): Promise<TimedSession> {
  const session = sitDown(who)
  await session.visible(promptShown, 'the prompt')
  await session.quiet(600)
  return session
}

/** Runs something in a session of its own. */
export async function sitting<Result>(who: Client, run: (session: TimedSession) => Promise<Result>): Promise<Result> {
  const session = await sit(who)
  try {
    return await run(session)
  } finally {
    await session.close()
  }
}

export interface Looked {
  /** From the server's write of a delta until its word stood on the screen, in order, ms; one row for each turn. */
  readonly latencies: readonly (readonly number[])[]
  /** Rows of the whole session that went out and came back. */
  readonly flickers: number
}

/** Looks at a whole session again. A word that left the screen within one frame has no latency. */
export async function lookAt({ chunks }: TimedSession, turns: readonly Turn[]): Promise<Looked> {
  const { seenAt, flickers } = await lookBack(chunks, SIZE, /q[a-z]{3}\d{5}/g)
  const latencies = turns.map(({ answer, times }) =>
    times.deltas.flatMap((writtenAt, i) => {
      const at = seenAt.get(word(answer.words.tag, i + 1))
      return at === undefined ? [] : [at - writtenAt]
    }),
  )
  return { latencies, flickers: flickers.length }
}

/** Words of an answer that are missing, doubled or out of order in scrollback and screen together. */
export function wrongWords(
  { emulator }: TimedSession,
  { words }: Answer,
): { readonly wrong: number; readonly how: string } {
  const { missing, doubled, disordered } = tally(emulator.text(), words)
  return {
    wrong: missing + doubled + disordered,
    how: `${missing} missing, ${doubled} doubled, ${disordered} out of order of ${words.count}`,
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
