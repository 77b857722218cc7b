/** What conversations come in: a file, stdin, an archive. What is in them is for others to read. */

import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { otherKind } from '../../core/history/import/other-kinds.ts'
import { quote } from '../../core/problem.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { readStdin } from '../terminal/whole-stdin.ts'

export interface Incoming {
  readonly found: readonly { readonly name: string; readonly text: Uint8Array }[]
  /** Files of an archive that hold something else. */
  readonly others: readonly string[]
}

/** @param file its path, or `-` for stdin. @throws Ending in words, nothing having been read */
export async function incoming(file: string, stdin: Readable & { readonly isTTY?: boolean }): Promise<Incoming> {
  if (file === '-') return textsIn(await readStdin(stdin, 'import -'), 'stdin', file)
  return textsIn(readBytes(file), basename(file), typed(file))
}

/** A path as it is typed in a shell. */
const typed = (path: string): string => (/^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

/** The texts to be read: the bytes themselves, or what an archive holds. */
async function textsIn(bytes: Uint8Array, name: string, file: string): Promise<Incoming> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04
  const other = isZip ? null : otherKind(bytes, file)
  if (other) {
    const wayOut = other.wayOut === '' ? '' : ` ${other.wayOut}`
    throw new Ending(EXIT.usage, sanitiseLine(`${name} is ${other.what}. Nothing was imported.${wayOut}`))
  }
  const texts: Incoming = isZip ? await unpacked(bytes, name) : { found: [{ name, text: bytes }], others: [] }
  for (const { name: which, text } of texts.found) {
    if (!isUtf8(text)) throw new Ending(EXIT.usage, `${sanitiseLine(which)} is not UTF-8 text. Nothing was imported.`)
  }
  return texts
}

async function unpacked(bytes: Uint8Array, name: string): Promise<Incoming> {
  const { unpack } = await import('./unpack.ts')
  let unpacked: ReturnType<typeof unpack>
  try {
    unpacked = unpack(bytes, (file) => /(?:^|\/)conversations\.json$/.test(file))
  } catch (error) {
    throw new Ending(
      EXIT.usage,
      `The archive ${quote(name, 100)} cannot be read: ${(error as Error).message}. Nothing was imported.`,
    )
  }
  const found = Object.entries(unpacked.files).map(([file, text]) => ({ name: `${name}, ${file}`, text }))
  if (found.length > 0) return { found, others: unpacked.others }
  throw new Ending(
    EXIT.usage,
    `The archive ${quote(name, 100)} holds no conversations.json. Expected Claude's data export.`,
  )
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  ENAMETOOLONG: 'no file has so long a name',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GB',
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') throw new Ending(EXIT.usage, isFolder(path))
    const prompt = code === 'ENOENT' && !/[./\\]/.test(path) ? ` As a prompt: claude-tui -- import ${path}` : ''
    throw new Ending(EXIT.usage, `${quote(path, 200)} could not be read: ${UNREADABLE[code] ?? code}.${prompt}`)
  }
}

function isFolder(path: string): string {
  const inside = join(path, 'conversations.json')
  const way = existsSync(inside)
    ? `claude-tui import ${typed(inside)}`
    : 'name a file in it, one at a time: our own .json or .jsonl, or the conversations.json of a data export'
  return `${quote(path, 200)} could not be read: it is a folder; ${way}`
}
