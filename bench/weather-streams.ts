/**
 * Answers as no server should give them: events of the API with fields missing, of other types or too large, in another
 * order, cut in odd places, with hostile texts, damaged bytes, or an end in the middle. Same seed, same answers.
 */

import { seeded } from '../src/demo/chance.ts'
import { hostileParts } from '../test/kit/hostile-parts.ts'

export const TAG = 'tag'

/** What one request is answered with. */
export interface BadAnswer {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
  /** As the network hands them over. */
  readonly chunks: readonly Uint8Array[]
  /** The connection breaks after the last of them. */
  readonly isReset: boolean
  /** It was asked for in one piece. */
  readonly isWhole: boolean
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type Event = Readonly<Record<string, Json>>

/** @param index which of them, from 0 */
export function badAnswer(seed: number, index: number): BadAnswer {
  const chance = seeded(seed + index * 7919)
  const dice = diceOf(chance)
  const isWhole = dice.happens(0.1)
  const isError = dice.happens(0.1)
  const body = isError ? errorBody(dice) : isWhole ? wholeBody(dice) : streamBody(dice)
  const bytes = damaged(Buffer.from(body), dice)
  const length = dice.happens(0.15) ? dice.below(bytes.length + 1) : bytes.length
  return {
    status: isError ? dice.one([400, 401, 402, 403, 404, 408, 413, 429, 500, 503, 529, 299, 599]) : 200,
    type: dice.happens(0.05)
      ? dice.one(['text/html', 'application/json', 'x'])
      : isError || isWhole
        ? 'application/json'
        : 'text/event-stream',
    headers: headersOf(dice),
    chunks: cut(bytes.subarray(0, length), dice),
    isReset: dice.happens(0.08),
    isWhole,
  }
}

export type Dice = ReturnType<typeof diceOf>

export function diceOf(chance: () => number) {
  const below = (most: number) => Math.floor(chance() * most)
  return {
    below,
    happens: (share: number) => chance() < share,
    one: <T>(choices: readonly T[]): T => choices[below(choices.length)]!,
    times: (most: number) => Array.from({ length: below(most + 1) }),
  }
}

const PARTS = hostileParts(TAG).map(({ text }) => text)
/** Names that every object has, whoever asks. */
const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']
const WORDS = [
  ...INHERITED,
  '```constructor\nx\n```\n',
  'word ',
  'two words ',
  '漢字',
  '👩‍👧',
  '\n',
  '\n\n',
  '```ts\nconst a = 1\n```\n',
  '| a | b |\n|---|---|\n',
  '- x\n',
  '**',
  '[',
  '`',
  '> ',
  '# ',
]

const text = (dice: Dice): string =>
  dice
    .times(6)
    .map(() => dice.one(dice.happens(0.4) ? PARTS : WORDS))
    .join('')

/** Values that a field is not meant to have. */
function odd(dice: Dice): Json {
  const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)])
  return dice.one<() => Json>([
    () => null,
    () => true,
    () => -1,
    () => 0.5,
    () => 1e308,
    () => 2 ** 53,
    () => Number.MAX_SAFE_INTEGER,
    () => '',
    () => '12',
    () => dice.one(INHERITED),
    () => text(dice),
    () => [],
    () => ({}),
    () => [null, {}],
    () => ({ constructor: { prototype: { polluted: true } } }),
    () => nested(500),
    () => 'x'.repeat(20_000),
  ])()
}

const usage = (dice: Dice): Json => ({
  input_tokens: dice.below(9_000),
  cache_read_input_tokens: dice.below(9_000),
  cache_creation_input_tokens: dice.below(100),
  cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: dice.below(3) },
  output_tokens: dice.below(500),
  output_tokens_details: { thinking_tokens: dice.below(50) },
})

function message(dice: Dice, content: Json): Event {
  return {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', content, usage: usage(dice) },
    model: dice.one(['claude-sonnet-5-5', 'claude-haiku-5-5', `claude-${text(dice)}`, 'llama', ...INHERITED]),
    stop_reason: dice.one(['end_turn', 'max_tokens', 'refusal', text(dice)]),
    stop_details: { type: 'refusal', explanation: text(dice) },
    diagnostics: { cache_miss_reason: { type: text(dice) } },
  }
}

function events(dice: Dice): readonly Event[] {
  const block = (index: number, kind: 'text' | 'thinking'): readonly Event[] => [
    { type: 'content_block_start', index, content_block: { type: kind, [kind]: '' } },
    ...dice.times(8).map(() => ({
      ...{ type: 'content_block_delta', index },
      delta: { type: `${kind}_delta`, [kind]: text(dice) },
    })),
    { type: 'content_block_stop', index },
  ]
  return [
    { type: 'message_start', message: message(dice, []) },
    { type: 'ping' },
    ...(dice.happens(0.4) ? block(0, 'thinking') : []),
    ...block(1, 'text'),
    ...(dice.happens(0.2) ? [{ type: 'error', error: { type: 'overloaded_error', message: text(dice) } }] : []),
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_details: { explanation: text(dice) } },
      usage: usage(dice),
    },
    { type: 'message_stop' },
  ]
}

/** One of the fields anywhere in it is gone, odd, or named otherwise. */
export function bent(value: Json, dice: Dice): Json {
  if (typeof value !== 'object' || value === null) return odd(dice)
  if (Array.isArray(value)) {
    const at = dice.below(value.length + 1)
    return value.map((item, i) => (i === at ? bent(item, dice) : item))
  }
  const names = Object.keys(value)
  if (names.length === 0) return { [text(dice)]: odd(dice) }
  const name = dice.one(names)
  const { [name]: inside, ...others } = value as Readonly<Record<string, Json>>
  if (dice.happens(0.2)) return others
  if (dice.happens(0.1)) return { ...others, [dice.one(['__proto__x', 'type', text(dice)])]: inside! }
  return { ...others, [name]: dice.happens(0.5) ? odd(dice) : bent(inside!, dice) }
}

/** The events with some of them bent, lost, doubled, swapped, or unknown ones between. */
function mutated(all: readonly Event[], dice: Dice): readonly Json[] {
  let out: Json[] = [...all]
  for (const _ of dice.times(3)) {
    const at = dice.below(out.length)
    const what = dice.below(6)
    if (what <= 1) out[at] = bent(out[at]!, dice)
    else if (what === 2) out.splice(at, 1)
    else if (what === 3) out.splice(at, 0, out[at]!)
    else if (what === 4) out.splice(at, 0, dice.one<Json>([{ type: text(dice) }, odd(dice), { type: 'message_start' }]))
    else out = [...out.slice(at), ...out.slice(0, at)]
    if (out.length === 0) return out
  }
  return out
}

function streamBody(dice: Dice): string {
  const end = dice.one(['\n', '\n', '\n', '\r\n', '\r'])
  const lines = mutated(events(dice), dice).map((event) => {
    const { type } = (event ?? {}) as { type?: Json }
    const name = dice.happens(0.03) ? text(dice).replace(/[\r\n]/g, ' ') : String(type)
    // JSON knows `__proto__` as a name like any other.
    const data = JSON.stringify(event).replace('__proto__x', '__proto__')
    const more = dice.happens(0.05)
      ? dice.one([`: ${text(dice).replace(/[\r\n]/g, ' ')}`, 'id: 7', 'retry: 1', 'data: ', 'data']) + end
      : ''
    return `${more}event: ${name}${end}data: ${data}${end}${dice.happens(0.02) ? '' : end}`
  })
  return (dice.happens(0.03) ? '\ufeff' : '') + lines.join('')
}

function wholeBody(dice: Dice): string {
  const whole = message(dice, [
    { type: 'thinking', thinking: text(dice) },
    { type: 'text', text: text(dice) },
  ])
  return JSON.stringify(dice.happens(0.5) ? bent(whole, dice) : whole)
}

function errorBody(dice: Dice): string {
  const types = ['overloaded_error', 'rate_limit_error', 'invalid_request_error', 'api_error', text(dice)]
  const error = {
    type: 'error',
    error: { type: dice.one(types), message: text(dice), details: { error_code: text(dice) } },
    request_id: text(dice),
  }
  return dice.happens(0.2) ? text(dice) : JSON.stringify(dice.happens(0.5) ? bent(error, dice) : error)
}

/** Header values as a server may send them: what Node lets through, C1 controls included. */
function headersOf(dice: Dice): Readonly<Record<string, string>> {
  const value = () =>
    dice.one(['', '-1', '1e999', 'NaN', 'req_\u009b2J', '0.001', 'Fri, 31 Dec 9999 23:59:59 GMT', 'x'.repeat(5_000)])
  const names = [
    'request-id',
    'retry-after',
    'retry-after-ms',
    'x-should-retry',
    'anthropic-ratelimit-requests-limit',
    'anthropic-ratelimit-requests-remaining',
    'anthropic-ratelimit-requests-reset',
  ]
  return Object.fromEntries(names.filter(() => dice.happens(0.2)).map((name) => [name, value()]))
}

/** Now and then a byte is another, missing, or one too many. */
function damaged(bytes: Buffer, dice: Dice): Buffer {
  if (bytes.length === 0 || !dice.happens(0.25)) return bytes
  const parts = [bytes]
  for (const _ of dice.times(4)) {
    const whole = Buffer.concat(parts.splice(0))
    const at = dice.below(whole.length)
    const other = dice.happens(0.3)
      ? Buffer.alloc(0)
      : Buffer.of(dice.one([0, 0x1b, 0x9b, 0xc2, 0xff, 0x0d, 0x0a, dice.below(256)]))
    parts.push(whole.subarray(0, at), other, whole.subarray(at + dice.below(2)))
  }
  return Buffer.concat(parts)
}

function cut(bytes: Buffer, dice: Dice): readonly Uint8Array[] {
  const places = dice
    .times(dice.one([0, 3, 12]))
    .map(() => dice.below(bytes.length + 1))
    .sort((a, b) => a - b)
  return [0, ...places]
    .map((from, i) => bytes.subarray(from, places[i] ?? bytes.length))
    .filter(({ length }) => length > 0)
}
