/** Fills a history with conversations as if they had been held: the events that a chat would have saved, in its own words. */

import type { Choices } from '../src/core/conversation/choices.ts'
import { type Event, newConversation, type State } from '../src/core/conversation.ts'
import { batchOf } from '../src/core/history/saved.ts'
import { NO_USAGE } from '../src/core/turn.ts'
import type { History } from '../src/io/history.ts'
import { CHOICES as USUAL_CHOICES } from '../test/kit/choices.ts'
import { lived } from '../test/kit/lived.ts'
import type { Text } from './zipf-text.ts'

const MODEL = 'claude-sonnet-5-5'
const MINUTE = 60_000
/** Turns that go into one transaction. */
const AT_ONCE = 200

const CHOICES: Choices = { ...USUAL_CHOICES, model: MODEL }

/** To the first word, in ms, on average. */
const FIRST_MS = 999
const USUAL: { readonly model: string; readonly firstMs: number } = { model: MODEL, firstMs: FIRST_MS }

/** The name of the long conversation. */
export const LONGEST = 'The longest conversation'

export interface Amount {
  readonly answers: number
  /** Words of an answer, on average. */
  readonly words: number
  /** Turns of the last conversation; the others are short. */
  readonly longest: number
  /** Who answers, in turn; absent: one model does. */
  readonly models?: readonly string[]
}

/** Writes so much, the long conversation last. @returns how many conversations there are */
export function fill(history: History, text: Text, { answers, words, longest, models = [MODEL] }: Amount): number {
  let left = answers - longest
  let at = Date.now() - answers * MINUTE
  let conversations = 0
  const talk = (turns: number): number => {
    conversations++
    let id: number | null = null
    for (let done = 0, state = newConversation(CHOICES); done < turns; ) {
      // A transaction of its own for each turn would take minutes.
      history.together(() => {
        for (let i = 0; i < AT_ONCE && done < turns; i++, done++) {
          at += MINUTE
          const model = models[conversations % models.length]!
          const step = turn(state, ...saying(text, words), at, { model, firstMs: FIRST_MS * (0.5 + text.chance()) })
          id ??= history.begin('chat', step.batch.summary, at)
          history.append(id, done, step.batch)
          state = step.state
        }
      })
      history.rest()
    }
    return id!
  }
  while (left > 0) {
    // As it is in practice: most conversations are a question or two.
    const turns = Math.min(left, text.chance() < 0.6 ? 1 : 1 + Math.floor(text.chance() * 18))
    talk(turns)
    left -= turns
  }
  if (longest > 0) history.retitle(talk(longest), LONGEST, at)
  return conversations
}

/** A conversation of so many turns. @param tokens of each answer, by the length of its text; 0: a few words */
export function seed(history: History, turns: number, tokens = 0): void {
  const more = ' and so on'.repeat(tokens / 4)
  let state = newConversation(CHOICES)
  let id: number | null = null
  for (let i = 0; i < turns; i++) {
    const step = turn(state, `Seed question ${i}`, `Seed answer ${i}${more}`, Date.now() - (turns - i) * MINUTE)
    id ??= history.begin('chat', step.batch.summary, step.batch.wallMs)
    history.append(id, i, step.batch)
    state = step.state
  }
}

/** One answer in ten is Chinese. */
function saying(text: Text, words: number): [question: string, answer: string] {
  const size = 0.2 + 1.6 * text.chance()
  return text.chance() < 0.1
    ? [text.chinese(30), text.chinese(Math.round(words * size * 2))]
    : [text.words(8 + Math.floor(text.chance() * 40)), text.words(Math.round(words * size))]
}

function turn(from: State, question: string, answer: string, at: number, { model, firstMs } = USUAL) {
  const output = Math.round(answer.length / 4)
  const usage = { ...NO_USAGE, input: 20, cacheRead: 5_000 }
  const events: readonly Event[] = [
    { type: 'asked', at: at - 9_000, text: question },
    { type: 'sent', at: at - 8_999, attempt: 1, model },
    { type: 'heard', at: at - 8_500, requestId: `req_${at}`, limits: {} },
    { type: 'began', at: at - 8_490, model, messageId: `msg_${at}`, usage, cacheMiss: null },
    { type: 'delta', at: at - 100, since: at - 8_999 + firstMs, text: answer },
    { type: 'usage', at: at - 50, usage: { ...usage, output } },
    { type: 'finished', at, stopReason: 'end_turn', explanation: null },
  ]
  const { state, saved } = lived(events, from)
  return { batch: batchOf(saved, state, at), state }
}
