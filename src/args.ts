/** One table of flags and commands: it parses, prints `--help`, and keeps the README true (a test compares them). */

import { parseArgs } from 'node:util'
import { suggest } from './core/models.ts'
import { Ending, EXIT } from './core/outcome.ts'

export interface Flag {
  readonly name: string
  readonly short?: string
  /** Name of the value in the help; absent for a switch. */
  readonly takes?: string
  readonly tells: string
  /** Values it accepts; absent: anything. */
  readonly oneOf?: readonly string[]
  /** Its value may be left out; joined: it stands behind a `=`, so that the next word is none. */
  readonly alone?: true | 'joined'
  /** It may come again, and each time counts. */
  readonly many?: true
}

export const FLAGS: readonly Flag[] = [
  { name: 'model', short: 'm', takes: 'NAME', tells: 'fast, balanced, deep, max, or a model id' },
  { name: 'system', short: 's', takes: 'TEXT|FILE', tells: 'system prompt' },
  {
    name: 'attach',
    short: 'a',
    takes: 'FILE|URL|-',
    tells: "an image, a PDF or a text to ask about; '*.png'; again",
    many: true,
  },
  { name: 'image-size', takes: 'SIZE', tells: 'auto, native, 1080p, 720p, or a box as 1024x768' },
  { name: 'part', takes: 'head|tail[:TOKENS]|summary', tells: 'of a long text, send this much, or a summary' },
  { name: 'continue', short: 'c', tells: 'go on with the latest conversation' },
  {
    name: 'resume',
    short: 'r',
    takes: '[ID|TEXT]',
    tells: 'go on with an earlier one: by id or title, or choose from a list',
    alone: true,
  },
  { name: 'no-session', tells: 'leave no trace on disk' },
  { name: 'print', short: 'p', tells: 'one answer on stdout, also on a terminal' },
  {
    name: 'output-format',
    takes: 'FORMAT',
    tells: 'text, json, or stream-json (one event a line)',
    oneOf: ['text', 'json', 'stream-json'],
  },
  { name: 'usage', short: 'u', tells: 'a line of figures on stderr after the answer' },
  { name: 'quiet', short: 'q', tells: 'no notes on stderr' },
  { name: 'max-tokens', takes: 'N', tells: 'limit of the answer, thinking included' },
  { name: 'max-cost', takes: 'USD', tells: 'most this call, or this chat, may cost: never passed, code 7' },
  { name: 'dry-run', tells: 'send nothing: say what it would cost, and how long it would take' },
  { name: 'effort', takes: 'LEVEL', tells: 'low, medium, high, xhigh, max, or auto' },
  {
    name: 'preset',
    takes: 'TASK',
    tells: 'classify, extract, summarise, code, maths, creative, research',
  },
  { name: 'concise', tells: 'ask for short answers' },
  { name: 'temperature', takes: 'N', tells: 'how freely words are chosen, 0 to 2' },
  { name: 'top-p', takes: 'N', tells: 'share of the likely words to choose from, above 0 to 1' },
  { name: 'prefill', takes: 'TEXT', tells: 'what the answer begins with' },
  { name: 'summarise-at', takes: 'SHARE', tells: 'summarise from this share of the context window on' },
  { name: 'cache-ttl', takes: 'TTL', tells: 'life of what is cached: auto, 5m, 1h, or off' },
  {
    name: 'fallback',
    takes: 'NAMES',
    tells: 'models that answer when it cannot: deep,balanced,fast',
  },
  { name: 'retry-for', takes: 'TIME', tells: 'how long failed requests are sent again: 90s, 5m, 0' },
  { name: 'base-url', takes: 'URL', tells: 'a server that speaks the Claude Messages API' },
  { name: 'no-stream', tells: 'ask for the answer in one piece' },
  { name: 'screen-reader', tells: 'chat in plain lines: nothing moves, nothing is written over' },
  {
    name: 'record',
    takes: 'FILE',
    tells: 'record the session, without keys; with --redact: without words',
  },
  { name: 'redact', tells: 'with --record: letters become x, shape and times stay' },
  {
    name: 'debug',
    takes: '[=FILE]',
    tells: 'log what the wire does, and when: neither words nor keys',
    alone: 'joined',
  },
  { name: 'demo', tells: 'talk to the built-in demo server: no key, no cost' },
  { name: 'port', takes: 'N', tells: 'demo-server: port to listen on' },
  { name: 'script', takes: 'FILE', tells: 'demo-server, --demo: a line a request, faults included' },
  { name: 'speed', takes: 'X', tells: 'demo-server, --demo, replay: X times as fast' },
  { name: 'version', short: 'V', tells: 'print the version' },
  { name: 'help', short: 'h', tells: 'print this help' },
]

export interface Subcommand {
  readonly name: string
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
      { name: 'limit', short: 'n', takes: 'N', tells: 'list, search: so many at most' },
      { name: 'deleted', tells: 'list: what lies in the bin' },
      {
        name: 'format',
        takes: 'FORMAT',
        tells: 'export: md, json, jsonl, html',
        oneOf: ['md', 'json', 'jsonl', 'html'],
      },
      { name: 'output', short: 'o', takes: 'FILE|-', tells: 'export: where to; - is stdout' },
      { name: 'branches', tells: 'export: turns of other branches, too' },
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
    tells: "take in conversations: our json or jsonl, Claude's data export",
    flags: [
      JSON_FLAG,
      { name: 'dry-run', tells: 'say what is in it, and take nothing' },
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
      { name: 'days', takes: 'N', tells: 'so many days, today included; 30 when absent' },
      { name: 'demo', tells: 'what the demo would have cost' },
      HELP,
    ],
  },
  {
    name: 'doctor',
    takes: '[--json]',
    tells: 'look whether all is well: Node, terminal, files, key, connection',
    flags: [
      JSON_FLAG,
      { name: 'base-url', takes: 'URL', tells: 'look at the way to this server' },
      { name: 'demo', tells: 'look at the way to the built-in demo server' },
      HELP,
    ],
  },
  { name: 'replay', takes: 'FILE|-', tells: 'play a recording, without a network; --speed max: at once' },
  { name: 'redact', takes: 'FILE NEW', tells: 'a copy of a recording without its content' },
  { name: 'demo-server', takes: '[--port N]', tells: 'the demo server alone' },
]

export interface Args {
  readonly command: 'chat' | 'config' | 'sessions' | 'import' | 'cost' | 'doctor' | 'replay' | 'redact' | 'demo-server'
  readonly flags: Readonly<Record<string, string | true | undefined>>
  /** What is left: the prompt's words, or a subcommand's arguments. */
  readonly rest: readonly string[]
  /** What `--attach` was given, in order; absent: nothing. */
  readonly attach?: readonly string[]
  /** Words that stand right behind one of these, before any `--`. */
  readonly followers?: readonly string[]
}

/** Whether an earlier conversation is to go on. */
export const wantsPast = ({ flags }: Args): boolean => flags.continue === true || flags.resume !== undefined

/** A command line that cannot be understood: what came, what was expected, the way out. */
export class UsageError extends Ending {
  constructor(message: string) {
    super(EXIT.usage, message)
  }
}

const NO_FLAG = '`claude-tui --help` lists them all; a prompt that starts with a dash goes after `--`.'

const helpOn = (name: string) =>
  `\`claude-tui ${name} --help\` lists those it knows; a prompt that begins with "${name}" goes after \`--\`.`

/** Reads the command line. @throws UsageError */
export function readArgs(argv: readonly string[]): Args {
  const [command, ...others] = argv
  // The settings have a grammar of their own: a system prompt may well begin with a dash.
  if (command === 'config') return { command, flags: {}, rest: others }
  if (wordsFor('config', [], argv))
    throw new UsageError(
      '`claude-tui config` takes no flags before it: claude-tui config list. A prompt that begins with "config" goes after `--`.',
    )
  for (const own of SUBCOMMANDS) {
    if (!own.flags) continue
    const words = wordsFor(own.name, own.flags, argv)
    if (!words) continue
    const { flags, rest } = parsed(words, own.flags, helpOn(own.name))
    return { command: own.name as Args['command'], flags, rest }
  }
  const { flags, rest, isPrompt, attach, followers } = parsed(argv, FLAGS, NO_FLAG)
  const [first, ...words] = rest
  // After `--` everything is the prompt, whatever it looks like.
  if ((first === 'demo-server' || first === 'replay' || first === 'redact') && !isPrompt)
    return { command: first, flags, rest: words }
  if (flags.part !== undefined && attach.length === 0)
    throw new UsageError(
      '--part says how much of an attached text is sent, and nothing is attached. Add --attach FILE.',
    )
  return { command: 'chat', flags, rest, ...(attach.length > 0 && { attach, followers }) }
}

/** The words around a command, when its name is the first word that is no flag; null: something else is meant. */
function wordsFor(name: string, flags: readonly Flag[], argv: readonly string[]): readonly string[] | null {
  const at = argv.indexOf(name)
  if (at === -1) return null
  const before = argv.slice(0, at)
  const known = [...flags, ...FLAGS.filter((one) => !flags.some((own) => own.name === one.name))]
  const tokens = tokensOf([...before, name], known)
  const isFirst = tokens.every(({ kind, index }) => kind === 'option' || (kind === 'positional' && index === at))
  const isWord = tokens.some(({ kind }) => kind === 'positional')
  return isFirst && isWord ? [...before, ...argv.slice(at + 1)] : null
}

interface Parsed {
  readonly flags: Readonly<Record<string, string | true>>
  readonly rest: readonly string[]
  /** The first word stands behind `--`. */
  readonly isPrompt: boolean
  readonly attach: readonly string[]
  readonly followers: readonly string[]
}

/** @param wayOut what to do about a flag nobody knows */
function parsed(argv: readonly string[], known: readonly Flag[], wayOut: string): Parsed {
  const tokens = tokensOf(argv, known)
  const flags: Record<string, string | true> = {}
  const rest: string[] = []
  const isPrompt =
    tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator')?.kind !== 'positional'
  const attach: string[] = []
  const followers: string[] = []
  let isBehind = false
  for (const token of tokens) {
    if (token.kind === 'positional') {
      rest.push(token.value)
      if (isBehind) followers.push(token.value)
      isBehind = false
      continue
    }
    isBehind = false
    if (token.kind !== 'option') continue
    const value = flagValue(token, known, wayOut)
    flags[token.name] = value
    if (!known.find(({ name }) => name === token.name)?.many) continue
    attach.push(String(value))
    isBehind = true
  }
  return { flags, rest, isPrompt, attach, followers }
}

function tokensOf(argv: readonly string[], known: readonly Flag[]) {
  const options = Object.fromEntries(
    known.map(({ name, short, takes }) => [
      name,
      { type: takes ? ('string' as const) : ('boolean' as const), ...(short ? { short } : {}) },
    ]),
  )
  // Not strict: the errors below know the flags and say the way out; Node's own words do not.
  return parseArgs({ args: withoutValues(argv, known), options, strict: false, allowPositionals: true, tokens: true })
    .tokens
}

/** A flag whose value may be left out takes an empty one where the next word is a flag, or where there is none. */
function withoutValues(argv: readonly string[], known: readonly Flag[]): string[] {
  const alone = known.filter((flag) => flag.alone)
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  return argv.map((word, i) => {
    const flag = alone.find(({ name, short }) => word === `--${name}` || word === `-${short}`)
    const isLast = argv[i + 1] === undefined || argv[i + 1]!.startsWith('-')
    const isAlone = i < end && flag && (flag.alone === 'joined' || isLast)
    return isAlone ? `--${flag.name}=` : word
  })
}

function flagValue(
  {
    name,
    rawName: raw,
    value,
  }: { readonly name: string; readonly rawName: string; readonly value?: string | undefined },
  known: readonly Flag[],
  wayOut: string,
): string | true {
  const flag = known.find((candidate) => candidate.name === name)
  if (!flag) {
    const near = suggest(
      name,
      known.map((candidate) => candidate.name),
    )
    throw new UsageError(
      near.length > 0 ? `Unknown flag ${raw}. Did you mean --${near[0]}?` : `Unknown flag ${raw}. ${wayOut}`,
    )
  }
  if (!flag.takes) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value, but "${value}" came.`)
    return true
  }
  if (flag.alone && (value === undefined || value === '')) return true
  if (value === undefined || (value.startsWith('-') && value !== '-' && !/^-\d/.test(value))) {
    throw new UsageError(`${raw} needs a value (${flag.takes}): ${flag.tells}.`)
  }
  if (flag.oneOf && !flag.oneOf.includes(value)) {
    throw new UsageError(`--${name} takes ${flag.oneOf.join(', ')}; "${value}" came.`)
  }
  return value
}

/** Flags that share a row of the help, which stands where the first of them would: the flags, and what they do. */
const SHARED: readonly (readonly [names: readonly string[], left: string, right: string])[] = [
  [
    ['image-size', 'part'],
    '    --image-size SIZE, --part X',
    'auto, native, 1080p, 720p, 800x600; of a long text head or tail',
  ],
  [
    ['no-session', 'print'],
    '    --no-session; -p, --print',
    'leave no trace on disk; one answer on stdout, also on a terminal',
  ],
  [['usage', 'quiet'], '-u, --usage; -q, --quiet', 'a line of figures on stderr after the answer; no notes there'],
  [
    ['max-tokens', 'max-cost'],
    '    --max-tokens N, --max-cost USD',
    'longest answer, with thinking; most a call or chat may cost',
  ],
  [
    ['effort', 'concise'],
    '    --effort LEVEL, --concise',
    'low, medium, high, xhigh, max, or auto; ask for short answers',
  ],
  [
    ['temperature', 'top-p', 'prefill'],
    '    --temperature N, --top-p N, --prefill TEXT ',
    'where server and model still take them',
  ],
  [
    ['summarise-at', 'cache-ttl'],
    '    --summarise-at X, --cache-ttl T',
    'summarise from this share on; life of what is cached: 5m, 1h',
  ],
  [
    ['fallback', 'retry-for'],
    '    --fallback NAMES, --retry-for TIME',
    'who answers when it cannot; try for 90s, 5m, 0 (once)',
  ],
  [
    ['base-url', 'no-stream'],
    '    --base-url URL, --no-stream',
    'a server that speaks the Claude Messages API; answers in one piece',
  ],
  [
    ['record', 'redact', 'debug'],
    '    --record FILE, --debug',
    'all but keys (--redact: nor words); what the wire did, and when',
  ],
  [
    ['demo', 'script'],
    '    --demo, --script FILE',
    'the demo server: no key, no cost; a line a request, faults included',
  ],
]
/** Named beside what they go with. */
const ELSEWHERE: readonly string[] = ['port', 'speed']

/** The help: one screen, teaching by example. */
export function helpText(): string {
  const row = (left: string, right: string) => `  ${left.padEnd(30)} ${right}`
  const flagRow = ({ name, short, takes, tells }: Flag) =>
    row(`${short ? `-${short}, ` : '    '}--${name}${takes ? ` ${takes}` : ''}`, tells)
  return [
    'claude-tui: a streaming terminal chat for Claude that measures itself',
    '',
    '  claude-tui                             chat',
    '  claude-tui "question"                  one answer on stdout',
    '  git diff | claude-tui "review this"    stdin first, then the prompt',
    '',
    ...SUBCOMMANDS.map(({ name, takes, tells }) => row(`${name} ${takes}`, tells)),
    '',
    // The help fits a screen: everybody knows the last two flags, and some share a row.
    ...FLAGS.slice(0, -2).flatMap((flag) => {
      const shared = SHARED.find(([names]) => names.includes(flag.name))
      if (!shared) return ELSEWHERE.includes(flag.name) ? [] : [flagRow(flag)]
      return shared[0][0] === flag.name ? [row(shared[1], shared[2])] : []
    }),
    row('-V, --version; -h, --help', 'print the version; print this help'),
    '',
    'Key: ANTHROPIC_API_KEY, or `claude-tui config set apiKey`. In the chat: /help.',
    'Exit codes: 0 ok, 1 unexpected, 2 usage, 3 key or config, 4 overloaded or limited, 5 refused, 6 no',
    '            text or cut, 7 over budget, 9 input too large, 129, 130, 131, 143 stopped by a signal',
  ].join('\n')
}
