/**
 * The prompt cache, simulated: which prefix of a prompt is read, which is written, and for how long it lives. Pure: the
 * time of a request comes in with it. What a prompt's blocks are is told by `prompt`.
 *
 * Rules (source: prompt caching page, 2026-10-08):
 * - A breakpoint caches the whole prefix up to its block. Hits are exact: model, and every block before and in it.
 * - Each breakpoint looks for an entry at its own block and the 19 before it. Entries exist only where an earlier
 *   request had a breakpoint of its own.
 * - A prefix shorter than the model's minimum is neither written nor read, silently.
 * - An entry can be read once the response that writes it has begun. It lives 5 minutes or an hour from the start of
 *   the request that wrote it, and each read renews it.
 * - At most four breakpoints, the automatic one included; those of an hour come before those of five minutes.
 * - Usage: up to the longest hit is read; from there to the last 1h breakpoint is written for an hour, from there to
 *   the last breakpoint for five minutes; what follows is plain input.
 */

import { createHash } from 'node:crypto'

export type Ttl = '5m' | '1h'
export type Layer = 'tools' | 'system' | 'messages'

export interface CacheBlock {
  readonly layer: Layer
  /** The block's content without its mark: equal keys are equal blocks. */
  readonly key: string
  readonly tokens: number
  /** Thinking blocks and empty texts are part of a prefix, but carry no breakpoint. */
  readonly markable: boolean
  readonly mark: Ttl | null
  /** Where it stands in the request, for error messages. */
  readonly path: string
}

export interface CacheQuery {
  readonly model: string
  /** Shortest prefix that is cached, in tokens; null: this model has no cache. */
  readonly minTokens: number | null
  /** In the order of the prefix: tools, system, messages. */
  readonly blocks: readonly CacheBlock[]
  /** The request's own mark, which falls on the last block that can carry one. */
  readonly automatic: Ttl | null
  /** What else must be equal for a prefix that reaches into a layer to be the same. */
  readonly salts: Readonly<Partial<Record<Layer, string>>>
  /** Start of the request, ms. */
  readonly at: number
}

/** The prompt's tokens by how they are billed. Their sum is the prompt. */
export interface CacheUse {
  readonly input: number
  readonly read: number
  readonly write5m: number
  readonly write1h: number
}

export interface CacheTicket {
  readonly use: CacheUse
  /** Tokens up to the last breakpoint that counts: what a repeat of this request would read. */
  readonly cachedTokens: number
  /** The response has begun: from now on others can read what this request wrote. */
  begin(): void
}

export interface PromptCache {
  ask(query: CacheQuery): CacheTicket
}

export const MAX_BREAKPOINTS = 4
export const LOOKBACK_BLOCKS = 20
export const LIFETIME_MS: Readonly<Record<Ttl, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 }

/** What is wrong with a prompt's marks, in a sentence; null when nothing is. */
export function markProblem(blocks: readonly CacheBlock[], automatic: Ttl | null): string | null {
  const unfit = blocks.find(({ mark, markable }) => mark && !markable)
  if (unfit) return `${unfit.path}: cache_control cannot be set on this block (thinking, or empty text)`
  const last = blocks.findLast(({ markable }) => markable)
  if (automatic && last?.mark && last.mark !== automatic) {
    return `cache_control: automatic caching asks for ttl='${automatic}', but the last block is marked with ttl='${last.mark}'`
  }
  const marks = breakpoints(blocks, automatic)
  if (marks.length > MAX_BREAKPOINTS) {
    return `A maximum of ${MAX_BREAKPOINTS} blocks with cache_control may be provided. Found ${marks.length}.`
  }
  const firstShort = marks.findIndex(({ ttl }) => ttl === '5m')
  const late = firstShort < 0 ? undefined : marks.slice(firstShort).find(({ ttl }) => ttl === '1h')
  return late ? `${blocks[late.index]!.path}: a ttl='1h' cache_control block must not come after a ttl='5m' one` : null
}

interface Breakpoint {
  readonly index: number
  readonly ttl: Ttl
}

function breakpoints(blocks: readonly CacheBlock[], automatic: Ttl | null): readonly Breakpoint[] {
  const last = blocks.findLastIndex(({ markable }) => markable)
  return blocks.flatMap(({ mark }, index) => {
    const ttl = mark ?? (index === last ? automatic : null)
    return ttl ? [{ index, ttl }] : []
  })
}

interface Entry {
  readonly ttl: Ttl
  expires: number
}

export function createPromptCache(): PromptCache {
  const entries = new Map<string, Entry>()

  const renew = (entry: Entry, at: number) => {
    entry.expires = Math.max(entry.expires, at + LIFETIME_MS[entry.ttl])
  }
  const forget = (at: number) => {
    for (const [prefix, { expires }] of entries) if (expires <= at) entries.delete(prefix)
  }

  return {
    ask({ model, minTokens, blocks, automatic, salts, at }) {
      forget(at)
      const prefixes = prefixesOf(model, blocks, salts)
      const lengths = runningTotals(blocks)
      const total = lengths.at(-1) ?? 0
      const marks = breakpoints(blocks, automatic).filter(
        ({ index }) => minTokens !== null && lengths[index]! >= minTokens,
      )

      let hit = -1
      for (const { index } of marks) {
        for (let i = index; i > index - LOOKBACK_BLOCKS && i > hit; i--) if (entries.has(prefixes[i]!)) hit = i
      }
      // A read renews what it reads, and the shorter entries that this request marks within it.
      for (const index of [hit, ...marks.map((mark) => mark.index)]) {
        const entry = index >= 0 && index <= hit ? entries.get(prefixes[index]!) : undefined
        if (entry) renew(entry, at)
      }

      const fresh = marks.filter(({ index }) => index > hit)
      const length = (index: number | undefined) => (index === undefined || index < 0 ? 0 : lengths[index]!)
      const read = length(hit)
      const hourEnd = Math.max(read, length(fresh.findLast(({ ttl }) => ttl === '1h')?.index))
      const end = Math.max(hourEnd, length(fresh.at(-1)?.index))
      return {
        use: { input: total - end, read, write1h: hourEnd - read, write5m: end - hourEnd },
        cachedTokens: end,
        begin() {
          for (const { index, ttl } of fresh) {
            const expires = Math.max(at + LIFETIME_MS[ttl], entries.get(prefixes[index]!)?.expires ?? 0)
            entries.set(prefixes[index]!, { ttl, expires })
          }
        },
      }
    },
  }
}

/** A digest per block that stands for everything up to it. */
function prefixesOf(model: string, blocks: readonly CacheBlock[], salts: CacheQuery['salts']): readonly string[] {
  let layer: Layer | null = null
  let digest = sha(`model\0${model}`)
  return blocks.map((block) => {
    if (block.layer !== layer) {
      layer = block.layer
      digest = sha(`${digest}\0${layer}\0${salts[layer] ?? ''}`)
    }
    digest = sha(`${digest}\0${block.key}`)
    return digest
  })
}

const sha = (text: string) => createHash('sha256').update(text).digest('base64')

function runningTotals(blocks: readonly CacheBlock[]): readonly number[] {
  let total = 0
  return blocks.map(({ tokens }) => {
    total += tokens
    return total
  })
}
