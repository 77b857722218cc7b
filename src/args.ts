/** Reads the command line by the tables in `args/`: what came, what was expected, the way out. */

import { parseArgs } from 'node:util'
import { FLAGS, type Flag } from './args/flags.ts'
import { SUBCOMMANDS, type SubcommandName } from './args/subcommands.ts'
import { suggest } from './core/models.ts'
import { Ending, EXIT } from './core/turn/outcome.ts'

export interface Args {
  readonly command: 'chat' | SubcommandName
  readonly flags: Readonly<Record<string, string | true | undefined>>
  /** What is left: the prompt's words, or a subcommand's arguments. */
  readonly rest: readonly string[]
  /** What flags that may come again were given, in order, by their names; absent: none of them came. */
  readonly many?: Readonly<Record<string, readonly string[]>>
  /** Words that stand right behind an attached file, before any `--`. */
  readonly followers?: readonly string[]
}

/** Whether an earlier conversation is to go on. */
export const wantsPast = ({ flags }: Args): boolean => flags.continue === true || flags.resume !== undefined

/** Whether flags are given that only a script gives. */
export const isScripted = ({ flags }: Args): boolean =>
  FLAGS.some(({ name, isScript }) => isScript === true && flags[name] !== undefined)

/** A command line that cannot be understood: what came, what was expected, the way out. */
export class UsageError extends Ending {
  constructor(message: string) {
    super(EXIT.usage, message)
  }
}

/** The same before anything was started: nobody else could tell it. */
export class Misread extends UsageError {
  readonly command: Args['command']

  constructor(message: string, command: Args['command']) {
    super(message)
    this.command = command
  }
}

const NO_FLAG = '`claude-tui --help` lists them all; a prompt that starts with a dash goes after `--`.'

const helpOn = (name: string) =>
  `\`claude-tui ${name} --help\` lists those it knows; a prompt that begins with "${name}" goes after \`--\`.`

/** @throws Misread */
function readFor<T>(command: Args['command'], read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof UsageError ? new Misread(error.message, command) : error
  }
}

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
    const { flags, rest, many } = readFor(own.name, () => parsed(words, own.flags!, helpOn(own.name)))
    return { command: own.name, flags, rest, ...(Object.keys(many).length > 0 && { many }) }
  }
  const { flags, rest, isPrompt, many, followers } = readFor('chat', () => parsed(argv, FLAGS, NO_FLAG))
  const [first, ...words] = rest
  // After `--` everything is the prompt, whatever it looks like.
  if ((first === 'demo-server' || first === 'replay' || first === 'redact') && !isPrompt)
    return { command: first, flags, rest: words }
  if (flags.part !== undefined && !many.attach)
    throw new Misread(
      '--part says how much of an attached text is sent, and nothing is attached. Add --attach FILE, or --attach - for what is piped in.',
      'chat',
    )
  return { command: 'chat', flags, rest, ...(Object.keys(many).length > 0 && { many, followers }) }
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
  readonly many: Readonly<Record<string, readonly string[]>>
  readonly followers: readonly string[]
}

/** @param wayOut what to do about a flag nobody knows */
function parsed(argv: readonly string[], known: readonly Flag[], wayOut: string): Parsed {
  const tokens = tokensOf(argv, known)
  const flags: Record<string, string | true> = {}
  const rest: string[] = []
  const isPrompt =
    tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator')?.kind !== 'positional'
  const many: Record<string, string[]> = {}
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
    flags[token.name] = token.rawName === '-h' ? 'brief' : value
    if (!known.find(({ name }) => name === token.name)?.many) continue
    many[token.name] = [...(many[token.name] ?? []), String(value)]
    isBehind = token.name === 'attach'
  }
  return { flags, rest, isPrompt, many, followers }
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
    const isNone =
      flag?.alone === 'joined' ||
      (flag?.alone === 'format' && !argv[i + 1]?.includes('%{')) ||
      (flag?.alone === 'word' && /\s/.test(argv[i + 1] ?? ''))
    const isAlone = i < end && flag && (isNone || isLast)
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
    const dashed =
      value?.startsWith('-') && flag.takes.includes('FILE') ? ` A file whose name begins with a dash: ./${value}` : ''
    throw new UsageError(`${raw} needs a value (${flag.takes}): ${flag.tells}.${dashed}`)
  }
  if (flag.oneOf && !flag.oneOf.includes(value)) {
    throw new UsageError(`--${name} takes ${flag.oneOf.join(', ')}; "${value}" came.`)
  }
  return value
}
