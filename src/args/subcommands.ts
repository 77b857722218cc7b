/** The subcommands, with the flags that are theirs alone. */

import { BATCH_FLAGS } from './batch-flags.ts'
import { BENCH_FLAGS } from './bench-flags.ts'
import type { Flag } from './flags.ts'

export type SubcommandName =
  | ('config' | 'sessions' | 'import' | 'cost' | 'stats' | 'what-if' | 'advise' | 'quality' | 'bench' | 'batch')
  | ('doctor' | 'replay' | 'redact' | 'demo-server')

export interface Subcommand {
  readonly name: SubcommandName
  readonly takes: string
  readonly tells: string
  /** Flags of its own; absent: it shares those above. */
  readonly flags?: readonly Flag[]
}

const HELP: Flag = { name: 'help', short: 'h', tells: 'print its help' }
const JSON_FLAG: Flag = { name: 'json', tells: 'one JSON document, errors included' }

export const SUBCOMMANDS: readonly Subcommand[] = [
  { name: 'config', takes: 'get|set|unset|list|path', tells: 'read and change the settings' },
  {
    name: 'sessions',
    takes: '[VERB]',
    tells: 'list, search, show, export, rename, delete, prune conversations',
    flags: [
      JSON_FLAG,
      { name: 'limit', short: 'n', takes: 'N', tells: 'list, search: at most this many' },
      { name: 'deleted', tells: 'list: what is in the bin' },
      {
        name: 'format',
        takes: 'FORMAT',
        tells: 'export: md, json, jsonl, html',
        oneOf: ['md', 'json', 'jsonl', 'html'],
      },
      { name: 'output', short: 'o', takes: 'FILE|-', tells: 'export: where to; - is stdout' },
      { name: 'branches', tells: 'export: also turns of other branches' },
      { name: 'all', tells: 'export: every conversation' },
      { name: 'force', tells: 'export: replace FILE if it is there' },
      { name: 'older-than', takes: 'AGE', tells: 'prune: 90d, 12w, 6m, 2y' },
      { name: 'bin', tells: 'prune: empty the bin' },
      { name: 'dry-run', tells: 'prune: say what would go' },
      { name: 'demo', tells: 'what was said to the demo' },
      HELP,
    ],
  },
  {
    name: 'import',
    takes: 'FILE|-',
    tells: "import conversations: our json or jsonl, Claude's data export",
    flags: [
      JSON_FLAG,
      { name: 'dry-run', tells: 'say what is in it, and import nothing' },
      { name: 'demo', tells: 'into the history of the demo' },
      HELP,
    ],
  },
  {
    name: 'cost',
    takes: '[--days N]',
    tells: 'what was spent, by day, kind and model',
    flags: [
      JSON_FLAG,
      { name: 'days', takes: 'N', tells: 'this many days, today included; 30 by default' },
      { name: 'demo', tells: 'what the demo would have cost' },
      HELP,
    ],
  },
  {
    name: 'stats',
    takes: '[--since 30d]',
    tells: 'spend, speed, cache and promises, from your own answers',
    flags: [
      { ...JSON_FLAG, tells: 'every figure as one JSON document, errors included' },
      { name: 'since', takes: 'SPAN', tells: '12h, 7d, 4w, 2026-11-01 or all, in whole days; 30d by default' },
      {
        name: 'by',
        takes: 'WHAT',
        tells: 'one table: day, model, session, hour',
        oneOf: ['day', 'model', 'session', 'hour'],
      },
      { name: 'fail-on-slo', tells: 'exit with 8 when a promise (sloTtft, sloTotal) was missed' },
      { name: 'demo', tells: 'what was asked of the demo' },
      HELP,
    ],
  },
  {
    name: 'what-if',
    takes: '[--since 30d] --model fast',
    tells: 'what it would have cost with another model or cache, or batched',
    flags: [
      JSON_FLAG,
      { name: 'since', takes: 'SPAN', tells: '12h, 7d, 4w, 2026-11-01 or all, in whole days; 30d by default' },
      { name: 'model', short: 'm', takes: 'NAME', tells: 'with this model' },
      {
        name: 'cache-ttl',
        takes: 'TTL',
        tells: 'with this cache lifetime: auto, 5m, 1h, off',
        oneOf: ['auto', '5m', '1h', 'off'],
      },
      { name: 'summarise-at', takes: 'SHARE', tells: 'summarised from this share of the context window on' },
      { name: 'batch', tells: 'every turn in a batch, at half the price' },
      { name: 'demo', tells: 'what was asked of the demo' },
      HELP,
    ],
  },
  {
    name: 'advise',
    takes: '[--apply N]',
    tells: 'which lever to pull, by your own figures; what it has changed',
    flags: [
      JSON_FLAG,
      { name: 'apply', takes: 'N', tells: 'set what advice N says, and measure it over the next ten turns' },
      { name: 'demo', tells: 'by what was asked of the demo' },
      HELP,
    ],
  },
  {
    name: 'bench',
    takes: '[PROMPT]',
    tells: 'measure and compare: TTFT, speed, cost',
    flags: BENCH_FLAGS,
  },
  {
    name: 'quality',
    takes: '[--since 7d]',
    tells: 'whether answers fit, how long they are, what was declined or cut',
    flags: [
      JSON_FLAG,
      { name: 'since', takes: 'SPAN', tells: '12h, 7d, 4w, 2026-11-01 or all; 7d by default' },
      {
        name: 'model',
        short: 'm',
        takes: 'NAME',
        tells: 'answers of this model alone: an alias, an id or a part of one',
      },
      { name: 'save', takes: 'NAME', tells: 'keep it as a baseline' },
      { name: 'against', takes: 'NAME', tells: 'compare with a baseline' },
      {
        name: 'fail-if',
        takes: 'CONDITION',
        tells: "exit with 1: 'invalid > 5%', 'length.p95 > 1.2x', drift; repeatable",
        many: true,
      },
      { name: 'demo', tells: 'what the demo has answered' },
      HELP,
    ],
  },
  {
    name: 'doctor',
    takes: '[--json]',
    tells: 'check that all is well: Node, terminal, files, key, connection',
    flags: [
      JSON_FLAG,
      { name: 'base-url', takes: 'URL', tells: 'check the way to this server' },
      { name: 'demo', tells: 'check the way to the built-in demo server' },
      HELP,
    ],
  },
  {
    name: 'batch',
    takes: 'IN -o OUT.jsonl',
    tells: 'many prompts from a file; --offload: at half the price',
    flags: [...BATCH_FLAGS, HELP],
  },
  { name: 'replay', takes: 'FILE|-', tells: 'play a recording, without a network; --speed max: at once' },
  { name: 'redact', takes: 'FILE NEW', tells: 'a copy of a recording without its content' },
  { name: 'demo-server', takes: '[--port N]', tells: 'the demo server alone' },
]
