/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import type { BenchHere } from '../lab/bench.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(parts: ThriftParts): Keeper {
  let bench: BenchHere | null = null
  return {
    commands: {
      async bench(argument, say) {
        bench ??= (await import('../lab/bench.ts')).benchHere(parts)
        await bench.run(argument, say)
      },
    },
    tag: () => bench?.tag ?? null,
    close: () => bench?.close(),
  }
}
