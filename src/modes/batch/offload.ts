import type { Over } from '../batch.ts'
import type { BatchCall } from './call.ts'
import type { Work } from './work.ts'

export async function runOffloaded(_work: Work, _offload: NonNullable<BatchCall['offload']>): Promise<Over> {
  return null
}
