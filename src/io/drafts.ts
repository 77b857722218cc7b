/**
 * Drafts on disk, so that a crash or `kill -9` loses no word: a folder for each running chat, with the draft and its
 * large pastes as files of their own, written once. What is a draft, and when it is worth keeping, is for others; how
 * long stretches are spelled, `long-drafts` knows.
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Part, Sheet } from '../core/composer/chips.ts'
import { createLongDrafts, isLong, type Spelled } from './long-drafts.ts'
import { isRunning, ownName } from './process-name.ts'

export interface Drafts {
  /** Keeps this draft in the place of the one before; one without a word is removed. Synchronous. @throws on I/O errors */
  save(parts: readonly Part[]): void
  /**
   * Claims the drafts of chats that are gone, oldest first: no other chat will see them. Call it before the first
   * `save`, and `done` once they are safe elsewhere.
   */
  adopt(): { readonly sheets: readonly Sheet[]; done(): void }
}

/** `pid-start`, and a counter behind a dot on what was claimed. */
const OWNER = /^(\d+)-(\d*)(?:\.\d+)?$/

/** @param folder need not exist; it is made, readable by the owner alone, when there is something to keep */
export function openDrafts(folder: string): Drafts {
  const own = ownName()
  const home = join(folder, own)
  let written = new Set<number>()
  let long = createLongDrafts(home)
  let isThere = false

  const save = (parts: readonly Part[]) => {
    if (parts.every((part) => typeof part === 'string' && part.trim() === '')) {
      if (isThere) rmSync(home, { recursive: true, force: true })
      isThere = false
      written = new Set()
      long = createLongDrafts(home)
      return
    }
    if (!isThere) mkdirSync(home, { recursive: true, mode: 0o700 })
    isThere = true
    const words = parts.filter((part) => typeof part === 'string')
    const longest = words.toSorted((a, b) => b.length - a.length)[0]
    const spelled = parts.flatMap((part): readonly (Spelled | { readonly paste: string })[] => {
      if (typeof part === 'string') return part === longest && isLong(part) ? long.spell(part) : [part]
      const paste = `paste-${part.nth}.txt`
      if (!written.has(part.nth)) writeFileSync(join(home, paste), part.text, { mode: 0o600 })
      written.add(part.nth)
      return [{ paste }]
    })
    // Renamed into its place: whenever the end comes, one of the two drafts is there in full.
    const fresh = join(home, 'draft.new')
    writeFileSync(fresh, JSON.stringify(spelled), { mode: 0o600 })
    renameSync(fresh, join(home, 'draft.json'))
    long.settle()
  }

  const adopt = () => {
    const claimed: string[] = []
    for (const name of namesIn(folder)) {
      const [, pid, start] = OWNER.exec(name) ?? []
      // One of our own number, before we have kept anything, is of an earlier process.
      if (pid === undefined || (name !== own && isRunning(Number(pid), start!))) continue
      const place = join(folder, `${own}.${claimed.length + 1}`)
      try {
        renameSync(join(folder, name), place)
        claimed.push(place)
      } catch {
        // Another chat was first.
      }
    }
    const found = claimed.map((place) => read(place)).filter((one) => one !== null)
    return {
      sheets: found.sort((a, b) => a.at - b.at).map(({ sheet }) => sheet),
      done() {
        for (const place of claimed) rmSync(place, { recursive: true, force: true })
      },
    }
  }
  return { save, adopt }
}

/** A draft and when it was kept; null when there is none that could be read. */
function read(place: string): { readonly sheet: Sheet; readonly at: number } | null {
  try {
    const parts: unknown = JSON.parse(readFileSync(join(place, 'draft.json'), 'utf8'))
    if (!Array.isArray(parts)) return null
    let text = ''
    const pastes: [number, number][] = []
    const file = (name: string) => readFileSync(join(place, name), 'utf8')
    for (const part of parts) {
      if (typeof part === 'string') text += part
      else if (/^paste-\d+\.txt$/.test(part?.paste)) {
        const start = text.length
        text += file(part.paste)
        pastes.push([start, text.length])
      } else if (/^base-\d+\.txt$/.test(part?.base)) text += file(part.base).slice(part.from, part.to)
    }
    return text.trim() === '' ? null : { sheet: { text, pastes }, at: statSync(join(place, 'draft.json')).mtimeMs }
  } catch {
    return null
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
