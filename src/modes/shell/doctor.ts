/** `claude-tui doctor`: looks at everything a conversation needs, says what it finds, and changes nothing. */

import { type Args, UsageError } from '../../args.ts'
import { diskFindings } from '../../core/doctor/disk.ts'
import { programFindings } from '../../core/doctor/program.ts'
import { type ServerFacts, serverFindings } from '../../core/doctor/server.ts'
import { type TerminalFacts, terminalFindings } from '../../core/doctor/terminal.ts'
import { doctorJson, type Finding, inPart, isWell, partRows, summed, type Told } from '../../core/doctor.ts'
import { sayProblem } from '../../core/problem.ts'
import { ANTHROPIC_URL, headersWithheld } from '../../core/server/key-host.ts'
import type { Settings } from '../../core/settings.ts'
import { type Theme, theme } from '../../core/text/theme.ts'
import { wrapText } from '../../core/text/wrap.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import { interview } from '../../glass/interview.ts'
import { deafToOsc52 } from '../../glass/osc52.ts'
import { type Credential, CredentialError, findCredential } from '../../io/credentials.ts'
import { lookAtFolder, lookAtHistory, lookAtSettings } from '../../io/doctor/disk.ts'
import { lookAtProgram } from '../../io/doctor/program.ts'
import { folders, settingsPath } from '../../io/files/folders.ts'
import { leave } from '../../io/process/leave.ts'
import { openBreakers } from '../../io/weather/breakers.ts'
import { heardLimits } from '../../io/weather/heard-limits.ts'
import { VERSION } from '../../version.ts'
import { breakerName, breakersFile, limitsFile } from '../late/weather.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { terminalTheme } from '../terminal-theme.ts'
import { inShell } from './frame.ts'
import { asJson } from './sink.ts'

/** Columns of a page that is no terminal. */
const PAGE = 100

/** Resolves to the exit code: 0, or 1 when something is broken. */
export const runDoctor = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, {
    ...{ name: 'doctor', asIn: 'claude-tui doctor --json' },
    work: () => examine(args, io, args.flags.json === true),
  })

async function examine({ flags }: Args, io: SessionsIo, isJson: boolean): Promise<number> {
  const { env } = process
  const given = typeof flags['base-url'] === 'string' ? { baseUrl: flags['base-url'] } : {}
  const { settings, origin, problems, facts } = lookAtSettings(settingsPath(env), env, given)
  const slip = problems.find(({ layer }) => layer === 'flag')
  if (slip) throw new UsageError(sayProblem(slip))
  const page = pageOf(io, settings)
  const all: Finding[] = []
  // Each part is shown as soon as it is known: a server that does not answer takes its time.
  const tell = async (part: Finding['part'], told: readonly Told[]) => {
    const findings = inPart(part, told)
    all.push(...findings)
    if (!isJson) await io.write(`${partRows(findings, page.columns, page.theme).join('\n')}\n`)
  }
  await tell('This program', programFindings(await lookAtProgram()))
  await tell('Your terminal', terminalFindings(await lookAtTerminal(page.theme)))
  const { config, data, cache } = folders(env)
  await tell(
    'What is on disk',
    diskFindings({
      settings: facts,
      history: await lookAtHistory(io.path),
      keepsHistory: settings.history === 'on',
      folders: { config: lookAtFolder(config), data: lookAtFolder(data), cache: lookAtFolder(cache) },
    }),
  )
  await tell(
    'The server',
    serverFindings(await lookAtServer(flags.demo === true, settings, origin.baseUrl), io.nowMs()),
  )
  const last = isJson ? asJson(doctorJson(all, VERSION)) : wrapText(summed(all), page.columns).join('\n')
  await io.write(`${last}\n`)
  return isWell(all) ? EXIT.ok : EXIT.unexpected
}

function pageOf({ terminal }: SessionsIo, settings: Settings): { readonly columns: number; readonly theme: Theme } {
  const { columns, theme: look } = terminal?.() ?? { columns: PAGE, theme: theme({ colour: 'none', links: false }) }
  const { colour, links, ground } = look
  return { columns, theme: settings.screenReader ? theme({ colour, links, ground, spoken: true }) : look }
}

async function lookAtTerminal({ colour }: Theme): Promise<TerminalFacts> {
  const { stdin, stdout, env } = process
  const isAsked = Boolean(stdin.isTTY && stdout.isTTY)
  const isTalkative = env.TERM_PROGRAM === 'Apple_Terminal' && !env.TMUX
  const answers = isAsked
    ? await interview({ stdin, stdout, isTalkative, onInterrupt: () => leave(EXIT.sigint) })
    : null
  return {
    ...{ isAsked, answers, colour: isAsked ? colour : terminalTheme(env, 'auto').colour },
    ...{ term: env.TERM ?? null, columns: stdout.columns ?? 0, rows: stdout.rows ?? 0 },
    within: env.TMUX ? 'tmux' : env.STY ? 'screen' : env.SSH_CONNECTION ? 'ssh' : null,
    deafToClipboard: deafToOsc52(env),
  }
}

/** What our programs know of a server's models, as far as they share it. */
function restingAt(baseUrl: string): NonNullable<ServerFacts['resting']> {
  const prefix = breakerName(baseUrl, '')
  const all = [...openBreakers(breakersFile(), Date.now).all()]
  return all.flatMap(([name, { failures, untilMs }]) =>
    name.startsWith(prefix) && untilMs !== null ? [{ model: name.slice(prefix.length), failures, untilMs }] : [],
  )
}

/** The limits that our programs heard last of a server's models. */
function heardAt(baseUrl: string): NonNullable<ServerFacts['heard']> {
  const prefix = breakerName(baseUrl, '')
  return [...heardLimits(limitsFile())].flatMap(([name, heard]) =>
    name.startsWith(prefix) ? [{ model: name.slice(prefix.length), ...heard }] : [],
  )
}

async function lookAtServer(isDemo: boolean, settings: Settings, from: string): Promise<ServerFacts> {
  const { env } = process
  const demo = isDemo ? await import('../../demo/server.ts').then(({ startDemo }) => startDemo()) : null
  try {
    const baseUrl = demo?.url ?? settings.baseUrl ?? ANTHROPIC_URL
    const found = demo ? DEMO_KEY : await credentialFor(baseUrl, settings, from === 'environment')
    const withheld = demo ? [] : headersWithheld(env, baseUrl, from === 'environment')
    const isFound = found !== null && !(found instanceof CredentialError)
    const [{ goThere }, { proxyFor }] = await Promise.all([
      import('../../io/doctor/connection.ts'),
      import('../../core/server/proxy.ts'),
    ])
    const named = proxyFor(new URL(baseUrl), env)
    // What names no proxy is told by the request itself.
    const proxy = named && 'host' in named ? named : null
    return {
      ...{ baseUrl, baseUrlFrom: demo ? 'demo' : from },
      proxy: proxy && { shown: proxy.shown, variable: proxy.variable },
      credential: isFound ? inWords(found) : null,
      credentialTrouble: found instanceof CredentialError ? found.message : null,
      ...(demo === null && settings.breaker === 'on' && { resting: restingAt(baseUrl) }),
      ...(demo === null && { heard: heardAt(baseUrl) }),
      ...(await goThere(baseUrl, proxy, isFound ? found : null, withheld)),
    }
  } finally {
    await demo?.close()
  }
}

const DEMO_KEY: Credential = { kind: 'key', secret: 'key-of-the-built-in-demo', origin: 'the demo server' }

/** What opens the door of that server, as the chat finds it: a helper is run. */
const credentialFor = (
  baseUrl: string,
  settings: Settings,
  isFromEnv: boolean,
): Promise<Credential | CredentialError | null> =>
  findCredential({ env: process.env, settings, baseUrl, isFromEnv }).catch((error: unknown) => {
    if (error instanceof CredentialError) return error
    throw error
  })

/** A credential without its secret. */
const inWords = ({ kind, origin, ...more }: Credential) =>
  'note' in more && more.note !== undefined ? { kind, origin, note: more.note } : { kind, origin }
