/** Bad weather in the chat: what a person can do while the next attempt is waited for, by a key or in words. */

import { isKnown, modelCard } from '../../core/models.ts'
import { isChord, NOW_KEY, OTHER_KEY, otherModel } from '../../core/weather/countdown.ts'
import { elsewhere, sayTooLarge } from '../../core/weather/other-model.ts'
import { sayRested } from '../../core/weather/rest-words.ts'
import { timeOfDay, wallOrigin } from '../../io/process/wall-clock.ts'
import { breakerPath } from '../late/weather.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** How often the seconds of a model that is left alone are counted, in ms. */
const COUNTS_MS = 1_000

export function keepGoing({ runtime, say, now, draw, setup }: ThriftParts): Keeper {
  let counting: NodeJS.Timeout | undefined
  let isClosed = false
  let stopFollowing = () => {}

  /** What other programs learn of models holds here, too. */
  const followOthers = async () => {
    const { settings, replay, baseUrl } = setup()
    const path = settings.breaker === 'off' || replay ? null : breakerPath(setup())
    if (path === null) return
    const others = await import('../weather/others-breakers.ts')
    if (isClosed) return
    const parts = { path, baseUrl, now, resting: () => runtime.state.resting, tell: runtime.dispatch }
    stopFollowing = others.followOthers(parts)
  }
  void followOthers()

  /** Draws the status bar while it counts seconds, and once more when they are over. */
  const count = () => {
    clearTimeout(counting)
    const { resting, choices, models } = runtime.state
    const until = resting[modelCard(choices.model, models).id]
    if (until === undefined || until <= now()) return
    counting = setTimeout(() => {
      draw()
      count()
    }, COUNTS_MS)
    counting.unref()
  }
  const waiting = () => (runtime.state.live?.phase === 'waiting' ? runtime.state.live : null)

  const askOther = (name: string) => {
    const { state } = runtime
    const turn = waiting()
    if (!turn) return
    const other = elsewhere(state, turn, name)
    if (other.fits === 'no') return say(sayTooLarge(state, other, false))
    runtime.dispatch({ type: 'otherAsked', model: other.model, notes: other.notes })
  }

  return {
    follow(state, event) {
      if (event.type === 'chosen') count()
      if (event.type !== 'rested') return
      say(sayRested(event, state.models, (until) => timeOfDay(until + wallOrigin())))
      count()
    },
    onKey(key) {
      const turn = waiting()
      if (!turn) return false
      if (isChord(key, NOW_KEY)) {
        runtime.dispatch({ type: 'hurryAsked' })
        return true
      }
      const other = isChord(key, OTHER_KEY) ? otherModel(runtime.state, turn) : null
      if (other !== null) askOther(other)
      return other !== null
    },
    commands: {
      now(argument, tell) {
        const turn = waiting()
        if (!turn) return tell('Nothing waits for another attempt just now: /retry asks the last question again.')
        if (argument === '') return runtime.dispatch({ type: 'hurryAsked' })
        const { id } = modelCard(argument, runtime.state.models)
        if (id === turn.model) return runtime.dispatch({ type: 'hurryAsked' })
        const { models, choices } = runtime.state
        const isNamed = isKnown(argument, models) || argument.startsWith('claude-') || choices.features === 'plain'
        if (isNamed) askOther(argument)
        else tell(`Unknown model "${argument}". /model lists them.`)
      },
    },
    close() {
      isClosed = true
      clearTimeout(counting)
      stopFollowing()
    },
  }
}
