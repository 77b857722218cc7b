/** What can be wrong with the history file, in words with a way out. Whatever it is, the file is left as it is. */

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'

export type TroubleKind =
  | 'newer'
  | 'damaged'
  | 'foreign'
  | 'moved'
  | 'full'
  | 'busy'
  | 'running'
  | 'unwritable'
  | 'unsupported'
  | 'unknown'

/** The history cannot be read or written just now. The message says what is wrong and what to do, for people. */
export class HistoryTrouble extends Error {
  readonly kind: TroubleKind
  /** Whether it may pass by itself. */
  readonly passes: boolean

  constructor(kind: TroubleKind, message: string) {
    super(message)
    this.name = 'HistoryTrouble'
    this.kind = kind
    this.passes = kind === 'busy' || kind === 'full'
  }

  /** What is wrong, without a word about what happens meanwhile: for where nothing does any more. */
  get fact(): string {
    return this.message.replace(/ What happens is kept in memory.*$/, '')
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html); extended ones hold them in the low byte. */
const OF_SQLITE: Readonly<Record<number, TroubleKind>> = {
  3: 'unwritable',
  5: 'busy',
  6: 'busy',
  8: 'unwritable',
  10: 'unwritable',
  11: 'damaged',
  13: 'full',
  14: 'unwritable',
  15: 'busy',
  26: 'damaged',
}

const OF_SYSTEM: Readonly<Record<string, TroubleKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'unwritable',
  EPERM: 'unwritable',
  EROFS: 'unwritable',
  ENOTDIR: 'unwritable',
  EISDIR: 'unwritable',
  EEXIST: 'unwritable',
  ELOOP: 'unwritable',
  ENOENT: 'unwritable',
}

/** Anything thrown while the file was in use, understood. */
export function understood(error: unknown, path: string): HistoryTrouble {
  if (error instanceof HistoryTrouble) return error
  const { errcode, code, message } = error as { errcode?: number; code?: string; message?: string }
  const kind = kindOf(error, path, errcode, code)
  return new HistoryTrouble(kind, say(kind, path, message ?? String(error)))
}

function kindOf(error: unknown, path: string, errcode?: number, code?: string): TroubleKind {
  // A row whose JSON does not parse was never written like that.
  if (error instanceof SyntaxError) return 'damaged'
  if (errcode === undefined) return OF_SYSTEM[code ?? ''] ?? 'unknown'
  if ((error as Error).message.includes('no such module')) return 'unsupported'
  const kind = OF_SQLITE[errcode & 0xff] ?? 'unknown'
  // A side file that finds no room is an I/O error or cannot be opened, as far as SQLite is concerned.
  return kind === 'unwritable' && isFull(path) ? 'full' : kind
}

/** Whether there is no room for so many bytes; a side file takes 32 KB. */
export function isFull(path: string, bytes = 32_768): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path))
    return bavail * bsize < bytes
  } catch {
    return false
  }
}

/** The sentence for a kind of trouble. @param why the system's or SQLite's own words */
export function say(kind: TroubleKind, path: string, why = ''): string {
  switch (kind) {
    case 'newer':
      return `The history file was written by a newer claude-tui and is left untouched: ${path}. Update this one, or point CLAUDE_TUI_DATA_DIR elsewhere.`
    case 'damaged':
      return `The history file is damaged, and nothing more is written to it: ${path} (${why}). Move it away to begin a new one; \`sqlite3 FILE .recover\` may save what is in it.`
    case 'foreign':
      return `This is a database, but not claude-tui's history, and is left untouched: ${path}. Move it away, or point CLAUDE_TUI_DATA_DIR elsewhere.`
    case 'moved':
      return `The history file was moved or deleted while it was in use: ${path}. What happens from now on is kept in memory; put it back, or start claude-tui again to begin a new one.`
    case 'full':
      return `No space is left for the history: ${path}. What happens is kept in memory and saved once there is room.`
    case 'busy':
      return `Another program holds the history: ${path}. What happens is kept in memory and saved once it lets go.`
    case 'running':
      return 'An answer is on its way in this conversation, in another terminal. Stop it there or wait for its end; then it can be deleted.'
    case 'unwritable':
      return `The history cannot be written: ${path} (${why}). Check who may write there, or point CLAUDE_TUI_DATA_DIR elsewhere.`
    case 'unsupported':
      return `The history needs Node 22.16 or later, for its search; this is ${process.version}, and nothing is saved.`
    default:
      return `The history cannot be used: ${path} (${why}).`
  }
}
