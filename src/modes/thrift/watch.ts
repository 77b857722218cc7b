/**
 * Watches over silence: offers another try once an answer is silent for too long, and a second request beside it once
 * its first word takes longer than it nearly ever does. A key or a command takes an offer; nothing happens by itself.
 */

import { offersOf, sayOffers, sayRaced, UNKNOWN, type Unusual, unusualOf, type Ways } from '../../core/another-try.ts'
import { askingOf } from '../../core/attachments.ts'
import { failure } from '../../core/failures.ts'
import { goingOn } from '../../core/going-on.ts'
import type { Key } from '../../core/keys.ts'
import type { Remark } from '../../core/remark.ts'
import { NOTICEABLE_MS, sayGivenUp, silenceOf } from '../../core/silence.ts'
import { isEnd, type Ms } from '../../core/turn.ts'
import { duration } from '../../core/words.ts'
import { heldBy } from '../beside-limits.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** Answers that what is unusual rests on: the latest ones of the model. */
const PAST_ANSWERS = 500
const KEYS: Ways = { again: 'Ctrl+X', second: 'Ctrl+S' }
const COMMANDS: Ways = { again: '/again', second: '/hedge' }

type Say = (remark: Remark) => void

export function keepWatch(parts: ThriftParts): Keeper {
  const { runtime, attempts, setup, now, say, draw, isInLines } = parts
  let unusual: Unusual = UNKNOWN
  let known = ''
  let timer: NodeJS.Timeout | undefined
  /** What was said of this silence already, in lines. */
  let said = ''

  const offers = () => {
    if (setup().replay) return { again: null, second: null }
    return offersOf(runtime.state.live, now(), { offerAfterMs: setup().settings.offerAfterMs, unusual })
  }

  const learn = async (model: string) => {
    if (known === model) return
    known = model
    unusual = UNKNOWN
    const past = (await parts.history())?.history.past(PAST_ANSWERS, model) ?? []
    if (known === model) unusual = unusualOf(past)
  }

  /** In lines nothing is drawn anew: each offer is said once, when it is due. One timer, that looks when it may be. */
  const speak = () => {
    clearTimeout(timer)
    const { live } = runtime.state
    if (!isInLines || !live) return
    const { offerAfterMs } = setup().settings
    const line = sayOffers(offers(), live, COMMANDS)
    if (line !== null && line !== said) say(`${sayGivenUp(silenceOf(live, now())!)} ${line}.`)
    said = line ?? ''
    const silentMs = silenceOf(live, now())?.sinceMs ?? 0
    const waited = live.times.sent === null ? 0 : now() - live.times.sent
    const next = [offerAfterMs - silentMs, unusual.ms - waited].filter((ms: Ms) => ms > 0)
    timer = setTimeout(speak, Math.max(10, Math.min(offerAfterMs, ...next)))
    timer.unref()
  }

  /** Before any text the road makes another attempt; after it, what came stays and a marked new request goes on from it. */
  const again = (tell: Say) => {
    const { live, queue } = runtime.state
    if (!live) return tell('No answer is running.')
    const silence = silenceOf(live, now())
    if (!silence) return runtime.dispatch({ type: 'hurryAsked' })
    if (silence.sinceMs < Math.min(NOTICEABLE_MS, setup().settings.offerAfterMs))
      return tell('It is not silent: something came a moment ago. Esc stops it.')
    const reason = sayGivenUp(silence)
    if (live.answer === '') return attempts.again(reason) ? undefined : tell('Nothing is on its way just now.')
    // What waits behind it waits on: it is not given back as if it had been left behind.
    if (queue.length > 0) runtime.dispatch({ type: 'unqueued' })
    parts.halt(now(), failure('stalled', reason, { remedy: '' }))
    const next = goingOn(runtime.state)
    if (!next) return
    // What is asked by itself is not read out there.
    if (isInLines) tell('A new request goes on from what came.')
    if (next.after !== next.turn.number) runtime.dispatch({ type: 'moved', to: next.after })
    for (const question of [next.question, ...queue])
      runtime.dispatch({ type: 'asked', at: now(), ...askingOf(question) })
  }

  const second = async (tell: Say) => {
    const { state } = runtime
    const { live } = state
    if (!live) return tell('No answer is running.')
    if (live.hedge?.won === null) return tell('Two requests run already: the first with text wins.')
    const request = attempts.wordless
    if (live.answer !== '')
      return tell('Words have come already: a second request would begin anew. /again goes on from them.')
    if (!request) return tell('Nothing is on its way just now.')
    const by = heldBy(request, state, now())
    if (by) {
      const full = by.fullInMs === null ? '' : ` They are full again in ${duration(by.fullInMs)}.`
      return tell(`A second request does not fit the rate limits: too few ${by.counts} are left.${full}`)
    }
    if (!(await attempts.hedge())) tell('A word has just come: no second request was sent.')
    draw()
  }

  return {
    follow(state, event) {
      if (event.type === 'asked' && state.live) void learn(state.live.model).catch(() => {})
      if (isInLines && (event.type === 'sent' || isEnd(event))) {
        said = ''
        speak()
      }
      if (!isEnd(event) || !state.settled) return
      const raced = sayRaced(state.settled)
      if (raced !== null) say(raced)
    },
    tag() {
      const { live } = runtime.state
      return live && sayOffers(offers(), live, KEYS)
    },
    onKey(key) {
      const offered = offers()
      if (offered.again && isCtrl(key, 'x')) again(say)
      else if (offered.second && isCtrl(key, 's')) void second(say)
      else return false
      return true
    },
    commands: { again: (_, tell) => again(tell), hedge: (_, tell) => second(tell) },
    close: () => clearTimeout(timer),
  }
}

const isCtrl = (key: Key, char: string) =>
  key.type === 'chord' && key.ctrl && !key.alt && !key.shift && key.char === char
