/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import { lateQuality } from '../lab/late-quality.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(parts: ThriftParts): Keeper {
  const quality = lateQuality(parts)
  return {
    follow: (state, event) => quality.follow(state, event),
    commands: {},
  }
}
