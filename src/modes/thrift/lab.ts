/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import type { BenchHere } from '../lab/bench.ts'
import { lateQuality } from '../lab/late-quality.ts'
import { lateTelemetry } from '../lab/late-telemetry.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(parts: ThriftParts): Keeper {
  const telemetry = lateTelemetry(parts)
  const quality = lateQuality(parts)
  let bench: BenchHere | null = null
  return {
    follow(state, event) {
      telemetry?.follow(state, event)
      quality.follow(state, event)
    },
    tag: () => bench?.tag ?? null,
    close() {
      telemetry?.close()
      bench?.close()
    },
    commands: {
      why: async (argument, say) => (await import('../lab/why.ts')).why(argument, parts, say),
      explain: async (argument, say) => (await import('../lab/why.ts')).tellTerm(argument, parts, say),
      async bench(argument, say) {
        bench ??= (await import('../lab/bench.ts')).benchHere(parts)
        await bench.run(argument, say)
      },
    },
  }
}
