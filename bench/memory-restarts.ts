/** How long the start after a kill takes, beside one after a program that ended by itself, in the same home. */

import { CLIENT } from '../test/kit/lodging.ts'
import { runPipe } from '../test/kit/pipe.ts'
import { type Client, client, promptShown, shows, sitDown } from './driver.ts'
import { type Figure, median, summary } from './measure.ts'
import { freshTag, questionFor, word } from './numbered-words.ts'
import type { Server } from './server.ts'

/** The most that is good enough: the start after a kill to one after a good end. */
const TARGET = 1.2
const WORDS = 2_000
/** The word at which the chat is killed: it has been noted for a while by then. */
const KILLED_AT = 300

/** @param rounds how often each of them is timed */
export async function restartFigures(server: Server, rounds: number): Promise<readonly Figure[]> {
  const who = client('claude-tui', CLIENT, server.url)
  const afterKill = { chat: [] as number[], oneShot: [] as number[] }
  const afterEnd = { chat: [] as number[], oneShot: [] as number[] }
  try {
    await startMs(who)
    for (let round = 0; round < rounds; round++) {
      await killedInMidAnswer(who)
      afterKill.chat.push(await startMs(who))
      afterEnd.chat.push(await startMs(who))
      await killedInMidAnswer(who)
      afterKill.oneShot.push(await oneShotMs(who))
      afterEnd.oneShot.push(await oneShotMs(who))
    }
    return [
      figure('chat start after a kill to a normal one', afterKill.chat, afterEnd.chat),
      figure('one-shot after a kill to a normal one', afterKill.oneShot, afterEnd.oneShot),
    ]
  } finally {
    who.lodging.remove()
  }
}

function figure(name: string, killed: readonly number[], normal: readonly number[]): Figure {
  const detail = `${summary(killed)} after a kill, ${summary(normal)} normally`
  return { name, measured: median(killed) / median(normal), unit: 'x', target: TARGET, detail }
}

async function killedInMidAnswer(who: Client): Promise<void> {
  const session = sitDown(who)
  await session.visible(promptShown, 'the prompt')
  const tag = freshTag()
  await session.ask(questionFor({ tag, count: WORDS }, { rate: 500, ttftMs: 20 }))
  await session.visible(shows(word(tag, KILLED_AT)), 'the word to be killed at')
  await session.kill()
}

/** From the start to the first key that is echoed. */
export async function startMs(who: Client, args: readonly string[] = []): Promise<number> {
  const session = sitDown(who, args)
  try {
    await session.visible(promptShown, 'the prompt')
    session.type('ZQ')
    const at = await session.visible(shows('ZQ'), 'the first keys')
    // What comes after the first paint belongs to this start, not to the next one.
    await session.quiet(300)
    return at - session.startedAt
  } finally {
    await session.close()
  }
}

/** From the start of a one-shot with a short answer to its end. */
export async function oneShotMs({ program, lodging }: Client): Promise<number> {
  const stdin = questionFor({ tag: freshTag(), count: 10 }, { rate: 0, ttftMs: 0 })
  const { code, stderr, startedAt, exitedAt } = await runPipe({ program, lodging, args: ['-p'], stdin })
  if (code !== 0 || stderr !== '') throw new Error(`A one-shot ended with ${code}: ${stderr}`)
  return exitedAt - startedAt
}
