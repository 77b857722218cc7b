/** Checks an answer of a cascade, by a judge, a JSON Schema, a pattern or a command. */

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { SideCallEvent } from '../../core/conversation/side-calls.ts'
import { duration } from '../../core/figures/words.ts'
import type { Check } from '../../core/lab/cascade/check-words.ts'
import { brief, judgeRequest, UNJUDGED, type Verdict, verdictIn } from '../../core/lab/cascade.ts'
import type { ModelCard } from '../../core/models.ts'
import type { Api } from '../../io/api.ts'
import { inWorker } from '../../io/process/in-worker.ts'
import { askAside } from '../thrift/aside.ts'
import type { Checker } from './cascade.ts'

/** How long a command may take, in ms. */
const COMMAND_MS = 60_000
/** The same for a pattern. */
const MATCH_MS = 2_000
/** What is read of its reason, in bytes. */
const SAID_BYTES = 4_096

export interface CheckParts {
  readonly api: Pick<Api, 'attempt'>
  readonly judge: ModelCard
  readonly signal: AbortSignal
  /** What judging has cost. */
  readonly billed: (bill: SideCallEvent) => void
}

const good = (reason: string): Verdict => ({ isGood: true, reason })
const bad = (reason: string): Verdict => ({ isGood: false, reason: brief(reason) })

/** @throws Error when the check itself cannot be made, such as a schema that is none: before anything is asked */
export async function checkerOf(check: Check, parts: CheckParts): Promise<Checker> {
  switch (check.kind) {
    case 'judge':
      return (request, answer) => judged(request, answer, parts)
    case 'regex':
      return (_, answer) => matched(check.pattern, answer, parts.signal)
    case 'schema':
      return fitting(check.path, parts.signal)
    case 'command':
      return (_, answer) => commanded(check.command, answer, parts.signal)
  }
}

async function judged(request: Parameters<Checker>[0], answer: string, parts: CheckParts): Promise<Verdict> {
  const { api, judge, signal, billed } = parts
  const said = await askAside(judgeRequest(request.messages, answer, judge), 'judge', api, signal, billed)
  if (said.bill) billed(said.bill)
  return (said.end.type === 'finished' ? verdictIn(said.text) : null) ?? UNJUDGED
}

/** @throws Error in words for people */
async function fitting(path: string, signal: AbortSignal): Promise<Checker> {
  const problem = (why: string) =>
    new Error(
      `Expected a JSON Schema in "${path}" to check answers by, but ${why}. Name a file that holds one: --check schema:FILE.`,
    )
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw problem(`it could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  const { checker } = await import('../scripting/schema-check.ts')
  try {
    const misfits = checker(JSON.parse(text))
    return async (_, answer) => {
      const whys = await misfits(answer, signal)
      return whys.length === 0 ? good('it fits') : bad(whys.join('; '))
    }
  } catch (error) {
    throw problem(`what is there is none: ${(error as Error).message}`)
  }
}

/** What a thread does for one pattern: on some texts a match takes longer than anybody lives, and nothing else would run. */
const MATCHING = `const { parentPort, workerData: { pattern, answer } } = require('node:worker_threads')
parentPort.postMessage(pattern.test(answer))`

async function matched(pattern: RegExp, answer: string, signal: AbortSignal): Promise<Verdict> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(MATCH_MS)])
  const isMatch = await inWorker<boolean>(MATCHING, { pattern, answer }, within)
  if (isMatch === null) return bad(`the pattern ${pattern} takes too long on it`)
  return isMatch ? good('it matches') : bad(`it does not match ${pattern}`)
}

/** Codes by which a shell says that it could not run a command: it may not, it has not found it. */
const NOT_RUN: readonly (number | null)[] = [126, 127]

/**
 * Code 0 is good enough; what it says first, on stderr or else on stdout, is the reason.
 * @throws Error in words for people, when it could not be run at all
 */
function commanded(command: string, answer: string, signal: AbortSignal): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_MS)])
    // A group of its own: whatever it has started ends with it.
    const child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    const end = () => {
      killGroup(child)
      resolve(bad(signal.aborted ? 'the check was broken off' : `the check took longer than ${duration(COMMAND_MS)}`))
    }
    if (within.aborted) end()
    within.addEventListener('abort', end, { once: true })
    let [out, err] = ['', '']
    const read = (before: string, piece: Buffer) => (before + piece.toString('utf8')).slice(0, SAID_BYTES)
    child.stdout.on('data', (piece: Buffer) => {
      out = read(out, piece)
    })
    child.stderr.on('data', (piece: Buffer) => {
      err = read(err, piece)
    })
    // Whoever has read enough closes the pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(answer)
    const unmade = (why: string) =>
      reject(
        new Error(`The check "${command}" could not be run: ${brief(why)}. Correct the command behind --check cmd:.`),
      )
    child.on('error', (error) => unmade(error.message))
    child.on('close', (code) => {
      within.removeEventListener('abort', end)
      const said = (err.trim() || out.trim()).split('\n')[0] ?? ''
      if (NOT_RUN.includes(code) && !within.aborted) return unmade(said || `the shell ended with code ${code}`)
      resolve(code === 0 ? good('the command took it') : bad(said || `the command ended with code ${code ?? 'none'}`))
    })
  })
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
