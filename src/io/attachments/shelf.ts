/** Where the bytes of attachments lie while the program runs, by their hash; behind it the history, once it is open. */

import type { BytesOf } from '../../core/history/export/events.ts'

/** What keeps bytes for longer than a program runs. */
export interface Store {
  /** null: it does not have them. */
  blob(hash: string): Uint8Array | null
}

export interface Shelf {
  /** @param hash sha256 of the bytes, in hex */
  put(hash: string, bytes: Uint8Array): void
  /** null: they are not at hand. */
  get(hash: string): Uint8Array | null
  /** Looks there, too, from now on; null: nowhere else. */
  back(store: Store | null): void
}

/**
 * Without a history all that was attached stays in memory for as long as the program runs: every later request needs it
 * again, and so may a branch that is gone back to. What may be held is thus bounded by what was attached on purpose.
 */
export function createShelf(): Shelf {
  const held = new Map<string, Uint8Array>()
  let behind: Store | null = null
  const kept = (hash: string): Uint8Array | null => {
    try {
      return behind?.blob(hash) ?? null
    } catch {
      // A file that cannot be read just now: whoever asks says that they are not at hand.
      return null
    }
  }
  return {
    put: (hash, bytes) => void held.set(hash, bytes),
    get(hash) {
      const stored = kept(hash)
      // What the history has need not fill the memory as well.
      if (stored) held.delete(hash)
      return stored ?? held.get(hash) ?? null
    },
    back(store) {
      behind = store
    },
  }
}

/** The same bytes as a file of events has them. @param get null: they are not at hand */
export const base64From =
  (get: (hash: string) => Uint8Array | null): BytesOf =>
  (hash) => {
    const bytes = get(hash)
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  }
