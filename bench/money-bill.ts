/**
 * The bill against the server's own: scripted conversations through the client's road, its runtime and its history, on
 * a demo server whose clock jumps. What is true is what the server noted for each request, by its own simulation of the
 * cache, at prices that are written down here a second time; what is compared is the ledger on disk.
 */

import { CATALOGUE } from '../src/core/models.ts'
import { planRequest } from '../src/core/request/plan.ts'
import type { CacheTtl, TurnRequest } from '../src/core/request.ts'
import { type DemoRequest, startDemo } from '../src/demo/server.ts'
import type { Paid } from '../src/io/history.ts'
import { askAside } from '../src/modes/thrift/aside.ts'
import { countFigure, type Figure } from './measure.ts'
import { openWholeClient } from './whole-client.ts'

/** US dollars per million tokens: input, output, cache read (source: pricing page, 2026-10-08; Fable 5.2: 2026-11-10). */
const PRICES: Readonly<Record<string, readonly [input: number, output: number, read: number]>> = {
  'claude-fable-5-2': [8, 40, 0.2],
  'claude-fable-5-1': [10, 50, 0.25],
  'claude-mythos-5-1': [10, 50, 0.25],
  'claude-fable-5': [10, 50, 1],
  'claude-mythos-5': [10, 50, 1],
  'claude-opus-5-5': [4, 20, 0.2],
  'claude-opus-5': [5, 25, 0.5],
  'claude-opus-4-8': [5, 25, 0.5],
  'claude-opus-4-7': [5, 25, 0.5],
  'claude-opus-4-6': [5, 25, 0.5],
  'claude-opus-4-5': [5, 25, 0.5],
  'claude-sonnet-5-5': [2, 10, 0.1],
  'claude-sonnet-5': [2, 10, 0.2],
  'claude-sonnet-4-6': [3, 15, 0.3],
  'claude-sonnet-4-5': [3, 15, 0.3],
  'claude-haiku-4-5': [1, 5, 0.1],
}

/** Haiku 5.5 by the length of its prompt: up to 100,000 tokens, and above. */
const HAIKU = [
  [0.1, 0.5, 0.01],
  [0.5, 2.5, 0.05],
] as const
const STEP = 100_000

const TURNS = 30
/** Between two questions, ms; and before some of them: an entry of five minutes is gone, then one of an hour. */
const PAUSE_MS = 40_000
const PAUSES: Readonly<Record<number, number>> = { 8: 6 * 60_000, 14: 70 * 60_000, 23: 6 * 60_000 }
/** Turns that are stopped in mid-answer, whose first attempt breaks, and whose question is very long. */
const STOPPED: ReadonlySet<number> = new Set([5, 17])
const BROKEN: ReadonlySet<number> = new Set([11])
const LONG = 26
const SUMMARISED = 20
const SYSTEM = 'You are a patient reader of tide tables, and you answer in one sentence. '.repeat(200)
/** Over the step of Haiku 5.5, and within the smallest window: at 2.5 to 3.25 characters a token. */
const LONG_QUESTION = 'How high is the water at noon? '.repeat(11_000)

/** What the server notes of an answer. */
export type Billed = Pick<DemoRequest, 'requestId' | 'billed' | 'aborted' | 'line'>

/** What a session was billed, and what its ledger holds. */
export interface Session {
  readonly model: string
  readonly ttl: CacheTtl
  readonly server: readonly Billed[]
  readonly ledger: readonly Paid[]
  /** By the state, and by that of its events folded again. */
  readonly spentUsd: number
}

/** Runs thirty turns, with a title, a summary, stops, a broken attempt, and pauses. */
export async function session(model: string, ttl: CacheTtl): Promise<Session> {
  let clock = Date.UTC(2026, 10, 21, 9)
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY, now: () => clock })
  const now = () => performance.now()
  // Both lifetimes are to be seen whatever the planner would choose.
  const marked = (request: TurnRequest): TurnRequest => ({ ...request, cache: { system: ttl, end: ttl } })
  const client = await openWholeClient({
    ...{ url: demo.url, choices: { model, system: SYSTEM }, stallAfterMs: 60_000, chance: () => 0 },
    patience: { attempts: 3, deadlineMs: 60_000, firstDelayMs: 1, maxDelayMs: 1 },
    wallMs: () => clock,
    around: (api) => ({ attempt: (request, ...rest) => api.attempt(marked(request), ...rest) }),
  })
  const { runtime, history, api } = client
  try {
    const aside = async (request: TurnRequest, purpose: 'title' | 'summary') => {
      const { bill, text } = await askAside(request, purpose, api, new AbortController().signal)
      if (bill) runtime.dispatch(bill)
      return text
    }
    const begun = () =>
      new Promise<void>((resolve) => {
        const leave = runtime.subscribe(({ live }) => {
          if (!live?.answer) return
          leave()
          resolve()
        })
      })

    for (let turn = 1; turn <= TURNS; turn++) {
      clock += PAUSES[turn] ?? PAUSE_MS
      if (STOPPED.has(turn)) demo.enqueue('words n=60 hold after=20')
      else if (BROKEN.has(turn)) demo.enqueue('error-mid after=0 type=overloaded_error\nwords n=30')
      else demo.enqueue(`words n=${20 + turn} thinking=${turn % 3 === 0 ? 40 : 0}`)
      const over = client.ask(turn === LONG ? LONG_QUESTION : `Question ${turn}: when is high water, and how high?`)
      if (STOPPED.has(turn)) {
        await Promise.all([demo.held(), begun()])
        runtime.dispatch({ type: 'stopAsked' })
      }
      await over
      if (turn === 1) await aside(planRequest(runtime.state, 'Name this conversation.'), 'title')
      if (turn === SUMMARISED) {
        demo.enqueue('words n=80')
        const summary = await aside(planRequest(runtime.state, 'Summarise what was said.'), 'summary')
        runtime.dispatch({
          ...{ type: 'summarised', at: now(), upTo: SUMMARISED - 5, of: null, kind: 'summary' },
          ...{ text: summary, facts: [] },
        })
      }
    }
    client.settle()
    const server = demo.requests.filter(({ billed }) => billed !== null)
    return { model, ttl, server, ledger: history.charges(0), spentUsd: runtime.state.spent.known.value }
  } finally {
    client.close()
    await demo.close()
  }
}

/** What a session is off by. */
export interface Differences {
  /** US dollars between the two bills; where an answer was cut, its output is the ledger's own estimate in both. */
  readonly usd: number
  /** US dollars between the ledger and what the program showed. */
  readonly shownUsd: number
  /** Answers that stand in one of the two only, or whose tokens differ. */
  readonly answers: number
  /** Cut answers whose output is not marked as an estimate, and whole ones that are. */
  readonly marks: number
}

/** Words of a script after which an answer never comes to its end, whatever the server would have sent. */
const BREAKING = /\b(?:error-mid|reset|cut|malformed|forever)\b/

export function differences({
  server,
  ledger,
  spentUsd,
}: Pick<Session, 'server' | 'ledger' | 'spentUsd'>): Differences {
  const rows = new Map(ledger.map((row) => [row.requestId, row]))
  let [trueUsd, answers, marks] = [0, Math.abs(ledger.length - server.length), 0]
  for (const { requestId, billed, aborted, line } of server) {
    const row = rows.get(requestId)
    if (!row || !billed) {
      answers++
      continue
    }
    const isCut = aborted || BREAKING.test(line ?? '')
    const tokens = { ...billed, output: isCut ? row.output : billed.output }
    trueUsd += usdOf(tokens) ?? 0
    const isSame =
      row.model === billed.model &&
      row.input === billed.input &&
      row.cacheRead === billed.read &&
      row.cacheWrite5m === billed.write5m &&
      row.cacheWrite1h === billed.write1h &&
      row.output === tokens.output
    if (!isSame) answers++
    if (row.outputIsEstimate !== isCut || (row.costUsd === null) !== (usdOf(tokens) === null)) marks++
  }
  const kept = ledger.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
  return { usd: Math.abs(trueUsd - kept), shownUsd: Math.abs(kept - spentUsd), answers, marks }
}

type Tokens = NonNullable<DemoRequest['billed']>

/** By the prices above: writes at 1.25 and 2 times the input. null: nobody has published a price. */
function usdOf({ model, input, read, write5m, write1h, output }: Tokens): number | null {
  const isLong = input + read + write5m + write1h > STEP
  const undated = model.replace(/-\d{8}$/, '')
  const price = undated === 'claude-haiku-5-5' ? HAIKU[isLong ? 1 : 0] : PRICES[undated]
  if (!price) return null
  const [perInput, perOutput, perRead] = price
  return ((input + 1.25 * write5m + 2 * write1h) * perInput + read * perRead + output * perOutput) / 1e6
}

/** Every model of the catalogue, both lifetimes. */
export async function billFigures(): Promise<readonly Figure[]> {
  const sessions: Session[] = []
  for (const { id } of CATALOGUE) for (const ttl of ['5m', '1h'] as const) sessions.push(await session(id, ttl))
  const off = sessions.map(differences)
  const requests = sessions.reduce((sum, { server }) => sum + server.length, 0)
  const usd = sessions.reduce((sum, { spentUsd }) => sum + spentUsd, 0)
  const worst = (of: (one: Differences) => number) => Math.max(...off.map(of))
  const detail = `${sessions.length} sessions of ${TURNS} turns, ${requests} answers, $${usd.toFixed(2)} in all`
  return [
    countFigure('bill off by, millionths of a dollar, worst session', 1e6 * worst(({ usd: by }) => by), 0.5, detail),
    countFigure('shown off by, millionths of a dollar', 1e6 * worst(({ shownUsd }) => shownUsd), 0.5),
    countFigure(
      'answers missing, twice or with other tokens',
      off.reduce((sum, { answers }) => sum + answers, 0),
      0,
    ),
    countFigure(
      'estimates not marked, or marked in vain',
      off.reduce((sum, { marks }) => sum + marks, 0),
      0,
    ),
  ]
}
