/**
 * One process of the attachments' bench: prepares images, or does the same resize with the bare image library, and tells
 * how long it took and how much memory it had at most. `MODE COUNT FILE`: mode ours or bare.
 */

import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import sharp from 'sharp'
import { sentSize } from '../src/core/attachments/image-size.ts'
import { modelCard } from '../src/core/models.ts'
import { prepare } from '../src/io/attachments/prepare.ts'
import { peakMb } from './peak-memory.ts'

export interface Told {
  readonly ms: number
  readonly peakMb: number
  /** Of the event loop: how late a key would have been heard, 95th percentile. */
  readonly lateMs: number
  readonly bytes: number
}

const [mode, count, path] = process.argv.slice(2)
const file = readFileSync(path!)
const card = modelCard('claude-opus-4-7')
const { signal } = new AbortController()
const kept = { get: async () => null, put: async () => {} }

async function ours(bytes: Uint8Array): Promise<number> {
  const made = await prepare({ name: 'photo.jpg', bytes }, { size: 'auto', card, many: false, kept }, signal)
  if ('refused' in made) throw new Error(made.refused)
  return made.bytes.length
}

/** To the same size, in the same type and quality. */
async function bare(bytes: Uint8Array): Promise<number> {
  const { autoOrient } = await sharp(bytes).metadata()
  const size = sentSize(autoOrient, 'auto', card)
  return (await sharp(bytes).autoOrient().resize(size.width, size.height).jpeg({ quality: 80 }).toBuffer()).length
}

const work = mode === 'ours' ? ours : bare
// Both are loaded and warm: a small image first.
await work(
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
    .jpeg()
    .toBuffer(),
)
const late = monitorEventLoopDelay({ resolution: 1 })
late.enable()
const startedAt = performance.now()
const sizes = await Promise.all(Array.from({ length: Number(count) }, () => work(file)))
const ms = performance.now() - startedAt
late.disable()
const told: Told = {
  ms,
  peakMb: peakMb(),
  lateMs: late.percentile(95) / 1e6,
  bytes: sizes[0]!,
}
console.log(JSON.stringify(told))
