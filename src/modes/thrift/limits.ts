/** Looks after the rate limits: says once when one runs out, answers `/limits`, and keeps them for `doctor`. */

import { alertsOf, type Told } from '../../core/limits.ts'
import { limitsReport, sayAlert } from '../../core/limits-report.ts'
import { modelCard } from '../../core/models.ts'
import { isEnd, type Limits } from '../../core/turn.ts'
import { keepHeard } from '../late-weather.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLimits({ runtime, setup, now, say, isInLines }: ThriftParts): Keeper {
  const told = new Map<string, Told>()

  const look = (model: string, limits: Limits) => {
    const { fresh, ...after } = alertsOf(limits, now(), told.get(model) ?? new Set())
    told.set(model, after.told)
    const { name } = modelCard(model, runtime.state.models)
    if (fresh.length > 0) say(sayAlert(fresh, name))
  }

  return {
    follow(state, event) {
      if (isEnd(event)) setImmediate(() => void keepHeard(runtime.state, setup()))
      if (event.type !== 'heard' && event.type !== 'billed') return
      const model = event.type === 'heard' ? (state.live?.model ?? null) : event.model
      const limits = model === null ? undefined : state.limits[model]
      // The answer comes first.
      if (model !== null && limits) setImmediate(() => look(model, limits))
    },
    commands: {
      limits: (_, tell) => tell(limitsReport(runtime.state, now(), isInLines !== true)),
    },
  }
}
