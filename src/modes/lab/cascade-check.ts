/** Checks an answer of a cascade, by a judge, a JSON Schema, a pattern or a command. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { brief, judgeRequest, UNJUDGED, type Verdict, verdictIn } from '../../core/cascade.ts'
import type { Check } from '../../core/check-words.ts'
import type { ModelCard } from '../../core/models.ts'
import type { SideCallEvent } from '../../core/side-calls.ts'
import type { Api } from '../../io/api.ts'
import { askAside } from '../aside.ts'
import type { Checker } from '../cascade.ts'

/** How long a command may take, in ms. */
const COMMAND_MS = 60_000
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
      return async (_, answer) =>
        check.pattern.test(answer) ? good('it matches') : bad(`it does not match ${check.pattern}`)
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
  const { checker } = await import('../schema-check.ts')
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

/** Code 0 is good enough; what it says first, on stderr or else on stdout, is the reason. */
function commanded(command: string, answer: string, signal: AbortSignal): Promise<Verdict> {
  return new Promise((resolve) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_MS)])
    const child = spawn(command, { shell: true, signal: within, stdio: ['pipe', 'pipe', 'pipe'] })
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
    child.on('error', (error) => resolve(bad(`the check could not be run: ${error.message}`)))
    child.on('close', (code) => {
      const said = (err.trim() || out.trim()).split('\n')[0] ?? ''
      resolve(code === 0 ? good('the command took it') : bad(said || `the command ended with code ${code ?? 'none'}`))
    })
  })
}
