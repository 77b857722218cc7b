/** The flags of `claude-tui batch`. */

import { BATCH_CLASSES } from '../core/batch/classes.ts'
import type { Flag } from './flags.ts'

export const BATCH_FLAGS: readonly Flag[] = [
  {
    name: 'output',
    short: 'o',
    takes: 'OUT.jsonl',
    tells: 'the answers, a line each; the same command again goes on with it',
  },
  {
    name: 'format',
    takes: 'FORMAT',
    tells: 'of the input: jsonl, csv, tsv, text (a prompt a line); by its name unless given',
    oneOf: ['jsonl', 'csv', 'tsv', 'text'],
  },
  { name: 'template', takes: 'TEXT|FILE', tells: "the prompt, with a row's fields: 'Translate {{text}}'" },
  {
    name: 'prefix',
    takes: 'FILE',
    tells: 'what all rows share: a text, or .json with messages; written to the cache once',
  },
  { name: 'model', short: 'm', takes: 'NAME', tells: 'fast, balanced, deep, max, or a model id' },
  { name: 'system', short: 's', takes: 'TEXT|FILE', tells: 'system prompt' },
  { name: 'max-tokens', takes: 'N', tells: 'limit of an answer, thinking included' },
  { name: 'effort', takes: 'LEVEL', tells: 'low, medium, high, xhigh, max, or auto' },
  { name: 'cache-ttl', takes: 'TTL', tells: 'cache lifetime of the shared prefix: auto, 5m, 1h, or off' },
  {
    name: 'class',
    takes: 'CLASS',
    tells: `${BATCH_CLASSES.map(({ name }) => name).join(', ')}: how fast, and how patient`,
    oneOf: BATCH_CLASSES.map(({ name }) => name),
  },
  { name: 'concurrency', takes: 'N', tells: 'at most this many requests at once' },
  {
    name: 'order',
    takes: 'input|done',
    tells: 'of the answers: as they come (done), or as in the input',
    oneOf: ['input', 'done'],
  },
  {
    name: 'max-cost',
    takes: 'USD',
    tells: 'the most all of it may cost: never exceeded, exit code 7; what is done stays',
  },
  { name: 'retry-for', takes: 'TIME', tells: 'how long failed requests are sent again: 90s, 5m, 0' },
  { name: 'offload', tells: 'to the Message Batches API: half the price, within 24 hours' },
  { name: 'detach', tells: 'with --offload: leave once it is sent; the same command later fetches the answers' },
  { name: 'cancel', tells: 'with --offload: cancel what is at the server, and fetch what is done' },
  { name: 'poll', takes: 'TIME', tells: 'with --offload: time between looks; 5 s to a minute by default' },
  { name: 'force', tells: 'go on although the input or a choice has changed' },
  { name: 'json', tells: 'the summary as one JSON document, errors included' },
  { name: 'quiet', short: 'q', tells: 'no notes on stderr' },
  { name: 'no-session', tells: 'leave no row in the ledger' },
  { name: 'base-url', takes: 'URL', tells: 'a server that speaks the Claude Messages API' },
  { name: 'demo', tells: 'ask the built-in demo server: no key, no cost' },
  { name: 'script', takes: 'FILE', tells: '--demo: a line a request, faults included' },
  { name: 'speed', takes: 'X', tells: '--demo: X times as fast' },
]
