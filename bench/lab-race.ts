/**
 * Races and cascades against the server's own bill: scripted sessions through the client's road, its runtime and its
 * history. What is true is what the server noted for each request; what is compared is the ledger on disk.
 */

import { climbs } from '../src/core/lab/cascade/choice.ts'
import { cascadeFigures } from '../src/core/lab/cascade/report.ts'
import { modelCard } from '../src/core/models.ts'
import { theme } from '../src/core/text/theme.ts'
import { startDemo } from '../src/demo/server.ts'
import { climb } from '../src/modes/lab/cascade-road.ts'
import { createRacing } from '../src/modes/lab/race.ts'
import type { ThriftParts } from '../src/modes/thrift.ts'
import { travel } from '../src/road.ts'
import { countFigure, type Figure } from './measure.ts'
import { differences, type Session } from './money-bill.ts'
import { openWholeClient, type WholeClient } from './whole-client.ts'

const RACES = 40
const CASCADES = 60
const MODELS = ['fast', 'balanced', 'deep', 'claude-fable-5-1']
/** Races that are stopped while their answers are under way, and those of which a column fails. */
const STOPPED_EACH = 10
const FAILED_EACH = 7
const NO = 'text "{\\"isGood\\": false, \\"reason\\": \\"it guesses\\"}"'
const YES = 'text "{\\"isGood\\": true, \\"reason\\": \\"fine\\"}"'

type Ran = Pick<Session, 'server' | 'ledger' | 'spentUsd'> & {
  /** Answers of the ledger by what they were for. */
  readonly purposes: Readonly<Record<string, number>>
  /** US dollars that the rows of cascades tell apart from the ledger. */
  readonly rowsUsd: number
}

/** Numbers from 0 to 1 that are the same each time (Park and Miller's, 1988). */
function seeded(seed: number): () => number {
  let at = seed
  return () => {
    at = (at * 48_271) % 2_147_483_647
    return at / 2_147_483_647
  }
}

const PATIENCE = { attempts: 3, deadlineMs: 60_000, firstDelayMs: 1, maxDelayMs: 1 }

async function opened(url: string, more: Partial<Parameters<typeof openWholeClient>[0]> = {}): Promise<WholeClient> {
  return openWholeClient({
    ...{ url, stallAfterMs: 60_000, chance: () => 0, patience: PATIENCE, wallMs: Date.now },
    ...more,
  })
}

function told(client: WholeClient, server: Session['server'], rowsUsd = 0): Ran {
  const ledger = client.history.charges(0)
  const purposes: Record<string, number> = {}
  for (const { purpose } of ledger) purposes[purpose] = (purposes[purpose] ?? 0) + 1
  return { server, ledger, spentUsd: client.runtime.state.spent.known.value, purposes, rowsUsd }
}

/** Races of two to four models, one answer kept in turn; some are stopped, some have a column that fails. */
async function races(): Promise<Ran> {
  const chance = seeded(7)
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY })
  const client = await opened(demo.url)
  const { runtime, api, history } = client
  let look = () => {}
  const setup = {
    ...{ api, state: runtime.state, replay: null, taping: null },
    settings: { stallAfterMs: 60_000, breaker: 'off', askAbove: null },
  }
  const racing = createRacing(
    {
      ...{ runtime, now: () => performance.now(), setup: () => setup, draft: () => '', say() {}, compose() {} },
      history: async () => ({ history, isReadOnly: false }),
      draw: () => look(),
      screen: { size: { columns: 200, rows: 40 }, theme: () => theme({ colour: 'none', links: false }) },
    } as unknown as ThriftParts,
    { least: async () => null },
  )
  runtime.subscribe((state, event) => racing.follow(state, event))
  const over = (so: () => boolean) =>
    new Promise<void>((resolve) => {
      look = () => so() && resolve()
      look()
    })
  try {
    for (let nth = 1; nth <= RACES; nth++) {
      const models = MODELS.slice(0, 2 + Math.floor(chance() * 3))
      const isStopped = nth % STOPPED_EACH === 0
      const words = () => `words n=${5 + Math.floor(chance() * 60)}${isStopped ? ' hold after=3' : ''}`
      const lines = models.map((_, i) => (i === 0 && nth % FAILED_EACH === 0 && !isStopped ? '400' : words()))
      demo.enqueue(lines.join('\n'))
      await racing.run(`${models.join(' ')}: Question ${nth}: when is high water?`, () => {})
      const isOver = () => String(racing.tag).includes('none')
      if (isStopped) {
        // Each has said something: of a request that is stopped unheard nobody knows what it costs.
        await over(
          () => (racing.tail(9)?.[2] ?? '').split('│').filter((one) => /\w/.test(one)).length === models.length,
        )
        runtime.dispatch({ type: 'stopAsked' })
      }
      await over(isOver)
      const first = 1 + Math.floor(chance() * models.length)
      for (let i = 0; runtime.state.live && i < models.length; i++)
        racing.onKey({ type: 'text', text: String(1 + ((first + i) % models.length)) })
      if (runtime.state.live) racing.onKey({ type: 'text', text: '0' })
    }
    client.settle()
    return told(
      client,
      demo.requests.filter(({ billed }) => billed !== null),
    )
  } finally {
    client.close()
    await demo.close()
  }
}

/** Questions up a cascade of three, judged each time; about a third of the answers are not good enough. */
async function cascades(): Promise<Ran> {
  const chance = seeded(11)
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY })
  const cascade = { models: ['fast', 'balanced', 'deep'], check: 'judge' }
  /** Their rows are written behind their answers. */
  const climbing: Promise<void>[] = []
  const client = await opened(demo.url, {
    choices: { model: 'fast', cascade },
    road:
      ({ runtime, history }) =>
      (request, signal, emit, options) => {
        if (!climbs(cascade, request.model, runtime.state.models)) return travel(request, signal, emit, options)
        const one = climb(request, signal, emit, options, {
          ...{ cascade, state: () => runtime.state, tell: (event) => runtime.dispatch(event) },
          climbed: (row) => history.climbed(row),
        })
        climbing.push(one)
        return one
      },
  })
  try {
    for (let nth = 1; nth <= CASCADES; nth++) {
      const words = () => `words n=${5 + Math.floor(chance() * 60)}`
      const lines: string[] = []
      for (let step = 0; step < 3; step++) {
        const isLast = step === 2
        lines.push(words())
        if (isLast) break
        const isGood = chance() < 0.65
        lines.push(isGood ? YES : NO)
        if (isGood) break
      }
      demo.enqueue(lines.join('\n'))
      await client.ask(`Question ${nth}: when is high water?`)
    }
    await Promise.all(climbing)
    client.settle()
    const rows = cascadeFigures(client.history.climbs(0))
    const ran = told(
      client,
      demo.requests.filter(({ billed }) => billed !== null),
      rows.spentUsd,
    )
    if (rows.turns !== CASCADES) throw new Error(`Expected ${CASCADES} rows of cascades; ${rows.turns} came.`)
    return ran
  } finally {
    client.close()
    await demo.close()
  }
}

/** Bills of scripted races and cascades. Takes some seconds. */
export async function raceFigures(): Promise<readonly Figure[]> {
  const [raced, climbed] = [await races(), await cascades()]
  const say = ({ purposes, spentUsd }: Ran) =>
    `${Object.entries(purposes)
      .map(([purpose, count]) => `${count} ${purpose}`)
      .join(', ')}; $${spentUsd.toFixed(4)}`
  const figures = (name: string, ran: Ran): Figure[] => {
    const off = differences(ran)
    return [
      countFigure(`${name}: bill off by, millionths of a dollar`, 1e6 * off.usd, 0.5, say(ran)),
      countFigure(`${name}: shown off by, millionths of a dollar`, 1e6 * off.shownUsd, 0.5),
      countFigure(`${name}: answers missing, twice or with other tokens`, off.answers, 0),
      countFigure(`${name}: estimates not marked, or marked in vain`, off.marks, 0),
    ]
  }
  const ledgerUsd = climbed.ledger.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
  return [
    ...figures(`${RACES} races`, raced),
    ...figures(
      `${CASCADES} cascades of ${MODELS.slice(0, 3)
        .map((name) => modelCard(name).line)
        .join(', ')}`,
      climbed,
    ),
    countFigure('cascades: told off by, millionths of a dollar', 1e6 * Math.abs(ledgerUsd - climbed.rowsUsd), 0.5),
  ]
}
