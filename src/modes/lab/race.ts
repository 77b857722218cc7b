/**
 * `/race` in the chat: a question goes to several models at once, their answers grow side by side, and one is kept as the
 * turn. While that lasts the question is the running turn of the conversation: it is saved, Esc stops it, and what is typed
 * meanwhile waits behind it.
 */

import { paintSpans } from '../../../components/view.ts'
import { askingOf, type Question, questionOf, wordsOf } from '../../core/attachments.ts'
import type { Key } from '../../core/chat/keys.ts'
import type { Event, State } from '../../core/conversation.ts'
import { condensed } from '../../core/history/record.ts'
import { CAPTION } from '../../core/lab/race/captions.ts'
import { isKeepable, raceRows, whyUnfinished } from '../../core/lab/race/columns.ts'
import { billsOf, raceTable, rivalOf, rivalsReport, tallyReport } from '../../core/lab/race/outcome.ts'
import { raceTyped } from '../../core/lab/race/typed.ts'
import { shortName } from '../../core/models.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { Steps } from '../../core/text/steps.ts'
import type { Ms, TurnEvent } from '../../core/turn.ts'
import { createPacer } from '../../glass/pacer.ts'
import type { Api } from '../../io/api.ts'
import type { Setup } from '../../setup.ts'
import type { Peers, ThriftParts } from '../thrift.ts'
import { raceObjection } from './race-price.ts'
import { type RaceRun, runRace } from './race-run.ts'

type Say = (remark: Remark) => void

/** How often it is written down what answers have cost that grow, in ms. */
const TOLD_AGAIN_MS = 500

export interface Racing {
  run(argument: string, tell: Say): Promise<void>
  follow(state: State, event: Event): void
  /** What keys would do, in several lengths; null: nothing races. */
  readonly tag: Steps | null
  tail(maxRows: number): readonly string[] | null
  onKey(key: Key): boolean
  mayAsk(question: Question): boolean
  close(): void
}

interface Running {
  readonly run: RaceRun
  /** Number of its turn. */
  readonly turn: number
  /** What is pointed at, from 0; null: nothing yet. */
  chosen: number | null
  /** When it was last written down what it has cost. */
  toldAt: Ms
}

export function createRacing(parts: ThriftParts, peers: Peers): Racing {
  const { runtime, now, draw, isInLines } = parts
  const pacer = createPacer(now)
  let race: Running | null = null
  /** With the next message. */
  let armed: readonly string[] | null = null
  /** Held back for its price: sent once more as it is, it goes out. */
  let held = ''

  const canKeep = () => race?.run.columns.some(({ turn }) => isKeepable(turn)) === true
  const names = (models: readonly string[]) => models.map((model) => shortName(model, runtime.state.models))

  /** @param typed how it is typed again */
  const start = async (models: readonly string[], question: Question, typed: Question, say: Say) => {
    const setup = parts.setup()
    const why = refusal(setup, runtime.state)
    if (why !== null || !hasApi(setup)) return say(why ?? CAPTION.noServer)
    const key = JSON.stringify([models, question])
    const found = await raceObjection(models, question, parts, peers)
    if (found.why !== null && held !== key) {
      held = key
      say([found.why, 'Not sent yet: send it again unchanged to go ahead.'])
      if (!isInLines) parts.compose(typed)
      return draw()
    }
    const isGranted = held === key
    held = ''
    armed = null
    // Somebody may have asked meanwhile.
    if (runtime.state.live) {
      if (!isInLines) parts.compose(typed)
      return say(CAPTION.busy)
    }
    const before = runtime.state
    const run = runRace(before, models, question, {
      ...{ setup, now, shareUsd: isGranted ? Number.POSITIVE_INFINITY : found.leftUsd / models.length },
      tell: (event) => runtime.dispatch(event),
      moved(column, isNews) {
        if (!race) return
        tellBills(isNews)
        if (isInLines) sayEnded(column)
        // The first word of each is drawn at once, the rest with the next frame.
        else if (isNews) draw()
        else pacer.request(draw)
        if (race.run.isOver && isInLines) parts.say(canKeep() ? CAPTION.keepWhich(models.length) : CAPTION.noneToKeep)
      },
    })
    race = { run, turn: before.next, chosen: null, toldAt: Number.NEGATIVE_INFINITY }
    runtime.dispatch({ type: 'asked', at: now(), ...askingOf(question), race: models })
    if (isInLines) say(CAPTION.asking(names(models)))
    draw()
  }

  /** Whatever ends the program, what was paid until then is on the bill. */
  const tellBills = (isNews: boolean) => {
    const at = now()
    if (!race || (!isNews && at - race.toldAt < TOLD_AGAIN_MS)) return
    race.toldAt = at
    const bills = race.run.columns.flatMap(({ turn }) => billsOf(turn, at, {}))
    if (bills.length > 0) runtime.dispatch({ type: 'racing', at, bills })
  }

  /** In lines an answer is said when it is whole. */
  const sayEnded = (column: number) => {
    const { turn } = race!.run.columns[column]!
    if (turn.end === null) return
    const { state } = runtime
    const why = whyUnfinished(turn)
    parts.say([
      CAPTION.answer(column + 1, turn, state.models),
      '',
      ...(turn.answer === '' ? [] : [turn.answer]),
      ...(why === '' ? [] : [why]),
      '',
    ])
  }

  /** Ends the race. @param kept its place, from 0; null: none is */
  const decide = (kept: number | null) => {
    const over = race!
    race = null
    over.run.end()
    const at = now()
    const { columns } = over.run
    const turns = columns.map(({ turn }) => turn)
    const told = () =>
      parts.say([
        raceTable(turns, runtime.state.models, kept),
        '',
        kept === null ? CAPTION.noneKept : CAPTION.kept(others.length),
      ])
    const dispatch = (event: Event) => runtime.dispatch(event)
    const others = columns.filter((_, i) => i !== kept)
    for (const { turn, limits } of others) for (const bill of billsOf(turn, at, limits)) dispatch(bill)
    const winner = kept === null ? null : columns[kept]!
    // In lines the end of the turn asks for the next message: what is to be said comes first.
    if (isInLines) told()
    dispatch({
      type: 'compared',
      at,
      kept: winner?.turn.model ?? null,
      others: others.map(({ turn }) => rivalOf(turn)),
    })
    if (runtime.state.live?.number === over.turn) {
      const events: readonly TurnEvent[] = winner
        ? (condensed(winner.events) as readonly TurnEvent[])
        : [{ type: 'stopped', at }]
      for (const event of events) dispatch(event)
    }
    if (!isInLines) told()
    if (winner)
      void remember(
        winner.turn.model,
        others.map(({ turn }) => turn.model),
      )
    draw()
  }

  /** Who has won, for the tally. A history that takes nothing is told of elsewhere. */
  const remember = async (winner: string, losers: readonly string[]) => {
    try {
      const open = await parts.history()
      if (open && !open.isReadOnly) open.history.won(winner, losers, Date.now())
    } catch {}
  }

  const keep = (n: number, say: Say) => {
    if (!race) return say(CAPTION.nothingRaces)
    if (n === 0) return decide(null)
    const column = race.run.columns[n - 1]
    if (!column) return say(CAPTION.noSuch(n, race.run.columns.length))
    if (!isKeepable(column.turn)) return say(CAPTION.nothingToKeep(n))
    if (column.turn.end === null) return say(CAPTION.stillRuns(n))
    decide(n - 1)
  }

  return {
    async run(argument, say) {
      const typed = raceTyped(argument, { models: runtime.state.models, features: runtime.state.choices.features })
      if (typed.type === 'problem') return say(typed.problem)
      if (typed.type === 'show') return say(rivalsReport(runtime.state, typed.n))
      if (typed.type === 'tally') {
        const open = await parts.history()
        return say(tallyReport(open?.history.wins() ?? null, runtime.state.models))
      }
      if (typed.type === 'keep') return keep(typed.n, say)
      if (typed.type === 'off') {
        armed = null
        return say('The next message goes to one model.')
      }
      const why = refusal(parts.setup(), runtime.state)
      if (why !== null) return say(why)
      if (typed.text === '') {
        armed = typed.models
        return say(`The next message goes to ${names(typed.models).join(', ')} at once. /race off takes that back.`)
      }
      const drafted = askingOf(parts.draft()).attachments
      await start(typed.models, questionOf(typed.text, drafted), `/race ${argument}`, say)
    },
    follow(_, event) {
      if (!race) return
      const isStop = event.type === 'stopAsked' || event.type === 'cleared'
      if (isStop) {
        // The first time what runs is stopped, and what came may still be kept.
        const gives = race.run.isOver || event.type === 'cleared'
        const stopped = race
        queueMicrotask(() => (gives && race === stopped ? decide(null) : stopped.run.stop()))
      }
      // Somebody else has ended its turn: the program leaves.
      else if (runtime.state.live?.number !== race.turn) decide(null)
    },
    get tag() {
      if (armed) return CAPTION.armed(names(armed))
      if (!race) return null
      return race.run.isOver
        ? canKeep()
          ? CAPTION.choose(race.run.columns.length)
          : CAPTION.failed
        : CAPTION.running(race.run.columns.filter(({ turn }) => turn.end !== null && isKeepable(turn)).length > 0)
    },
    tail(maxRows) {
      if (!race || !parts.screen) return null
      const { size, theme } = parts.screen
      const view = {
        turns: race.run.columns.map(({ turn }) => turn),
        models: runtime.state.models,
        chosen: race.chosen,
        now: now(),
      }
      const look = theme()
      // A blank row parts them from the bar.
      return raceRows(view, size.columns - 1, maxRows).map((row) => paintSpans(row, look))
    },
    onKey(key) {
      if (!race) return false
      const isEmpty = wordsOf(parts.draft()) === ''
      if (!isEmpty) return false
      const count = race.run.columns.length
      if (key.type === 'text' && /^\d$/.test(key.text) && (isInLines || Number(key.text) <= count)) {
        keep(Number(key.text), parts.say)
        return true
      }
      if (key.type !== 'key' || key.ctrl || key.alt || key.shift) return false
      if (key.name === 'left' || key.name === 'right') {
        const by = key.name === 'left' ? -1 : 1
        race.chosen = race.chosen === null ? (by > 0 ? 0 : count - 1) : (race.chosen + by + count) % count
        return true
      }
      if (key.name !== 'enter' || race.chosen === null) return false
      keep(race.chosen + 1, parts.say)
      return true
    },
    mayAsk(question) {
      if (armed === null || runtime.state.live) return true
      void start(armed, question, question, parts.say)
      return false
    },
    close() {
      if (race) decide(null)
    },
  }
}

/** Why there can be no race now; null: there can. */
function refusal(setup: Setup, { live }: State): string | null {
  if (setup.replay) return 'This is a replay: nothing is sent.'
  if (setup.taping) return 'A recording follows one answer at a time: a race can be held without --record.'
  return live ? CAPTION.busy : null
}

const hasApi = (setup: Setup): setup is Setup & { readonly api: Api } => setup.api !== null
