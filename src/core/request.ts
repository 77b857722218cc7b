/** One request as plain data: what is sent, before anybody spells it in the API's dialect. */

import type { Attachment } from './attachments.ts'
import type { EffortLevel } from './models/catalogue.ts'
import type { JsonSchema } from './schema.ts'

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly text: string
  /** They come before the text; absent: none. */
  readonly attachments?: readonly Attachment[]
}

/** How long a cache entry lives, counted from the start of the request that wrote or read it. */
export type CacheTtl = '5m' | '1h'

/** A breakpoint after the last block of a message. */
export interface CacheAnchor {
  /** Which message, from 0. */
  readonly message: number
  readonly ttl: CacheTtl
}

/** Where the prompt is marked for the prompt cache: at most four places, and whatever lives an hour comes first. */
export interface CacheMarks {
  /** Breakpoint after the system prompt. */
  readonly system: CacheTtl | null
  /** Breakpoints further back than the end, in order; absent: none. */
  readonly anchors?: readonly CacheAnchor[]
  /** The moving breakpoint at the end of the conversation (automatic caching). */
  readonly end: CacheTtl | null
}

export const NO_MARKS: CacheMarks = { system: null, end: null }

export interface TurnRequest {
  /** It is no turn: nobody waits for it, and it takes no connection that a turn could use. */
  readonly isAside?: true
  /** Somebody wants it sent now: a model that is left alone is asked all the same. */
  readonly isUrgent?: true
  /** Model id as sent. */
  readonly model: string
  readonly system: string | null
  readonly messages: readonly Message[]
  readonly maxTokens: number
  /** It was lowered to what a budget pays for. */
  readonly isHeld?: true
  /** null: left out, the model's own default holds. */
  readonly effort: EffortLevel | null
  /** `summarised`: ask for readable thinking; `unsaid`: leave the field out. */
  readonly thinking: 'summarised' | 'unsaid'
  readonly cache: CacheMarks
  /** Ask the server why the cache missed, compared with this message id; null on the first turn, undefined: don't ask. */
  readonly previousMessageId?: string | null
  readonly stream: boolean
  /** Ask for fast mode, where the model has one. */
  readonly isFast?: true
  /** Absent: left out. Only some servers and models take them: see `sampling`. */
  readonly temperature?: number | null
  readonly topP?: number | null
  /** What the answer begins with. */
  readonly prefill?: string | null
  /** What the server holds the answer to, as the API takes it; absent: nothing. */
  readonly schema?: JsonSchema
}
