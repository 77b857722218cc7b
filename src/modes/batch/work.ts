/** What both ways of doing a batch, from here and by the server, work with. */

import type { Shared } from '../../core/batch/request.ts'
import type { RunFile } from '../../core/batch/run-file.ts'
import type { Tally } from '../../core/batch/tally.ts'
import type { Api } from '../../io/api.ts'
import type { Outbox } from '../../io/batch/outbox.ts'
import type { RowSource } from '../../io/batch/rows.ts'
import type { Setup } from '../../setup.ts'
import type { Telemetry } from '../lab/telemetry.ts'
import type { Telling } from '../telling.ts'
import type { BatchCall } from './call.ts'
import type { Paying } from './paying.ts'
import type { Stopping } from './stopping.ts'

export interface Work {
  readonly call: BatchCall
  readonly setup: Setup & { readonly api: Api }
  readonly shared: Shared
  readonly source: RowSource
  readonly run: RunFile
  readonly outbox: Outbox
  readonly paying: Paying
  readonly tally: Tally
  readonly stopping: Stopping
  readonly telling: Telling
  /** null: it is off. */
  readonly telemetry: Telemetry | null
  /** US dollars this run may cost; null: as much as it does. */
  readonly mostUsd: number | null
  readonly now: () => number
  readonly sayProgress: () => string
  /** Something went wrong that is no answer's fault, such as a full disk. */
  broken(error: unknown): void
}
