/**
 * A batch against a demo server with limits and faults, killed on the way: whether every row is answered exactly once, how
 * much of what the limits allow it uses, how often it is told "too much", and whether it stays small and bills truly.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Demo, type DemoRequest, startDemo } from '../src/demo/server.ts'
import { openHistory, type Paid } from '../src/io/history.ts'
import { CLIENT, lodge } from '../test/kit/lodging.ts'
import { amountFigure, countFigure, type Figure, median } from './measure.ts'
import { differences } from './money-bill.ts'
import { treeUse } from './process-tree.ts'

export interface BatchPlan {
  readonly rows: number
  /** Requests a minute that the server lets through; as many lie in its bucket at first. */
  readonly limit: number
  /** Shares of the rows after which the program is killed. */
  readonly kills: readonly number[]
}

/** About 90 s. */
export const WHOLE: BatchPlan = { rows: 10_000, limit: 4_200, kills: [0.1, 0.25, 0.4] }

/** One request of twenty meets one of these. */
const FAULTS = ['500', 'error-mid after=2 type=api_error', '503', 'cut after=3', '529', 'reset after=2', '500', '504']
const EVERY = 20
const ANSWER = 'words n=6 ttft=120ms rate=100'
const SYSTEM = 'You tell in one word whether a tide is high or low at the hour that you are given. '.repeat(25)
const SAMPLE_MS = 250

function script(requests: number): string {
  const lines = Array.from({ length: Math.ceil(requests / EVERY) }, (_, i) => [
    `${ANSWER} x${EVERY - 1}`,
    FAULTS[i % FAULTS.length]!,
  ])
  return lines.flat().join('\n')
}

interface Lap {
  readonly code: number | null
  /** Resident memory over time, in MB. */
  readonly memory: readonly number[]
  /** When it ended, on the clock of this process. */
  readonly endedAt: number
}

/** Runs the batch until its end, or until so many answers are there and it is killed. */
async function lap(child: ChildProcess, out: string, killAt: number | null): Promise<Lap> {
  const memory: number[] = []
  child.stderr!.resume()
  const timer = setInterval(() => {
    try {
      memory.push(treeUse(child.pid!).rssMB)
    } catch {
      // It has ended meanwhile.
    }
    if (killAt !== null && linesIn(out) >= killAt) child.kill('SIGKILL')
  }, SAMPLE_MS)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearInterval(timer)
  return { code, memory, endedAt: performance.now() }
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
const linesIn = (path: string): number => textOf(path).split('\n').length - 1

/** Rows that have no answer in the file, or more than one. */
function astray(out: string, rows: number): number {
  const seen = new Map<string, number>()
  for (const line of textOf(out).split('\n').filter(Boolean)) {
    const { id } = JSON.parse(line) as { readonly id: string }
    seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  return Array.from({ length: rows }, (_, i) => seen.get(`row ${i + 1}`) ?? 0).filter((times) => times !== 1).length
}

/** What came so long before a kill, in ms, may lie in a socket unread: the machine has other things to do. */
const UNREAD_MS = 5_000

/**
 * What the server has sent a bill for and the ledger holds; a program that was killed knows nothing of what it had under
 * way. @param killedAt when, by the server's clock
 */
function bill(demo: Demo, ledger: readonly Paid[], killedAt: readonly number[], out: string) {
  const known = new Set(ledger.map(({ requestId }) => requestId))
  const billed = demo.requests.filter((one) => one.billed !== null)
  const isUnderWay = ({ at, lastByteAt }: DemoRequest) =>
    killedAt.some((kill) => at <= kill && (lastByteAt ?? kill) >= kill - UNREAD_MS)
  const inFile = textOf(out)
  const isUnknown = ({ requestId }: DemoRequest) => !known.has(requestId) && !inFile.includes(`"${requestId}"`)
  const unknown = billed.filter((one) => isUnderWay(one) && isUnknown(one))
  const server = billed.filter((one) => !unknown.includes(one))
  const spentUsd = ledger.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
  return { ...differences({ server, ledger, spentUsd }), unknown: unknown.length, spentUsd }
}

export async function batchFigures(plan: BatchPlan = WHOLE): Promise<readonly Figure[]> {
  const { rows, limit, kills } = plan
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-batch-'))
  const demo = await startDemo({ script: script(rows * 2), limits: { requests: limit } })
  const home = lodge({
    ...{ ANTHROPIC_BASE_URL: demo.url, ANTHROPIC_API_KEY: 'a-key', CLAUDE_TUI_SERVER_FEATURES: 'full' },
    CLAUDE_TUI_DATA_DIR: join(folder, 'data'),
  })
  const [input, out, system] = ['in.jsonl', 'out.jsonl', 'system.txt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const asked = Array.from({ length: rows }, (_, i) => ({
    id: `row ${i + 1}`,
    prompt: `The hour is ${i}: high or low?`,
  }))
  writeFileSync(input, asked.map((row) => `${JSON.stringify(row)}\n`).join(''))
  writeFileSync(system, SYSTEM)
  const begin = () =>
    spawn(process.execPath, [CLIENT, 'batch', input, '-o', out, '-s', system, '-m', 'balanced'], {
      ...{ env: home.env as NodeJS.ProcessEnv, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    })
  try {
    const killed: Lap[] = []
    for (const share of kills) killed.push(await lap(begin(), out, rows * share))
    const last = await lap(begin(), out, null)
    const sent = demo.requests.filter(({ path }) => path === '/v1/messages')
    const limited = sent.filter(({ status, line }) => status === 429 && line !== '429').length
    const seconds = (sent.at(-1)!.at - sent[0]!.at) / 1_000
    const allowed = limit + (limit * seconds) / 60
    const history = await openHistory(join(folder, 'data', 'history.db'))
    const off = bill(
      demo,
      history.charges(0),
      killed.map(({ endedAt }) => endedAt),
      out,
    )
    history.close()
    const settled = last.memory.slice(Math.ceil(2_000 / SAMPLE_MS))
    const third = Math.max(1, Math.floor(settled.length / 3))
    const [early, late] = [median(settled.slice(0, third)), median(settled.slice(-third))]
    const told = `${sent.length} requests in ${seconds.toFixed(0)} s, ${limit} a minute, ${kills.length} kills, code ${last.code}, load ${loadavg()[0]!.toFixed(1)}`
    return [
      countFigure('batch: rows not answered exactly once', astray(out, rows), 0, told),
      amountFigure('batch: requests the limits allow per one sent', allowed / (sent.length - limited), 'x', 1 / 0.95),
      countFigure('batch: limited, per thousand requests', Math.round((limited * 1e4) / sent.length) / 10, 10),
      amountFigure(
        'batch: memory late, to early',
        late / early,
        'x',
        1.15,
        `${early.toFixed(0)} MB, ${late.toFixed(0)} MB`,
      ),
      countFigure(
        'batch: bill off by, millionths of a dollar',
        Math.round(off.usd * 1e6 * 1e3) / 1e3,
        0.5,
        `$${off.spentUsd.toFixed(2)}; ${off.unknown} answers were under way when it was killed`,
      ),
      countFigure('batch: answers missing in the ledger, twice or with other tokens', off.answers, 0),
    ]
  } finally {
    await demo.close()
    home.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
