/**
 * The one door for what goes with a question: a file, an address of the web, or bytes that came otherwise are read,
 * prepared and put on the shelf. What cannot be sent is refused in a sentence. Loaded when something is to be attached.
 */

import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ImageSizeChoice } from '../../core/attachments/image-size.ts'
import {
  isReady,
  type Prepared,
  type PrepareOptions,
  type Refusal,
  type Source,
  type TextPart,
  type WantedPart,
} from '../../core/attachments/prepared.ts'
import type { Where } from '../../core/attachments/workshop-jobs.ts'
import type { Event, State } from '../../core/conversation.ts'
import { modelCard } from '../../core/models.ts'
import { type Kept, keptInMemory, keptOnDisk } from '../../io/attachments/kept.ts'
import { prepare } from '../../io/attachments/prepare.ts'
import { readSource } from '../../io/attachments/read.ts'
import { fetchSource } from '../../io/attachments/remote.ts'
import type { Shelf } from '../../io/attachments/shelf.ts'
import { preparedFolder } from '../../io/files/folders.ts'
import type { Setup } from '../../setup.ts'
import { type Allow, heldTo } from '../thrift/allowance.ts'
import type { SummaryParts } from './summarised-text.ts'

/** What is meant: where it lies, or its bytes. */
export type Ref = Where & {
  /** Another size than the one that holds for all. */
  readonly size?: ImageSizeChoice
  /** How much of a text. */
  readonly part?: WantedPart
}

export interface AttachParts extends Omit<PrepareOptions, 'size' | 'part'> {
  readonly shelf: Pick<Shelf, 'put'>
  /** For refs that name no size, and no part, of their own. */
  readonly size: ImageSizeChoice
  readonly part?: TextPart
  /** What a summary is asked with; absent: none can be had here. */
  readonly asking?: SummaryParts
  /** What was prepared before; in memory when absent. */
  readonly kept?: Kept
}

/**
 * What preparing needs, by the settings and the model of a conversation.
 * @param many the request may come to hold more than 20 images. That is so in every chat: what was sent cannot be made
 * smaller later
 */
export function attachParts(
  { settings, shelf }: Pick<Setup, 'settings' | 'shelf'>,
  { choices, models }: Pick<State, 'choices' | 'models'>,
  many: boolean,
): AttachParts {
  const card = modelCard(choices.model, models)
  return { shelf, card, many, size: settings.imageSize, kept: keptBy(settings.history === 'on') }
}

/** The same in a chat, where a summary can be asked for as well. @param allow looks at what would be sent for one */
export function chatParts(
  setup: Pick<Setup, 'settings' | 'shelf' | 'api'>,
  runtime: { readonly state: State; dispatch(event: Event): void },
  { allow, now, say }: { readonly allow: Allow; readonly now: () => number; readonly say: (line: string) => void },
): AttachParts {
  const { api } = setup
  const parts = attachParts(setup, runtime.state, true)
  if (!api) return parts
  const asking: SummaryParts = {
    ...{ api: heldTo(api, allow, now), state: runtime.state, settings: setup.settings, now },
    billed: (bill) => runtime.dispatch(bill),
    begins: async (summary, name) => {
      say((await import('./summarised-text.ts')).saySummarising(summary, name))
      return null
    },
    say,
    async misfit(request, signal) {
      const { roomBeside, sayNoRoom } = await import('../thrift/beside-limits.ts')
      const fits = await roomBeside(request, () => runtime.state, { now, signal, withinMs: ROOM_WITHIN_MS })
      return fits ? null : sayNoRoom(request, runtime.state)
    },
  }
  return { ...parts, asking }
}

let kept: Kept | null = null

/** In the platform's folder for caches; who leaves no trace keeps it in memory. */
export function keptBy(mayKeep: boolean): Kept {
  kept ??= mayKeep ? keptOnDisk(preparedFolder(process.env)) : keptInMemory()
  return kept
}

/** What a word stands for: an address of the web, a `file://` address, or a path, `~/` meaning the home folder. */
export function refOf(word: string): Where {
  if (/^file:\/\//i.test(word)) {
    try {
      return { path: fileURLToPath(word) }
    } catch {
      // On another machine, or no address at all: nobody finds a file of that name, and that is said.
    }
  }
  // Another scheme than http is refused where addresses are looked at.
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(word)) return { url: word }
  return { path: /^~[\\/]/.test(word) ? join(homedir(), word.slice(2)) : word }
}

/** Reads, fetches and prepares it; its bytes are on the shelf then. @throws the signal's reason when it was stopped */
export async function attachFrom(ref: Ref, parts: AttachParts, signal: AbortSignal): Promise<Prepared> {
  const source = await sourceOf(ref, signal)
  if ('refused' in source) return source
  const { shelf, size, part, asking, ...others } = parts
  const wishes = { ...others, size: ref.size ?? size }
  const wanted = ref.part ?? part
  const prepared =
    wanted === 'summary'
      ? await summaryOf(source, asking, wishes, signal)
      : await prepare(source, { ...wishes, ...partIn(wanted) }, signal)
  if (isReady(prepared)) shelf.put(prepared.attachment.hash, prepared.bytes)
  return prepared
}

async function summaryOf(
  source: Source,
  asking: SummaryParts | undefined,
  wishes: Omit<PrepareOptions, 'part'>,
  signal: AbortSignal,
): Promise<Prepared> {
  if (!asking) return { refused: `A summary of ${source.name} has to be asked for in the chat: attach it there.` }
  const { summarisedText } = await import('./summarised-text.ts')
  return summarisedText(source, asking, wishes, signal)
}

/** How long a summary may wait for room in the rate limits, in ms. */
const ROOM_WITHIN_MS = 60_000

/** So many are read at a time: what waits to be prepared is in memory as a whole. */
const AT_ONCE = 8

/** Several, side by side; each in its place. @throws the signal's reason when they were stopped */
export async function attachAll(
  refs: readonly Ref[],
  parts: AttachParts,
  signal: AbortSignal,
): Promise<readonly Prepared[]> {
  const all: Prepared[] = []
  let next = 0
  const one = async () => {
    for (let i = next++; i < refs.length; i = next++) all[i] = await attachFrom(refs[i]!, parts, signal)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return all
}

const partIn = (part: TextPart | undefined) => (part === undefined ? {} : { part })

async function sourceOf(ref: Ref, signal: AbortSignal): Promise<Source | Refusal> {
  if ('bytes' in ref) return { name: ref.name, bytes: ref.bytes }
  return 'url' in ref ? fetchSource(ref.url, signal) : readSource(ref.path, signal)
}
