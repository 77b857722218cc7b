/** A text in the person's own editor: a private file, the editor's whole life, the text that came of it. */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Edited = { readonly text: string } | { readonly problem: string }

/** The editor's command, as `VISUAL` or `EDITOR` has it; null when neither is set. */
export function editorCommand(env: Readonly<Record<string, string | undefined>>): string | null {
  return [env.VISUAL, env.EDITOR].find((command) => command?.trim())?.trim() ?? null
}

/** Exit codes of a shell: there is no such program, it may not be run. */
const NOT_FOUND = 127
const NOT_ALLOWED = 126

/**
 * Opens the editor on the text and waits until it is closed. The terminal must have been given to it before. The file
 * is readable by the owner alone, and gone afterwards whatever happens. Its last line ends with a newline, as editors
 * expect; one is taken off again.
 * @param command may hold arguments: a shell reads it, as git does
 */
export async function editText(
  text: string,
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Edited> {
  let folder: string | null = null
  try {
    folder = mkdtempSync(join(tmpdir(), 'claude-tui-'))
    // A Markdown name, so that the editor knows what it has.
    const file = join(folder, 'message.md')
    writeFileSync(file, text === '' ? '' : `${text}\n`, { mode: 0o600 })
    const code = await run(command, file, env)
    if (code === NOT_FOUND)
      return { problem: `The editor "${command}" was not found. Set VISUAL or EDITOR to one that is.` }
    if (code === NOT_ALLOWED) return { problem: `The editor "${command}" may not be run.` }
    if (code !== 0) return { problem: `The editor ended with ${code ?? 'a signal'}: the draft is as it was.` }
    return { text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') }
  } catch (error) {
    return { problem: `The editor "${command}" could not be used: ${(error as Error).message}` }
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true })
  }
}

function run(command: string, file: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const child =
    process.platform === 'win32'
      ? spawn(`${command} "${file}"`, { stdio: 'inherit', env, shell: true })
      : spawn('/bin/sh', ['-c', `${command} "$1"`, 'sh', file], { stdio: 'inherit', env })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
}
