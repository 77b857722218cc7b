/** What a call of `claude-tui bench` asks for, out of its words and flags. */

import { type Args, UsageError } from '../../args.ts'
import { CACHE_STATES, type CacheState, type Grid } from '../../core/lab/bench/arms.ts'
import { FORMATS, type Format } from '../../core/lab/bench/export.ts'
import { type Limit, limitsIn } from '../../core/lab/bench/limits.ts'
import { USUAL_PROMPT } from '../../core/lab/bench/prompt.ts'
import { quote } from '../../core/problem.ts'
import { isBenchName } from '../../io/benches.ts'
import { readStdin } from '../../io/terminal/whole-stdin.ts'
import { readText } from '../../setup-texts.ts'

export interface BenchAsked {
  readonly prompts: readonly { readonly text: string; readonly system?: string }[]
  readonly grid: Grid
  /** null: as many as the noise asks for. */
  readonly repeats: number | null
  readonly warmUps: number
  readonly seed: number
  /** What `--vs` changes; null: nothing. */
  readonly vs: string | null
  readonly limits: readonly Limit[]
  readonly save: string | null
  readonly against: string | null
  readonly format: Format
  readonly output: { readonly path: string; readonly format: Format } | null
}

/** Models that are measured when nobody names any: those of the aliases. */
const USUAL_MODELS = ['fast', 'balanced', 'deep']
/** Runs of each arm when nobody says how many. */
const USUAL_REPEATS = 20
/** The same for `--table`, which asks for a glance. */
const TABLE_REPEATS = 5
/** Runs of one call, all arms together; more is a slip. */
const MOST_RUNS = 100_000

/** @throws UsageError */
export async function benchAsked(args: Args, stdin: NodeJS.ReadStream, configured: string | null): Promise<BenchAsked> {
  const { flags, many } = args
  const vs = textOf(flags.vs)
  const limits = limitsIn(many?.['fail-if'] ?? [])
  if (typeof limits === 'string') throw new UsageError(limits)
  const models = listIn(flags.models) ?? (vs === null ? USUAL_MODELS : [configured ?? 'balanced'])
  const grid: Grid = {
    models,
    efforts: listIn(flags.effort) ?? [null],
    caches: cachesIn(listIn(flags.cache) ?? ['off']),
    sizes: (listIn(flags.sizes) ?? ['0']).map(sizeIn),
  }
  const arms = grid.models.length * grid.efforts.length * grid.caches.length * grid.sizes.length
  if (vs !== null && arms > 1)
    throw new UsageError(
      '--vs changes one thing and leaves all others alone: give one model, one effort, one state of the cache and one size.',
    )
  const against = nameIn('against', flags.against)
  const times = limits.find(({ unit }) => unit === 'x')
  if (times && vs === null && against === null)
    throw new UsageError(
      `--fail-if "${times.text}" compares with a baseline, and there is none: add --against NAME, or --vs LEVER.`,
    )
  const usual = vs !== null ? null : flags.table === true ? TABLE_REPEATS : USUAL_REPEATS
  const repeats = flags.repeats === undefined ? usual : wholeIn('repeats', flags.repeats, 1)
  const prompts = await promptsIn(args, stdin)
  if ((repeats ?? 0) * arms * prompts.length > MOST_RUNS)
    throw new UsageError(`More than ${MOST_RUNS} runs were asked for. Lower --repeats, or give fewer prompts.`)
  return {
    ...{ prompts, grid, repeats, vs, limits, against },
    warmUps: wholeIn('warm-up', flags['warm-up'] ?? '1', 0),
    seed: flags.seed === undefined ? Math.floor(Math.random() * 1e6) : wholeIn('seed', flags.seed, 0),
    save: nameIn('save', flags.save),
    format: flags.json === true ? 'json' : ((textOf(flags.format) ?? 'text') as Format),
    output: outputIn(textOf(flags.output)),
  }
}

const textOf = (given: string | true | undefined): string | null => (typeof given === 'string' ? given : null)

function listIn(given: string | true | undefined): readonly string[] | null {
  const list = textOf(given)
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return list && list.length > 0 ? [...new Set(list)] : null
}

function cachesIn(list: readonly string[]): readonly CacheState[] {
  const wrong = list.find((one) => !CACHE_STATES.includes(one as CacheState))
  if (wrong !== undefined) throw new UsageError(`--cache takes ${CACHE_STATES.join(', ')}; ${quote(wrong)} came.`)
  return list as readonly CacheState[]
}

/** `800`, `1k`, `1.5k`, `1M` tokens. */
function sizeIn(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? []
  if (digits === undefined) throw new UsageError(`--sizes takes counts of tokens, such as 1k,10k; ${quote(text)} came.`)
  return Math.round(Number(digits) * (unit === 'k' ? 1_000 : unit === 'M' ? 1_000_000 : 1))
}

function wholeIn(flag: string, given: string | true, least: number): number {
  const number = Number(given)
  if (given !== true && Number.isSafeInteger(number) && number >= least && /^\d+$/.test(given)) return number
  throw new UsageError(`--${flag} takes a whole number from ${least}; ${quote(String(given))} came.`)
}

function nameIn(flag: string, given: string | true | undefined): string | null {
  const name = textOf(given)
  if (name === null || isBenchName(name)) return name
  throw new UsageError(`--${flag} takes a name of letters, digits, ".", "_" and "-"; ${quote(name)} came.`)
}

function outputIn(path: string | null): BenchAsked['output'] {
  if (path === null) return null
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  const format = ending === 'txt' ? 'text' : ending
  if (format && FORMATS.includes(format as Format)) return { path, format: format as Format }
  throw new UsageError(`--output takes a file whose name ends in .md, .csv, .json or .txt; ${quote(path)} came.`)
}

async function promptsIn({ rest, flags }: Args, stdin: NodeJS.ReadStream): Promise<BenchAsked['prompts']> {
  const file = textOf(flags.prompts)
  const words = rest.join(' ')
  if (file !== null && words !== '')
    throw new UsageError(`--prompts names the prompts, and ${quote(words)} came besides. Leave out one of them.`)
  if (file !== null) {
    const text = file === '-' ? await piped(stdin, 'bench --prompts -') : readText(file, '--prompts')
    return linesIn(text, file)
  }
  if (words === '-') {
    const text = await piped(stdin, 'bench -')
    if (text.trim() === '') throw new UsageError('Nothing to ask: stdin holds only white space.')
    return [{ text }]
  }
  if (rest.length === 0) return [{ text: USUAL_PROMPT }]
  if (words.trim() === '')
    throw new UsageError('Nothing to ask: the prompt holds only white space. Leave it out to ask the usual one.')
  return [{ text: words }]
}

const piped = async (stdin: NodeJS.ReadStream, command: string) =>
  new TextDecoder().decode(await readStdin(stdin, command))

/** A prompt a line; a line that begins with a brace is JSON. */
function linesIn(text: string, file: string): BenchAsked['prompts'] {
  const prompts = text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return []
    if (!line.trimStart().startsWith('{')) return [{ text: line }]
    const where = `--prompts ${quote(file)}, line ${i + 1}`
    let value: { prompt?: unknown; system?: unknown }
    try {
      value = JSON.parse(line)
    } catch {
      throw new UsageError(`${where}: expected {"prompt": "…"}, or plain text; it begins with a brace and is no JSON.`)
    }
    const { prompt, system } = value
    if (typeof prompt !== 'string' || prompt.trim() === '' || (system !== undefined && typeof system !== 'string'))
      throw new UsageError(`${where}: expected {"prompt": "…"} and perhaps "system", both texts.`)
    return [{ text: prompt, ...(system === undefined ? {} : { system }) }]
  })
  if (prompts.length === 0) throw new UsageError(`--prompts ${quote(file)} holds no prompt; expected one a line.`)
  return prompts
}
