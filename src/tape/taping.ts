/**
 * Records a session: listens to the wire and to what the person does, and puts both on a tape. What costs time is done
 * once the event loop has nothing more urgent.
 */

import { withAttachments } from '../core/attachments.ts'
import type { Event, State } from '../core/conversation.ts'
import { secretKeeper } from '../core/tape/secrets.ts'
import { type Deed, type Head, type Past, REQUEST_HEADERS, RESPONSE_HEADERS } from '../core/tape/tape.ts'
import { type TapeWriter, tapeWriter } from '../core/tape/writer.ts'
import type { Turn } from '../core/turn/turns.ts'
import { isEnd } from '../core/turn.ts'
import { isUnsent } from '../core/weather/resilience.ts'
import type { Fetch } from '../io/transport.ts'
import { type Listener, type Outgoing, tapped } from '../io/wire/tap.ts'
import { createTapeFile } from '../io/wire/tape-file.ts'
import { withoutBytes } from './bytes.ts'

export interface Taping {
  /** Puts the tap on the wire. */
  around(fetch: Fetch): Fetch
  /** To be called with everything that happens in the conversation, and the state after it. */
  follow(state: State, event: Event): void
  /** A conversation is gone on with that began before. */
  resumed(past: State): void
  /** Says what is wrong with the file, once; until somebody listens it waits. */
  onTrouble(say: (line: string) => void): void
  close(): void
}

export interface TapingOptions {
  readonly path: string
  readonly head: Head
  readonly redact: boolean
  readonly secrets: readonly string[]
  readonly now: () => number
}

/** Headers whose values open doors. */
const CREDENTIALS = /auth|key|token|secret|cookie|credential/
/** The endpoints of the conversation. A login is refreshed at others, and is nobody's business. */
const RECORDED = /^\/v1\/(?:messages|models)(?:$|[/?])/

/** @throws the system's error when the file cannot be made */
export function createTaping({ path, head, redact, secrets, now }: TapingOptions): Taping {
  const start = now()
  const keeper = secretKeeper(secrets)
  const writer = tapeWriter(keeper, redact)
  let trouble: string | null = null
  let say: ((line: string) => void) | null = null
  const fail = (why: string) => {
    if (trouble) return
    trouble = `The recording could not be written any further: ${why}. It ends here.`
    say?.(trouble)
  }
  const file = createTapeFile(path, fail)

  const waiting: ((writer: TapeWriter) => readonly string[])[] = []
  const work = () => {
    const jobs = waiting.splice(0)
    if (trouble) return
    try {
      file.write(jobs.flatMap((job) => job(writer)))
    } catch (error) {
      // Whatever is wrong with a recording, the conversation goes on.
      fail((error as Error).message)
    }
  }
  const later = (job: (writer: TapeWriter) => readonly string[]) => {
    if (waiting.push(job) === 1) setImmediate(work)
  }
  const did = (deed: Deed) => {
    const at = now() - start
    later(({ did }) => did(at, deed))
  }

  /** Exchanges that have no end yet, by number, and when they began. */
  const open = new Map<number, number>()
  let exchanges = 0

  const listen = (outgoing: Outgoing): Listener | null => {
    const { method, url, headers, body } = outgoing
    for (const [name, value] of headers) if (CREDENTIALS.test(name)) keeper.learn(value.replace(/^\w+\s+/, ''))
    if (url.password !== '') keeper.learn(url.password)
    const path = url.pathname.slice(Math.max(0, url.pathname.lastIndexOf('/v1/'))) + url.search
    if (!RECORDED.test(path)) return null
    const exchange = ++exchanges
    const began = now()
    open.set(exchange, began)
    const since = () => now() - began
    const sent = picked(headers, REQUEST_HEADERS)
    later(({ request }) =>
      request(exchange, began - start, { method, path, headers: sent, body: withoutBytes(parsed(body)) }),
    )
    return {
      response(status, all) {
        const at = since()
        const got = { ...picked(all, RESPONSE_HEADERS), ...(all.has('location') ? { location: ELSEWHERE } : {}) }
        later(({ response }) => response(exchange, at, { status, headers: got }))
      },
      chunk(bytes) {
        const at = since()
        later(({ chunk }) => chunk(exchange, at, bytes))
      },
      end(how, error?: unknown) {
        const at = since()
        if (!open.delete(exchange)) return
        later(({ end }) => end(exchange, at, how, how === 'error' ? codeOf(error) : null))
      },
    }
  }

  let before: State | null = null
  /** The running answer has been told to stop, one way or another. */
  let isStopped = false
  let isClosed = false
  const close = () => {
    if (isClosed) return
    isClosed = true
    process.off('exit', close)
    const at = now()
    did({ type: 'left', unfinished: before !== null && before.live !== null })
    for (const [exchange, began] of open) later(({ end }) => end(exchange, at - began, 'aborted', null))
    work()
    if (!trouble) file.write(writer.rest())
    file.close()
  }
  // However the program ends, short of a kill.
  process.once('exit', close)

  file.write(writer.head(head))
  return {
    around: (fetch) => tapped(fetch, listen),
    follow(state, event) {
      const deed = deedOf(event, before)
      const isStop = deed?.type === 'stopped' || (deed?.type === 'cleared' && before !== null && before.live !== null)
      const unseen = unseenIn(event, before)
      if (unseen) did(unseen)
      before = state
      // A signal, or whoever leaves, stops it without a word before.
      if (deed && !(deed.type === 'stopped' && isStopped)) did(deed)
      isStopped = !isEnd(event) && (isStop || isStopped)
    },
    resumed: (past) => did({ type: 'resumed', past: pastOf(past) }),
    onTrouble(tell) {
      say = tell
      if (trouble) tell(trouble)
    },
    close,
  }
}

/** Stands for the host a server redirects to. */
const ELSEWHERE = 'https://elsewhere.invalid/'

const picked = (headers: Headers, wanted: RegExp) =>
  Object.fromEntries([...headers].filter(([name]) => wanted.test(name)))

/** A body as the value it spells. */
function parsed(body: string | null): unknown {
  try {
    return body === null ? null : (JSON.parse(body) as unknown)
  } catch {
    return body
  }
}

/** The system's code of whatever broke a connection. */
function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  }
  return 'ECONNRESET'
}

/** What an event tells of the person; null: it happened by itself. */
function deedOf(event: Event, before: State | null): Deed | null {
  switch (event.type) {
    case 'asked':
      return {
        ...{ type: 'asked', text: event.text, ...withAttachments(event.attachments) },
        queued: before !== null && before.live !== null,
      }
    case 'stopAsked':
    case 'stopped':
      return before?.live ? { type: 'stopped' } : null
    case 'gaveUp':
    case 'hedgeAsked':
    case 'chosen':
    case 'cleared':
    case 'moved':
      return event
    case 'titled':
      return event.by === 'user' ? { type: 'titled', title: event.title } : null
    case 'resumed':
      return { type: 'resumed', past: pastOf(event.past) }
    case 'marked':
    case 'summarised':
    case 'amended':
    case 'unsummarised':
      return { type: 'reviewed', event }
    default:
      return null
  }
}

/** What became of the running turn without a request; null: nothing did. */
function unseenIn(event: Event, before: State | null): Deed | null {
  const live = before?.live
  if (!live) return null
  const { number: turn, model, recalled } = live
  if (event.type === 'finished' && recalled)
    return { type: 'recalled', turn, text: live.answer, event: { type: 'recalled', at: 0, model, ...recalled } }
  const isEndOfTry = TRIES_END.has(event.type)
  if (!isEndOfTry || !('failure' in event) || !event.failure || !isUnsent(event.failure)) return null
  return { type: 'unsent', turn, model, event: { type: 'failed', at: 0, failure: event.failure } }
}

/** Events that tell how an attempt has ended. */
const TRIES_END: ReadonlySet<Event['type']> = new Set(['failed', 'waiting', 'fellBack', 'recalled'])

/** What a conversation was; what this program knows of models and limits is no part of it. */
const pastOf = ({ choices, turns, branches, title, sideCalls, summaries, marks, next, spent }: State): Past => ({
  choices,
  turns: turns.map(bare),
  branches: branches.map(bare),
  title,
  sideCalls,
  summaries,
  marks,
  next,
  spent,
})

/** What a turn was planned from is the same for most of them, and may hold a system prompt of an earlier day. */
const bare = ({ basis: _, ...turn }: Turn): Turn => turn
