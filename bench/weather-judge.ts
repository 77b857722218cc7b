/** One bad answer, lived through by the client's own parts: wire, conversation, transcript, painter; and what was wrong. */

import { isDeepStrictEqual } from 'node:util'
import { statusBar } from '../src/core/chat/status.ts'
import { type Event, fold, newConversation, type State, update } from '../src/core/conversation.ts'
import { legalEvents } from '../src/core/history/legal-events.ts'
import { condensed, kept } from '../src/core/history/record.ts'
import { planRequest } from '../src/core/request/plan.ts'
import { asLines } from '../src/core/text/rows.ts'
import { theme } from '../src/core/text/theme.ts'
import { isEnd, type TurnEvent } from '../src/core/turn.ts'
import { Painter } from '../src/glass/painter.ts'
import { plainLines } from '../src/glass/plain-lines.ts'
import { createTranscript } from '../src/glass/transcript.ts'
import type { Api } from '../src/io/api.ts'
import { harmlessView } from '../src/modes/chat/harmless-view.ts'
import { asJson } from '../src/modes/shell/sink.ts'
import { CHOICES } from '../test/kit/choices.ts'
import { livePlaces } from '../test/kit/hostile-parts.ts'
import { TAG } from './weather-streams.ts'

export interface Wrong {
  readonly what: 'crash' | 'live' | 'fold' | 'ends'
  readonly how: string
}

const COLUMNS = 60
const ROWS = 20
const LOOK = theme({ colour: 'ansi16', links: true })

/** Asks, listens to the end, and looks back. Never rejects. @param question told to the server, to know what to answer with */
export async function livedThrough(
  api: Api,
  question: string,
  stream: boolean,
  now: () => number,
): Promise<readonly Wrong[]> {
  const events: TurnEvent[] = []
  let state = newConversation({ ...CHOICES, stream })
  const asked: Event = { type: 'asked', at: now(), text: question }
  try {
    const request = planRequest(state, question)
    // In life a picture is drawn later than the event comes: what breaks there has nobody above it to catch it.
    await api.attempt(request, 1, new AbortController().signal, (event) => void events.push(event))
  } catch (error) {
    return [{ what: 'crash', how: `the wire: ${inWords(error)}` }]
  }
  const wrong: Wrong[] = []
  const ends = events.filter(isEnd).length
  if (ends !== 1 || !isEnd(events.at(-1)!)) wrong.push({ what: 'ends', how: `${ends} ends` })
  try {
    const saved: Event[] = []
    const sent = new Screen()
    for (const event of [asked, ...events]) {
      state = update(state, event).state
      const one = kept(event, state)
      if (one) saved.push(one)
      sent.take(state, event, now())
    }
    for (const how of sent.livePlaces()) wrong.push({ what: 'live', how })
    // As it is on the disk: JSON knows no NaN, no Infinity and no undefined.
    const read = legalEvents(JSON.parse(JSON.stringify(condensed(saved))))
    const folded = fold(newConversation({ ...CHOICES, stream }), read)
    if (!isDeepStrictEqual(withoutLimits(folded), withoutLimits(state)))
      wrong.push({ what: 'fold', how: difference(folded, state) })
    if (Object.hasOwn(Object.prototype, 'polluted')) wrong.push({ what: 'crash', how: 'a prototype was changed' })
  } catch (error) {
    wrong.push({ what: 'crash', how: inWords(error) })
  }
  return wrong
}

/** Everything that is said of a turn, on a terminal: painted, in lines, as JSON, and the bar below it. */
class Screen {
  readonly #written: string[] = []
  readonly #painter = new Painter({ columns: COLUMNS, rows: ROWS, write: (data) => void this.#written.push(data) })
  readonly #transcript = createTranscript(LOOK, COLUMNS)
  readonly #lines = plainLines(() => COLUMNS)

  take(state: State, event: Event, now: number): void {
    const settled = this.#transcript.follow(state, event)
    this.#painter.paint({
      settled,
      tail: this.#transcript.tail(ROWS - 3),
      chrome: [this.#bar(state, now)],
      caret: null,
    })
    this.#written.push(asLines(this.#lines.follow(state, event, now)), asJson(event), '\n')
  }

  /** The status bar as it stands in the view that is drawn. */
  #bar(state: State, now: number): string {
    const status = statusBar(state, '', now, COLUMNS)
    const none = { waiting: null, queue: [], enclosed: [], menu: null, notice: null, tag: null, welcome: null }
    return harmlessView({ ...none, status } as unknown as Parameters<typeof harmlessView>[0])
      .status.map(({ text }) => text)
      .join('')
  }

  livePlaces(): readonly string[] {
    return livePlaces(Buffer.from(this.#written.join('')), TAG)
  }
}

/** Limits hold for the account, not for the conversation: they are not saved. */
const withoutLimits = (state: State) => ({ ...state, limits: null })

function difference(one: State, other: State): string {
  const names = Object.keys(other) as (keyof State)[]
  const name = names.find((field) => field !== 'limits' && !isDeepStrictEqual(one[field], other[field]))
  const [a, b] = [one, other].map((state) =>
    JSON.stringify(state[name!], (_, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  )
  const at = [...(a ?? '')].findIndex((char, i) => char !== b?.[i])
  return `${name}: ${a?.slice(Math.max(0, at - 60), at + 40)} / ${b?.slice(Math.max(0, at - 60), at + 40)}`
}

const inWords = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error)
