/**
 * Bad days as a table: what a server may do, and what a person, a script and the ledger are to have of it. The bench
 * `weather` makes each of them happen and compares; `docs/weather.md` is this table as a page.
 */

import { CHAT_PATIENCE, SCRIPT_PATIENCE } from './resilience.ts'

/**
 * A row of the ledger: of the turn itself, of an attempt that came to nothing, or of one given up before the server had
 * said anything; `~`: its output, or all of it, is an estimate.
 */
export type LedgerMark = 'turn' | 'turn~' | 'retry~' | 'unheard~'

type Todo = Readonly<Record<Asker, string>>

/** Who asks: a person at a terminal, or whoever made a call. */
export type Asker = 'chat' | 'script'

export interface Weather {
  /** Its name, and what the server does, in words. */
  readonly name: string
  /**
   * Lines of the demo server's script, one per request (`src/demo/script.ts`). `x*` is as often as anybody tries. The
   * words of an answer are numbered.
   */
  readonly script: string
  /** Requests until it is over; `all`: as many as there is patience for. */
  readonly tries: number | 'all'
  /** What is said about it, whoever asked; null: nothing, for all is well. `#` is the number of attempts. */
  readonly says: string | null
  /** So many failures that the model is left alone: in the chat the next question goes out once it is sent again. */
  readonly rests?: true
  /** What to do about it, in the chat and in a call; absent: nothing can be done. */
  readonly todo?: Todo
  /** Exit code of a call. */
  readonly code: number
  /** Words of the answer that are kept; `all`: the whole answer. */
  readonly kept: number | 'all'
  readonly ledger: readonly LedgerMark[]
  /** What stands between waits that come from us: as little as is waited for, or silence that counts as a stall. */
  readonly stallAfterMs?: number
}

/** Words of every answer, and those that are out when it breaks. */
export const WORDS = 30
const HALF = 12

const words = `words n=${WORDS} tag=qaaa rate=0 ttft=0 thinking=0`
/** Soon enough for a bench; anything longer is waited for in the same way. */
const SOON = 'retry-after=0.05'
const both = (todo: string): Todo => ({ chat: todo, script: todo })
const CHECK_KEY = both('Check the key: `claude-tui config set apiKey`, or set ANTHROPIC_API_KEY.')
const RAISE = both('Waiting will not help: raise the spend limit or add credit in the Claude Console.')
const SEND_LESS = {
  chat: 'Start afresh with /clear, or send less.',
  script: 'Send less, or choose a model with a larger window.',
}
const LATER = {
  chat: 'Send again in a moment, or choose another model with /model.',
  script: 'Call again in a moment, or choose another model with --model.',
}
const after = (time: string) => ({
  chat: `Send again in ${time}, or choose another model with /model.`,
  script: `Call again in ${time}, let the call wait (--retry-for), or choose another model with --model.`,
})
/** Enough of them in the chat for the model to be left alone for a while, and not in a call. */
const RESTING: Todo = { chat: 'or choose another model with /model.', script: after('1 s').script }
/** What is said of a question that is not sent to such a model. */
export const HELD = 'Send it again unchanged to go ahead anyway'
const LOOK_AT_STATUS: Todo = {
  chat: 'Send again; if it keeps failing, look at the API status page.',
  script: 'Call again; if it keeps failing, look at the API status page.',
}

/** In the chat what was broken off can be gone on with. */
const GO_ON = '/continue goes on from there, in a new request.'
const goOn = (script: string): Todo => ({ chat: GO_ON, script })
const WHOLE_AGAIN = goOn('Call again for the whole answer.')
const LOGIN = both('A network that wants a login first answers in place of the server: open any page in a browser.')

const CUT = { code: 6, kept: HALF, ledger: ['turn~'] as const, tries: 1 }
const NOTHING = { kept: 0, ledger: [] as const, tries: 1 }
const WHOLE = { says: null, code: 0, kept: 'all', ledger: ['turn'] as const } as const
const PASSED = { ...WHOLE, ledger: ['retry~', 'turn'] as const, tries: 2 }
/** Silence that counts as a stall, where it is waited for, in ms. */
const STALL_MS = 1_500
const STALLED = `Nothing came for 2 s.`

export const WEATHER: readonly Weather[] = [
  // Answers that are none, and stay so: sending them again would not help.
  {
    ...{ name: 'a request that is refused (400)', script: '400', ...NOTHING, code: 1 },
    todo: both('The request was not accepted as it is.'),
    says: 'The request was refused by the script of this demo server (HTTP 400).',
  },
  {
    ...{ name: 'a wrong key (401)', script: '401', ...NOTHING, code: 3 },
    todo: CHECK_KEY,
    says: 'invalid x-api-key (HTTP 401).',
  },
  {
    ...{ name: 'no credit (402)', script: '402', ...NOTHING, code: 4 },
    todo: RAISE,
    says: 'Your credit balance is too low to use the API (HTTP 402).',
  },
  {
    ...{ name: 'a key without the right to it (403)', script: '403', ...NOTHING, code: 3 },
    todo: CHECK_KEY,
    says: 'Your API key may not use this model (HTTP 403).',
  },
  {
    ...{ name: 'a model nobody knows (404)', script: '404', ...NOTHING, code: 2 },
    todo: {
      chat: 'Check the model name with /model, and the base URL.',
      script: 'Check the model name (--model) and the base URL.',
    },
    says: 'The requested resource could not be found (HTTP 404).',
  },
  {
    ...{ name: 'a request that is too large (413)', script: '413', ...NOTHING, code: 9 },
    todo: { ...SEND_LESS, script: 'Send less: fewer or smaller files, or a new conversation.' },
    says: 'Request exceeds the maximum size of 32 MB (HTTP 413).',
  },
  {
    ...{ name: 'a prompt that is too long', script: 'too-long', ...NOTHING, code: 9 },
    todo: SEND_LESS,
    says: 'prompt is too long: 1004321 tokens > 1000000 maximum (HTTP 400).',
  },
  {
    ...{ name: 'a spend cap (429 with its code)', script: 'spend-cap', ...NOTHING, code: 4 },
    todo: RAISE,
    says: 'You have reached the monthly usage threshold of your tier (HTTP 429).',
  },
  {
    ...{ name: 'an overload not to be tried again (x-should-retry: false)', script: '529 should-retry=no' },
    ...{ ...NOTHING, code: 4, todo: LATER, says: 'Overloaded (HTTP 529).' },
  },
  {
    ...{ name: 'a rate limit for longer than anybody waits', script: '429 retry-after=7200', ...NOTHING, code: 4 },
    todo: after('2h 0m'),
    says: 'The server asks to wait 2h 0m: that is more than is left of',
  },
  {
    ...{ name: 'a web page in place of the API', script: 'html', ...NOTHING, code: 3 },
    todo: LOGIN,
    says: 'answered with a web page (HTTP 200), not in the words of the Claude Messages API.',
  },
  // Failures that pass, and those that stay for as long as there is patience.
  { name: 'a rate limit that passes (429)', script: `429 ${SOON} x2\n${words}`, ...WHOLE, tries: 3 },
  { name: 'an overload that passes (529)', script: `529 ${SOON}\n${words}`, ...WHOLE, tries: 2 },
  { name: 'an overload without a word on how long', script: `529\n${words}`, ...WHOLE, tries: 2 },
  { name: 'a conflict that passes (409)', script: `409 ${SOON}\n${words}`, ...WHOLE, tries: 2 },
  { name: 'a service that comes back (503)', script: `503 ${SOON} x2\n${words}`, ...WHOLE, tries: 3 },
  { name: 'a request that took too long (504)', script: `504 ${SOON}\n${words}`, ...WHOLE, tries: 2 },
  {
    rests: true,
    ...{ name: 'a rate limit that stays (429)', script: `429 ${SOON} should-retry=yes x*`, ...NOTHING, tries: 'all' },
    ...{
      todo: RESTING,
      says: 'This request would exceed your rate limit (HTTP 429), after # attempts.',
      code: 4,
    },
  },
  {
    rests: true,
    ...{ name: 'an overload that stays (529)', script: `529 ${SOON} x*`, ...NOTHING, tries: 'all', code: 4 },
    todo: RESTING,
    says: 'Overloaded (HTTP 529), after # attempts.',
  },
  {
    ...{ name: 'a server error that stays (500)', script: `500 ${SOON} x*`, ...NOTHING, tries: 'all', code: 1 },
    todo: LOOK_AT_STATUS,
    says: 'Internal server error (HTTP 500), after # attempts.',
  },
  // Before any text: sent again, and what the first attempt cost is in the ledger.
  { name: 'an error event before any text', script: `${words} error-mid after=0\n${words}`, ...PASSED },
  { name: 'a reset before any text', script: `${words} reset after=0\n${words}`, ...PASSED },
  { name: 'a stream that ends before any text', script: `${words} cut after=0\n${words}`, ...PASSED },
  { name: 'half an event before any text', script: `${words} malformed after=0\n${words}`, ...PASSED },
  {
    ...{
      name: 'silence in place of an answer, that passes',
      script: `${words} silence-before-head for=forever\n${words}`,
    },
    ...{ ...WHOLE, ledger: ['unheard~', 'turn'], tries: 2, stallAfterMs: STALL_MS },
  },
  {
    ...{ name: 'silence before the first word, that passes', script: `${words} silence after=0 for=forever\n${words}` },
    ...{ ...PASSED, stallAfterMs: STALL_MS },
  },
  // In the middle of the answer: what came is kept, and nothing is sent again by itself.
  {
    ...{ name: 'an overload in the middle', script: `${words} error-mid after=${HALF} type=overloaded_error`, ...CUT },
    todo: goOn(LATER.script),
    says: 'The server broke off: The script of this demo server ends this answer here. What came is kept.',
  },
  {
    ...{ name: 'a server error in the middle', script: `${words} error-mid after=${HALF} type=api_error`, ...CUT },
    todo: goOn(LOOK_AT_STATUS.script),
    says: 'The server broke off: The script of this demo server ends this answer here. What came is kept.',
  },
  {
    ...{ name: 'a reset in the middle', script: `${words} reset after=${HALF}`, ...CUT },
    todo: WHOLE_AGAIN,
    says: 'The connection broke before the answer was whole. What came is kept.',
  },
  {
    ...{ name: 'a stream that ends without goodbye', script: `${words} cut after=${HALF}`, ...CUT },
    todo: WHOLE_AGAIN,
    says: 'The connection ended before the answer did. What came is kept.',
  },
  {
    ...{ name: 'half an event in the middle', script: `${words} malformed after=${HALF}`, ...CUT },
    todo: WHOLE_AGAIN,
    says: 'The server sent something that is not JSON in the middle of the answer. What came is kept.',
  },
  {
    ...{ name: 'silence in the middle', script: `${words} silence after=${HALF} for=forever`, ...CUT },
    ...{
      todo: goOn('Call again, or wait longer: --retry-for for the first word, the setting stallAfterMs between words.'),
      says: `${STALLED} What came is kept.`,
      stallAfterMs: STALL_MS,
    },
  },
  // Ends that are the server's right.
  {
    ...{ name: 'the limit of output tokens', script: `${words} max-tokens after=${HALF}`, ...CUT, ledger: ['turn'] },
    todo: both('Ask it to go on, or raise --max-tokens.'),
    says: 'Cut short at the limit of output tokens.',
  },
  {
    ...{ name: 'a refusal', script: 'refusal', tries: 1, code: 5, kept: 0, ledger: ['turn'] },
    says: 'The model declined:',
  },
  {
    ...{ name: 'a refusal in the middle', script: `${words} refusal after=${HALF}`, ...CUT, code: 5, ledger: ['turn'] },
    says: 'The model declined:',
  },
  {
    ...{ name: 'an answer without any text', script: 'empty thinking=0', tries: 1, code: 6, kept: 0, ledger: ['turn'] },
    says: 'The model answered without any text.',
  },
  // Odd, and well all the same.
  { name: 'events that nobody knows yet', script: `${words} unknown-events`, ...WHOLE, tries: 1 },
  { name: 'characters cut in two', script: `${words} split-utf8`, ...WHOLE, tries: 1 },
  { name: 'rate limits that are nearly used up', script: `${words} limits used=95`, ...WHOLE, tries: 1 },
  { name: 'pings through a silence', script: `${words} pings every=1s silence after=3 for=30s`, ...WHOLE, tries: 1 },
]

/** Most requests for one question. */
export const patienceOf = (asker: Asker): number => (asker === 'chat' ? CHAT_PATIENCE : SCRIPT_PATIENCE).attempts

/** Requests that this weather takes, by whoever asks. */
export const triesOf = ({ tries }: Weather, asker: Asker): number => (tries === 'all' ? patienceOf(asker) : tries)

/** The script for one question of whoever asks. */
export const scriptOf = ({ script }: Weather, asker: Asker): string => script.replaceAll('x*', `x${patienceOf(asker)}`)

/** What is to be said about it to whoever asks, and what to do; empty: nothing. */
export const saysTo = ({ says, todo }: Weather, asker: Asker): readonly string[] =>
  [says?.replace('#', String(patienceOf(asker))), todo?.[asker]].filter((each) => each !== undefined)
