/** Looks after the rate limits: says once when one runs out, answers `/limits`, and keeps them for `doctor`. */

import type { State } from '../../core/conversation.ts'
import { modelCard } from '../../core/models.ts'
import { isEnd, type Limits } from '../../core/turn.ts'
import { alertsOf, type Told } from '../../core/weather/limits.ts'
import { limitsReport, sayAlert } from '../../core/weather/limits-report.ts'
import { keepHeard } from '../late/weather.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLimits({ runtime, setup, now, say, isInLines }: ThriftParts): Keeper {
  const told = new Map<string, Told>()
  /** Models whose limits the running turn has brought. */
  const fresh = new Set<string>()
  let heardAt = 0

  const look = (model: string, limits: Limits) => {
    const { fresh: passed, ...after } = alertsOf(limits, now(), told.get(model) ?? new Set())
    told.set(model, after.told)
    const { name } = modelCard(model, runtime.state.models)
    if (passed.length > 0) say(sayAlert(passed, name))
  }

  /** Told just now, and by no turn before: what is kept has its age. */
  const keep = ({ limits }: State) => {
    const news = Object.entries(limits).filter(([model]) => fresh.has(model))
    fresh.clear()
    // The next question comes first.
    const agoMs = now() - heardAt
    if (news.length > 0) setImmediate(() => void keepHeard({ limits: Object.fromEntries(news) }, setup(), agoMs))
  }

  return {
    follow(state, event) {
      if (isEnd(event)) keep(state)
      if (event.type !== 'heard' && event.type !== 'billed') return
      const model = event.type === 'heard' ? (state.live?.model ?? null) : event.model
      const limits = model === null ? undefined : state.limits[model]
      if (model !== null && Object.keys(event.limits ?? {}).length > 0) {
        fresh.add(model)
        heardAt = event.at
      }
      // The answer comes first.
      if (model !== null && limits) setImmediate(() => look(model, limits))
    },
    commands: {
      limits: (_, tell) => tell(limitsReport(runtime.state, now(), isInLines !== true)),
    },
  }
}
