/**
 * A conversation of 160,000 tokens whose summary is still being written: what the keyboard feels, when the next question
 * leaves, and with which context; and whether what was saved of it tells the same.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newConversation, type State } from '../src/core/conversation.ts'
import { messagesOf, windowOf } from '../src/core/window/window.ts'
import { openHistory } from '../src/io/history.ts'
import { recall } from '../src/modes/history/recall.ts'
import { CHOICES } from '../test/kit/choices.ts'
import { keyBytes } from '../test/kit/key-bytes.ts'
import { CLIENT, lodge } from '../test/kit/lodging.ts'
import { type Client, promptShown, shows, sitDown, type TimedSession } from './driver.ts'
import { typing } from './glass-keys.ts'
import { pause } from './glass-turn.ts'
import { seed } from './history-fill.ts'
import { countFigure, type Figure, median, medianFigure, monotonicMs, summary } from './measure.ts'
import { freshTag } from './numbered-words.ts'
import type { Server } from './server.ts'

/** What a summary may add to an echo or a send, in ms, by their medians. */
const MORE_MS = 5
/** So many turns of so many tokens each make 160,000. */
const TURNS = 40
const TURN_TOKENS = 4_000
/** A share of a million tokens that the conversation passes with its next answer. */
const SUMMARISE_AT = { during: '0.15', without: '1' } as const

interface Sitting {
  readonly echoes: readonly number[]
  readonly sends: readonly number[]
  /** Questions that went out with less than the whole conversation. */
  readonly short: number
}

/** @param rounds how many questions are sent, and three times as many keys, each with a summary and without */
export async function compactionFigures(server: Server, rounds: number): Promise<readonly Figure[]> {
  const lodging = lodge({
    ANTHROPIC_BASE_URL: server.url,
    ANTHROPIC_API_KEY: 'bench-key',
    CLAUDE_TUI_SERVER_FEATURES: 'full',
  })
  try {
    const without = await sitting(server, lodging, rounds, false)
    const during = await sitting(server, lodging, rounds, true)
    const more = (name: string, mine: readonly number[], theirs: readonly number[]): readonly Figure[] => [
      medianFigure(`${name}, while a summary is written`, mine, null),
      {
        ...{
          name: `${name}: what the summary adds`,
          measured: median(mine) - median(theirs),
          unit: 'ms',
          target: MORE_MS,
        },
        detail: `${summary(mine)}, without ${summary(theirs)}`,
      },
    ]
    return [
      ...more('key echo at 160k tokens', during.echoes, without.echoes),
      ...more('Enter to the request at the server', during.sends, without.sends),
      countFigure('questions sent meanwhile with less than all', during.short, 0, `of ${during.sends.length}`),
      countFigure('differences between what was sent and what is saved', during.differences, 0),
    ]
  } finally {
    lodging.remove()
  }
}

async function sitting(
  server: Server,
  lodging: ReturnType<typeof lodge>,
  rounds: number,
  isSummarised: boolean,
): Promise<Sitting & { readonly differences: number }> {
  const data = mkdtempSync(join(tmpdir(), 'claude-tui-compaction-'))
  const path = join(data, 'history.db')
  const history = await openHistory(path)
  seed(history, TURNS, TURN_TOKENS)
  history.close()
  const env = {
    ...lodging.env,
    CLAUDE_TUI_DATA_DIR: data,
    CLAUDE_TUI_SUMMARISE_AT: isSummarised ? SUMMARISE_AT.during : SUMMARISE_AT.without,
  }
  const who: Client = { name: 'claude-tui', program: CLIENT, lodging: { ...lodging, env } }
  const session = sitDown(who, ['-c'])
  try {
    await session.visible(promptShown, 'the prompt')
    await session.visible(shows('Resumed'), 'the conversation')
    await session.quiet(600)
    if (isSummarised) await server.enqueue('for-summary text "All of it, in short." hold after=1')
    await send(session, server)
    if (isSummarised) {
      await server.held()
      await session.visible(shows('Summarising'), 'the summary')
    }
    const echoes = await typing(session, rounds * 3)
    const sends: number[] = []
    let short = 0
    for (let i = 0; i < rounds; i++) {
      const sent = await send(session, server)
      sends.push(sent.ms)
      if (sent.prompt.length !== 2 * (TURNS + 2 + i) - 1) short++
    }
    if (isSummarised) {
      await server.release()
      await session.visible(shows('Summarised'), 'the end of the summary')
    }
    const last = await send(session, server)
    await session.quiet(300)
    return { echoes, sends, short, differences: await differences(path, last.prompt, isSummarised) }
  } finally {
    await session.close()
    rmSync(data, { recursive: true, force: true })
  }
}

/** Sends a question, and waits for its answer. @returns the time from Enter to the server, and what arrived there */
async function send(
  session: TimedSession,
  server: Server,
): Promise<{ readonly ms: number; readonly prompt: readonly string[] }> {
  const tag = freshTag()
  const question = `question ${tag}`
  await server.enqueue(`text "Answer to ${tag}."`)
  session.type(question)
  await session.visible(shows(question), 'the question')
  await pause(100)
  const at = monotonicMs()
  session.type(keyBytes('enter'))
  await session.visible(shows(`Answer to ${tag}.`), 'the answer')
  await session.quiet(150)
  const { askedAt, prompt } = await server.timesOf(question)
  return { ms: askedAt - at, prompt }
}

/** Messages that were sent with the last question, and do not follow from what is saved; and a summary that is not there. */
async function differences(path: string, prompt: readonly string[], isSummarised: boolean): Promise<number> {
  const history = await openHistory(path)
  try {
    const [one] = history.list({ limit: 1 })
    const { state } = await recall(one!.id, { history, fresh: newConversation(CHOICES), origin: 0 })
    const before: State = { ...state, turns: state.turns.slice(0, -1) }
    const saved = [...messagesOf(windowOf(before)).map(({ text }) => text), state.turns.at(-1)?.question]
    const wrong = saved.filter((text, i) => text !== prompt[i]).length + Math.abs(saved.length - prompt.length)
    return wrong + (isSummarised === (windowOf(state).summary !== null) ? 0 : 1)
  } finally {
    history.close()
  }
}
