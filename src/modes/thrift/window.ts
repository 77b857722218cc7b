/**
 * Looks after the window beside the turns: has the server count what is worth it while nobody waits, says when it fills
 * up, holds a question back that does not fit, and answers `/context`.
 */

import { askingOf, isNothing, isSameQuestion, type Question, wordsOf } from '../../core/attachments.ts'
import { isCommand } from '../../core/chat/commands.ts'
import type { State } from '../../core/conversation.ts'
import { modelCard, resolveModel } from '../../core/models.ts'
import { planRequest } from '../../core/request/plan.ts'
import { isEnd } from '../../core/turn.ts'
import { alerted, type Crossed } from '../../core/window/alerts.ts'
import { COUNT_AFTER_MS, NO_QUESTION, saySwitched, sayTooLarge, worthCounting } from '../../core/window/counting.ts'
import { markTurns, turnsNamed } from '../../core/window/marking.ts'
import { nextPrompt } from '../../core/window/meter.ts'
import { roomReport } from '../../core/window/room-report.ts'
import { paceIn } from '../history/past-pace.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'
import { heldBack } from './held-back.ts'

/** How long a count may take, in ms. */
const COUNT_WITHIN_MS = 10_000
/** After a count that failed, the next draft is counted so many ms later, and twice as many after each further one. */
const REST_MS = 15_000

export function keepWindow(parts: ThriftParts): Keeper {
  const { runtime, setup, now, say, draw } = parts
  let timer: NodeJS.Timeout | undefined
  let counting: AbortController | null = null
  /** What the last timer was set for. */
  let seen: { readonly state: State; readonly draft: Question; readonly isPreparing: boolean } | null = null
  let failures = 0
  let restsUntil = 0
  let crossed: Crossed = new Set()
  let { model } = runtime.state.choices
  const held = heldBack(parts)

  /** What would be sent; a command is not. */
  const draft = () => {
    const question = parts.draft()
    return isCommand(wordsOf(question)) ? '' : question
  }

  /** Asks the server. @returns its count; null: it has none, or something else would be sent by now */
  const count = async (question: Question): Promise<number | null> => {
    const { api, replay } = setup()
    if (!api || replay) return null
    counting?.abort()
    const mine = new AbortController()
    counting = mine
    const asked = runtime.state
    const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(COUNT_WITHIN_MS)])
    const found = await api.count(planRequest(asked, isNothing(question) ? NO_QUESTION : question), signal)
    if (counting === mine) counting = null
    if (mine.signal.aborted || !isAsBefore(asked, runtime.state)) return null
    failures = found === null ? failures + 1 : 0
    restsUntil = found === null ? now() + REST_MS * 2 ** (failures - 1) : 0
    if (found === null || !Number.isFinite(found)) return found
    const { text, ...attached } = askingOf(question)
    runtime.dispatch({ type: 'counted', draft: text, ...attached, tokens: found })
    draw()
    return found
  }

  const alert = () => {
    const { state } = runtime
    if (state.live) return
    const found = alerted(state, crossed)
    crossed = found.crossed
    if (found.alert !== null) say(found.alert)
  }

  const switched = async () => {
    const counted = await count(draft())
    const { state } = runtime
    if (state.live || setup().replay) return
    say(saySwitched(state, counted))
    alert()
  }

  const pace = async () => {
    const { id } = modelCard(runtime.state.choices.model, runtime.state.models)
    return paceIn((await parts.history())?.history ?? null, id)
  }

  return {
    tag: () => held.tag,
    drawn() {
      const { state } = runtime
      const text = draft()
      const isPreparing = parts.isPreparing?.() ?? false
      const isSame = seen !== null && seen.isPreparing === isPreparing && isSameQuestion(seen.draft, text)
      if (seen && isSame && isAsBefore(seen.state, state) && seen.state.live === state.live) return
      if (!isSame) counting?.abort()
      seen = { state, draft: text, isPreparing }
      clearTimeout(timer)
      timer = undefined
      // All of it is sent for each count: once, when nothing is missing any more.
      if (isPreparing || now() < restsUntil || !worthCounting(state, text)) return
      timer = setTimeout(() => void count(text), COUNT_AFTER_MS)
    },
    follow(state, event) {
      held.follow(event)
      if (event.type === 'asked') counting?.abort()
      if (event.type === 'cleared' || event.type === 'resumed') crossed = new Set()
      // The answer is drawn first.
      if (isEnd(event) || event.type === 'resumed') setImmediate(alert)
      if (event.type === 'resumed') ({ model } = state.choices)
      if (event.type !== 'chosen' || resolveModel(state.choices.model) === resolveModel(model)) return
      ;({ model } = state.choices)
      if (state.turns.length > 0 && !state.live) setImmediate(() => void switched())
    },
    mayAsk(question) {
      const { state } = runtime
      const { window } = modelCard(state.choices.model, state.models)
      if (setup().replay || window === null || (held.question !== null && isSameQuestion(question, held.question)))
        return true
      const size = nextPrompt(state, question)
      if (size.value <= window) return true
      held.hold(question, sayTooLarge(state, size))
      if (size.from !== 'estimate' || state.live) return false
      // It is held in any case: the server may know better.
      void count(question).then((counted) => {
        if (counted === null || held.question !== question) return
        say(
          counted > window
            ? `By the server's count they are ${counted.toLocaleString('en-US')} tokens.`
            : `It does fit: by the server's count they are ${counted.toLocaleString('en-US')} tokens. Enter sends it.`,
        )
      })
      return false
    },
    commands: {
      async context(argument, tell) {
        const { state } = runtime
        const [deed = '', ...which] = argument.split(/[\s,]+/).filter(Boolean)
        if (deed === '') return tell(roomReport(state, await pace()))
        if (deed !== 'drop' && deed !== 'pin' && deed !== 'keep')
          return tell(`/context takes nothing, or drop, pin or keep with the numbers of turns; "${argument}" came.`)
        const turns = turnsNamed(state, which)
        if (typeof turns === 'string') return tell(turns)
        const { events, remark } = markTurns(state, turns, deed, now())
        for (const event of events) runtime.dispatch(event)
        tell(remark)
      },
    },
    close() {
      clearTimeout(timer)
      counting?.abort()
    },
  }
}

/** Whether the same would be sent. */
const isAsBefore = (one: State, other: State): boolean =>
  one.turns === other.turns &&
  one.summaries === other.summaries &&
  one.marks === other.marks &&
  one.choices === other.choices
