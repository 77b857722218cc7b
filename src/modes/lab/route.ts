/** Looks which rule sends a question elsewhere. The history is asked only where a rule is about waiting. */

import {
  type Asked,
  type Route,
  routedByTask,
  routedByWait,
  rulesIn,
  SLOW,
  slowFrom,
} from '../../core/models/routing.ts'
import { type Models, modelCard } from '../../core/models.ts'
import type { Settings } from '../../core/settings.ts'
import type { History } from '../../io/history.ts'

/** @param history null: there is none, and nobody knows how slow anything was. A rule by task goes first. */
export async function routeOf(
  { route, routeIfSlow }: Pick<Settings, 'route' | 'routeIfSlow'>,
  asked: Asked,
  models: Models,
  history: () => Promise<Pick<History, 'firstTokens'> | null>,
): Promise<Route | null> {
  const byTask = routedByTask(rulesIn(route), asked, models)
  const limitMs = slowFrom(routeIfSlow)
  if (byTask || limitMs === null) return byTask
  const { id } = modelCard(asked.model, models)
  try {
    const firstTokens = (await history())?.firstTokens(id, Date.now() - SLOW.withinMs) ?? []
    return routedByWait(limitMs, firstTokens, asked.model, models)
  } catch {
    // A history that cannot be read is told of elsewhere, and is no reason to ask another model.
    return null
  }
}
