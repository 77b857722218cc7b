/**
 * Looks after the prompt cache beside the turns: says when it goes cold and what that costs, learns how the person's
 * pauses are, and answers `/cache`. Keeping warm is `warmer`'s.
 */

import {
  type ColdSend,
  coldSend,
  SPOKEN_OF_MS,
  type Standing,
  sayColdSend,
  sayNoNeed,
  standing,
} from '../../core/cache/cold-send.ts'
import { ratioAlert } from '../../core/cache/ledger.ts'
import { habitIn } from '../../core/cache/pauses.ts'
import { cacheReport } from '../../core/cache/report.ts'
import type { Key } from '../../core/chat/keys.ts'
import type { State } from '../../core/conversation.ts'
import { isEnd, isPiece, type Ms } from '../../core/turn.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'
import { createWarmer } from './warmer.ts'

/** Answers in the ledger whose pauses are looked at. */
const ANSWERS = 300
/** How long before an entry goes cold it is renewed by itself, in ms: a request takes a moment. */
const AHEAD_MS = 20_000
/** setTimeout counts in 32 bits. */
const LONGEST_MS = 2 ** 31 - 1
const SECOND_MS = 1_000
/** What the prices follow from is looked at anew after so many ms: a pause that grows may change how a prompt is written. */
const STANDS_MS = 60_000

export function cacheKeeper(parts: ThriftParts): Keeper {
  const { runtime, now, say, draw } = parts
  let origin = wallOrigin()
  let timer: NodeJS.Timeout | undefined
  /** What holds until something happens; null: nothing is at stake. */
  let known: Standing | null = null
  let knownAt = 0
  let isAlerted = false
  /** Somebody has looked at the tag since the last tick, and seconds are counted. */
  let isLookedAt = false
  let isCounting = false
  const leaving = new AbortController()

  /** The clock of the turns, and what it has not counted while the machine slept. */
  const awake = (): Ms => now() + Math.max(0, wallOrigin() - origin)
  const cold = (): ColdSend | null => known && coldSend(known, parts.draft(), awake())
  const warmer = createWarmer(parts, awake, leaving.signal)

  /** Sets the one timer there is, for the moment at which something has to be said or done next. */
  const schedule = () => {
    clearTimeout(timer)
    isCounting = false
    const one = cold()
    if (!one?.isWorthIt || one.leftMs <= 0) return
    const silentMs = one.leftMs - SPOKEN_OF_MS[one.ttl]
    isCounting = silentMs <= 0 && isLookedAt
    const warmsMs = warmer.goesOn ? Math.max(SECOND_MS, one.leftMs - AHEAD_MS) : LONGEST_MS
    // Until the next full second while somebody sees it count; else until the countdown begins, or is over.
    const nextMs = isCounting ? one.leftMs % SECOND_MS || SECOND_MS : silentMs > 0 ? silentMs : one.leftMs
    timer = setTimeout(tick, Math.min(nextMs, warmsMs))
    timer.unref()
  }

  const tick = () => {
    isLookedAt = false
    if (warmer.goesOn && (cold()?.leftMs ?? 0) <= AHEAD_MS) void warm(false)
    schedule()
    draw()
  }

  const look = (state: State) => {
    knownAt = awake()
    known = state.live ? null : standing(state, knownAt)
    schedule()
  }

  const warm = async (isAsked: boolean) => {
    const done = warmer.warm(isAsked)
    draw()
    const said = await done
    if (said !== null) say(said)
    draw()
  }

  const learn = async () => {
    const open = await parts.history()
    if (leaving.signal.aborted || !open) return
    runtime.dispatch({ type: 'habitLearned', habit: habitIn(open.history.answers(ANSWERS)) })
  }
  void learn().catch(() => {
    // A history that cannot be read is told of elsewhere; the planner does without.
  })
  look(runtime.state)

  return {
    follow(state, event) {
      if (isPiece(event) || event.type === 'alive') return
      if (event.type === 'sent' || event.type === 'resumed') {
        origin = wallOrigin()
        warmer.rest()
      }
      if (event.type === 'resumed' || event.type === 'cleared') isAlerted = false
      look(state)
      if (!isEnd(event) || isAlerted) return
      const alert = ratioAlert(state)
      isAlerted = alert !== null
      if (alert) say(alert)
    },
    tag() {
      if (warmer.isBusy) return 'Keeping the cache warm…'
      if (known && awake() - knownAt > STANDS_MS) look(runtime.state)
      const one = cold()
      // Two columns stand before it, and one stays free.
      const tag = one && sayColdSend(one, 'Ctrl+X', (process.stdout.columns ?? 80) - 3)
      isLookedAt = true
      if (tag !== null && one!.leftMs > 0 && !isCounting) schedule()
      return tag
    },
    onKey(key) {
      if (!isWarmKey(key) || parts.setup().replay) return false
      // Whatever the tag says, somebody who presses it is told what came of it.
      if (runtime.state.live) say('An answer is running: its request keeps the cache warm.')
      else {
        const one = warmer.isBusy ? null : cold()
        const why = one && sayNoNeed(one)
        if (why === null) void warm(true)
        else say(why)
      }
      return true
    },
    commands: {
      async cache(argument, tell) {
        if (argument === '') return tell(cacheReport(runtime.state, parts.draft(), awake()))
        if (argument !== 'warm') return tell(`/cache takes nothing, or "warm" to keep it warm; "${argument}" came.`)
        const said = await warmer.warm(true)
        if (said !== null) tell(said)
      },
    },
    close() {
      clearTimeout(timer)
      leaving.abort()
    },
  }
}

const isWarmKey = (key: Key) => key.type === 'chord' && key.ctrl && !key.alt && !key.shift && key.char === 'x'
