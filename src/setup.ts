/** From flags, environment and settings file to everything a conversation needs. Asks nobody; says what is wrong. */

import { type Args, UsageError, wantsPast } from './args.ts'
import type { Choices } from './core/conversation/choices.ts'
import { newConversation, type State } from './core/conversation.ts'
import type { Preset } from './core/models/presets.ts'
import { asksForOlderApi } from './core/models/sampling.ts'
import { CATALOGUE, DEFAULT_MODEL, type Models, modelCard, overlay } from './core/models.ts'
import type { BudgetName } from './core/money/budget.ts'
import { type Problem, sayProblem } from './core/problem.ts'
import { headersWithheld } from './core/server/key-host.ts'
import { secretsInEnv } from './core/server/secrets-in-env.ts'
import { type Resolved, resolveSettings, type Settings, settingRow } from './core/settings.ts'
import { type Fallback, fallbackOf, waitsFor } from './core/weather/resilience.ts'
import { ANTHROPIC_URL, type Api, createApi } from './io/api.ts'
import { createShelf, type Shelf } from './io/attachments/shelf.ts'
import { readSettingsFile } from './io/config.ts'
import { type Credential, findCredential, type Lend, sayHeadersWithheld } from './io/credentials.ts'
import { settingsPath } from './io/files/folders.ts'
import { createTransport, type Fetch } from './io/transport.ts'
import type { WireLog } from './io/wire/wire-log.ts'
import type { RoadOptions } from './road.ts'
import type { Debugged } from './setup-debug.ts'
import { cascadeIn, checkLevers, checkLimit, leverFlags, modelDoubt, modelSlip, presetNamed } from './setup-levers.ts'
import { readSystem, readText } from './setup-texts.ts'
import type { Replay } from './tape/replay.ts'
import type { Taping } from './tape/taping.ts'

export interface Setup {
  readonly settings: Settings
  /** Where each setting comes from. */
  readonly origin: Resolved['origin']
  /** The preset of the command line; null: there is none. */
  readonly preset: Preset | null
  /** null: nobody gave one; `api` is null then, too. */
  readonly credential: Credential | null
  readonly api: Api | null
  /** Where the bytes of attachments lie. */
  readonly shelf: Shelf
  readonly baseUrl: string
  /** Whether the built-in demo server answers. */
  readonly isDemo: boolean
  readonly state: State
  readonly notes: readonly string[]
  /** Records this session; null: nobody asked for that. */
  readonly taping: Taping | null
  /** The recording that is played instead of asking a server; null: there is one. */
  readonly replay: Replay | null
  /** The budget that `--max-cost` has set; absent: it was not given. */
  readonly maxCostSets?: BudgetName
  /** What is different on the road when time passes otherwise than in life. */
  readonly road: Partial<Pick<RoadOptions, 'patience' | 'speed'>>
  /** Ends what was started for this session (the demo server). */
  close(): void
}

/**
 * A flag or variable that makes no sense ends the program (code 2); a line of the file is a note, and the next layer holds.
 * @param lend gives the terminal to a program that may ask for a passphrase
 */
export async function setUp(
  args: Args,
  env: Readonly<Record<string, string | undefined>>,
  purpose: Pick<Choices, 'kind'> & { readonly mode?: 'single' },
  lend?: Lend,
): Promise<Setup> {
  const { flags } = args
  if (args.command === 'replay') return (await import('./tape/setup.ts')).setUpReplay(args, env)
  const file = readSettingsFile(settingsPath(env))
  const text = (name: string) => (typeof flags[name] === 'string' ? { [camel(name)]: flags[name] } : {})
  const preset = presetNamed(flags, env, file.values)
  const maxCostSets = purpose.mode === 'single' ? 'turn' : 'session'
  const layers = {
    flags: {
      ...leverFlags(flags, preset),
      ...(flags['screen-reader'] === true ? { screenReader: 'on' } : {}),
      ...(flags['no-session'] === true ? { history: 'off' } : {}),
      ...text('model'),
      ...text('system'),
      ...text('max-tokens'),
      ...text('effort'),
      ...text('summarise-at'),
      ...text('cache-ttl'),
      ...text('image-size'),
      ...text('base-url'),
      ...text('fallback'),
      ...text('retry-for'),
      ...text('cascade'),
      ...text('check'),
      ...maxCost(flags, maxCostSets === 'turn' ? 'maxCostTurn' : 'maxCostSession'),
    },
    env,
    file: file.values,
  }
  const { settings: asked, origin, problems } = resolveSettings(layers)
  const fatal = problems.find(({ layer }) => layer !== 'file')
  if (fatal) throw new UsageError(sayProblem(fatal))
  if (asked.history === 'off' && wantsPast(args)) throw new UsageError(noPast(flags, origin.history))
  const notes = [...(file.problem ? [file.problem] : []), ...problems].map((problem: Problem) => sayProblem(problem))
  const demo = flags.demo === true ? await startBuiltIn(flags) : null
  const baseUrl = demo?.url ?? asked.baseUrl ?? ANTHROPIC_URL
  const inTurn = purpose.mode === 'single'
  const transport = createTransport()
  // A call needs it at once, and has much to load until then.
  if (inTurn) void transport.preconnect(baseUrl)
  const isOurs = demo !== null || isAnthropic(baseUrl)
  const full = asked.serverFeatures === 'auto' ? isOurs : asked.serverFeatures === 'full'
  const models = overlay(CATALOGUE, asked.models)
  const slip = modelSlip(asked.model, models, isOurs)
  if (slip && origin.model !== 'file') throw new UsageError(slip)
  if (slip)
    notes.push(
      `${slip} It stands in the settings file: \`claude-tui config unset model\`. Until then ${DEFAULT_MODEL} answers.`,
    )
  if (!isOurs && !full && purpose.mode !== 'single') notes.push(OTHER_SERVER)
  const settings = slip ? { ...asked, model: DEFAULT_MODEL } : asked
  const { retires, name } = modelCard(settings.model, models)
  if (retires) notes.push(`${name} retires on ${retires}. \`--model ${DEFAULT_MODEL}\` is its successor.`)
  const doubt = isOurs ? modelDoubt(settings.model, models) : null
  if (doubt) notes.push(doubt)
  if (flags['max-tokens'] !== undefined || preset?.maxTokens === undefined) checkLimit(settings, models)
  const choices: Choices = {
    kind: purpose.kind,
    model: settings.model,
    effort: settings.effort,
    system: settings.system === null ? null : readSystem(settings.system),
    maxTokens: settings.maxTokens,
    thinking: settings.thinking,
    features: full ? 'full' : 'plain',
    stream: flags['no-stream'] !== true,
    summariseAt: settings.summariseAt,
    cacheTtl: settings.cacheTtl,
    concise: settings.concise,
    temperature: settings.temperature,
    topP: settings.topP,
    prefill: typeof flags.prefill === 'string' ? flags.prefill : null,
    waitsMs: waitsFor(settings.retryFor),
    fallback: fallbackIn(settings, inTurn ? 'script' : 'chat', models, full, origin.fallback, notes),
    ...cascadeIn(settings, models, isOurs, args, origin),
    ...(asksForOlderApi(env.ANTHROPIC_CUSTOM_HEADERS) ? { olderApi: true as const } : {}),
  }
  // A conversation that goes on brings its own model, and is looked at once that is known.
  if (!wantsPast(args) || flags.model !== undefined) notes.push(...checkLevers(choices, models, args, origin))
  const credential: Credential | null = demo
    ? { kind: 'key', secret: 'key-of-the-built-in-demo', origin: 'the demo server' }
    : await findCredential({ env, settings, baseUrl, isFromEnv: origin.baseUrl === 'environment', lend })
  const taping = await tapingOf(args, credential && [credential, settings, env], {
    mode: purpose.mode ?? 'chat',
    choices,
    stallAfterMs: settings.stallAfterMs,
    models: settings.models,
  })
  if (taping && purpose.mode !== 'single')
    notes.push(`This session is recorded in ${String(flags.record)}, without keys.`)
  const log = await logOf(args, credential && [credential, settings, env], { baseUrl, origin, env })
  if (log) notes.push(`What the wire does is logged in ${log.path}, without words and keys.`)
  const around = log && taping ? (fetch: Fetch) => log.around(taping.around(fetch)) : (log ?? taping)?.around
  const shelf = createShelf()
  const withheld = demo ? [] : headersWithheld(env, baseUrl, origin.baseUrl === 'environment')
  if (withheld.length > 0) notes.push(sayHeadersWithheld(withheld, baseUrl))
  const wire = { transport, inTurn, around, shelf, withheld, secrets: secretsInEnv(env) }
  const made = credential && createApi({ baseUrl, credential, now: () => performance.now(), ...wire })
  const api = made && log ? log.attempts(made) : made
  return {
    settings,
    origin,
    preset,
    credential,
    api,
    shelf,
    baseUrl,
    notes,
    isDemo: demo !== null,
    state: newConversation(choices, models),
    taping,
    replay: null,
    ...(flags['max-cost'] === undefined ? {} : { maxCostSets }),
    road: {},
    close() {
      api?.close()
      taping?.close()
      log?.close()
      void demo?.close()
    },
  }
}

/** Who answers when the model cannot. A slip in it ends the program (code 2), or is a note where it stands in the file. */
function fallbackIn(
  { fallback }: Settings,
  asker: 'chat' | 'script',
  models: Models,
  isClaude: boolean,
  layer: string,
  notes: string[],
): Fallback {
  const chain = fallbackOf(fallback, asker)
  const slips = typeof chain === 'string' ? [] : chain.map((name) => modelSlip(name, models, isClaude))
  const slip = slips.find((one) => one !== null)
  if (!slip) return chain
  if (layer !== 'file') throw new UsageError(`fallback: ${slip}`)
  notes.push(`fallback: ${slip} It stands in the settings file: \`claude-tui config unset fallback\`.`)
  return 'off'
}

/** Whoever saves nothing cannot go on with what is saved: what came then would be missing from it. */
function noPast(flags: Args['flags'], layer: string): string {
  const flag = flags.continue === true ? '--continue' : '--resume'
  const off = layer === 'flag' ? '--no-session saves nothing' : 'the setting `history` is off, and nothing is saved'
  return `${flag} goes on with a conversation and saves what is said in it, but ${off}. Leave out one of them.`
}

/** What `--max-cost` limits: a call by itself, or a chat. @throws UsageError */
function maxCost({ 'max-cost': given }: Args['flags'], key: 'maxCostTurn' | 'maxCostSession') {
  if (typeof given !== 'string') return {}
  const read = settingRow(key).parse(given)
  if ('problem' in read) throw new UsageError(sayProblem({ ...read.problem, where: '--max-cost' }))
  return { [key]: given }
}

/** Looks at the flags before anything is asked; makes the file once there is something to record. */
async function tapingOf(
  { flags }: Args,
  holders: SecretHolders | null,
  head: Parameters<typeof import('./tape/setup.ts').openTaping>[0]['head'],
): Promise<Taping | null> {
  if (flags.record === undefined && flags.redact === undefined) return null
  const { checkTaping, openTaping } = await import('./tape/setup.ts')
  const path = checkTaping(flags)
  return holders && openTaping({ path, redact: flags.redact === true, secrets: secretsOf(holders), head })
}

/** Looks nowhere unless asked to: `--debug` is loaded for who gives it. */
async function logOf(
  { flags }: Args,
  holders: SecretHolders | null,
  rest: Pick<Debugged, 'baseUrl' | 'origin' | 'env'>,
): Promise<(WireLog & { readonly path: string }) | null> {
  if (flags.debug === undefined || !holders) return null
  const { openWireLog } = await import('./setup-debug.ts')
  return openWireLog({ ...rest, given: flags.debug, credential: holders[0], secrets: secretsOf(holders) })
}

/** Whatever may hold a secret. */
type SecretHolders = readonly [Credential, Settings, Readonly<Record<string, string | undefined>>]

const secretsOf = ([credential, { apiKey }, env]: SecretHolders): readonly string[] =>
  ['secret' in credential ? credential.secret : null, apiKey, ...secretsInEnv(env)].filter(
    (secret) => typeof secret === 'string',
  )

const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

async function startBuiltIn(flags: Args['flags']) {
  const { ScriptError, startDemo } = await import('./demo/server.ts')
  const script = typeof flags.script === 'string' ? readText(flags.script, '--script') : null
  try {
    return await startDemo({ ...(script === null ? {} : { script }), speed: demoSpeed(flags) })
  } catch (error) {
    if (error instanceof ScriptError) throw new UsageError(error.message)
    throw error
  }
}

/** The factor behind `--speed`: a positive number, 1 when absent. @throws UsageError */
export function demoSpeed(flags: Args['flags']): number {
  if (flags.speed === undefined) return 1
  const speed = Number(flags.speed)
  if (speed > 0) return speed
  throw new UsageError(`--speed takes a positive number, such as 4 for four times as fast; "${flags.speed}" came.`)
}

/** What is less than with Anthropic's own API. */
const OTHER_SERVER =
  'Another server than the API itself: it is sent no cache marks, thinking or effort, tokens may be estimates, and windows and prices are unknown where it or the setting models does not tell them (README: other servers).'

/** Whether this is Anthropic's own API, which takes cache marks, thinking and effort. */
function isAnthropic(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl)
  return hostname === 'anthropic.com' || hostname.endsWith('.anthropic.com')
}
