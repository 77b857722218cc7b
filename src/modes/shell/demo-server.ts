/**
 * `claude-tui demo-server`: the demo server alone, until it is told to stop. Tells where it is and what it is asked.
 */

import { type Demo, type DemoOptions, type DemoRequest, ScriptError, startDemo } from '../../demo/server.ts'

export interface DemoServerIo {
  /** A line for stdout. */
  out(line: string): void
  /** A line for stderr. */
  err(line: string): void
  /** Resolves when the server is to stop. */
  readonly until: Promise<void>
}

/**
 * Runs the server; resolves with the exit code: 0 after `until`, 1 when the port cannot be had, 2 for a broken script.
 */
export async function runDemoServer(
  options: {
    readonly port: number
    readonly script: string | null
    readonly speed: number
    readonly limits?: NonNullable<DemoOptions['limits']>
  },
  io: DemoServerIo,
): Promise<number> {
  const { port, script, speed, limits = {} } = options
  let demo: Demo
  try {
    const onRequest = (request: DemoRequest) => io.err(logLine(request))
    demo = await startDemo({ port, speed, limits, onRequest, ...(script === null ? {} : { script }) })
  } catch (error) {
    io.err(startProblem(error as Error & { code?: string }, port))
    return error instanceof ScriptError ? 2 : 1
  }
  io.out(demo.url)
  io.err(
    'The demo server of claude-tui: the Messages API without a model, without cost. Any key will do. Ctrl+C stops it.',
  )
  io.err(`Talk to it with:  ANTHROPIC_API_KEY=demo claude-tui --base-url ${demo.url}`)
  await io.until
  await demo.close()
  return 0
}

function startProblem(error: Error & { code?: string }, port: number): string {
  if (error instanceof ScriptError) return error.message
  const other = 'Choose another with --port, or --port 0 for any free one.'
  if (error.code === 'EADDRINUSE') return `Port ${port} on 127.0.0.1 is taken by another program. ${other}`
  if (error.code === 'EACCES') return `Port ${port} is reserved on this system. ${other}`
  return `The demo server could not start on port ${port}: ${error.message}. ${other}`
}

/** One request in a line: what was asked, what was answered, how long it took. */
function logLine(request: DemoRequest): string {
  const { body, aborted, status, deltas, line } = request
  const model = typeof body === 'object' && body !== null && 'model' in body ? String(body.model) : ''
  const parts = [
    `${request.number} ${request.method} ${request.path}`,
    aborted ? 'client left' : String(status ?? 'cut off'),
    model,
    deltas > 0 ? `${deltas} deltas` : '',
    `${((performance.now() - request.at) / 1000).toFixed(2)} s`,
    line === null || line === 'ok' ? '' : `(${line})`,
  ]
  // What clients send is not to be trusted with the terminal.
  return parts
    .filter((part) => part !== '')
    .join('  ')
    .replace(/\p{C}/gu, '?')
    .slice(0, 300)
}
