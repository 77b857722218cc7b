/** The words of a script and the keys each takes, as a table. `script` reads lines by it; errors and docs list it. */

import { STATUSES, STREAM_ERRORS } from './errors.ts'

/** What a key's value must be. */
export type KeyKind = 'count' | 'rate' | 'duration' | 'seconds' | 'name' | 'error-type' | 'yes-no'

/**
 * content: what the answer says, one a line; status: an HTTP answer instead of a message, one a line; ending: how the
 * answer ends too soon, one a line; step: something that happens on the way; manner: how all of it is sent.
 */
export type WordGroup = 'content' | 'status' | 'ending' | 'step' | 'manner'

export interface ScriptWord {
  readonly group: WordGroup
  readonly keys: Readonly<Record<string, KeyKind>>
  /** Keys that must be given. */
  readonly needs?: readonly string[]
  /** What the line does with it; a status has none. */
  readonly tells: string
}

/** How fast the content comes; `thinking` is the number of thinking tokens before it. */
const PACE_KEYS = { rate: 'rate', ttft: 'duration', thinking: 'count' } as const

const status: ScriptWord = {
  ...{ group: 'status', keys: { 'retry-after': 'seconds', 'should-retry': 'yes-no' } },
  tells: 'an error with this HTTP status',
}

export const SCRIPT_WORDS: Readonly<Record<string, ScriptWord>> = {
  ok: { group: 'content', keys: PACE_KEYS, tells: 'the normal answer' },
  words: {
    group: 'content',
    keys: { n: 'count', tag: 'name', ...PACE_KEYS },
    tells: 'numbered words, word00001 and on',
  },
  text: { group: 'content', keys: PACE_KEYS, tells: 'this text, a JSON string; several: a delta each' },
  huge: { group: 'content', keys: { bytes: 'count', ...PACE_KEYS }, tells: 'one single delta of this many bytes' },
  empty: { group: 'content', keys: PACE_KEYS, tells: 'no text at all' },
  ...Object.fromEntries(STATUSES.map((code) => [code, status])),
  'spend-cap': { group: 'status', keys: {}, tells: '429, a spend cap, which no waiting cures' },
  'too-long': { group: 'status', keys: {}, tells: '400, the prompt is too long' },
  html: { group: 'status', keys: {}, tells: '200 with a web page' },
  'error-mid': { group: 'ending', keys: { after: 'count', type: 'error-type' }, tells: 'an error event in the stream' },
  reset: { group: 'ending', keys: { after: 'count' }, tells: 'the connection is reset' },
  cut: { group: 'ending', keys: { after: 'count' }, tells: 'the stream ends without its last event' },
  'max-tokens': { group: 'ending', keys: { after: 'count' }, tells: 'stop_reason max_tokens' },
  refusal: { group: 'ending', keys: { after: 'count', category: 'name' }, tells: 'stop_reason refusal' },
  silence: {
    group: 'step',
    keys: { after: 'count', for: 'duration' },
    needs: ['for'],
    tells: 'nothing comes for a while; for=forever too',
  },
  malformed: {
    group: 'step',
    keys: { after: 'count' },
    tells: 'half an event and lines that are none, then it goes on',
  },
  hold: { group: 'step', keys: { after: 'count' }, tells: 'waits until a test lets it go on' },
  'silence-before-head': {
    group: 'step',
    keys: { for: 'duration' },
    needs: ['for'],
    tells: 'nothing comes before the first byte of the response',
  },
  'hold-before-head': { group: 'step', keys: {}, tells: 'the same as hold, before the first byte' },
  pings: { group: 'manner', keys: { every: 'duration' }, needs: ['every'], tells: 'pings at this pace' },
  'unknown-events': { group: 'manner', keys: {}, tells: 'events and blocks that no client knows yet' },
  'split-utf8': { group: 'manner', keys: {}, tells: 'writes end in the middle of characters' },
  'for-summary': { group: 'manner', keys: {}, tells: 'for the next request that asks for a summary' },
  batch: {
    group: 'manner',
    keys: { polls: 'count', expired: 'count' },
    tells: 'for the next batch: how often it goes on, how many expire',
  },
  limits: {
    group: 'manner',
    keys: { used: 'count' },
    needs: ['used'],
    tells: 'as if others had used this share of the rate limits, in per cent',
  },
}

const EXPECTED: Readonly<Record<KeyKind, string>> = {
  count: 'a whole number, such as 20',
  rate: 'a number of deltas a second, 0 for as fast as the socket takes',
  duration: 'a time, such as 250ms, 30s, 2m, forever, or a number of milliseconds',
  seconds: 'a number of seconds, such as 2',
  name: 'a short name of letters, digits, - and _',
  'error-type': `one of ${Object.keys(STREAM_ERRORS).join(', ')}`,
  'yes-no': 'yes or no',
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000 }

/**
 * The value of a key: a number (counts, rates, milliseconds, seconds), a name, or the sentence of what was expected.
 */
export function readValue(
  kind: KeyKind,
  raw: string,
): { readonly value: number | string } | { readonly expected: string } {
  const wrong = { expected: EXPECTED[kind] }
  switch (kind) {
    case 'count':
      return /^\d{1,9}$/.test(raw) ? { value: Number(raw) } : wrong
    case 'rate':
    case 'seconds':
      return /^\d+(\.\d+)?$/.test(raw) ? { value: Number(raw) } : wrong
    case 'duration': {
      if (raw === 'forever') return { value: Number.POSITIVE_INFINITY }
      const found = /^(\d+(?:\.\d+)?)(ms|s|m|)$/.exec(raw)
      return found ? { value: Number(found[1]) * UNITS[found[2]!]! } : wrong
    }
    case 'name':
      return /^[\w-]{1,40}$/.test(raw) ? { value: raw } : wrong
    case 'error-type':
      return Object.hasOwn(STREAM_ERRORS, raw) ? { value: raw } : wrong
    case 'yes-no':
      return raw === 'yes' || raw === 'no' ? { value: raw } : wrong
  }
}
