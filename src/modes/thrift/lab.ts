/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import type { Advisor } from '../lab/advise.ts'
import type { BenchHere } from '../lab/bench.ts'
import { lateQuality } from '../late/quality.ts'
import { lateTelemetry } from '../late/telemetry.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(parts: ThriftParts): Keeper {
  const telemetry = lateTelemetry(parts)
  const quality = lateQuality(parts)
  let bench: BenchHere | null = null
  let advisor: Advisor | null = null
  /** Whether advice that was followed waits to be measured; null: nobody has looked. */
  let isWaiting: boolean | null = null

  const advising = async () => (advisor ??= (await import('../lab/advise.ts')).createAdvisor(parts))
  const measure = async () => {
    isWaiting ??= ((await parts.history())?.history.followed().length ?? 0) > 0
    if (isWaiting) isWaiting = await (await advising()).follow()
  }

  return {
    follow(state, event) {
      telemetry?.follow(state, event)
      quality.follow(state, event)
      if (event.type === 'asked') advisor?.asked()
      // Behind the answer, and once it is saved.
      if (event.type === 'finished' && isWaiting !== false) setImmediate(() => void measure().catch(() => {}))
    },
    tag: () => bench?.tag ?? advisor?.tag?.() ?? null,
    onKey: (key) => advisor?.onKey?.(key) ?? false,
    close() {
      bench?.close()
      return telemetry?.close()
    },
    commands: {
      why: async (argument, say) => (await import('../lab/why.ts')).why(argument, parts, say),
      explain: async (argument, say) => (await import('../lab/why.ts')).tellTerm(argument, parts, say),
      stats: async (argument, say) => (await import('../lab/stats.ts')).tellStats(parts, argument, say),
      async advise(argument, say) {
        await (await advising()).run(argument, say)
        isWaiting = null
      },
      async bench(argument, say) {
        bench ??= (await import('../lab/bench.ts')).benchHere(parts)
        await bench.run(argument, say)
      },
    },
  }
}
