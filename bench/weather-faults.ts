/**
 * The fault matrix: every bad day of `core/weather/weather` as the first and as the fifth question, in the chat at a terminal and
 * in a call, and what came of it beside what the table says: sentence, exit code, kept text, ledger, terminal, next turn.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newConversation } from '../src/core/conversation.ts'
import { type Asker, HELD, saysTo, scriptOf, triesOf, WEATHER, type Weather, WORDS } from '../src/core/weather/table.ts'
import type { DemoRequest } from '../src/demo/server.ts'
import { openHistory } from '../src/io/history.ts'
import { recall } from '../src/modes/history/recall.ts'
import { CHOICES } from '../test/kit/choices.ts'
import { AT_REST } from '../test/kit/emulator.ts'
import { type Evening, evening } from '../test/kit/evening.ts'
import { seed } from './history-fill.ts'
import { countFigure, type Figure } from './measure.ts'
import { tally, word } from './numbered-words.ts'

/** Plays at the same time: most of each is waiting. */
const AT_ONCE = 4
/** The turn that is not the first one. */
const LATER = 5
const FINE = 'Fine weather.'
/** Longest time for a turn, in ms: all attempts with their waits, on a busy machine. */
const PATIENCE = { timeout: 90_000 }
const TAG = 'qaaa'

/** What one question came to, as the table has it. */
interface Outcome {
  readonly code: number | null
  /** Requests that reached the server for it. */
  readonly tries: number
  readonly kept: number | 'all' | string
  readonly ledger: readonly string[]
}

/** Everything that was otherwise than the table says, as sentences. Empty: all is as it should be. */
export async function inCall(weather: Weather, turn: 1 | typeof LATER): Promise<readonly string[]> {
  const wrong: string[] = []
  await inFolder(async (data) => {
    if (turn === LATER) {
      const history = await openHistory(join(data, 'history.db'))
      seed(history, LATER - 1)
      history.close()
    }
    await using night = await evening(scriptOf(weather, 'script'))
    const args = [...(turn === LATER ? ['-c'] : []), 'How is the weather?']
    const { code, stdout, stderr } = await night.pipe({ args, env: envFor(weather, data), timeoutMs: PATIENCE.timeout })
    const outcome = await look(data, turn, questions(night))
    compare(weather, 'script', { ...outcome, code }, wrong)
    const said = saysTo(weather, 'script')
    if (said.some((each) => !has(stderr, each))) wrong.push(`stderr says ${JSON.stringify(stderr)}`)
    // Each wait is told, and where all went well in the end, nothing else.
    const [waits, others] = apart(stderr.split('\n').filter(Boolean), (line) => /attempt \d/i.test(line))
    if (waits.length !== triesOf(weather, 'script') - 1) wrong.push(`${waits.length} waits are told on stderr`)
    if (said.length === 0 && others.length > 0) wrong.push(`stderr says ${JSON.stringify(others.join(' '))}`)
    const out = keptIn(stdout.toString())
    if (out !== asWords(weather.kept)) wrong.push(`${out} words on stdout`)
  })
  return wrong.map((what) => `${weather.name}, call, turn ${turn}: ${what}`)
}

/** The same in the chat: the fault, three fine turns, the fault again, a fine turn, and out by the door. */
export async function inChat(weather: Weather): Promise<readonly string[]> {
  const wrong: string[] = []
  await inFolder(async (data) => {
    const fault = scriptOf(weather, 'chat')
    const fine = `text "${FINE}"`
    await using night = await evening([fault, fine, fine, fine, fault, fine].join('\n'))
    const chat = await night.chat({ checkTty: true, columns: 100, rows: 30, env: envFor(weather, data) })
    const words = saysTo(weather, 'chat')
    const said = words.length > 0 ? words : [word(TAG, WORDS)]
    const ranges: (readonly DemoRequest[])[] = []
    let [faults, fines] = [0, 0]
    for (let turn = 1; turn <= LATER + 1; turn++) {
      const before = questions(night).length
      const isFault = turn === 1 || turn === LATER
      // What was not answered may lie in the draft again.
      chat.press('ctrl+a', 'ctrl+k')
      chat.type(`Question ${turn}: how is the weather?`)
      await chat.see(`Question ${turn}: how is the weather?`)
      chat.press('enter')
      if (weather.rests && (turn === 2 || turn === LATER + 1)) {
        await chat.until(() => countOf(chat.emulator.text(), HELD) >= faults, 'the question to be held', PATIENCE)
        chat.press('enter')
      }
      if (isFault) faults++
      else fines++
      const [what, times] = isFault ? [said, faults] : [[FINE], fines]
      const areThere = () => what.every((each) => countOf(chat.emulator.text(), each) >= times)
      const isThere = () => areThere() && !chat.screen.includes('esc stops')
      await chat.until(isThere, `${what.join(' ')}, ${times} times`, PATIENCE)
      ranges.push(questions(night).slice(before))
    }
    chat.press('ctrl+d')
    const { code, tty } = await chat.exited
    if (code !== 0) wrong.push(`the chat ended with code ${code}`)
    if (!tty?.canonical || !tty.echo) wrong.push('the tty was left raw')
    if (JSON.stringify(chat.modes) !== JSON.stringify(AT_REST)) wrong.push('the terminal was left changed')
    for (const turn of [1, LATER]) {
      const outcome = await look(data, turn, ranges[turn - 1] ?? [])
      const here: string[] = []
      compare(weather, 'chat', { ...outcome, code: weather.code }, here)
      wrong.push(...here.map((one) => `turn ${turn}: ${one}`))
    }
  }).catch((error: Error) => {
    wrong.push(error.message)
  })
  return wrong.map((what) => `${weather.name}, chat: ${what}`)
}

async function inFolder(play: (data: string) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'claude-tui-weather-'))
  try {
    await play(data)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

const envFor = ({ stallAfterMs }: Weather, data: string) => ({
  CLAUDE_TUI_DATA_DIR: data,
  ...(stallAfterMs === undefined ? {} : { CLAUDE_TUI_STALL_AFTER_MS: String(stallAfterMs) }),
})

const questions = ({ demo }: Evening): readonly DemoRequest[] =>
  demo.requests.filter(({ path }) => path === '/v1/messages')

/** Text without its white space: a screen wraps where it likes. */
const bare = (text: string) => text.replaceAll(/\s/g, '')
const has = (text: string, what: string) => bare(text).includes(bare(what))
const countOf = (text: string, what: string) => bare(text).split(bare(what)).length - 1

function apart<T>(all: readonly T[], isOne: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(isOne), all.filter((one) => !isOne(one))]
}

const asWords = (kept: Weather['kept']) => (kept === 'all' ? WORDS : kept)

/** How many of the numbered words there are, when they are those that came first, once each and in order. */
function keptIn(text: string): number | string {
  const count = [...text.matchAll(/qaaa\d{5}/g)].length
  const { missing, doubled, disordered } = tally(text, { tag: TAG, count })
  return missing + doubled + disordered === 0 ? count : `${count}, ${missing} missing, ${doubled} doubled,`
}

/** What history and ledger hold of a turn. */
async function look(data: string, number: number, requests: readonly DemoRequest[]): Promise<Omit<Outcome, 'code'>> {
  const history = await openHistory(join(data, 'history.db'))
  try {
    const [latest] = history.list({ limit: 1 })
    const parts = { history, fresh: newConversation(CHOICES), origin: 0 }
    const { state } = latest ? await recall(latest.id, parts) : { state: parts.fresh }
    const turn = state.turns.find((one) => one.number === number)
    const ids = new Set(requests.map(({ requestId }) => requestId))
    const rows = history.charges(0).filter(({ requestId }) => requestId !== null && ids.has(requestId))
    // Nobody told the number of such a request.
    const unheard = turn?.wasted.filter(({ isUnheard }) => isUnheard) ?? []
    const billed = requests.filter((one) => one.billed !== null).length
    const words = turn ? keptIn(turn.answer) : 'no turn, so no'
    return {
      tries: requests.length,
      kept: turn?.end?.type === 'finished' && words === WORDS ? 'all' : words,
      ledger: [
        ...unheard.map(() => 'unheard~'),
        ...rows.map(({ purpose, outputIsEstimate }) => `${purpose}${outputIsEstimate ? '~' : ''}`),
        ...(rows.length === billed ? [] : [`and the server billed ${billed}`]),
      ],
    }
  } finally {
    history.close()
  }
}

function compare(weather: Weather, asker: Asker, outcome: Outcome, wrong: string[]): void {
  const { code, tries, kept, ledger } = outcome
  if (code !== weather.code) wrong.push(`code ${code}, not ${weather.code}`)
  if (tries !== triesOf(weather, asker)) wrong.push(`${tries} requests, not ${triesOf(weather, asker)}`)
  if (kept !== weather.kept) wrong.push(`${kept} words are kept, not ${weather.kept}`)
  const [is, should] = [ledger, weather.ledger].map((rows) => [...rows].sort().join(', '))
  if (is !== should) wrong.push(`the ledger holds ${is || 'nothing'}, not ${should || 'nothing'}`)
}

/** The first sentence, without the screen it may come with. */
const first = (wrong: readonly string[]) => wrong[0]?.split('\n', 1)[0]

/** Every row of the table, everywhere. */
export async function faultFigures(): Promise<readonly Figure[]> {
  const wrong = { chat: [] as string[], call: [] as string[] }
  const plays = WEATHER.flatMap((weather) => [
    async () => void wrong.chat.push(...(await inChat(weather))),
    async () => void wrong.call.push(...(await inCall(weather, 1))),
    async () => void wrong.call.push(...(await inCall(weather, LATER))),
  ])
  const worker = async () => {
    for (let play = plays.shift(); play; play = plays.shift()) await play()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  for (const what of [...wrong.chat, ...wrong.call]) console.error(what)
  const days = `${WEATHER.length} kinds of weather, as the first and the fifth question`
  return [
    countFigure('faults in the chat that end otherwise than told', wrong.chat.length, 0, first(wrong.chat) ?? days),
    countFigure('faults in a call that end otherwise than told', wrong.call.length, 0, first(wrong.call) ?? days),
  ]
}
