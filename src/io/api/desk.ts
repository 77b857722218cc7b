/** What the calls of one API share: its client, how a request is spelled, and what becomes of an error. */

import type { TurnRequest } from '../../core/request.ts'
import type { Failure } from '../../core/turn.ts'
import type { Spelled } from '../attachments/blocks.ts'
import type { Ours } from '../transport.ts'

type Client = InstanceType<typeof import('../client.ts')['Client']>

export interface Desk {
  readonly baseUrl: string
  readonly now: () => number
  /** The SDK, loaded late and once. */
  connect(): Promise<Client>
  /** At once for what is text alone. */
  spell(request: TurnRequest): Spelled | Promise<Spelled>
  /** An error as a failure without secrets. @param heard whether response headers had come */
  fail(error: unknown, heard: boolean): Promise<Failure>
  /** For what is asked beside the turns. */
  readonly aside: Ours
}

/** Loaded once something has failed: until then nobody needs it. */
export const understanding = () => import('./understand.ts')
