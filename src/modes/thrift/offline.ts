/**
 * A message that found no network: it waits if the person says so, and is sent when a connection can be made again. What
 * looks for the network opens the very connection that the message takes then. Until it is gone it lies in the composer,
 * kept on disk as any draft; whoever changes it there has taken it back.
 */

import type { Question } from '../../core/attachments.ts'
import {
  isSame,
  isWaitKey,
  NOT_ANY_MORE,
  NOTHING_WAITS,
  OFFER,
  OFFER_IN_LINES,
  saySent,
  sayWaiting,
  sayWaitingInLines,
  unsentQuestion,
  untilNextLook,
} from '../../core/network-wait.ts'
import { isEnd, type Ms } from '../../core/turn.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** How often the countdown is drawn, in ms. */
const SECOND_MS = 1_000

interface Wait {
  readonly question: Question
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
    const trouble = (await setup().api?.reach()) ?? null
    // It may have been given up, changed or sent meanwhile.
    if (wait !== one || isTakenBack(one)) return
    if (trouble) rest(one)
    else send(one)
    draw()
  }

  const send = (one: Wait) => {
    stop()
    say(saySent(now() - one.since))
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
    const question = offered()
    if (question === null) return false
    const isDrafted = !isInLines && isSame(parts.draft(), question)
    wait = { question, since: now(), isDrafted, looks: 0, nextAt: null }
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
      if (offered() === null) return
      if (again) {
        wait = again
        rest(again)
      } else if (isInLines) say(OFFER_IN_LINES)
    },
    drawn() {
      if (wait) isTakenBack(wait)
    },
    tag() {
      if (wait) return sayWaiting(wait.nextAt === null ? null : wait.nextAt - now())
      return offered() === null ? null : OFFER
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
        if (!begin()) return tell(NOTHING_WAITS)
        const end = runtime.state.turns.at(-1)?.end
        if (isInLines) tell(sayWaitingInLines(end?.type === 'failed' ? end.failure.reason : ''))
      },
    },
    close: stop,
  }
}
