/** Texts that a flag or a setting names by their file. */

import { readFileSync } from 'node:fs'
import { UsageError } from './args.ts'

/** How the name of a file begins or ends; a prompt of one word has little to say. */
const LIKE_A_FILE = /^(@|~?\.{0,2}\/)|\.\w{1,8}$/

/**
 * A system prompt as given, or from a file: after an `@`, or when it is one word that looks like a file's name.
 * @throws UsageError when that file cannot be read: its name would be a poor prompt
 */
export function readSystem(text: string): string {
  const isFile = text.startsWith('@') || (!/\s/.test(text) && text.length < 256 && LIKE_A_FILE.test(text))
  const prompt = isFile ? readText(text.replace(/^@/, ''), 'The system prompt').trimEnd() : text
  if (prompt.trim() === '')
    throw new UsageError('The system prompt is empty; expected a text, or a file that holds one.')
  return prompt
}

/** Why a file could not be read, in words. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'no file has so long a name',
}

/** A UTF-8 text file, or a sentence why not. @throws UsageError */
export function readText(path: string, what: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new UsageError(`${what} could not be read from "${path}": ${UNREADABLE[code] ?? code}. Expected a text file.`)
  }
  try {
    if (bytes.includes(0)) throw new TypeError('binary')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${what} "${path}" is not UTF-8 text; expected a text file.`)
  }
}
