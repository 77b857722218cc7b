/**
 * Watches over silence: offers another try once an answer is silent for too long, and a second request beside it once
 * its first word takes longer than it nearly ever does. A key or a command takes an offer; nothing happens by itself.
 */

import { askingOf } from '../../core/attachments.ts'
import type { Key } from '../../core/chat/keys.ts'
import { duration } from '../../core/figures/words.ts'
import type { Remark } from '../../core/text/remark.ts'
import { goingOn } from '../../core/turn/going-on.ts'
import type { Turn } from '../../core/turn/turns.ts'
import { isEnd, type Ms } from '../../core/turn.ts'
import {
  offersOf,
  sayOffers,
  sayTooEarly,
  UNKNOWN,
  type Unusual,
  unusualOf,
  type Ways,
} from '../../core/weather/another-try.ts'
import { givenUp } from '../../core/weather/failures.ts'
import { NOTICEABLE_MS, sayGivenUp, silenceOf } from '../../core/weather/silence.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'
import { heldBy } from './beside-limits.ts'

/** Answers that what is unusual rests on: the latest ones of the model. */
const PAST_ANSWERS = 500
/** When they are looked up, in ms after a request was sent. */
const LEARN_AFTER_MS = 1_000
const KEYS: Ways = { again: 'Ctrl+X', second: 'Ctrl+S' }
const COMMANDS: Ways = { again: '/again', second: '/hedge' }

type Say = (remark: Remark) => void

export function keepWatch(parts: ThriftParts): Keeper {
  const { runtime, attempts, setup, now, say, draw, isInLines } = parts
  let unusual: Unusual = UNKNOWN
  let learning: NodeJS.Timeout | undefined
  let timer: NodeJS.Timeout | undefined
  /** What was said of this silence already, in lines. */
  let said = ''

  const offers = () => {
    if (setup().replay || runtime.state.live?.race) return { again: null, second: null }
    return offersOf(runtime.state.live, now(), { offerAfterMs: setup().settings.offerAfterMs, unusual })
  }

  /** An answer is waited for that a second request may go beside, later on. */
  const isWordless = () => {
    const { live } = runtime.state
    return !setup().replay && attempts.wordless !== null && live?.answer === '' && live.hedge === undefined
  }

  /** Looked up once it may matter: most answers have begun by then. */
  const learn = async (model: string) => {
    const past = (await parts.history())?.history.past(PAST_ANSWERS, model) ?? []
    if (runtime.state.live?.model !== model) return
    unusual = unusualOf(past)
    if (isInLines) speak()
  }
  const learnSoon = ({ model }: Pick<Turn, 'model'>) => {
    clearTimeout(learning)
    // A history that cannot be read is told of elsewhere; what is assumed holds then.
    learning = setTimeout(() => void learn(model).catch(() => {}), LEARN_AFTER_MS)
    learning.unref()
  }

  /** In lines nothing is drawn anew: each offer is said once, when it is due. One timer, that looks when it may be. */
  const speak = () => {
    clearTimeout(timer)
    const { live } = runtime.state
    if (!isInLines || !live || live.race) return
    const { offerAfterMs } = setup().settings
    const line = sayOffers(offers(), live, COMMANDS)?.[0] ?? null
    if (line !== null && line !== said) say(`${sayGivenUp(silenceOf(live, now())!)} ${line}.`)
    said = line ?? ''
    const silentMs = silenceOf(live, now())?.sinceMs ?? 0
    const waited = live.times.sent === null ? 0 : now() - live.times.sent
    const next = [offerAfterMs - silentMs, unusual.ms - waited].filter((ms: Ms) => ms > 0)
    timer = setTimeout(speak, Math.max(10, Math.min(offerAfterMs, ...next)))
    timer.unref()
  }

  /** Before any text the road makes the next attempt of the same turn; after it, the turn is over and what came stays. */
  const giveUp = (reason: string) => {
    const { live } = runtime.state
    if (live?.answer === '') attempts.again(reason)
    else if (live) parts.halt(now(), givenUp(reason))
  }

  /** Gives it up; where words had come, a marked new request goes on from them. */
  const again = (tell: Say) => {
    const { live, queue } = runtime.state
    if (!live) return tell('No answer is running.')
    const silence = silenceOf(live, now())
    if (!silence) return runtime.dispatch({ type: 'hurryAsked' })
    if (silence.sinceMs < Math.min(NOTICEABLE_MS, setup().settings.offerAfterMs))
      return tell('It is not silent: something came a moment ago. Esc stops it.')
    // What waits behind it waits on: it is not given back as if it had been left behind.
    if (live.answer !== '' && queue.length > 0) runtime.dispatch({ type: 'unqueued' })
    const reason = sayGivenUp(silence)
    runtime.dispatch({ type: 'gaveUp', reason })
    giveUp(reason)
    const next = live.answer === '' ? null : goingOn(runtime.state)
    if (!next) return
    // What is asked by itself is not read out there.
    if (isInLines) tell('A new request goes on from what came.')
    if (next.after !== next.turn.number) runtime.dispatch({ type: 'moved', to: next.after })
    for (const question of [next.question, ...queue])
      runtime.dispatch({ type: 'asked', at: now(), ...askingOf(question) })
  }

  const second = (tell: Say) => {
    const { state } = runtime
    const { live } = state
    if (!live) return tell('No answer is running.')
    if (live.hedge?.won === null) return tell('Two requests run already: the first with text wins.')
    if (live.hedge) return tell('A second request ran already: it was given up.')
    const request = attempts.wordless
    if (live.answer !== '')
      return tell('Words have come already: a second request would begin anew. /again goes on from them.')
    if (!request) return tell('Nothing is on its way just now.')
    const by = heldBy(request, state, now())
    if (by) {
      const full = by.fullInMs === null ? '' : ` They are full again in ${duration(by.fullInMs)}.`
      return tell(`A second request does not fit the rate limits: too few ${by.counts} are left.${full}`)
    }
    runtime.dispatch({ type: 'hedgeAsked' })
  }

  return {
    follow(state, event) {
      if (event.type === 'hedgeAsked') void attempts.hedge().then(draw)
      // The recorded person only says so. Not before everybody has heard it.
      if (event.type === 'gaveUp' && setup().replay) setImmediate(() => giveUp(event.reason))
      if (event.type === 'sent' && state.live) {
        unusual = UNKNOWN
        learnSoon(state.live)
      }
      if (isEnd(event)) clearTimeout(learning)
      if (isInLines && (event.type === 'sent' || isEnd(event))) {
        said = ''
        speak()
      }
    },
    tag() {
      const { live } = runtime.state
      return live && sayOffers(offers(), live, KEYS)
    },
    onKey(key) {
      const offered = offers()
      if (offered.again && isCtrl(key, 'x')) again(say)
      else if (offered.second && isCtrl(key, 's')) second(say)
      else if (isCtrl(key, 's') && isWordless()) say(sayTooEarly(unusual, COMMANDS.second))
      else return false
      return true
    },
    commands: { again: (_, tell) => again(tell), hedge: (_, tell) => second(tell) },
    close() {
      clearTimeout(timer)
      clearTimeout(learning)
    },
  }
}

const isCtrl = (key: Key, char: string) =>
  key.type === 'chord' && key.ctrl && !key.alt && !key.shift && key.char === char
