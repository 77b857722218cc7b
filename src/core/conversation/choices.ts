/** What the user has chosen for the turns to come: whom to ask, and how. */

import type { Cascade } from '../lab/cascade/choice.ts'
import type { EffortLevel } from '../models/catalogue.ts'
import type { CacheTtl } from '../request.ts'
import type { AskedFor } from '../schema.ts'
import type { Ms } from '../turn.ts'

export interface Choices {
  /** Model id or alias. */
  readonly model: string
  readonly effort: EffortLevel | null
  readonly system: string | null
  readonly maxTokens: number | null
  readonly thinking: 'summarised' | 'hidden'
  /** Whether this server takes cache marks, thinking and effort. */
  readonly features: 'full' | 'plain'
  readonly stream: boolean
  /** Share of the window at which a conversation is worth summarising, 0 to 1. */
  readonly summariseAt: number
  /** `chat`: more turns will follow, so the conversation's end is worth caching; `single`: none will. */
  readonly kind: 'chat' | 'single'
  /** How long what is written to the prompt cache lives; auto, or absent: as the pauses suggest; off: no marks. */
  readonly cacheTtl?: 'auto' | CacheTtl | 'off'
  /** Whether each question asks for a short answer. */
  readonly concise?: boolean
  /** Sent only where they are taken; null, or absent: not at all. */
  readonly temperature?: number | null
  readonly topP?: number | null
  /** What an answer begins with; null, or absent: it begins itself. */
  readonly prefill?: string | null
  /** What answers are held to, in this call alone: it is not saved; null, or absent: nothing. */
  readonly schema?: AskedFor | null
  /** Requests carry an API version that still knows sampling. */
  readonly olderApi?: true
  /** Who answers when the model cannot, in order; on: the usual ones; ask: the chat asks first; off, or absent: nobody. */
  readonly fallback?: readonly string[] | 'on' | 'ask' | 'off'
  /** Models to ask in turn until an answer is good enough; null, or absent: the model answers alone. */
  readonly cascade?: Cascade | null
  /** How long failed requests are sent again, in ms; null, or absent: as usual. */
  readonly waitsMs?: Ms | null
}
