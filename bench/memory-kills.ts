/**
 * The torture: programs in the middle of scripted sessions are killed at random moments, and what the history then holds
 * is compared with what the server had sent until then.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newConversation, type State } from '../src/core/conversation.ts'
import { openHistory } from '../src/io/history.ts'
import { recall, settleUnfinished } from '../src/modes/history/recall.ts'
import { CHOICES } from '../test/kit/choices.ts'
import { CLIENT, type Lodging, lodge } from '../test/kit/lodging.ts'
import { promptShown, shows, sitDown } from './driver.ts'
import { seed } from './history-fill.ts'
import { countFigure, type Figure, monotonicMs, summary } from './measure.ts'
import { freshTag, questionFor, tally, word } from './numbered-words.ts'
import type { Server } from './server.ts'

/** What a kill may cost, in ms of the stream. */
const LOSS_MS = 250
/** Sessions that run at the same time: a core each, for the machine has to keep up with what it measures. */
const AT_ONCE = Math.max(1, Math.min(3, availableParallelism()))
/** Turns in a conversation that is gone on with, and tokens of each when they are to be worth a summary. */
const SEED_TURNS = 5
const SEED_TOKENS = 1_000
/** Share of a million tokens that any answer passes. */
const AT_ONCE_DUE = '0.0001'

/** A program that will be killed, and the question it asks. */
interface Victim {
  readonly tags: readonly string[]
  /** Plays its part until it is killed. */
  readonly played: Promise<unknown>
  /** @returns when, in `monotonicMs()` */
  kill(): Promise<number>
}

interface Scene {
  readonly name: string
  /** Of twelve kills. */
  readonly share: number
  /** How long it plays at most, in ms: the kill comes at any moment of it. */
  readonly lastsMs: number
  readonly seeded: boolean
  /** A summary of what was said before is written below the answers. */
  readonly compacts?: true
  cast(env: Lodging): readonly Victim[]
}

/** Quicker than any model begins, or goes on. */
const pace = { rate: 400, ttftMs: 150 }
const WORDS = 500

const SCENES: readonly Scene[] = [
  { name: 'one-shot', share: 3, lastsMs: 1_900, seeded: false, cast: (home) => [oneShot(home, [])] },
  { name: 'chat', share: 3, lastsMs: 3_200, seeded: false, cast: (home) => [chat(home, [])] },
  { name: 'one-shot, resumed', share: 1, lastsMs: 1_900, seeded: true, cast: (home) => [oneShot(home, ['-c'])] },
  { name: 'chat, resumed', share: 1, lastsMs: 3_200, seeded: true, cast: (home) => [chat(home, ['-c'])] },
  {
    ...{ name: 'chat, compacting', share: 2, lastsMs: 5_000, seeded: true, compacts: true },
    cast: (home) => [chat(home, ['-c'])],
  },
  {
    ...{ name: 'two at once', share: 2, lastsMs: 2_600, seeded: true },
    cast: (home) => [chat(home, ['-c']), oneShot(home, ['-c'])],
  },
]

function oneShot({ env, home }: Lodging, args: readonly string[]): Victim {
  const tag = freshTag()
  const question = questionFor({ tag, count: WORDS }, pace)
  const child = spawn(process.execPath, [CLIENT, ...args, '-p', question], { env, cwd: home, stdio: 'ignore' })
  return { tags: [tag], played: once(child, 'exit'), kill: () => killed(child) }
}

async function killed(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return monotonicMs()
  const exited = once(child, 'exit')
  const at = monotonicMs()
  child.kill('SIGKILL')
  await exited
  return at
}

/** A chat of two turns; the second question is typed, and sent, below the first answer. */
function chat(lodging: Lodging, args: readonly string[]): Victim {
  const tags = [freshTag(), freshTag()]
  const session = sitDown({ name: 'claude-tui', program: CLIENT, lodging }, args)
  const play = async () => {
    await session.visible(promptShown, 'the prompt')
    for (const tag of tags) {
      await session.ask(questionFor({ tag, count: WORDS }, pace))
      await session.visible(shows(word(tag, WORDS)), 'the last word')
    }
  }
  const played = play().catch(() => {})
  return {
    ...{ tags, played },
    async kill() {
      const at = monotonicMs()
      await session.kill()
      return at
    },
  }
}

interface Finding {
  readonly scene: string
  /** How long it had played, in ms. */
  readonly playedMs: number
  /** Age of the oldest word, in ms at the kill, that is not in the history; 0: every word is. */
  readonly lostMs: number
  readonly wrong: readonly string[]
  /** A summary was saved by then. */
  readonly isSummarised: boolean
}

/** Plays a scene up to a random moment, kills everybody in it, and looks at what is left. */
async function killOnce(scene: Scene, server: Server, chance: () => number, lodging: Lodging): Promise<Finding> {
  const data = mkdtempSync(join(tmpdir(), 'claude-tui-kill-'))
  try {
    const path = join(data, 'history.db')
    if (scene.seeded) {
      const history = await openHistory(path)
      seed(history, SEED_TURNS, scene.compacts ? SEED_TOKENS : 0)
      history.close()
    }
    // Written while the second answer is: a second and a half.
    if (scene.compacts) await server.enqueue('for-summary words n=500 tag=summary rate=400 ttft=150ms')
    const summarising = scene.compacts ? { CLAUDE_TUI_SUMMARISE_AT: AT_ONCE_DUE } : {}
    const victims = scene.cast({ ...lodging, env: { ...lodging.env, CLAUDE_TUI_DATA_DIR: data, ...summarising } })
    const playedMs = chance() * scene.lastsMs
    await pause(playedMs)
    const ends: number[] = []
    for (const victim of victims) {
      // Together, or one a moment after the other.
      if (ends.length > 0 && chance() < 0.5) await pause(chance() * 400)
      ends.push(await victim.kill())
    }
    await Promise.all(victims.map(({ played }) => played))
    const found = await look(
      scene,
      path,
      victims.map(({ tags }, i) => ({ tags, at: ends[i]! })),
      server,
    )
    return { scene: scene.name, playedMs, ...found }
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function look(
  { seeded }: Scene,
  path: string,
  ends: readonly { readonly tags: readonly string[]; readonly at: number }[],
  server: Server,
): Promise<Pick<Finding, 'lostMs' | 'wrong' | 'isSummarised'>> {
  const wrong: string[] = []
  let lostMs = 0
  const said = existsSync(path) ? await conversations(path, wrong) : []
  const turns = said.flatMap(({ turns: all }) => all)
  for (const { turns: here, branches, summaries } of said) {
    const numbers = new Set([...here, ...branches].map(({ number }) => number))
    if (summaries.some(({ upTo, text }) => !numbers.has(upTo) || text === ''))
      wrong.push('a summary of nothing, or an empty one')
  }
  const seeds = turns.filter(({ question }) => question.startsWith('Seed question')).length
  if (seeded && (seeds < SEED_TURNS || seeds % SEED_TURNS !== 0)) wrong.push(`${seeds} turns from before are left`)

  for (const { tags, at } of ends) {
    for (const tag of tags) {
      const times = await server.seen(`tag=${tag}]]`)
      if (!times) continue
      const found = turns.filter(({ question }) => question.includes(`tag=${tag}]]`))
      const [turn] = found
      if (found.length > 1) wrong.push(`${tag} is there ${found.length} times`)
      if (!turn && times.askedAt + LOSS_MS <= at) wrong.push(`question ${tag} is lost`)
      if (!turn) continue
      const numbers = [...turn.answer.matchAll(/q[a-z]{3}(\d{5})/g)].length
      const { missing, doubled, disordered } = tally(turn.answer, { tag, count: numbers })
      if (missing + doubled + disordered > 0) wrong.push(`the words of ${tag} are in disorder`)
      const lost = times.deltas[numbers]
      if (lost !== undefined && lost < at) lostMs = Math.max(lostMs, at - lost)
      const isSettled = turn.end?.type === 'finished'
      const wasOver = times.lastByteAt !== null && times.lastByteAt + LOSS_MS <= at
      if (wasOver && !isSettled) wrong.push(`${tag} was over, and is not settled`)
    }
  }
  return { lostMs, wrong, isSummarised: said.some(({ summaries }) => summaries.length > 0) }
}

/** Everything in the history, as the next start finds it. */
async function conversations(path: string, wrong: string[]): Promise<readonly State[]> {
  const raw = new DatabaseSync(path)
  const [check] = Object.values(raw.prepare('pragma integrity_check').get() ?? {})
  raw.close()
  if (check !== 'ok') wrong.push(`integrity check: ${check}`)
  const history = await openHistory(path)
  try {
    const parts = { history, fresh: newConversation(CHOICES), origin: 0 }
    await settleUnfinished(parts)
    const states: State[] = []
    for (const { id } of history.list({ limit: 1_000 })) states.push((await recall(id, parts)).state)
    for (const text of history.search('question', 50)) if (!history.one(text.id)) wrong.push('a hit without a text')
    return states
  } finally {
    history.close()
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** @param kills how many times */
export async function killFigures(server: Server, kills: number): Promise<readonly Figure[]> {
  const parts = SCENES.reduce((sum, { share }) => sum + share, 0)
  const plan = SCENES.flatMap((scene) => Array<Scene>(Math.ceil((kills * scene.share) / parts)).fill(scene)).slice(
    0,
    kills,
  )
  const findings: Finding[] = []
  const worker = async () => {
    const lodging = lodge({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'bench-key' })
    mkdirSync(lodging.config, { recursive: true })
    try {
      for (let scene = plan.pop(); scene; scene = plan.pop()) {
        findings.push(await killOnce(scene, server, Math.random, lodging))
      }
    } finally {
      lodging.remove()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  const losses = findings.map(({ lostMs }) => lostMs)
  const worst = findings.reduce((most, one) => (one.lostMs > most.lostMs ? one : most))
  const wrong = findings.flatMap((one) => one.wrong.map((what) => `${one.scene}: ${what}`))
  const spread = SCENES.map(({ name }) => `${findings.filter(({ scene }) => scene === name).length} ${name}`).join(', ')
  const summarised = findings.filter(({ isSummarised }) => isSummarised).length
  return [
    countFigure(
      'kills after which something was wrong',
      findings.filter((one) => one.wrong.length > 0).length,
      0,
      wrong.slice(0, 3).join('; ') || `${spread}; ${summarised} with a summary saved`,
    ),
    {
      ...{ name: 'oldest word lost by a kill', measured: Math.max(...losses), unit: 'ms', target: LOSS_MS },
      detail: `${summary(losses)}; the most in ${worst.scene}, after ${(worst.playedMs / 1000).toFixed(1)} s`,
    },
  ]
}
