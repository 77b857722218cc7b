/** The door to `quality-watch`: loaded where a threshold is set, and an answer is over. */

import type { Event, State } from '../../core/conversation.ts'
import type { Settings } from '../../core/settings.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** Whether anybody wants to know. */
export const isWatched = (settings: Settings): boolean =>
  [settings.alertInvalidAbove, settings.alertRefusedAbove, settings.alertTruncatedAbove].some((one) => one !== null)

export function lateQuality(parts: ThriftParts): Required<Pick<Keeper, 'follow'>> {
  let watch: Promise<Required<Pick<Keeper, 'follow'>>> | null = null
  return {
    follow(state: State, event: Event) {
      if (event.type !== 'finished' || !isWatched(parts.setup().settings)) return
      watch ??= import('../lab/quality-watch.ts').then(({ watchQuality }) => watchQuality(parts))
      void watch.then((made) => made.follow(state, event))
    },
  }
}
