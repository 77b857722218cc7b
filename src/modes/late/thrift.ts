/**
 * The door to `thrift`, which is loaded after the first paint: until then what happens is noted for it. A question that
 * comes that early waits for it where there is a limit it may pass; where there is none, it is sent at once.
 */

import { type Question, wordsOf } from '../../core/attachments.ts'
import type { Key } from '../../core/chat/keys.ts'
import type { Event, State } from '../../core/conversation.ts'
import { climbs } from '../../core/lab/cascade/choice.ts'
import { hasBudget } from '../../core/money/budget.ts'
import { isSurelyBelow } from '../../core/money/quote.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { Steps } from '../../core/text/steps.ts'
import { type InsteadOf, travel } from '../../road.ts'
import type { Allowed } from '../thrift/allowance.ts'
import type { Thrift, ThriftCommand, ThriftParts } from '../thrift.ts'
import { standingIn } from './weather.ts'

export interface LateThrift extends Pick<Thrift, 'follow' | 'run' | 'mayAsk' | 'close'> {
  /** Loads it, once. */
  open(): Promise<void>
  /** Whether a question has to wait until it is loaded: it may pass a limit, or a rule may send it elsewhere. */
  waits(question: Question): boolean
  readonly tag: Steps | null
  tail(maxRows: number): readonly string[] | null
  onKey(key: Key): boolean
  /** The request of a turn as it may be sent, or why it may not. At once where there is no budget. */
  allow(request: TurnRequest): Allowed | Promise<Allowed>
  /** The road of a turn; up its cascade, where one is chosen. */
  readonly travel: typeof travel
  /** Who answers when a model cannot. */
  readonly instead: InsteadOf
  /** Takes what happens to no turn: what is known of a model, what a call beside the turns has cost. */
  tell(event: Event): void
}

/** From so many UTF-16 units on a question may be dear by itself, and is looked at however early it comes. */
const LONG = 100_000

export function lateThrift(parts: ThriftParts): LateThrift {
  let thrift: Thrift | null = null
  let loading: Promise<Thrift> | null = null
  let isClosed = false
  const untold: (readonly [State, Event])[] = []

  const load = () => {
    loading ??= import('../thrift.ts').then(({ createThrift }) => {
      const made = createThrift(parts)
      for (const [state, event] of untold.splice(0)) made.follow(state, event)
      if (isClosed) void made.close()
      thrift = made
      return made
    })
    return loading
  }
  const waits = (question: Question) => {
    const { settings, replay } = parts.setup()
    if (thrift || replay) return false
    // A rule may send it to another model.
    if (settings.route !== 'off' || settings.routeIfSlow !== 'off') return true
    if (hasBudget(settings) || wordsOf(question).length >= LONG) return true
    return settings.askAbove !== null && !isSurelyBelow(settings.askAbove, parts.runtime.state, question)
  }
  return {
    waits,
    follow(state, event) {
      if (thrift) return thrift.follow(state, event)
      untold.push([state, event])
      if (event.type === 'sent') void load()
    },
    open: () => load().then(() => {}),
    run: (command: ThriftCommand, say: (remark: Remark) => void) => load().then((made) => made.run(command, say)),
    get tag() {
      return thrift?.tag ?? null
    },
    tail: (maxRows) => thrift?.tail(maxRows) ?? null,
    onKey: (key) => thrift?.onKey(key) ?? false,
    mayAsk(question) {
      if (thrift) return thrift.mayAsk(question)
      if (!waits(question)) return true
      void load().then((made) => made.mayAsk(question) && parts.ask(question))
      return false
    },
    allow(request) {
      return hasBudget(parts.setup().settings) ? load().then((made) => made.allow(request)) : request
    },
    async travel(request, signal, emit, options) {
      const { choices, models } = parts.runtime.state
      const { cascade } = choices
      if (!climbs(cascade, request.model, models) || parts.setup().replay) return travel(request, signal, emit, options)
      const { climbInChat } = await import('../lab/climb-in-chat.ts')
      return climbInChat(request, signal, emit, options, cascade, parts)
    },
    instead: standingIn({
      state: () => parts.runtime.state,
      api: () => parts.setup().api,
      recalled: (turn) => parts.setup().replay?.recalledIn(turn) ?? null,
      async history() {
        const open = await parts.history()
        // It belongs to the chat, which goes on with it.
        return open && { history: open.history, close() {} }
      },
    }),
    tell(event) {
      if (!isClosed) parts.runtime.dispatch(event)
    },
    async close() {
      isClosed = true
      await thrift?.close()
    },
  }
}
