/**
 * The script of the demo server: text in, plays out. What a play looks like on the wire is the business of `perform`.
 *
 * One line is one request to /v1/messages, in order. Blank lines and what follows a `#` are ignored. When the lines are
 * used up, requests get normal answers. A line is a row of words, each followed by its own `key=value` pairs:
 *
 *   content (at most one; without any: `ok`)
 *     ok                            the normal answer
 *     words n=200 tag=qaaa          numbered words, one a delta: qaaa00001 qaaa00002 …
 *     text "Hello\n"                this text, a JSON string; several of them (text "Hel" "lo") are a delta each
 *     huge bytes=1000000            one single delta of so many bytes
 *     empty                         end_turn without any text
 *       each takes rate=100 (deltas a second, 0: as fast as the socket takes), ttft=250ms, thinking=50 (tokens)
 *   an HTTP answer instead (at most one; goes with `…-before-head` only)
 *     400 401 402 403 404 409 413 429 500 503 504 529    with retry-after=2 (seconds), should-retry=yes|no
 *     spend-cap                     429 enforced_spend_limit_reached, which no waiting cures
 *     too-long                      400 "prompt is too long"
 *     html                          200 with a web page: a server that does not speak this API
 *   an early end (at most one); `after` counts text deltas
 *     error-mid after=20 type=overloaded_error    an error event
 *     reset after=20                the connection is reset
 *     cut after=20                  the stream ends cleanly, but without message_stop
 *     max-tokens after=40           stop_reason max_tokens
 *     refusal after=0 category=cyber              stop_reason refusal
 *   steps on the way (any number)
 *     silence after=20 for=30s      nothing comes for a while; `for=forever` too
 *     malformed after=20            half an event, lines that are none, `[DONE]`; then the answer goes on
 *     hold after=5                  waits for release(); after=0: message_start is out, no text yet
 *     silence-before-head for=5s    before the response's first byte
 *     hold-before-head
 *   manners
 *     pings every=1s                pings at this pace, also through a silence
 *     unknown-events                events, deltas and blocks that no client knows yet
 *     split-utf8                    writes end in the middle of characters
 *     for-summary                   the line is for the next request that asks for a summary, not for a turn
 *     batch polls=2 expired=1       the line is for the next batch: so often it says that it goes on, so many expire
 *     limits used=85                as if others had used this share of the rate limits, in per cent of a minute
 *   x2                              the whole line for two requests
 *
 * Times are `250ms`, `30s`, `2m` or milliseconds; the server's speed divides them.
 */

import { suggest } from '../core/models.ts'
import { quote } from '../core/problem.ts'
import { readValue, SCRIPT_WORDS, type ScriptWord } from './script-words.ts'

export type Content =
  | { readonly kind: 'ok' | 'empty' }
  | { readonly kind: 'words'; readonly count: number; readonly tag: string }
  /** One text is cut into deltas; several are a delta each. */
  | { readonly kind: 'text'; readonly texts: readonly string[] }
  | { readonly kind: 'huge'; readonly bytes: number }

export type HttpAnswer =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly retryAfterS: number | null
      readonly shouldRetry: boolean | null
    }
  | { readonly kind: 'spend-cap' }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'html' }

export type Ending =
  | { readonly kind: 'reset' | 'cut' | 'max-tokens'; readonly after: number }
  | { readonly kind: 'error'; readonly after: number; readonly type: string }
  | { readonly kind: 'refusal'; readonly after: number; readonly category: string }

export type Step =
  | { readonly kind: 'silence'; readonly after: number; readonly ms: number }
  | { readonly kind: 'hold' | 'malformed'; readonly after: number }

/** One line, understood. */
export interface Play {
  /** As written, without comment. */
  readonly line: string
  /** How many requests it is for; null when the line does not say. */
  readonly times: number | null
  readonly content: Content
  readonly http: HttpAnswer | null
  readonly ending: Ending | null
  /** In order of `after`. */
  readonly steps: readonly Step[]
  /** Before the head; `after` means nothing there. */
  readonly beforeHead: readonly Step[]
  /** Null: as the model class does. */
  readonly rate: number | null
  readonly ttftMs: number | null
  readonly thinking: number | null
  readonly pingEveryMs: number | null
  readonly unknownEvents: boolean
  readonly splitUtf8: boolean
  readonly forSummary: boolean
  /** It is for a batch: how often that goes on when asked, and how many of its requests expire; null: it is not. */
  readonly batch: { readonly polls: number | null; readonly expired: number } | null
  /** Per cent of the rate limits that are used when the request comes; null: the line does not say. */
  readonly limitsUsed: number | null
}

/** A script that cannot be understood; the message names the line, what came and what is known. */
export class ScriptError extends Error {}

/** Plays of a whole script, a line with `x2` twice. @throws ScriptError */
export function parseScript(script: string): readonly Play[] {
  return script.split(/\r?\n/).flatMap((line, i) => {
    const play = parseLine(line, `line ${i + 1}`)
    return play ? Array.from({ length: play.times ?? 1 }, () => play) : []
  })
}

/** One line; null when it holds nothing but a comment. `where` begins the message of an error. @throws ScriptError */
export function parseLine(line: string, where: string): Play | null {
  const tokens = tokenise(line)
  if (tokens.length === 0) return null
  const fail = (reason: string): never => {
    throw new ScriptError(`Script ${where}: ${reason}`)
  }
  return toPlay(readWords(tokens, fail), tokens.join(' '), fail)
}

/** The line of normal answers. */
export const NORMAL: Play = parseLine('ok', 'of this server')!

function tokenise(line: string): readonly string[] {
  const tokens: string[] = []
  for (const [token] of line.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|\S+/g)) {
    if (token.startsWith('#')) break
    tokens.push(token)
  }
  return tokens
}

type Fail = (reason: string) => never

interface Said {
  readonly name: string
  readonly word: ScriptWord
  readonly values: Record<string, number | string>
  readonly literals: string[]
}

interface Read {
  readonly said: readonly Said[]
  readonly times: number | null
}

const KNOWN = Object.keys(SCRIPT_WORDS)

function readWords(tokens: readonly string[], fail: Fail): Read {
  const said: Said[] = []
  let times: number | null = null
  for (const token of tokens) {
    const repeat = /^x(\d{1,6})$/.exec(token)
    const pair = /^([a-z][\w-]*)=(.*)$/i.exec(token)
    if (repeat) {
      times = Number(repeat[1])
      if (times < 1) fail('x0 would never happen; expected x1 or more')
    } else if (token.startsWith('"')) readLiteral(token, said.at(-1), fail)
    else if (pair) readPair(pair[1]!, pair[2]!, said, fail)
    else if (Object.hasOwn(SCRIPT_WORDS, token))
      said.push({ name: token, word: SCRIPT_WORDS[token]!, values: {}, literals: [] })
    else
      fail(
        `${quote(token)} is not a word of a script${didYouMean(token)}; known are ${KNOWN.join(', ')}, and x2 to repeat`,
      )
  }
  return { said, times }
}

function didYouMean(token: string): string {
  const near = suggest(token, KNOWN)
  return near.length > 0 ? `, did you mean ${near[0]}?` : ''
}

function readLiteral(token: string, last: Said | undefined, fail: Fail): void {
  if (last?.name !== 'text')
    fail(`a text in quotes follows the word text only; write text ${quote(token.slice(1, -1))}`)
  try {
    last.literals.push(JSON.parse(token))
  } catch {
    fail(`expected a JSON string after text, got ${quote(token)}; line breaks are \\n in it`)
  }
}

/** A pair belongs to the nearest word before it that takes such a key. */
function readPair(key: string, raw: string, said: readonly Said[], fail: Fail): void {
  const owner = said.findLast(({ word }) => Object.hasOwn(word.keys, key))
  if (!owner) {
    const takers = KNOWN.filter((name) => Object.hasOwn(SCRIPT_WORDS[name]!.keys, key))
    fail(takers.length > 0 ? `${key}= follows one of ${takers.join(', ')}` : `no word of a script takes ${quote(key)}=`)
  }
  const read = readValue(owner.word.keys[key]!, raw)
  if ('expected' in read) fail(`${owner.name} ${key}=: expected ${read.expected}, got ${quote(raw)}`)
  owner.values[key] = read.value
}

function toPlay({ said, times }: Read, line: string, fail: Fail): Play {
  const only = (group: string): Said | null => {
    const found = said.filter(({ word }) => word.group === group)
    if (found.length > 1) fail(`${found.map(({ name }) => name).join(' and ')} do not go together; take one of them`)
    return found[0] ?? null
  }
  for (const { name, word, values } of said) {
    for (const key of word.needs ?? [])
      if (!Object.hasOwn(values, key)) fail(`${name} needs ${key}=, such as ${name} ${key}=5s`)
  }
  const [content, status, ending] = [only('content'), only('status'), only('ending')]
  const steps = said.filter(({ word }) => word.group === 'step')
  const stray = content ?? ending ?? steps.find(({ name }) => !name.endsWith('-before-head'))
  if (status && stray)
    fail(`${status.name} is a whole HTTP answer, ${stray.name} belongs to a message; take one of them`)
  const number = (from: Said | null, key: string) => (from?.values[key] as number | undefined) ?? null
  const has = (name: string) => said.some((one) => one.name === name)
  return {
    line,
    times,
    content: toContent(content, fail),
    http: status && toHttp(status),
    ending: ending && toEnding(ending),
    steps: steps
      .filter(({ name }) => !name.endsWith('-before-head'))
      .map(toStep)
      .sort((a, b) => a.after - b.after),
    beforeHead: steps.filter(({ name }) => name.endsWith('-before-head')).map(toStep),
    rate: number(content, 'rate'),
    ttftMs: number(content, 'ttft'),
    thinking: number(content, 'thinking'),
    pingEveryMs: number(said.find(({ name }) => name === 'pings') ?? null, 'every'),
    unknownEvents: has('unknown-events'),
    splitUtf8: has('split-utf8'),
    forSummary: has('for-summary'),
    batch: toBatch(said.find(({ name }) => name === 'batch') ?? null),
    limitsUsed: number(said.find(({ name }) => name === 'limits') ?? null, 'used'),
  }
}

const DEFAULT_WORDS = 200
const DEFAULT_HUGE_BYTES = 1_000_000

function toContent(said: Said | null, fail: Fail): Content {
  const { name, values, literals }: Pick<Said, 'name' | 'values' | 'literals'> = said ?? {
    name: 'ok',
    values: {},
    literals: [],
  }
  if (name === 'words')
    return { kind: 'words', count: Number(values.n ?? DEFAULT_WORDS), tag: String(values.tag ?? 'word') }
  if (name === 'huge') return { kind: 'huge', bytes: Number(values.bytes ?? DEFAULT_HUGE_BYTES) }
  if (name !== 'text') return { kind: name === 'empty' ? 'empty' : 'ok' }
  return literals.length === 0
    ? fail('text needs a JSON string after it, such as text "Hello"')
    : { kind: 'text', texts: literals }
}

function toHttp({ name, values }: Said): HttpAnswer {
  if (name === 'spend-cap' || name === 'too-long' || name === 'html') return { kind: name }
  const retry = values['should-retry']
  return {
    kind: 'status',
    status: Number(name),
    retryAfterS: (values['retry-after'] as number | undefined) ?? null,
    shouldRetry: retry === undefined ? null : retry === 'yes',
  }
}

function toBatch(said: Said | null): Play['batch'] {
  return said && { polls: (said.values.polls as number | undefined) ?? null, expired: Number(said.values.expired ?? 0) }
}

/** Where an early end comes when the line does not say: late enough that some text stands on the screen. */
const DEFAULT_AFTER: Readonly<Record<string, number>> = { 'max-tokens': 40, refusal: 0, silence: 20, hold: 0 }

const afterOf = ({ name, values }: Said) => (values.after as number | undefined) ?? DEFAULT_AFTER[name] ?? 20

function toEnding(said: Said): Ending {
  const after = afterOf(said)
  const { name, values } = said
  if (name === 'error-mid') return { kind: 'error', after, type: String(values.type ?? 'overloaded_error') }
  if (name === 'refusal') return { kind: 'refusal', after, category: String(values.category ?? 'cyber') }
  return { kind: name as 'reset' | 'cut' | 'max-tokens', after }
}

function toStep(said: Said): Step {
  const after = afterOf(said)
  if (said.name === 'malformed') return { kind: 'malformed', after }
  return said.name.startsWith('hold')
    ? { kind: 'hold', after }
    : { kind: 'silence', after, ms: Number(said.values.for) }
}
