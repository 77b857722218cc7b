/** The door to the lab: what measures, compares and advises is loaded when it is asked for, and costs a chat nothing. */

import type { Keeper, ThriftParts } from '../thrift.ts'

export function keepLab(_parts: ThriftParts): Keeper {
  return { commands: {} }
}
