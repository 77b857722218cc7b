/** Knows everyone's address: arguments, then settings, then one mode; ends with an exit code. */

import { type Args, isScripted, Misread, readArgs, UsageError, wantsPast } from './args.ts'
import { resultOfEnding } from './core/scripting/result.ts'
import { sanitise } from './core/text/sanitise.ts'
import { BY_SIGNAL, Ending, type EndingSignal, EXIT, NO_KEY } from './core/turn/outcome.ts'
import { takeEarlyKeys } from './glass/early-keys.ts'
import { leave } from './io/process/leave.ts'
import { VERSION } from './version.ts'

/** A line for people. It may quote what came from elsewhere, so nothing in it may move a terminal. */
const note = (line: string) => void process.stderr.write(`${sanitise(line)}\n`)

/** The same for sentences: on a terminal they break between words, and what is to be copied stays whole. */
async function sentences(): Promise<(text: string) => void> {
  const { stderr } = process
  if (!stderr.isTTY) return note
  const { wrapText } = await import('./core/text/wrap.ts')
  const columns = stderr.columns || 80
  return (text) => note(wrapText(sanitise(text), columns, columns).join('\n'))
}

/** A line of output: byte for byte into a pipe, harmless on a terminal. */
const say = (line: string) => void process.stdout.write(`${process.stdout.isTTY ? sanitise(line) : line}\n`)

/** Runs the program and ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is a success, and nobody is left to be told otherwise.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') leave(EXIT.ok)
    note(`stdout could not be written: ${error.code === 'ENOSPC' ? 'no space is left on the device' : error.message}`)
    leave(EXIT.unexpected)
  })
  process.stderr.on('error', () => {})
  let code: number
  try {
    code = await run(readArgs(argv))
  } catch (error) {
    if (error instanceof Ending) {
      if (error instanceof Misread) {
        const { misreadInJson } = await import('./modes/shell/misread.ts')
        process.stdout.write(misreadInJson(error, argv))
      }
      ;(await sentences())(error.message)
      code = error.code
    } else if (error instanceof Error && error.name === 'CredentialError') {
      ;(await sentences())(error.message)
      code = EXIT.key
    } else {
      const { unexpected } = await import('./modes/mistake.ts')
      note(unexpected(error))
      code = EXIT.unexpected
    }
  }
  // Not `process.exitCode`: an idle connection or an open stdin must not keep a finished program alive.
  // A write that failed tells so after its callback.
  process.stdout.write('', () => setImmediate(() => leave(code)))
}

/** Commands that a person or a script gives in a shell, and that need none of what a question needs. */
const IN_SHELL = {
  async sessions(args: Args) {
    const [{ runSessions }, io] = await Promise.all([import('./modes/sessions.ts'), shellIo(args)])
    return runSessions(args, io)
  },
  async import(args: Args) {
    const [{ runImport }, io] = await Promise.all([import('./modes/shell/import.ts'), shellIo(args)])
    return runImport(args, { ...io, stdin: process.stdin })
  },
  async cost(args: Args) {
    const [{ runCost }, io] = await Promise.all([import('./modes/shell/cost.ts'), shellIo(args)])
    return runCost(args, io)
  },
  async stats(args: Args) {
    const [{ runStats }, io] = await Promise.all([import('./modes/shell/stats.ts'), shellIo(args)])
    return runStats(args, io)
  },
  async 'what-if'(args: Args) {
    const [{ runWhatIf }, io] = await Promise.all([import('./modes/shell/what-if.ts'), shellIo(args)])
    return runWhatIf(args, io)
  },
  async advise(args: Args) {
    const [{ runAdvise }, io] = await Promise.all([import('./modes/shell/advise.ts'), shellIo(args)])
    return runAdvise(args, io)
  },
  async quality(args: Args) {
    const [{ runQuality }, io] = await Promise.all([import('./modes/shell/quality.ts'), shellIo(args)])
    return runQuality(args, io)
  },
  async bench(args: Args) {
    const [{ runBench }, io] = await Promise.all([import('./modes/bench.ts'), shellIo(args)])
    return runBench(args, { ...io, stdin: process.stdin, stderr: process.stderr })
  },
  async doctor(args: Args) {
    const [{ runDoctor }, io] = await Promise.all([import('./modes/shell/doctor.ts'), shellIo(args)])
    return runDoctor(args, io)
  },
  async batch(args: Args) {
    const [{ runBatch }, io] = await Promise.all([import('./modes/batch.ts'), shellIo(args)])
    return runBatch(args, io)
  },
  async redact(args: Args) {
    const [{ redactRecording }, io] = await Promise.all([import('./tape/redact.ts'), shellIo(args)])
    return redactRecording(args, io)
  },
} satisfies Partial<Record<Args['command'], (args: Args) => Promise<number>>>

type ShellCommand = keyof typeof IN_SHELL

const shellIo = async (args: Args) => (await import('./modes/shell/io.ts')).shellIo(args, await sentences())

async function run(args: Args): Promise<number> {
  const { flags } = args
  if (args.command in IN_SHELL) return IN_SHELL[args.command as ShellCommand](args)
  if (flags.help !== undefined && args.command === 'demo-server') {
    process.stdout.write((await import('./modes/shell/demo-help.ts')).demoHelp())
    return EXIT.ok
  }
  if (flags.help !== undefined) {
    const { briefHelp, fullHelp } = await import('./args/help.ts')
    process.stdout.write(`${flags.help === 'brief' ? briefHelp() : fullHelp()}\n`)
    return EXIT.ok
  }
  if (flags.version === true) {
    process.stdout.write(`${VERSION}\n`)
    return EXIT.ok
  }
  if (args.command === 'config') return config(args)
  if (args.command === 'demo-server') return demoServer(args)
  if (args.command === 'replay') return isAtTerminal(args) ? chat(args) : inJsonToo(args, printedReplay(args))
  return wantsChat(args) ? chat(args) : inJsonToo(args, oneShot(args))
}

/** A chat needs a person at both ends; a prompt, -p or an output format asks for one answer. */
const wantsChat = (args: Args): boolean =>
  args.rest.length === 0 && args.flags['dry-run'] !== true && isAtTerminal(args)

function isAtTerminal(args: Args): boolean {
  const { flags } = args
  const both = process.stdin.isTTY && process.stdout.isTTY
  return Boolean(both) && flags.print !== true && flags['output-format'] === undefined && !isScripted(args)
}

async function chat(args: Args): Promise<number> {
  // Before anything else is loaded: whoever has typed the command goes on typing.
  const early = takeEarlyKeys(process)
  try {
    const { runChat } = await import('./modes/chat.ts')
    return await runChat(args, early)
  } finally {
    early.giveBack()
  }
}

/** Whoever reads JSON gets JSON, also when it ended before anything was sent. */
async function inJsonToo({ flags }: Args, answer: Promise<number>): Promise<number> {
  try {
    return await answer
  } catch (error) {
    const wantsJson = flags['output-format'] === 'json' || flags['output-format'] === 'stream-json'
    if (wantsJson && error instanceof Error) {
      const code = error instanceof Ending ? error.code : error.name === 'CredentialError' ? EXIT.key : EXIT.unexpected
      const { asJson } = await import('./modes/shell/sink.ts')
      process.stdout.write(`${asJson(resultOfEnding({ message: error.message, code }))}\n`)
    }
    throw error
  }
}

async function oneShot(given: Args): Promise<number> {
  const scripting = isScripted(given) ? await scriptingFor(given) : null
  const { args } = scripting ?? { args: given }
  const { setUp } = await import('./setup.ts')
  // A call that goes on with a conversation will hardly be its last one: its end is worth caching.
  const setup = await setUp(args, process.env, { kind: wantsPast(args) ? 'chat' : 'single', mode: 'single' })
  const { api } = setup
  if (!api) throw new Ending(EXIT.key, NO_KEY)
  // While the connection that the setup has begun is on its way.
  const { ask } = await import('./modes/ask.ts')
  const { signal, signalled } = untilSignalled()
  try {
    const code = await ask(
      args,
      { ...setup, api },
      {
        stdin: process.stdin,
        stdout: process.stdout,
        note: await sentences(),
        stoppedBy: () => signalled() ?? EXIT.sigint,
      },
      signal,
      scripting,
    )
    return signalled() ?? code
  } catch (error) {
    if (error instanceof Ending) scripting?.unasked(error.code)
    throw error
  } finally {
    setup.close()
  }
}

const scriptingFor = async (args: Args) =>
  (await import('./modes/scripting.ts')).scriptingOf(args, (text) => void process.stderr.write(text))

/** A signal that aborts when the process is told to end, and the exit code for that once it was. */
function untilSignalled(): { readonly signal: AbortSignal; signalled(): number | null } {
  const stop = new AbortController()
  let signalled: number | null = null
  for (const [signal, code] of Object.entries(BY_SIGNAL)) {
    process.once(signal as EndingSignal, () => {
      signalled = code
      stop.abort()
      // Still reading stdin: there is nothing to wait for.
      setTimeout(() => leave(code), 200).unref()
    })
  }
  return { signal: stop.signal, signalled: () => signalled }
}

async function printedReplay(args: Args): Promise<number> {
  const [{ setUpReplay }, { printReplay }] = await Promise.all([
    import('./tape/setup.ts'),
    import('./modes/tape/printed-replay.ts'),
  ])
  const setup = await setUpReplay(args, process.env)
  const { signal, signalled } = untilSignalled()
  try {
    const io = { stdout: process.stdout, note, stoppedBy: () => signalled() ?? EXIT.sigint }
    return signalled() ?? (await printReplay(args, setup, io, signal))
  } finally {
    setup.close()
  }
}

async function config(args: Args): Promise<number> {
  const [{ runConfig }, { settingsPath }] = await Promise.all([
    import('./modes/shell/config.ts'),
    import('./io/files/folders.ts'),
  ])
  return runConfig(args.rest, {
    out: say,
    err: note,
    env: process.env,
    stdin: readSecret,
    path: settingsPath(process.env),
  })
}

/** All of stdin; at a terminal one line, not shown while it is typed. */
async function readSecret(): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) {
    let text = ''
    for await (const chunk of stdin.setEncoding('utf8')) text += chunk
    return text
  }
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline/promises'),
    import('node:stream'),
  ])
  stderr.write('Value (not shown): ')
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true })
  const line = await lines.question('')
  lines.close()
  stderr.write('\n')
  return line
}

async function demoServer({ flags, rest }: Args): Promise<number> {
  if (rest.length > 0)
    throw new UsageError(
      `demo-server takes no argument, but "${rest[0]}" came. Its flags are --port, --script, --speed and --limits.`,
    )
  const port = Number(flags.port ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port takes a number from 0 (any free one) to 65535; "${flags.port}" came.`)
  }
  const [{ runDemoServer }, { limitsIn }, { demoSpeed }, { readText }] = await Promise.all([
    import('./modes/shell/demo-server.ts'),
    import('./modes/shell/demo-help.ts'),
    import('./setup.ts'),
    import('./setup-texts.ts'),
  ])
  const script = typeof flags.script === 'string' ? readText(flags.script, '--script') : null
  const until = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const limits = typeof flags.limits === 'string' ? limitsIn(flags.limits) : {}
  return runDemoServer({ port, script, speed: demoSpeed(flags), limits }, { out: say, err: note, until })
}
