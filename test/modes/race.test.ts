/** Races: several models asked at once through the real client, one answer kept, all of them paid. */

import { afterEach, describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { kept } from '../../src/core/history/record.ts'
import { CATALOGUE, costUsd, modelCard } from '../../src/core/models.ts'
import { chargesOf } from '../../src/core/money/bill.ts'
import { inFull } from '../../src/core/text/steps.ts'
import { theme } from '../../src/core/text/theme.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { type Demo, startDemo } from '../../src/demo/server.ts'
import { createApi } from '../../src/io/api.ts'
import { createRacing, type Racing } from '../../src/modes/lab/race.ts'
import type { ThriftParts } from '../../src/modes/thrift.ts'
import { createRuntime } from '../../src/runtime.ts'
import type { Setup } from '../../src/setup.ts'
import { CHOICES } from '../kit/choices.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

interface Play {
  readonly demo: Demo
  readonly racing: Racing
  readonly said: string[]
  readonly happened: readonly Event[]
  readonly wins: (readonly [string, readonly string[]])[]
  readonly state: State
  readonly draft: { text: string }
  race(argument: string): Promise<void>
  dispatch(event: Event): void
  halt(): void
  /** Resolves when this is so. */
  until(so: () => boolean): Promise<void>
  /** Resolves when every column has ended. */
  over(): Promise<void>
  rows(most: number): readonly string[]
}

async function play(script: string, leftUsd: number | null = null): Promise<Play> {
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY, script })
  const now = () => performance.now()
  const api = createApi({ baseUrl: demo.url, credential: { kind: 'key', secret: 'any', origin: 'test' }, now })
  ends.push(
    () => api.close(),
    () => demo.close(),
  )
  const state = newConversation(CHOICES)
  const settings = { stallAfterMs: 60_000, breaker: 'off', askAbove: null }
  const setup = { api, state, settings, road: {}, replay: null, taping: null } as unknown as Setup
  // What a race asks for is no turn of the road: nothing may be sent here.
  const runtime = createRuntime({
    state,
    send: async () => expect.unreachable('a race sends for itself'),
    frame: (flush) => flush(),
  })
  const happened: Event[] = []
  const said: string[] = []
  const wins: (readonly [string, readonly string[]])[] = []
  const waiting: (() => void)[] = []
  const look = () => {
    for (const one of [...waiting]) one()
  }
  const draft = { text: '' }
  const history = { past: () => [], won: (winner: string, losers: readonly string[]) => wins.push([winner, losers]) }
  const parts = {
    ...{ runtime, now, setup: () => setup, halt: runtime.halt, draw: look, attempts: null },
    ...{ say: (remark: unknown) => said.push(JSON.stringify(remark)), draft: () => draft.text },
    compose(text: string) {
      draft.text = text
    },
    history: async () => ({ history, isReadOnly: false }),
    screen: { size: { columns: 80, rows: 24 }, theme: () => theme({ colour: 'none', links: false }) },
  } as unknown as ThriftParts
  const least = async () => (leftUsd === null ? null : { name: 'session' as const, most: leftUsd, left: leftUsd })
  const racing = createRacing(parts, { least })
  runtime.subscribe((after, event) => {
    const saved = kept(event, after)
    if (saved) happened.push(saved)
    racing.follow(after, event)
    look()
  })
  const until = (so: () => boolean) =>
    new Promise<void>((resolve) => {
      const one = () => {
        if (so()) resolve()
      }
      waiting.push(one)
      one()
    })
  return {
    ...{ demo, racing, said, happened, wins, until, draft, dispatch: runtime.dispatch },
    get state() {
      return runtime.state
    },
    halt: () => runtime.halt(now()),
    race: (argument) => racing.run(argument, (remark) => said.push(JSON.stringify(remark))),
    over: () => until(() => racing.tag !== null && inFull(racing.tag).includes('keeps none')),
    rows: (most) => racing.tail(most) ?? [],
  }
}

const usd = (state: State) => chargesOf(state).reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)

/** What the server itself has noted, at the catalogue's prices. */
const serverUsd = ({ demo }: Play) =>
  demo.requests.reduce((sum, { billed }) => {
    if (!billed) return sum
    const { model, input, read, write5m, write1h, output } = billed
    const usage = { ...NO_USAGE, input, cacheRead: read, cacheWrite5m: write5m, cacheWrite1h: write1h, output }
    return sum + costUsd(modelCard(model, CATALOGUE), usage)!
  }, 0)

/** What is saved gives the same turns and the same bill. */
function foldsBack({ state, happened }: Play) {
  const again = fold(newConversation(CHOICES), happened)
  expect(again.turns).toEqual(state.turns)
  expect(again.spent).toEqual(state.spent)
}

describe('a race', () => {
  test('keeps one answer as the turn, by its own model; the bill of all is the server’s own', async () => {
    const night = await play('words n=40\nwords n=30\nwords n=20')
    await night.race('fast balanced deep: Which sea?')
    await night.over()
    expect(night.state.live?.race?.models).toHaveLength(3)
    night.racing.onKey({ type: 'text', text: '2' })
    const [turn] = night.state.turns
    expect(turn).toMatchObject({ question: 'Which sea?', model: 'claude-sonnet-5-5', end: { type: 'finished' } })
    expect(turn?.answer).not.toBe('')
    expect(turn?.basis?.choices.model).toBe('claude-sonnet-5-5')
    expect(turn?.race?.others?.map(({ model, answer }) => [model, answer !== ''])).toEqual([
      ['claude-haiku-5-5', true],
      ['claude-opus-5-5', true],
    ])
    expect(night.state.sideCalls.map(({ purpose }) => purpose)).toEqual(['race', 'race'])
    expect(night.demo.requests.filter(({ billed }) => billed)).toHaveLength(3)
    expect(usd(night.state)).toBeCloseTo(serverUsd(night), 12)
    foldsBack(night)
    await night.until(() => night.wins.length > 0)
    expect(night.wins).toEqual([['claude-sonnet-5-5', ['claude-haiku-5-5', 'claude-opus-5-5']]])
    await night.race('show 2')
    expect(night.said.at(-1)).toContain(turn!.race!.others![1]!.answer.slice(0, 10))
  })

  test('shows a column that fails, refuses nobody else, and keeps nothing that is not there', async () => {
    const night = await play('400\ntext "The North Sea."')
    await night.race('fast balanced: Which sea?')
    await night.over()
    expect(night.rows(20).join('\n')).toMatch(/The North Sea\./)
    // Whichever of the two came first at the server has failed: a column that has nothing leaves the choice open.
    night.racing.onKey({ type: 'text', text: '1' })
    if (night.state.live) {
      expect(night.said.at(-1)).toContain('nothing to keep')
      night.racing.onKey({ type: 'text', text: '2' })
    }
    expect(night.state.turns[0]).toMatchObject({ answer: 'The North Sea.', end: { type: 'finished' } })
    expect(night.state.turns[0]?.race?.others?.[0]).toMatchObject({ ended: 'failed', answer: '', costUsd: null })
    expect(night.state.sideCalls).toEqual([])
    foldsBack(night)
  })

  test('is stopped by the first Esc, which leaves the choice, and given up by the second; no text is lost', async () => {
    const night = await play('text "one " "two" hold after=1 x2')
    await night.race('fast balanced: Count.')
    await night.until(() => night.rows(20).join('\n').split('one').length === 3)
    night.dispatch({ type: 'stopAsked' })
    await night.over()
    night.dispatch({ type: 'stopAsked' })
    await night.until(() => night.state.live === null)
    const [turn] = night.state.turns
    expect(turn).toMatchObject({ answer: '', end: { type: 'stopped' }, race: { kept: null } })
    expect(turn?.race?.others?.map(({ answer, reason }) => [answer, reason])).toEqual([
      ['one ', 'Stopped.'],
      ['one ', 'Stopped.'],
    ])
    // Cut in the middle: what they wrote is an estimate, and is on the bill.
    expect(night.state.sideCalls.map(({ cost }) => cost?.from)).toEqual(['estimate', 'estimate'])
    foldsBack(night)
  })

  test('is told of also when the program ends in the middle of it', async () => {
    const night = await play('text "one " "two" hold after=1 x2')
    await night.race('fast balanced: Count.')
    await night.until(() => night.rows(20).join('\n').split('one').length === 3)
    night.halt()
    night.racing.close()
    expect(night.state.turns[0]?.race?.others?.map(({ answer }) => answer)).toEqual(['one ', 'one '])
    expect(night.state.sideCalls).toHaveLength(2)
    foldsBack(night)
  })

  test('waits for the next message when none is given, and takes that back', async () => {
    const night = await play('text "ok" x2')
    await night.race('fast balanced')
    expect(inFull(night.racing.tag!)).toContain('Haiku 5.5 and Sonnet 5.5')
    await night.race('off')
    expect(night.racing.mayAsk('Which sea?')).toBe(true)
    await night.race('fast balanced')
    expect(night.racing.mayAsk('Which sea?')).toBe(false)
    await night.over()
    expect(night.racing.tag).not.toBeNull()
    expect(night.demo.requests).toHaveLength(2)
  })

  test('never takes more than the budget, each column its share', async () => {
    const night = await play('words n=5000 x2', 0.03)
    await night.race('balanced deep: Count.')
    await night.over()
    night.racing.onKey({ type: 'text', text: '1' })
    expect(night.state.turns[0]?.end).toMatchObject({ type: 'finished', stopReason: 'max_tokens' })
    expect(serverUsd(night)).toBeGreaterThan(0.025)
    expect(serverUsd(night)).toBeLessThanOrEqual(0.03)
  })

  test('is asked about first when the budget may not pay for all of them, and goes out when sent again', async () => {
    const night = await play('text "ok" x2', 0.000_01)
    await night.race('balanced deep: Which sea?')
    expect(night.said.at(-1)).toMatch(
      /These 2 answers likely cost ~\$0\.\d+ together \(Sonnet 5\.5 .*Opus 5\.5 .*left of the budget/,
    )
    expect(night.draft.text).toBe('/race balanced deep: Which sea?')
    expect(night.demo.requests).toHaveLength(0)
    night.draft.text = ''
    await night.race('balanced deep: Which sea?')
    await night.over()
    expect(night.demo.requests).toHaveLength(2)
  })
})
