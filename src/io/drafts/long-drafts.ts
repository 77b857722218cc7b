/**
 * A long stretch of a draft on disk: written in full once, and then only what has changed since, so that a key in a
 * megabyte costs no megabyte. What else a draft consists of is `drafts`'s.
 */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A stretch as it is written: words, or what of a file they are, in UTF-16 units. */
export type Spelled = string | { readonly base: string; readonly from: number; readonly to: number }

/** Shorter stretches are written in full each time, and so much of a longer one. */
const LONG_UNITS = 65_536
/** Texts are compared so many units at a time. */
const STRIDE = 8192

export interface LongDrafts {
  /** How a draft's stretch is written; the file that this needs is there then. @throws on I/O errors */
  spell(stretch: string): readonly Spelled[]
  /** Removes the file that is no longer needed; to be called once what was spelled is in its place. */
  settle(): void
}

export function isLong(stretch: string): boolean {
  return stretch.length > LONG_UNITS
}

/** @param home where the files are; it is there when a stretch is spelled */
export function createLongDrafts(home: string): LongDrafts {
  let nth = 0
  let base: { readonly name: string; readonly text: string } | null = null
  let isUsed = false
  const old = new Set<string>()

  return {
    spell(stretch) {
      isUsed = true
      if (base) {
        const { name, text } = base
        const same = sameStart(text, stretch)
        const rest = sameEnd(text, stretch, Math.min(text.length, stretch.length) - same)
        const between = stretch.slice(same, stretch.length - rest)
        if (between.length <= LONG_UNITS) {
          const behind = { base: name, from: text.length - rest, to: text.length }
          return [{ base: name, from: 0, to: same }, between, behind]
        }
        old.add(name)
      }
      base = { name: `base-${++nth}.txt`, text: stretch }
      writeFileSync(join(home, base.name), stretch, { mode: 0o600 })
      return [{ base: base.name, from: 0, to: stretch.length }]
    },
    settle() {
      if (base && !isUsed) {
        old.add(base.name)
        base = null
      }
      isUsed = false
      for (const name of old) rmSync(join(home, name), { force: true })
      old.clear()
    },
  }
}

/** Units that two texts begin with alike. */
function sameStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let at = 0
  while (at + STRIDE <= most && a.slice(at, at + STRIDE) === b.slice(at, at + STRIDE)) at += STRIDE
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return at
}

/** Units, up to `most`, that two texts end with alike. */
function sameEnd(a: string, b: string, most: number): number {
  const tail = (text: string, back: number) => text.slice(text.length - back - STRIDE, text.length - back)
  let back = 0
  while (back + STRIDE <= most && tail(a, back) === tail(b, back)) back += STRIDE
  while (back < most && a.charCodeAt(a.length - 1 - back) === b.charCodeAt(b.length - 1 - back)) back++
  return back
}
