/**
 * One question, or a pipe: the answer on stdout as it comes, everything else on stderr, and an exit code.
 * Loads neither Ink nor React. On a terminal the answer is rendered (`modes/ask/answer-on-glass`), else it is byte-exact.
 */

import type { Args } from '../args.ts'
import { wantsPast } from '../args.ts'
import { askingOf, type Question } from '../core/attachments.ts'
import { billed as billOf, type SideCallEvent } from '../core/conversation/side-calls.ts'
import { type Event, update } from '../core/conversation.ts'
import { type Figure, sum } from '../core/figures.ts'
import { climbs } from '../core/lab/cascade/choice.ts'
import { modelCard } from '../core/models.ts'
import { hasBudget } from '../core/money/budget.ts'
import { planRequest } from '../core/request/plan.ts'
import type { TurnRequest } from '../core/request.ts'
import { sanitise } from '../core/text/sanitise.ts'
import { Ending, EXIT } from '../core/turn/outcome.ts'
import { endedWith } from '../core/turn/told-to-end.ts'
import type { Turn } from '../core/turn/turns.ts'
import type { Ms, TurnEvent } from '../core/turn.ts'
import { patienceFor, SCRIPT_PATIENCE } from '../core/weather/resilience.ts'
import type { Api } from '../io/api.ts'
import { travel } from '../road.ts'
import type { Setup } from '../setup.ts'
import { checkLevers } from '../setup-levers.ts'
import { checkRoom } from './ask/fitting.ts'
import { type PrintIo, printedTurn } from './ask/printed-turn.ts'
import { readAsked } from './ask/question.ts'
import { savingOf } from './ask/saving.ts'
import { flagsFirst } from './history/flags-first.ts'
import { telemetryFor } from './late/telemetry.ts'
import { guarded, keepHeard, standingIn } from './late/weather.ts'
import type { Scripting } from './scripting.ts'
import { heldTo } from './thrift/allowance.ts'

export interface AskIo extends PrintIo {
  readonly stdin: NodeJS.ReadStream
}

/** Asks and answers; resolves with the exit code. @throws UsageError */
export async function ask(
  args: Args,
  setup: Setup & { readonly api: Api },
  io: AskIo,
  stopped: AbortSignal,
  scripting: Scripting | null = null,
): Promise<number> {
  const { flags } = args
  const quiet = flags.quiet === true
  const note = (line: string) => {
    if (!quiet) io.note(sanitise(line))
  }
  // The first request needs the SDK and a connection: both get ready while stdin is read.
  setup.api.warm()
  const read = await readAsked(args, io, scripting?.form)
  const late = scripting?.deadlines(stopped) ?? null
  const signal = late?.signal ?? stopped
  /** The code of a call that was stopped, before anything was asked. @throws Ending when it took too long */
  const stop = (): number => {
    if (late?.why != null) throw new Ending(EXIT.late, late.why)
    scripting?.unasked(io.stoppedBy())
    return io.stoppedBy()
  }
  for (const line of setup.notes) note(line)
  const saving = savingOf(args, setup, note)
  const found = await saving.past()
  const own = wantsPast(args) ? flagsFirst(args, setup) : null
  const hasRules = setup.settings.route !== 'off' || setup.settings.routeIfSlow !== 'off'
  const route = hasRules ? await (await import('./lab/ask-lab.ts')).routeAsked(args, setup, found, read.text) : null
  if (route) note(route.said)
  const chosen = route ? { ...own, model: route.model } : own
  const base = chosen ? update(found, { type: 'chosen', choices: chosen }).state : found
  const begins = scripting?.before(base, performance.now())
  const past = begins ? begins.events.reduce((now, event) => update(now, event).state, base) : base
  for (const line of begins?.notes ?? []) note(line)
  const { taping } = setup
  taping?.onTrouble(note)
  if (past.turns.length > 0) taping?.resumed(past)

  const card = modelCard(past.choices.model, past.models)
  if (wantsPast(args) && flags.model === undefined)
    for (const line of checkLevers(past.choices, past.models, args, setup.origin)) note(line)
  const telemetry = await telemetryFor(setup, note, true)
  let state = base
  const happened = (event: Event) => {
    state = update(state, event).state
    saving.follow(state, event)
    taping?.follow(state, event)
    telemetry?.follow(state, event)
  }
  /** What was spent before anything was asked: a summary of what goes with it. */
  const bills: SideCallEvent[] = []
  const billed = (bill: SideCallEvent) => void bills.push(bill)
  /** Of summaries that a dry run would have written. */
  let besideUsd: number | null = 0
  /** Of a long text that it would have asked about in parts. */
  let partsUsd: number | null = 0
  const expects = (usd: number | null) => {
    besideUsd = usd
  }
  const unasked = async () => {
    if (bills.length === 0) return
    for (const bill of bills.splice(0)) happened(bill)
    await saving.close()
  }
  let asked = read
  const attaching = read.refs.length > 0 ? await import('./ask/attached.ts') : null
  let question: Question
  try {
    const isDry = flags['dry-run'] === true
    const expectsOf = (usd: number | null) => {
      partsUsd = usd
    }
    const parts = { setup, state: past, note, billed, isDry, expects: expectsOf }
    if (scripting) asked = await scripting.inParts(read, parts, signal)
    question = attaching
      ? await attaching.withAttached(asked, setup, past, { note, billed, isDry, expects }, signal)
      : asked.text
  } catch (error) {
    await unasked()
    if (signal.aborted) return stop()
    throw error
  }
  const preview = attaching?.priced(past, question) ?? null
  const room = await checkRoom(question, { ...setup, state: past }, card, signal)
  if (flags['dry-run'] === true) {
    const { dryRun } = await import('./ask/dry-run.ts')
    return dryRun(args, setup, past, question, {
      io,
      tooLarge: room,
      preview,
      besideUsd,
      partsUsd,
    })
  }
  if (room) {
    await unasked()
    throw new Ending(EXIT.tooLarge, room)
  }
  /** What answers cost that were asked for once more. */
  const unfit: Priced[] = []
  const lab = past.choices.cascade ? await import('./lab/ask-lab.ts') : null
  await lab?.lookUp(past.choices.cascade!)
  const paidUsd = bills.reduce((sum, bill) => sum + (billOf(bill, past.models).cost?.value ?? 0), 0)
  const budget = hasBudget(setup.settings)
    ? await (await import('./ask/budget.ts'))
        .heldToBudget(setup, past, question, {
          note,
          attemptsInVain: () => (lab ? 0 : (state.live?.wasted.length ?? 0)),
          alreadyUsd: () => paidUsd + costOf(unfit).value + (lab?.spentInTurn(state) ?? 0),
        })
        .catch(async (error) => {
          await unasked()
          throw error
        })
    : null
  // Saved as well: a later call asks with the same, or the cache would not know what this one has sent.
  if (chosen) happened({ type: 'chosen', choices: chosen })
  // On a recording they are what was there before, and nobody asks them again.
  for (const event of begins?.events ?? []) {
    state = update(state, event).state
    saving.follow(state, event)
  }
  if (past.turns.length > 0) {
    const { makeRoom } = await import('./thrift/making-room.ts')
    await makeRoom(past, question, { api: setup.api, now: () => performance.now(), signal, note, happened })
  }
  for (const bill of bills.splice(0)) happened(bill)
  const before = state
  happened({ type: 'asked', at: performance.now(), ...askingOf(question) })
  if (preview && flags.usage === true) for (const line of attaching!.previewLines(preview)) io.note(line)
  const beside = {
    ...(preview && attaching!.previewInJson(preview)),
    ...(route && { routed: { from: found.choices.model, to: route.model } }),
    ...(paidUsd > 0 && { [asked === read ? 'summariesUsd' : 'partsUsd']: paidUsd }),
  }
  const printed = await printedTurn(flags, io, setup.settings, beside, scripting)

  const now = () => performance.now()
  const known = (event: Event, said: string | null) => {
    happened(event)
    if (event.type !== 'rested') return
    printed.aside(event)
    if (event.until !== null && said !== null) note(said)
  }
  const way = guarded(budget ? heldTo(setup.api, budget.allow, now) : setup.api, setup, { now, tell: known })
  const road: typeof travel = async (...way) => {
    if (!lab || !climbs(state.choices.cascade, way[0].model, state.models)) return travel(...way)
    const row = await lab.climbAsked(...way, { setup, state: () => state, happened, told })
    after = async () => {
      if (row) await lab.keepClimb(setup, row)
    }
  }
  let after = async () => {}
  const stoppedAt = (at: Ms) => late?.ended(at) ?? endedWith(io.stoppedBy(), at)
  const tell = (event: TurnEvent) => {
    // The answer goes out before anything is counted: the first byte is what a reader waits for.
    printed.event(event)
    late?.event(event)
    happened(event)
  }
  /** The last event of an answer that is looked at: whether it is what was asked for. */
  let judging: Promise<TurnEvent> | null = null
  const told = async () => {
    const judged = await judging
    judging = null
    if (judged) tell(signal.aborted ? stoppedAt(now()) : judged)
  }
  const send = async (request: TurnRequest) => {
    await road(
      request,
      signal,
      (one) => {
        const event = one.type === 'stopped' ? stoppedAt(one.at) : one
        judging = scripting?.judged(event, state.live, signal) ?? null
        if (!judging) tell(event)
      },
      {
        api: way,
        patience: patienceFor(SCRIPT_PATIENCE, past.choices.waitsMs ?? null),
        stallAfterMs: setup.settings.stallAfterMs,
        now,
        chance: Math.random,
        instead: standingIn({
          state: () => state,
          api: () => setup.api,
          async history() {
            const [{ openIfThere }, { historyPath }] = await Promise.all([
              import('./sessions/found.ts'),
              import('../io/history.ts'),
            ])
            const history =
              setup.settings.history === 'on' ? await openIfThere(historyPath(process.env, setup.isDemo)) : null
            return history && { history, close: () => history.close() }
          },
        }),
      },
    )
    await told()
  }
  late?.sent()
  await send(planRequest(before, question))
  for (let more = scripting?.more(state.settled!); more; more = scripting?.more(state.settled!)) {
    note(scripting!.sayMore(state.settled!, card))
    unfit.push(...partsOf(state.settled!))
    const planned = planRequest(state, more)
    happened({ type: 'asked', at: now(), text: more })
    await send(planned)
  }
  late?.close()

  const turn = state.live ?? state.settled!
  // Summaries, parts of a long text, probes, judges: whatever this call has asked beside its turns.
  const besides = costOf([...state.sideCalls.slice(base.sideCalls.length), ...unfit, ...turn.wasted])
  const code = printed.end(turn, card, state, besides)
  scripting?.figures?.told(turn, code, { paidUsd: besides.value })
  const limits = Object.values(state.limits)
  if (flags.usage === true && limits.length > 0) {
    const { limitsLine } = await import('../core/weather/limits-report.ts')
    for (const told of limits) {
      const line = limitsLine(told, performance.now())
      if (line) io.note(line)
    }
  }
  await saving.close()
  await keepHeard(state, setup, now() - (turn.times.heard ?? now()))
  await after()
  budget?.close()
  await telemetry?.close()
  const { alertInvalidAbove, alertRefusedAbove, alertTruncatedAbove } = setup.settings
  if ((alertInvalidAbove ?? alertRefusedAbove ?? alertTruncatedAbove) !== null) {
    const { afterCall } = await import('./lab/quality-watch.ts')
    for (const line of await afterCall(turn, setup)) note(line)
  }
  return code
}

/** A turn's answer, its attempts in vain, and answers that were not good enough. */
const partsOf = (turn: Turn): readonly Priced[] => [...turn.wasted, turn]

type Priced = Pick<Turn, 'cost'>

/** US dollars, as far as prices are known. */
const costOf = (parts: readonly Priced[]): Figure => sum(...parts.flatMap(({ cost }) => cost ?? []))
