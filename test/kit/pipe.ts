/**
 * One call in a pipeline: stdin and stdout are real kernel pipes, as in a shell.
 * Node's own `stdio: 'pipe'` is a pair of sockets, where a program that exits too early may lose output, or not, in
 * other ways than users will see; so the pipes here are made as FIFOs and unlinked at once.
 */

import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { CLIENT, type Environment, type Lodging, lodge } from './lodging.ts'

export interface PipeOptions {
  readonly args?: readonly string[]
  /** What is piped in; `open`: a pipe that nobody ever writes to or closes; `closed`: nothing there at all (/dev/null). */
  readonly stdin?: string | Buffer | 'open' | 'closed'
  /** Laid over a clean environment; `undefined` takes a variable away. */
  readonly env?: Environment
  readonly node?: string
  readonly cwd?: string
  /** A script to run in place of the built client. */
  readonly program?: string
  /** A home that outlives this call. */
  readonly lodging?: Lodging
  /** Closes the reading end after the first chunk, as `head -1` does. */
  readonly closeStdoutAfterFirst?: boolean
  /** Called when the first chunk has come. */
  readonly onFirst?: () => void
  /** Sends a signal when the first chunk has come. */
  readonly signalAfterFirst?: NodeJS.Signals
  /** Sends `signal` when this resolves. */
  readonly signalWhen?: Promise<unknown>
  readonly signal?: NodeJS.Signals
  /** A file that stdout goes to, in place of the pipe. */
  readonly stdoutTo?: string
  /** 20,000 when absent. */
  readonly timeoutMs?: number
}

export interface PipeResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
  /** Times of this process's `performance.now()`. */
  readonly startedAt: number
  readonly firstStdoutAt: number | null
  readonly exitedAt: number
}

/**
 * Runs the built client to its end.
 * @throws Error when it has not ended in time; the message holds what it wrote until then
 */
export async function runPipe(options: PipeOptions = {}): Promise<PipeResult> {
  const { stdin = 'closed', node = process.execPath, program = CLIENT, timeoutMs = 20_000 } = options
  const lodging = options.lodging ?? lodge(options.env, node)
  const env = options.lodging ? { ...lodging.env, ...options.env } : lodging.env
  const output = makePipe(lodging.home, 'out')
  const input = stdin === 'closed' ? null : makePipe(lodging.home, 'in')

  const startedAt = performance.now()
  const child = spawn(node, [program, ...(options.args ?? [])], {
    cwd: options.cwd ?? lodging.home,
    env: env as NodeJS.ProcessEnv,
    stdio: [input?.reading ?? 'ignore', options.stdoutTo ? openSync(options.stdoutTo, 'w') : output.writing, 'pipe'],
    detached: true,
  })
  void options.signalWhen?.then(() => child.kill(options.signal ?? 'SIGTERM'))
  closeSync(output.writing)
  if (input) closeSync(input.reading)

  const stdout: Buffer[] = []
  let stderr = ''
  let firstStdoutAt: number | null = null
  const reader = new Socket({ fd: output.reading, readable: true, writable: false })
  reader.on('error', () => {})
  reader.on('data', (chunk) => {
    stdout.push(chunk as Buffer)
    if (firstStdoutAt !== null) return
    firstStdoutAt = performance.now()
    if (options.closeStdoutAfterFirst) reader.destroy()
    options.onFirst?.()
    if (options.signalAfterFirst) child.kill(options.signalAfterFirst)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })

  const writer = input && new Socket({ fd: input.writing, readable: false, writable: true })
  // A program may end without having read it all; that is for the exit code to tell.
  writer?.on('error', () => {})
  if (stdin !== 'open' && stdin !== 'closed') writer?.end(stdin)

  try {
    return await new Promise<PipeResult>((resolve, reject) => {
      const timer = setTimeout(() => {
        const soFar = `stdout: ${Buffer.concat(stdout).toString().slice(0, 500)}\nstderr: ${stderr.slice(0, 500)}`
        reject(new Error(`${program} ${options.args?.join(' ') ?? ''} had not ended after ${timeoutMs} ms.\n${soFar}`))
        endGroup(child.pid)
      }, timeoutMs)
      let exitedAt = 0
      child.on('error', reject)
      child.on('exit', () => {
        exitedAt = performance.now()
      })
      // `close` is when stderr has ended, too; the reader has its own end.
      const ended = Promise.all([
        new Promise<readonly [number | null, NodeJS.Signals | null]>((done) =>
          child.on('close', (code, signal) => done([code, signal])),
        ),
        new Promise<void>((done) => reader.on('close', () => done())),
      ])
      void ended.then(([[code, signal]]) => {
        clearTimeout(timer)
        resolve({ code, signal, stdout: Buffer.concat(stdout), stderr, startedAt, firstStdoutAt, exitedAt })
      })
    })
  } finally {
    reader.destroy()
    writer?.destroy()
    if (!options.lodging) lodging.remove()
  }
}

/** Both ends of a new kernel pipe, as file descriptors; ours never block. */
function makePipe(folder: string, direction: 'in' | 'out'): { readonly reading: number; readonly writing: number } {
  const path = join(folder, `pipe-${direction}`)
  execFileSync('mkfifo', [path])
  // Opened for both first: opening a single end of a FIFO waits for the other one.
  const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants
  const both = openSync(path, O_RDWR | O_NONBLOCK)
  const reading = openSync(path, direction === 'out' ? O_RDONLY | O_NONBLOCK : O_RDONLY)
  const writing = openSync(path, direction === 'in' ? O_WRONLY | O_NONBLOCK : O_WRONLY)
  closeSync(both)
  unlinkSync(path)
  return { reading, writing }
}

/** Ends a program that hangs, and what it has started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
