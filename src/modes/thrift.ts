/**
 * What goes on beside the turns for the sake of money, room and bad weather: the bill, the prompt cache, the window,
 * summaries, rate limits, silence, a model that cannot answer just now, a message that waits for the network. Each is
 * looked after by a keeper of its own; here they are asked in turn. Loaded after the first paint.
 */

import type { Question } from '../core/attachments.ts'
import type { Key } from '../core/chat/keys.ts'
import type { Event, State } from '../core/conversation.ts'
import type { Tightest } from '../core/money/budget.ts'
import type { TurnRequest } from '../core/request.ts'
import type { Remark } from '../core/text/remark.ts'
import type { Steps } from '../core/text/steps.ts'
import type { Theme } from '../core/text/theme.ts'
import type { Runtime } from '../runtime.ts'
import type { Setup } from '../setup.ts'
import type { Open } from './history/recording.ts'
import type { Allowed } from './thrift/allowance.ts'
import { keepBill } from './thrift/bill.ts'
import { cacheKeeper } from './thrift/cache.ts'
import { keepChain } from './thrift/chain.ts'
import { compacting } from './thrift/compacting.ts'
import { keepContests } from './thrift/contests.ts'
import { createFinger } from './thrift/finger.ts'
import { keepLab } from './thrift/lab.ts'
import { leverKeeper } from './thrift/levers.ts'
import { keepLimits } from './thrift/limits.ts'
import { networkKeeper } from './thrift/offline.ts'
import { keepWatch } from './thrift/watch.ts'
import { keepGoing } from './thrift/weather.ts'
import { keepWindow } from './thrift/window.ts'
import type { Attempts } from './weather/attempts.ts'

/** Commands of the keepers. */
export type ThriftName =
  | ('now' | 'wait' | 'again' | 'hedge' | 'limits' | 'fallback')
  | ('race' | 'cascade')
  | ('stats' | 'advise')
  | ('cost' | 'quote' | 'cache' | 'context' | 'compact' | 'uncompact' | 'lever')
  | ('why' | 'explain' | 'bench')

export interface ThriftCommand {
  readonly name: ThriftName
  readonly argument: string
}

export interface ThriftParts {
  readonly setup: () => Setup
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  /** What is on its way. */
  readonly attempts: Attempts
  readonly halt: Runtime['halt']
  readonly now: () => number
  /** A remark in the transcript. */
  readonly say: (remark: Remark) => void
  /** What a keeper shows has changed. */
  readonly draw: () => void
  /** What is being typed. */
  readonly draft: () => Question
  /** Something that goes with it is still prepared. */
  readonly isPreparing?: () => boolean
  /** Lays a question into the composer. */
  readonly compose: (question: Question) => void
  /** Asks without asking the keepers again. */
  readonly ask: (question: Question) => void
  /** The history; null: there is none. */
  readonly history: () => Promise<Open | null>
  /** The window, and how text looks in it; absent: there are lines. */
  readonly screen?: { readonly size: { readonly columns: number; readonly rows: number }; theme(): Theme }
  /** The chat is held in plain lines: there is no composer to lay anything into. */
  readonly isInLines?: true
}

/** One who looks after something. Whatever it does not need it leaves out. */
export interface Keeper {
  /** Told of everything that happens, with the state after it. Cheap. */
  follow?(state: State, event: Event): void
  /** What it does for a command. */
  readonly commands?: Readonly<
    Partial<Record<ThriftName, (argument: string, say: (remark: Remark) => void) => void | Promise<void>>>
  >
  /** A frame is about to be drawn: what is typed may have changed. Cheap. */
  drawn?(): void
  /** A line above the status bar, the longest first, for as long as it holds; null: nothing. The first keeper that has one is heard. */
  tag?(): Steps | null
  /** @returns whether the key was meant for what the tag offers */
  onKey?(key: Key): boolean
  /** A key was meant for something of another keeper's that is over: it chooses nothing of what stands there now. */
  onMissed?(key: Key): void
  /** @returns false when a question must wait: the keeper says why, and asks it itself once the person agrees */
  mayAsk?(question: Question): boolean
  /** What stands in the place of the answer's open end, at most so many rows; null: nothing of its own. */
  tail?(maxRows: number): readonly string[] | null
  /** The budget with the least left of it, once what was spent is known; null: there is none. */
  least?(): Promise<Tightest | null>
  /** The request of a turn as it may be sent, or why it may not. Asked only where there is a budget. */
  allow?(request: TurnRequest): Promise<Allowed>
  /** The chat ends; it waits for what is promised. */
  close?(): void | Promise<void>
}

export interface Thrift {
  follow(state: State, event: Event): void
  run(command: ThriftCommand, say: (remark: Remark) => void): Promise<void>
  readonly tag: Steps | null
  onKey(key: Key): boolean
  mayAsk(question: Question): boolean
  tail(maxRows: number): readonly string[] | null
  allow(request: TurnRequest): Promise<Allowed>
  /** Ends all of them; resolves when the chat may end, too. */
  close(): Promise<void>
}

/** What a keeper may ask of the others. */
export interface Peers {
  least(): Promise<Tightest | null>
}

/** The keepers: who has the most to say first, then those that may hold a question back. */
const KEEPERS: readonly ((parts: ThriftParts, peers: Peers) => Keeper)[] = [
  keepGoing,
  networkKeeper,
  keepWatch,
  keepChain,
  keepWindow,
  keepBill,
  cacheKeeper,
  compacting,
  leverKeeper,
  keepLimits,
  keepLab,
  keepContests,
]

export function createThrift(parts: ThriftParts): Thrift {
  const peers: Peers = {
    async least() {
      for (const keeper of keepers) if (keeper.least) return keeper.least()
      return null
    },
  }
  const keepers: readonly Keeper[] = KEEPERS.map((create) => create(parts, peers))
  return {
    follow(state, event) {
      for (const keeper of keepers) keeper.follow?.(state, event)
    },
    async run({ name, argument }, say) {
      await keepers.find(({ commands }) => commands?.[name])?.commands?.[name]?.(argument, say)
    },
    get tag() {
      for (const keeper of keepers) keeper.drawn?.()
      for (const keeper of keepers) {
        const said = keeper.tag?.() ?? null
        if (said !== null) return said
      }
      return null
    },
    onKey: createFinger(keepers, parts.now),
    mayAsk: (question) => keepers.every((keeper) => keeper.mayAsk?.(question) !== false),
    tail(maxRows) {
      for (const keeper of keepers) {
        const rows = keeper.tail?.(maxRows) ?? null
        if (rows !== null) return rows
      }
      return null
    },
    async allow(request) {
      let allowed: Allowed = request
      for (const keeper of keepers) if (keeper.allow && !('reason' in allowed)) allowed = await keeper.allow(allowed)
      return allowed
    },
    async close() {
      await Promise.all(keepers.map((keeper) => keeper.close?.()))
    },
  }
}
