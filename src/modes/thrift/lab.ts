/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import { lateQuality } from '../lab/late-quality.ts'
import { lateTelemetry } from '../lab/late-telemetry.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(parts: ThriftParts): Keeper {
  const telemetry = lateTelemetry(parts)
  const quality = lateQuality(parts)
  return {
    follow(state, event) {
      telemetry?.follow(state, event)
      quality.follow(state, event)
    },
    close: () => telemetry?.close(),
    commands: {
      why: async (argument, say) => (await import('../lab/why.ts')).why(argument, parts, say),
      explain: async (argument, say) => (await import('../lab/why.ts')).tellTerm(argument, parts, say),
    },
  }
}
