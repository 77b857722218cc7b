/**
 * The soak: one conversation of hundreds of turns through wire, road, runtime and history, and every fifth of them meets
 * a fault. Which one, and where in the answer, a seed decides: the same run can be had again.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { newConversation, type State } from '../src/core/conversation.ts'
import type { FailureKind } from '../src/core/turn.ts'
import { seeded } from '../src/demo/chance.ts'
import { recall } from '../src/modes/history/recall.ts'
import { CHOICES } from '../test/kit/choices.ts'
import { amountFigure, countFigure, type Figure } from './measure.ts'
import { differences } from './money-bill.ts'
import { freshTag, tally } from './numbered-words.ts'
import type { Arrived, Server } from './server.ts'
import { openWholeClient } from './whole-client.ts'

const TURNS = 500
const SHARE = 0.2
const SEED = 20261121
/** Turns after which memory is looked at for the first time: everything is loaded, and every cache is as full as it gets. */
const SETTLED = 100

/** As in the chat, and a thousand times as fast. */
const PATIENCE = { attempts: 5, deadlineMs: 10_000, firstDelayMs: 1, maxDelayMs: 60 }
/** Silence that counts as a stall, in ms: longer than a busy machine takes for anything. */
const STALL_MS = 1_000

/** Most that is good enough: memory that grows from turn 100 to the last, and the longest turn. */
const TARGETS = { memoryMb: 10, turnMs: 5_000 } as const

const UNANSWERED = 'silence-before-head'

/** What happens to one question. */
interface Fate {
  /** Lines of the script, one per request. */
  readonly lines: readonly string[]
  /** Words that are to be kept. */
  readonly kept: number
  readonly end: FailureKind | 'end_turn' | 'max_tokens' | 'refusal'
}

interface Sky {
  readonly chance: () => number
  readonly whole: string
  readonly count: number
  /** Words that are out when it breaks, from 1 to all but one. */
  readonly half: number
}

const passing = (before: string) => (sky: Sky) => ({
  lines: [...Array<string>(1 + Math.floor(sky.chance() * 3)).fill(before), sky.whole],
  ...{ kept: sky.count, end: 'end_turn' as const },
})
/** The answer, as the first attempt says it: what comes of it is never shown. */
const again = (fault: string) => (sky: Sky) => ({
  lines: [`${sky.whole} ${fault}`, sky.whole],
  ...{ kept: sky.count, end: 'end_turn' as const },
})
const staying = (line: string, end: FailureKind) => () => ({
  lines: Array<string>(PATIENCE.attempts).fill(line),
  ...{ kept: 0, end },
})
const once = (line: string, end: Fate['end']) => () => ({ lines: [line], kept: 0, end })
const breaking = (fault: (half: number) => string, end: Fate['end']) => (sky: Sky) => ({
  lines: [`${sky.whole} ${fault(sky.half)}`],
  ...{ kept: sky.half, end },
})

/** Everything that may happen, each as likely as any other. */
const FATES: readonly ((sky: Sky) => Fate)[] = [
  passing('529'),
  passing('429 retry-after=0.01'),
  passing('500'),
  passing('503'),
  staying('529', 'overload'),
  staying('500', 'server'),
  once('401', 'key'),
  once('spend-cap', 'spend'),
  once('400', 'invalid'),
  once('html', 'alien'),
  once('ok rate=0 ttft=0 thinking=0 refusal', 'refusal'),
  again('error-mid after=0'),
  again('reset after=0'),
  again('cut after=0'),
  again('malformed after=0'),
  again('silence after=0 for=forever'),
  again(`${UNANSWERED} for=forever`),
  breaking((half) => `error-mid after=${half}`, 'overload'),
  breaking((half) => `error-mid after=${half} type=api_error`, 'server'),
  breaking((half) => `reset after=${half}`, 'cut'),
  breaking((half) => `cut after=${half}`, 'cut'),
  breaking((half) => `malformed after=${half}`, 'cut'),
  breaking((half) => `silence after=${half} for=forever`, 'stalled'),
  breaking((half) => `max-tokens after=${half}`, 'max_tokens'),
]

interface Soaked {
  readonly turns: number
  readonly faults: number
  /** Sentences on what was lost, doubled or ended otherwise than it should have. */
  readonly wrong: readonly string[]
  /** Requests sent, and those that arrived. */
  readonly sent: number
  readonly arrived: readonly Arrived[]
  /** Most requests for one question. */
  readonly mostTries: number
  /** The longest turn, in ms. */
  readonly longestMs: number
  /** Heap in use after a collection, in bytes, at turn 100 (or the half) and at the end. */
  readonly heap: readonly [early: number, late: number]
  readonly off: ReturnType<typeof differences>
  /** Requests that the server never answered, and rows of the ledger for such. */
  readonly unheard: readonly [asked: number, kept: number]
  readonly spentUsd: number
}

/** Holds the conversation. @param share of the turns that meet a fault */
export async function soak(server: Server, turns = TURNS, share = SHARE, seed = SEED): Promise<Soaked> {
  const chance = seeded(seed)
  const before = (await server.arrived()).length
  const client = await openWholeClient({
    ...{ url: server.url, patience: PATIENCE, stallAfterMs: STALL_MS, chance: () => 0, wallMs: Date.now },
  })
  const { runtime, history } = client
  const wrong: string[] = []
  let [sent, tries, faults, mostTries, longestMs, early] = [0, 0, 0, 0, 0, 0]
  runtime.subscribe((_, { type }) => {
    if (type === 'sent') tries++
  })
  const told: { readonly tag: string; readonly kept: number; readonly end: string }[] = []
  try {
    for (let turn = 1; turn <= turns; turn++) {
      const tag = freshTag()
      const count = 10 + Math.floor(chance() * 40)
      const sky = { chance, whole: sentence(tag, count), count, half: 1 + Math.floor(chance() * (count - 2)) }
      const isFault = chance() < share
      const fate = isFault ? FATES[Math.floor(chance() * FATES.length)]!(sky) : FAIR(sky)
      if (isFault) faults++
      await server.enqueue(fate.lines.join('\n'))
      tries = 0
      const startedAt = performance.now()
      await client.ask(`Question ${turn}?`)
      longestMs = Math.max(longestMs, performance.now() - startedAt)
      sent += tries
      mostTries = Math.max(mostTries, tries)
      told.push({ tag, kept: fate.kept, end: fate.end })
      if (tries !== fate.lines.length) wrong.push(`turn ${turn}: ${tries} requests for ${fate.lines.join(' | ')}`)
      if (turn === Math.min(SETTLED, Math.ceil(turns / 2))) early = heapInUse()
    }
    const late = heapInUse()
    client.settle()
    wrong.push(...against(runtime.state, told, 'shown'))
    const [latest] = history.list({ limit: 1 })
    const parts = { history, fresh: newConversation(CHOICES), origin: 0 }
    const saved = latest ? (await recall(latest.id, parts)).state : parts.fresh
    wrong.push(...against(saved, told, 'saved'), ...unlike(runtime.state, saved))
    wrong.push(...(await unsaid(server, told, turns)))
    const arrived = (await server.arrived()).slice(before)
    const spentUsd = runtime.state.spent.known.value
    const billed = arrived.filter((one) => one.billed !== null)
    // What such a request cost nobody knows: the ledger holds an estimate, the server's bill nothing.
    const { heard = [], unheard = [] } = Object.groupBy(history.charges(0), ({ purpose }) =>
      purpose === 'unheard' ? 'unheard' : 'heard',
    )
    const estimatedUsd = unheard.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
    return {
      ...{ turns, faults, wrong, sent, arrived, mostTries, longestMs, spentUsd, heap: [early, late] },
      off: differences({ server: billed, ledger: heard, spentUsd: spentUsd - estimatedUsd }),
      unheard: [arrived.filter(({ line }) => line?.includes(UNANSWERED)).length, unheard.length],
    }
  } finally {
    client.close()
  }
}

const sentence = (tag: string, count: number) => `words n=${count} tag=${tag} rate=0 ttft=0 thinking=0`
const FAIR = ({ whole, count }: Sky): Fate => ({ lines: [whole], kept: count, end: 'end_turn' })

type Told = readonly { readonly tag: string; readonly kept: number; readonly end: string }[]

/** What of the answers is lost, doubled, in disorder, or ended otherwise. */
function against({ turns }: State, told: Told, where: string): readonly string[] {
  const wrong = told.flatMap(({ tag, kept, end }, i) => {
    const turn = turns[i]
    if (!turn) return [`turn ${i + 1} is not ${where}`]
    const { missing, doubled, disordered } = tally(turn.answer, { tag, count: kept })
    const how =
      turn.end?.type === 'failed' ? turn.end.failure.kind : turn.end?.type === 'finished' && turn.end.stopReason
    return [
      ...(missing + doubled + disordered > 0
        ? [`turn ${i + 1}, ${where}: ${missing} words lost, ${doubled} doubled`]
        : []),
      ...(turn.answer.includes('q') && kept === 0 ? [`turn ${i + 1}, ${where}: words that should not be there`] : []),
      ...(how === end ? [] : [`turn ${i + 1}, ${where}: it ended as ${how}, not as ${end}`]),
    ]
  })
  return turns.length === told.length ? wrong : [...wrong, `${turns.length} turns are ${where}, not ${told.length}`]
}

/** Where what is saved differs from what was shown. */
function unlike(shown: State, saved: State): readonly string[] {
  const plain = ({ turns }: State) =>
    turns.map(({ question, answer, model, usage, messageId, requestId, attempt, end, cost }) =>
      JSON.stringify([question, answer, model, usage, messageId, requestId, attempt, end && { ...end, at: 0 }, cost]),
    )
  const [one, other] = [plain(shown), plain(saved)]
  return one.flatMap((turn, i) => (turn === other[i] ? [] : [`turn ${i + 1} is saved as ${other[i]}, not as ${turn}`]))
}

/** What of the words that count is missing in the last prompt, or twice in it. */
async function unsaid(server: Server, told: Told, turns: number): Promise<readonly string[]> {
  const { prompt } = await server.timesOf(`Question ${turns}?`)
  const text = prompt.join('\n')
  return told.slice(0, -1).flatMap(({ tag, kept, end }, i) => {
    if (kept === 0 || end === 'refusal') return []
    const { missing, doubled } = tally(text, { tag, count: kept })
    return missing + doubled === 0
      ? []
      : [`turn ${i + 1} in the last prompt: ${missing} words lost, ${doubled} doubled`]
  })
}

let collect: (() => void) | null = null

/** Bytes of the heap in use, once nothing more can be collected. */
function heapInUse(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  for (let i = 0; i < 3; i++) collect()
  return process.memoryUsage().heapUsed
}

export async function soakFigures(server: Server): Promise<readonly Figure[]> {
  const soaked = await soak(server)
  const { turns, faults, wrong, sent, arrived, mostTries, longestMs, off, spentUsd } = soaked
  for (const what of wrong) console.error(what)
  const [early, late] = soaked.heap
  const [asked, kept] = soaked.unheard
  const met = `${turns} turns, ${faults} met a fault, ${arrived.length} requests`
  return [
    countFigure('soak: turns with something lost, doubled or ended wrong', wrong.length, 0, wrong[0] ?? met),
    countFigure('soak: requests sent that did not arrive, or twice', Math.abs(sent - arrived.length), 0),
    countFigure('soak: most requests for one question', mostTries, PATIENCE.attempts),
    amountFigure('soak: longest turn', longestMs, 'ms', TARGETS.turnMs),
    amountFigure(
      ...(['soak: memory grown from turn 100 to the last', (late - early) / 1e6, 'MB', TARGETS.memoryMb] as const),
      `${(late / 1e6).toFixed(0)} MB at the end`,
    ),
    countFigure('soak: bill off by, millionths of a dollar', 1e6 * off.usd, 0.5, `$${spentUsd.toFixed(2)} in all`),
    countFigure('soak: shown off by, millionths of a dollar', 1e6 * off.shownUsd, 0.5),
    countFigure('soak: answers missing in the ledger, twice, or with other tokens', off.answers, 0),
    countFigure('soak: requests nobody answered, not estimated as such', Math.abs(asked - kept), 0, `${asked} of them`),
    countFigure('soak: estimates not marked, or marked in vain', off.marks, 0),
  ]
}
