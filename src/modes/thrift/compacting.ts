/**
 * Looks after the length of a conversation: once its prompt is long enough, a summary of its beginning is made beside the
 * turns. Nobody waits for it: what is asked meanwhile goes out as ever, and the summary holds from the question after it.
 */

import type { SideCallEvent } from '../../core/conversation/side-calls.ts'
import { type Event, fold, type State } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { type Figure, sum } from '../../core/figures.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Remark } from '../../core/text/remark.ts'
import { lacksRoom } from '../../core/weather/failures.ts'
import { type Fact, factsIn, survival } from '../../core/window/compaction/facts.ts'
import { carriedFacts, keptFacts } from '../../core/window/compaction/kept-facts.ts'
import { expectedSize, type Offers, offersFor } from '../../core/window/compaction/offers.ts'
import {
  sayFailed,
  sayFreesNothing,
  sayHolds,
  sayIntent,
  sayKept,
  sayNoGain,
  sayOmitted,
  saySummarised,
  sayTakenBack,
  sayTooLittle,
  stretch,
} from '../../core/window/compaction/say.ts'
import { LEAST_TOKENS, omittedUpTo, type Span, spanOf, standsFor, toldIn } from '../../core/window/compaction/span.ts'
import { restored, stillWithout, takenBack } from '../../core/window/compaction/taking-back.ts'
import { roomIn } from '../../core/window/compaction/when.ts'
import { sendingCost, worthOf } from '../../core/window/compaction/worth.ts'
import { promptSize } from '../../core/window/meter.ts'
import { messagesOf, windowOf } from '../../core/window/window.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'
import { roomBeside, sayNoRoom } from './beside-limits.ts'
import { summarise } from './summarising.ts'

/** By itself only what is at least this share of the prompt is summarised: else it would begin again after each turn. */
const WORTH_SHARE = 0.2
/** Share of what a conversation may be that is left of it when nothing but leaving out helps. */
const LEFT_SHARE = 0.5
/** How long each of its requests may wait for the rate limits, in ms: their buckets fill up within a minute. */
const ROOM_WITHIN_MS = 60_000

type Say = (remark: Remark) => void

export function compacting(parts: ThriftParts): Keeper {
  const { runtime, setup, now, draw } = parts
  let running: { readonly span: Span; readonly stop: AbortController } | null = null
  /** What the latest summary lost. */
  let lost: { readonly id: number; readonly facts: readonly Fact[]; readonly hasRoom: boolean } | null = null
  let failures = 0
  /** Turns to let pass before another try. */
  let resting = 0
  let isClosed = false

  const make = async (span: Span, offers: Offers, focus: string, isByHand: boolean) => {
    const { api } = setup()
    if (!api) return
    const stop = new AbortController()
    running = { span, stop }
    lost = null
    draw()
    let cost: Figure | null = { value: 0, from: 'server' }
    const billed = (bill: SideCallEvent) => {
      runtime.dispatch(bill)
      const own = runtime.state.sideCalls.at(-1)?.cost ?? null
      cost = cost && own && sum(cost, own)
    }
    const room = { now, signal: stop.signal, withinMs: ROOM_WITHIN_MS }
    const misfit = async (request: TurnRequest) =>
      (await roomBeside(request, () => runtime.state, room)) ? null : sayNoRoom(request, runtime.state)
    const made = await summarise(offers.chosen, span, focus, api, stop.signal, billed, misfit)
    running = null
    if (stop.signal.aborted) return draw()
    if ('trouble' in made) failed(span, made.trouble, isByHand)
    else await stands(span, offers, made.text, cost, isByHand)
    draw()
  }

  const stands = async (span: Span, offers: Offers, text: string, cost: Figure | null, isByHand: boolean) => {
    const { kept, lost: missing } = await checked(span, text, carriedFacts(runtime.state, span.upTo))
    const before = runtime.state
    if (!has(before, span)) return
    const event: Event = {
      ...{ type: 'summarised', at: now(), upTo: span.upTo, of: span.of?.id ?? null, kind: 'summary', text },
      ...{ facts: carriedFacts(before, span.upTo), spared: span.spared },
    }
    const hoped = worthOf(fold(before, [event]), before, null)
    if (hoped.after.value >= hoped.before.value) return failed(span, sayNoGain(hoped), isByHand)
    runtime.dispatch(event)
    const after = runtime.state
    failures = 0
    if (missing.length > 0) lost = { id: after.summaries.length, facts: missing, hasRoom: true }
    const worth = worthOf(after, before, cost?.value ?? null)
    parts.say(saySummarised({ span, offers, worth, cost, kept: kept.length, lost: missing, isByHand }))
  }

  const failed = (span: Span, trouble: string, isByHand: boolean) => {
    const { state } = runtime
    const room = roomIn(state)
    const upTo = room.isFull
      ? omittedUpTo(state, Math.min(room.from ?? room.size.value, room.size.value) * LEFT_SHARE)
      : null
    if (upTo !== null && has(state, span)) {
      runtime.dispatch({
        type: 'summarised',
        at: now(),
        upTo,
        of: span.of?.id ?? null,
        kind: 'omitted',
        text: '',
        facts: carriedFacts(state, upTo),
      })
      return parts.say(sayOmitted(standsFor(state, upTo), trouble))
    }
    resting = isByHand ? resting : 2 ** failures++
    parts.say(sayFailed(span, trouble, isByHand ? null : resting))
  }

  /** By itself: when it is due, worth it, and nobody has taken one back. */
  const look = () => {
    const { state } = runtime
    if (running || isClosed || setup().replay) return
    const room = roomIn(state)
    const span = room.isDue ? spanOf(state) : null
    if (!span || span.tokens < Math.max(LEAST_TOKENS, room.size.value * WORTH_SHARE)) return
    if (!room.isFull && restored(state)) return
    if (expectedSize(span, carriedFacts(state, span.upTo)) >= span.tokens) return
    void make(span, offersFor(state, span, '', now()), '', false)
  }

  const keep = (say: Say) => {
    const summary = lost && runtime.state.summaries.find(({ id }) => id === lost?.id)
    if (!lost || !summary) return say('There are no facts to keep: nothing is known to be missing in a summary.')
    const facts = keptFacts(summary.facts, lost.facts)
    const added = facts.length - summary.facts.length
    if (added > 0) runtime.dispatch({ type: 'amended', id: summary.id, facts })
    const over = lost.facts.filter(({ text }) => !facts.some((line) => line.includes(text)))
    lost = over.length === 0 ? null : { id: summary.id, facts: over, hasRoom: false }
    say(sayKept(added, over))
  }

  const compact = (focus: string, say: Say) => {
    const { state } = runtime
    if (focus === 'keep') return keep(say)
    if (running) return say(`A summary of ${stretch(running.span)} is being made already; /uncompact gives it up.`)
    if (setup().replay) return say('A recording is played as it was: nothing new is summarised in it.')
    const span = spanOf(state)
    if (!span || span.tokens < LEAST_TOKENS) return say(sayTooLittle(span?.tokens ?? null, LEAST_TOKENS))
    const would = expectedSize(span, carriedFacts(state, span.upTo))
    if (would >= span.tokens) return say(sayFreesNothing(span, would))
    const offers = offersFor(state, span, focus, now())
    say(sayIntent(span, offers))
    void make(span, offers, focus, true)
  }

  const uncompact = (say: Say) => {
    if (running) {
      running.stop.abort()
      return say(`The summary of ${stretch(running.span)} is given up: everything is sent as before.`)
    }
    const taken = takenBack(runtime.state)
    if (!taken) return say('Nothing of this conversation is summarised: all of it is sent word for word.')
    for (const event of taken.events) runtime.dispatch(event)
    lost = null
    const { state } = runtime
    const [size, meant] = [promptSize(state), standsFor(state, taken.upTo, taken.spared)]
    const back = () => sayTakenBack(meant, size, sendingCost(state), stillWithout(state, taken))
    say(taken.isBack ? back() : sayHolds(meant, size))
  }

  return {
    follow(state, event) {
      if (event.type === 'cleared' || event.type === 'resumed') {
        running?.stop.abort()
        lost = null
        failures = 0
        resting = 0
        const summary = event.type === 'resumed' ? windowOf(state).summary : null
        if (summary) parts.say(sayHolds(standsFor(state, summary.upTo, summary.spared), promptSize(state)))
        return
      }
      const isTooLong = event.type === 'failed' && lacksRoom(event.failure)
      if (event.type !== 'finished' && !isTooLong) return
      if (isTooLong) resting = 0
      if (resting > 0) resting--
      // The answer is drawn first.
      if (resting === 0) setImmediate(look)
    },
    commands: { compact, uncompact: (_, say) => uncompact(say) },
    tag() {
      if (running) return `Summarising ${stretch(running.span)} in the background…`
      if (!lost?.hasRoom) return null
      return `${count(lost.facts.length, 'fact')} missing · Alt+P keeps ${lost.facts.length === 1 ? 'it' : 'them'}`
    },
    onKey(key) {
      if (!lost?.hasRoom || key.type !== 'chord' || !key.alt || key.ctrl || key.char.toLowerCase() !== 'p') return false
      keep(parts.say)
      return true
    },
    close() {
      isClosed = true
      running?.stop.abort()
    },
  }
}

/** Whether a conversation has these turns: it may have become another one meanwhile. */
function has({ turns, branches }: State, { covered }: Span): boolean {
  const last = covered.at(-1)!
  return turns.includes(last) || branches.includes(last)
}

/**
 * What of the facts in a stretch is still told by its summary, or by what stays beside it: turns, and lines kept word for
 * word. Read a moment at a time.
 */
async function checked(span: Span, text: string, carried: readonly string[]) {
  const facts = factsIn(toldIn(span))
  while (facts.readOn()) await new Promise((resolve) => setImmediate(resolve))
  const beside = messagesOf({ summary: null, turns: [...span.pinned, ...span.recent] }).map((one) => one.text)
  return survival(facts.found, [text, ...carried, ...beside].join('\n'))
}
