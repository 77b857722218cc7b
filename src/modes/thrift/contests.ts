/** The door to races and cascades in the chat: what they need is loaded when the first one is asked for. */

import { fitted } from '../../core/steps.ts'
import type { Racing } from '../lab/race.ts'
import type { Keeper, Peers, ThriftParts } from '../thrift.ts'

export function keepContests(parts: ThriftParts, peers: Peers): Keeper {
  let racing: Racing | null = null
  return {
    follow: (state, event) => racing?.follow(state, event),
    tag: () => {
      const steps = racing?.tag ?? null
      return steps && fitted(steps, (parts.screen?.size.columns ?? 80) - 2)
    },
    tail: (maxRows) => racing?.tail(maxRows) ?? null,
    onKey: (key) => racing?.onKey(key) ?? false,
    mayAsk: (question) => racing?.mayAsk(question) ?? true,
    commands: {
      async race(argument, tell) {
        racing ??= (await import('../lab/race.ts')).createRacing(parts, peers)
        await racing.run(argument, tell)
      },
    },
    close: () => racing?.close(),
  }
}
