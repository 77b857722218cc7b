/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(parts: ThriftParts): Keeper {
  return {
    commands: {
      stats: async (argument, say) => (await import('../lab/stats.ts')).tellStats(parts, argument, say),
    },
  }
}
