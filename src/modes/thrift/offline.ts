/**
 * A message that found no network, or a login page in the API's place: it waits if the person says so, and is sent when
 * the API answers again. What looks for that shows nobody the key, and opens the very connection that the message takes
 * then. Until it is gone it lies in the composer, kept on disk as any draft; whoever changes it there has taken it back.
 */

import { isEnd, type Ms } from '../../core/turn.ts'
import {
  isSame,
  isWaitKey,
  NOT_ANY_MORE,
  NOTHING_WAITS,
  sayOffer,
  saySent,
  sayWaiting,
  sayWaitingInLines,
  type Unsent,
  unsentQuestion,
  untilNextLook,
} from '../../core/weather/network-wait.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** How often the countdown is drawn, in ms. */
const SECOND_MS = 1_000

interface Wait extends Unsent {
  readonly since: Ms
  /** It lay in the composer when the wait began. */
  readonly isDrafted: boolean
  looks: number
  /** null: a look is under way. */
  nextAt: Ms | null
}

export function networkKeeper(parts: ThriftParts): Keeper {
  const { runtime, now, say, draw, setup, isInLines } = parts
  let wait: Wait | null = null
  /** The turn that was sent by itself: should it find no network either, the wait goes on. */
  let resent: { readonly number: number; readonly wait: Wait } | null = null
  /** The turn whose message the person has taken back. */
  let takenBack: number | null = null
  let timer: NodeJS.Timeout | undefined

  const offered = () =>
    setup().replay || !setup().api || runtime.state.turns.at(-1)?.number === takenBack
      ? null
      : unsentQuestion(runtime.state)

  const stop = () => {
    clearTimeout(timer)
    wait = null
  }

  /** Sets the one timer there is: for the next second that is counted down, or the look after the last of them. */
  const schedule = (one: Wait) => {
    clearTimeout(timer)
    const leftMs = Math.max(0, (one.nextAt ?? 0) - now())
    timer = setTimeout(
      () => {
        if (wait !== one) return
        if (now() < (one.nextAt ?? 0)) {
          if (!isInLines) draw()
          schedule(one)
        } else void look(one)
      },
      Math.min(leftMs, isInLines ? leftMs : leftMs % SECOND_MS || SECOND_MS),
    )
  }

  const rest = (one: Wait) => {
    one.nextAt = now() + untilNextLook(one.looks)
    one.looks++
    schedule(one)
  }

  const look = async (one: Wait) => {
    one.nextAt = null
    draw()
    const trouble = (await setup().api?.answers()) ?? null
    // It may have been given up, changed or sent meanwhile.
    if (wait !== one || isTakenBack(one)) return
    if (trouble) rest(one)
    else send(one)
    draw()
  }

  const send = (one: Wait) => {
    stop()
    say(saySent(one.trouble, now() - one.since))
    parts.ask(one.question)
    const { live } = runtime.state
    if (live) resent = { number: live.number, wait: one }
  }

  const isTakenBack = (one: Wait): boolean => {
    if (!one.isDrafted || isSame(parts.draft(), one.question)) return false
    stop()
    takenBack = runtime.state.turns.at(-1)?.number ?? null
    say(NOT_ANY_MORE)
    return true
  }

  /** @returns whether there was anything to wait with */
  const begin = (): boolean => {
    const unsent = offered()
    if (unsent === null) return false
    const isDrafted = !isInLines && isSame(parts.draft(), unsent.question)
    wait = { ...unsent, since: now(), isDrafted, looks: 0, nextAt: null }
    rest(wait)
    draw()
    return true
  }

  return {
    follow(state, event) {
      if (event.type === 'asked' || event.type === 'cleared' || event.type === 'resumed' || event.type === 'moved')
        stop()
      if (!isEnd(event)) return
      const again = resent?.number === state.settled?.number ? (resent?.wait ?? null) : null
      resent = null
      const unsent = offered()
      if (unsent === null) return
      if (again) {
        wait = { ...again, trouble: unsent.trouble }
        rest(wait)
      } else if (isInLines) say(sayOffer('/wait', unsent.trouble))
    },
    drawn() {
      if (wait) isTakenBack(wait)
    },
    tag() {
      if (wait) return sayWaiting(wait.trouble, wait.nextAt === null ? null : wait.nextAt - now())
      const unsent = offered()
      return unsent && sayOffer('Ctrl+S', unsent.trouble)
    },
    onKey(key) {
      if (wait && key.type === 'key' && key.name === 'escape') {
        stop()
        return true
      }
      return isWaitKey(key) && !wait && begin()
    },
    commands: {
      wait(_argument, tell) {
        if (wait) return
        const offer = offered()
        if (!begin()) return tell(NOTHING_WAITS)
        if (isInLines && offer) tell(sayWaitingInLines(offer.trouble))
      },
    },
    close: stop,
  }
}
