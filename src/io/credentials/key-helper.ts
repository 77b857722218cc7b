/**
 * Runs the user's own command that prints an API key, once, through the shell. Knows the time it may take and what of
 * its output may be told; the key itself is returned and goes nowhere else.
 */

import { spawn } from 'node:child_process'
import type { Problem } from '../../core/problem.ts'

/** Long enough for a password manager on a slow day, short enough to notice one that waits for nobody. */
const HELPER_LIMIT_MS = 10_000

/** Bytes kept of each output stream: no key is longer, and no complaint worth reading. */
const KEPT = 64 * 1024

export type HelperAnswer = { readonly text: string } | { readonly problem: Problem }

/**
 * The raw standard output of the command, or why there is none. Standard input is closed, because ours may be the
 * user's document; the terminal stays reachable as /dev/tty, so that a passphrase can be asked for.
 *
 * @param complain turns the command's stderr into text fit for a screen
 */
export function runKeyHelper(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
  complain: (stderr: string) => string,
  limitMs: number = HELPER_LIMIT_MS,
): Promise<HelperAnswer> {
  const refuse = (came: string, wayOut: string): HelperAnswer => ({
    problem: { where: 'apiKeyHelper', expected: 'a command that prints an API key', came, wayOut },
  })
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    const out: Buffer[] = []
    const err: Buffer[] = []
    keep(child.stdout, out)
    keep(child.stderr, err)
    const end = (answer: HelperAnswer) => {
      clearTimeout(timer)
      // What the shell has started may outlive it and hold the pipes open; letting go of them lets us end.
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
      resolve(answer)
    }
    const tail = () => {
      const said = complain(Buffer.concat(err).toString('utf8'))
      return said === '' ? '' : `, saying ${said}`
    }
    const timer = setTimeout(() => {
      child.kill()
      end(refuse(`no end within ${limitMs / 1000} s${tail()}`, 'run the command by hand to see what it waits for'))
    }, limitMs)
    child.once('error', (error) => end(refuse(error.message, 'see "claude-tui config get apiKeyHelper"')))
    child.once('close', (code, signal) => {
      const how = signal ? `an end by ${signal}` : `exit code ${code}`
      if (code === 0) end({ text: Buffer.concat(out).toString('utf8') })
      else
        end(
          refuse(`${how}${tail()}`, 'run the command by hand, or unset it with "claude-tui config unset apiKeyHelper"'),
        )
    })
  })
}

function keep(stream: NodeJS.ReadableStream, into: Buffer[]): void {
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    if (size < KEPT) into.push(chunk.subarray(0, KEPT - size))
    size += chunk.length
  })
}
