/** What the workshop is asked for, and what it gives: plain data that goes from one process to another. */

import type { ModelCard } from '../models.ts'
import type { ImageSizeChoice } from './image-size.ts'
import type { ImageSize } from './images.ts'
import type { PixelGrid } from './pictures/blocks.ts'
import type { Cells } from './pictures/fit.ts'
import type { Prepared, TextPart } from './prepared.ts'

/** Where something lies that is to be attached, or its bytes. */
export type Where =
  | { readonly path: string }
  | { readonly url: string }
  | { readonly name: string; readonly bytes: Uint8Array }

/** The kinds of jobs: what each takes and gives. */
export interface Jobs {
  attach: {
    readonly asks: {
      readonly ref: Where & { readonly size?: ImageSizeChoice; readonly part?: TextPart }
      readonly size: ImageSizeChoice
      readonly card: Pick<ModelCard, 'images' | 'window' | 'charsPerToken'>
      readonly many: boolean
      /** What was prepared may be kept on disk. */
      readonly mayKeep: boolean
    }
    readonly gives: Prepared
  }
  grid: { readonly asks: Small; readonly gives: PixelGrid | null }
  png: { readonly asks: Small; readonly gives: Uint8Array | null }
  sixel: { readonly asks: Small; readonly gives: string | null }
}

/** A small picture of an image; null comes where the bytes are none. */
export interface Small {
  readonly bytes: Uint8Array
  readonly cells: Cells
  /** In pixels. */
  readonly cell: ImageSize
}

/** The jobs that draw. */
export type Drawing = Exclude<keyof Jobs, 'attach'>

export type Job = { readonly [K in keyof Jobs]: { readonly kind: K; readonly asks: Jobs[K]['asks'] } }[keyof Jobs]

/** To the workshop: do this, or leave it. */
export type Order = { readonly id: number; readonly job: Job } | { readonly id: number; readonly stop: true }

/** From it. */
export type Delivery =
  | { readonly id: number; readonly gives: Jobs[keyof Jobs]['gives'] }
  | { readonly id: number; readonly trouble: string }
