/**
 * What the meter is worth: after each turn of chats with several models it is held against what the demo server billed,
 * told by the server's own log and not by the client; and how much the client adds to what a person asks.
 */

import { type State, update } from '../src/core/conversation.ts'
import { CATALOGUE } from '../src/core/models.ts'
import { contextUsed } from '../src/core/window/meter.ts'
import type { Demo } from '../src/demo/server.ts'
import { evening } from '../test/kit/evening.ts'
import { countFigure, type Figure } from './measure.ts'
import { held, MINUTE } from './scripted-chat.ts'

/** Tokens that the client may add to every request by itself. */
const MOST_ADDED = 300
const TURNS = 6
const QUESTION = 'Why do tides turn, and how sure are you?'

/** What was seen of the meter. */
interface Seen {
  turns: number
  /** Turns after which it was not the server's count, or not told as such. */
  wrong: number
  /** Drafts, and conversations sent otherwise, that were not marked as estimates. */
  unmarked: number
}

export async function windowFigures(): Promise<readonly Figure[]> {
  return [...(await meterFigures()), ...(await addedFigures())]
}

export async function meterFigures(): Promise<readonly Figure[]> {
  const seen: Seen = { turns: 0, wrong: 0, unmarked: 0 }
  for (const { id: model } of CATALOGUE) {
    await held({
      ...{ choices: { model, system: 'Answer in plain English.' }, question: 150, answer: 450 },
      pauses: Array.from({ length: TURNS - 1 }, (_, i) => (i % 2 === 0 ? MINUTE : 10 * MINUTE)),
      after: (state, demo) => look(state, demo, seen),
    })
  }
  return [
    countFigure(
      "turns whose meter is not the server's count",
      seen.wrong,
      0,
      `${seen.turns} turns, ${CATALOGUE.length} models`,
    ),
    countFigure('estimates that are not marked', seen.unmarked, 0, 'drafts, dropped turns, another model'),
  ]
}

/** By the built client. */
export async function addedFigures(): Promise<readonly Figure[]> {
  return (await addedTokens()).map(({ name, tokens, whole }) =>
    countFigure(`tokens the client adds, ${name}`, tokens, MOST_ADDED, `${whole} in all, by the server's count`),
  )
}

function look(state: State, demo: Demo, seen: Seen): void {
  const billed = demo.requests.findLast(({ path }) => path === '/v1/messages')?.billed
  const { value, from } = contextUsed(state, '')
  seen.turns++
  const { input = 0, read = 0, write5m = 0, write1h = 0, output = 0 } = billed ?? {}
  if (!billed || from !== 'server' || value !== input + read + write5m + write1h + output) seen.wrong++
  const other = state.choices.model === 'claude-opus-4-5' ? 'claude-opus-5-5' : 'claude-opus-4-5'
  const guesses = [
    contextUsed(state, 'A question that is being typed.'),
    contextUsed(update(state, { type: 'chosen', choices: { model: other } }).state, ''),
    ...(state.turns.length > 1
      ? [contextUsed(update(state, { type: 'marked', turn: 1, as: 'dropped' }).state, '')]
      : []),
  ]
  seen.unmarked += guesses.filter((guess) => guess.from !== 'estimate').length
}

interface Added {
  readonly name: string
  readonly tokens: number
  /** Of the whole request. */
  readonly whole: number
}

/** The built client as it comes, without settings: what it sends, less the same question alone. */
async function addedTokens(): Promise<readonly Added[]> {
  await using night = await evening()
  const latest = () => night.questions.at(-1) as unknown as Record<string, unknown>
  const count = async (body: Record<string, unknown>) => {
    const { max_tokens: _, stream: __, diagnostics: ___, ...counted } = body
    const response = await fetch(`${night.demo.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer any', 'anthropic-version': '2026-10-21' },
      body: JSON.stringify(counted),
    })
    const { input_tokens: tokens } = (await response.json()) as { input_tokens?: number }
    if (tokens === undefined) throw new Error(`The demo server did not count: HTTP ${response.status}.`)
    return tokens
  }
  const added = async (name: string, content: string): Promise<Added> => {
    const body = latest()
    const [whole, alone] = [
      await count(body),
      await count({ model: body.model, messages: [{ role: 'user', content }] }),
    ]
    return { name, tokens: whole - alone, whole }
  }
  await night.pipe({ args: [QUESTION] })
  const single = await added('one-shot', QUESTION)
  await night.pipe({ args: [QUESTION], stdin: 'The moon pulls at the sea.\n' })
  const piped = await added('one-shot with stdin', `The moon pulls at the sea.\n${QUESTION}`)
  const session = await night.chat()
  session.type(`${QUESTION}\r`)
  await session.see(/ttft \d[^…]*$/m)
  const chat = await added('chat', QUESTION)
  return [single, piped, chat]
}
