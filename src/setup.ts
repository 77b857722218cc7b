/** From flags, environment and settings file to everything a conversation needs. Asks nobody; says what is wrong. */

import { readFileSync, statSync } from 'node:fs'
import { type Args, UsageError } from './args.ts'
import { type Choices, newConversation, type State } from './core/conversation.ts'
import { ALIASES, CATALOGUE, DEFAULT_MODEL, isKnown, modelCard, overlay, suggest } from './core/models.ts'
import { type Problem, sayProblem } from './core/problem.ts'
import { resolveSettings, type Settings } from './core/settings.ts'
import { ANTHROPIC_URL, type Api, createApi } from './io/api.ts'
import { readSettingsFile } from './io/config.ts'
import { type Credential, findCredential } from './io/credentials.ts'
import { settingsPath } from './io/folders.ts'

export interface Setup {
  readonly settings: Settings
  /** null: nobody gave one; `api` is null then, too. */
  readonly credential: Credential | null
  readonly api: Api | null
  readonly baseUrl: string
  /** Whether the built-in demo server answers. */
  readonly isDemo: boolean
  readonly state: State
  readonly notes: readonly string[]
  /** Ends what was started for this session (the demo server). */
  close(): void
}

/** A flag or variable that makes no sense ends the program (code 2); a line of the file is a note, and the next layer holds. */
export async function setUp(
  args: Args,
  env: Readonly<Record<string, string | undefined>>,
  purpose: Pick<Choices, 'kind'>,
): Promise<Setup> {
  const { flags } = args
  const file = readSettingsFile(settingsPath(env))
  const text = (name: string) => (typeof flags[name] === 'string' ? { [camel(name)]: flags[name] } : {})
  const layers = {
    flags: {
      ...(flags['screen-reader'] === true ? { screenReader: 'on' } : {}),
      ...text('model'),
      ...text('system'),
      ...text('max-tokens'),
      ...text('effort'),
      ...text('base-url'),
    },
    env,
    file: file.values,
  }
  const { settings, problems } = resolveSettings(layers)
  const fatal = problems.find(({ layer }) => layer !== 'file')
  if (fatal) throw new UsageError(sayProblem(fatal))
  const notes = [...(file.problem ? [file.problem] : []), ...problems].map((problem: Problem) => sayProblem(problem))
  const { retires, name } = modelCard(settings.model, overlay(CATALOGUE, settings.models))
  if (retires) notes.push(`${name} retires on ${retires}. \`--model ${DEFAULT_MODEL}\` is its successor.`)

  const demo = flags.demo === true ? await startBuiltIn(flags) : null
  const baseUrl = demo?.url ?? settings.baseUrl ?? ANTHROPIC_URL
  const full =
    settings.serverFeatures === 'auto' ? demo !== null || isAnthropic(baseUrl) : settings.serverFeatures === 'full'
  const models = overlay(CATALOGUE, settings.models)
  checkModel(settings.model, models, full)
  const choices: Choices = {
    ...purpose,
    model: settings.model,
    effort: settings.effort,
    system: settings.system === null ? null : readSystem(settings.system),
    maxTokens: settings.maxTokens,
    thinking: settings.thinking,
    features: full ? 'full' : 'plain',
    stream: flags['no-stream'] !== true,
    summariseAt: settings.summariseAt,
  }
  const credential: Credential | null = demo
    ? { kind: 'key', secret: 'demo', origin: 'the demo server' }
    : await findCredential({ env, settings, baseUrl })
  const api = credential && createApi({ baseUrl, credential, now: () => performance.now() })
  return {
    settings,
    credential,
    api,
    baseUrl,
    notes,
    isDemo: demo !== null,
    state: newConversation(choices, models),
    close() {
      api?.close()
      void demo?.close()
    },
  }
}

const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

async function startBuiltIn(flags: Args['flags']) {
  const { startDemo } = await import('./demo/server.ts')
  const script = typeof flags.script === 'string' ? readText(flags.script, '--script') : null
  return startDemo({ ...(script === null ? {} : { script }), speed: demoSpeed(flags) })
}

/** The factor behind `--speed`: a positive number, 1 when absent. @throws UsageError */
export function demoSpeed(flags: Args['flags']): number {
  if (flags.speed === undefined) return 1
  const speed = Number(flags.speed)
  if (speed > 0) return speed
  throw new UsageError(`--speed takes a positive number, such as 4 for four times as fast; "${flags.speed}" came.`)
}

/** Whether this is Anthropic's own API, which takes cache marks, thinking and effort. */
function isAnthropic(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl)
  return hostname === 'anthropic.com' || hostname.endsWith('.anthropic.com')
}

/** Any `claude-` id may be newer than our catalogue, and another server names its models as it likes; the rest is a slip. */
function checkModel(name: string, models: State['models'], full: boolean): void {
  if (!full || isKnown(name, models) || name.startsWith('claude-')) return
  const near = suggest(name, [...Object.keys(ALIASES), ...models.map(({ id }) => id)])
  const hint = near.length > 0 ? ` Did you mean ${near[0]}?` : ''
  throw new UsageError(
    `Unknown model "${name}": expected ${Object.keys(ALIASES).join(', ')}, or a model id such as ${ALIASES.balanced}.${hint}`,
  )
}

/** A system prompt as given, or from a file: after an `@`, or when it is the name of one. @throws UsageError */
function readSystem(text: string): string {
  if (text.startsWith('@')) return readText(text.slice(1), 'The system prompt').trimEnd()
  // One word that names a file is meant as that file; a prompt of one word has little to say.
  const isFile = text.length < 1_000 && !/\s/.test(text) && statSync(text, { throwIfNoEntry: false })?.isFile()
  return isFile ? readText(text, 'The system prompt').trimEnd() : text
}

/** A text file, or a sentence why not. @throws UsageError */
export function readText(path: string, what: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' }[code ?? ''] ?? code
    throw new UsageError(`${what} could not be read from "${path}": ${why}. Expected a text file.`)
  }
  if (bytes.includes(0)) throw new UsageError(`${what} "${path}" is binary; expected a text file.`)
  return bytes.toString('utf8')
}
