/**
 * The bill in the chat: `/cost` and `/quote`, and budgets. A question that would pass one, or that is dear, goes back
 * into the composer with its numbers; sent once more as it is, it goes out.
 */

import { askingOf, isSameQuestion, type Question, questionOf } from '../../core/attachments.ts'
import type { State } from '../../core/conversation.ts'
import { type Past, readingPace, USUAL_PACE } from '../../core/figures/pace.ts'
import { money } from '../../core/figures/words.ts'
import { type Figure, reported, sum, withMark } from '../../core/figures.ts'
import { modelCard, shortName } from '../../core/models.ts'
import { chargesOf, chargesOfTurn } from '../../core/money/bill.ts'
import {
  about,
  budgetsOf,
  costOfTurn,
  hasBudget,
  passed,
  raiseBudget,
  type SpentSoFar,
  sayBudgets,
  sayOver,
  sayUnpaid,
  tightest,
} from '../../core/money/budget.ts'
import { costReport } from '../../core/money/cost-report.ts'
import { isSurelyBelow, type Quote, quoteOf } from '../../core/money/quote.ts'
import { quoteReport } from '../../core/money/quote-report.ts'
import { chargesSoFar } from '../../core/money/unheard.ts'
import { planRequest } from '../../core/request/plan.ts'
import type { Remark } from '../../core/text/remark.ts'
import { questionIn } from '../../core/turn/turns.ts'
import { failure } from '../../core/weather/failures.ts'
import { dayStart } from '../../io/process/wall-clock.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'
import { type Allowed, COUNT_WITHIN_MS, within } from './allowance.ts'
import { heldBack } from './held-back.ts'

/** Answers that what is expected rests on: the latest ones of the model. */
const PAST_ANSWERS = 200

export function keepBill(parts: ThriftParts): Keeper {
  const { setup, runtime } = parts
  let history: Awaited<ReturnType<ThriftParts['history']>> = null
  let isOpen = false
  const opening = parts.history().then((open) => {
    history = open
    isOpen = true
  })
  /** What this run of the program has spent. */
  let session: Figure = reported(0)
  const held = heldBack(parts)
  /** A question that goes out all the same. */
  let granted: Question | null = null
  const known = new Map<string, readonly Past[]>()
  /** The request of a turn that is out: what it may cost at most, US dollars; null: nobody knows. */
  let out: { readonly turn: number; readonly mostUsd: number | null } | null = null

  const past = (model: string): readonly Past[] => {
    const found = known.get(model) ?? history?.history.past(PAST_ANSWERS, model)
    if (found) known.set(model, found)
    return found ?? []
  }
  const modelOf = (state: State) => modelCard(state.choices.model, state.models)
  const quote = (state: State, question: Question, counted: number | null) =>
    quoteOf(state, question, { counted, past: past(modelOf(state).id), now: parts.now() })

  const spentSoFar = ({ live }: State): SpentSoFar => {
    const wasted = sum(reported(0), ...(live?.wasted ?? []).flatMap(({ cost }) => (cost ? [cost] : [])))
    const running = live?.cost ? sum(wasted, live.cost) : wasted
    const today = history ? reported(history.history.spentSince(dayStart(Date.now()))) : session
    return { turn: wasted, session: sum(session, running), day: sum(today, running) }
  }

  /** Why a question should not simply go out; null: it may. */
  const objection = (state: State, question: Question): string | null => {
    const { settings } = setup()
    const budgets = budgetsOf(settings)
    const { usd } = quote(state, question, null)
    if (!usd) {
      const isHeld = hasBudget(settings) && state.choices.features === 'full'
      return isHeld
        ? `The price of ${shortName(modelOf(state).id, state.models)} is unknown: no budget can hold it.`
        : null
    }
    const { turn: _, ...spent } = spentSoFar(state)
    const over = passed(usd.likely, budgets, { ...spent, turn: reported(0) })
    if (over) return sayOver(over, 'This turn', setup().maxCostSets)
    if (settings.askAbove === null || usd.likely <= settings.askAbove) return null
    return `This question likely costs ${about(usd.likely)}, more than the ${money(settings.askAbove)} of the setting askAbove.`
  }

  const cost = (_: string, tell: (remark: Remark) => void) => {
    const { state } = runtime
    const notes = [sayBudgets(budgetsOf(setup().settings), spentSoFar(state))].filter((line) => line !== '')
    const { live } = state
    const last = live ?? state.turns.at(-1)
    const running = chargesSoFar(state, performance.now())
    if (live) notes.push('What the answer that runs has cost so far is an estimate, as if it were stopped now.')
    const today = history?.history.charges(dayStart(Date.now())) ?? null
    if (today === null) notes.push('No history is kept: what else was spent today is not known.')
    const all = state.spent.known
    const here = chargesOf(state)
    const conversation = here.reduce((total, { costUsd }) => total + (costUsd ?? 0), 0)
    if (Math.abs(all.value - conversation) > 1e-9)
      notes.push(`With what was cleared this session cost ${withMark(all, money)}.`)
    const scopes = [
      ...(last ? [{ name: live ? 'this turn' : 'last turn', charges: live ? running : chargesOfTurn(last) }] : []),
      { name: 'conversation', charges: [...here, ...running] },
      ...(today ? [{ name: 'today', charges: [...today, ...running] }] : []),
    ]
    tell(costReport(scopes, state.models, (model) => (history ? readingPace(past(model)) : USUAL_PACE), notes))
  }

  const tellQuote = async (question: Question, tell: (remark: Remark) => void) => {
    const { state } = runtime
    const request = planRequest(state, question)
    const counted = (await setup().api?.count(request, AbortSignal.timeout(COUNT_WITHIN_MS))) ?? null
    const found: Quote = quote(state, question, counted)
    const why = objection(state, question)
    tell([quoteReport(found, state.models), ...(why === null ? [] : ['', why])])
  }

  return {
    tag: () => held.tag,
    follow(state, event) {
      held.follow(event)
      if (event.type === 'billed') {
        const call = state.sideCalls.at(-1)
        if (call?.cost) session = sum(session, call.cost)
      }
      if (event.type === 'asked' && granted !== null && !isSameQuestion(event, granted)) granted = null
      if (event.type === 'finished' || event.type === 'stopped' || event.type === 'failed') {
        session = sum(session, costOfTurn(state))
        known.clear()
      }
    },
    commands: {
      async cost(argument, tell) {
        await opening
        cost(argument, tell)
      },
      async quote(argument, tell) {
        await opening
        // What is attached to the draft would go with the words that are to be priced.
        await tellQuote(questionOf(argument, askingOf(parts.draft()).attachments), tell)
      },
    },
    mayAsk(question) {
      const { settings, replay } = setup()
      const { state } = runtime
      const isFree = !hasBudget(settings)
      if (replay || (isFree && (settings.askAbove === null || isSurelyBelow(settings.askAbove, state, question))))
        return true
      if (!isOpen) {
        void opening.then(() => this.mayAsk?.(question) !== false && parts.ask(question))
        return false
      }
      if (held.question !== null && isSameQuestion(question, held.question)) {
        granted = question
        return true
      }
      const why = objection(state, question)
      if (why !== null) held.hold(question, why)
      return why === null
    },
    async least() {
      await opening
      return tightest(budgetsOf(setup().settings), spentSoFar(runtime.state))
    },
    async allow(request): Promise<Allowed> {
      await opening
      const { api, settings } = setup()
      const { state } = runtime
      const isGranted = granted !== null && state.live !== null && isSameQuestion(questionIn(state.live), granted)
      if (!api || isGranted) return request
      const { turn, session: run, day } = spentSoFar(state)
      const least = tightest(budgetsOf(settings), { turn, session: run, day })
      if (!least) return request
      // Two requests beside each other have to be paid both, at their most.
      const first = state.live?.hedge?.won === null && out?.turn === state.live.number ? (out.mostUsd ?? 0) : 0
      const found = await within(request, least.left - first, { models: state.models, api })
      if ('promptUsd' in found) {
        const byFlag = setup().maxCostSets
        if (first > 0) return failure('budget', 'the first one may take all that is left of the budget.')
        // Whoever sends it again has seen the numbers.
        if (state.live) held.toldOf(questionIn(state.live))
        const remedy = `Send it again unchanged to go ahead anyway, or ${raiseBudget(least.name, byFlag)}`
        return failure('budget', sayUnpaid(found.promptUsd, least, byFlag), { remedy })
      }
      if (first === 0) out = state.live && { turn: state.live.number, mostUsd: found.mostUsd }
      return found.request
    },
  }
}
