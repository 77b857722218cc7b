/** All of stdin as bytes, for the commands that take a file and, as `-`, what is piped in. */

import type { Readable } from 'node:stream'
import { Ending, EXIT } from '../../core/turn/outcome.ts'

/** All of stdin. @param command as it is typed behind the program's name. @throws Ending in words */
export async function readStdin(stdin: Readable & { readonly isTTY?: boolean }, command: string): Promise<Uint8Array> {
  if (stdin.isTTY) throw new Ending(EXIT.usage, `Nothing is piped in: claude-tui ${command} < FILE`)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stdin) chunks.push(chunk as Buffer)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new Ending(EXIT.usage, `stdin could not be read: ${code === 'EISDIR' ? 'it is a folder' : code || message}.`)
  }
  return Buffer.concat(chunks)
}
