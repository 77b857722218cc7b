/** The clipboard by way of the platform's own tools, and a file when there are none. What is copied, others know. */

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folders } from '../files/folders.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface Tool {
  readonly command: string
  readonly args: readonly string[]
}

/** A tool that has not taken the text by then will not: some wait for a display that is gone. In ms. */
const PATIENCE_MS = 3_000

/**
 * The tools worth trying here, best first. From another machine (SSH) only those that reach the person's own screen:
 * a forwarded display, or the multiplexer's clipboard.
 */
export function clipboardTools(env: Env, platform: NodeJS.Platform): readonly Tool[] {
  const isRemote = Boolean(env.SSH_CONNECTION || env.SSH_TTY)
  const tools: Tool[] = []
  const add = (command: string, ...args: string[]) => tools.push({ command, args })
  if (env.TMUX) add('tmux', 'load-buffer', '-w', '-')
  if (env.WAYLAND_DISPLAY) add('wl-copy')
  if (env.DISPLAY && platform !== 'darwin') {
    add('xclip', '-selection', 'clipboard')
    add('xsel', '--clipboard', '--input')
  }
  if (isRemote) return tools
  if (platform === 'darwin') add('pbcopy')
  if (platform === 'win32') add('clip.exe')
  if (env.WSL_DISTRO_NAME) {
    add('win32yank.exe', '-i', '--crlf')
    add('clip.exe')
  }
  return tools
}

/** Hands a text to one tool. Resolves to null when it took it, else to why not, in a few words; never rejects. */
export function handTo({ command, args }: Tool, text: string, env: Env): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: env as NodeJS.ProcessEnv, stdio: ['pipe', 'ignore', 'ignore'] })
    const settle = (why: string | null) => {
      clearTimeout(timer)
      resolve(why)
    }
    const timer = setTimeout(() => {
      child.kill()
      settle(`no answer within ${PATIENCE_MS / 1000} s`)
    }, PATIENCE_MS)
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? 'not installed' : (error.code ?? error.message)),
    )
    // The tool may go on in the background to serve the clipboard: its own end is what counts.
    child.on('exit', (code) => settle(code === 0 ? null : `ended with code ${code ?? 'of a signal'}`))
    child.stdin.on('error', () => {})
    // Windows' own tool reads UTF-16 only.
    child.stdin.end(command === 'clip.exe' ? Buffer.from(`\ufeff${text}`, 'utf16le') : text)
  })
}

/** Keeps a text in a file of its own, for its owner alone. @returns where, or why not, by folder */
export function keepInFile(
  text: string,
  name: string,
  env: Env,
): { readonly path: string } | { readonly why: readonly string[] } {
  const why: string[] = []
  for (const folder of [join(folders(env).data, 'copied'), tmpdir()]) {
    const path = join(folder, name)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(path, text, { mode: 0o600 })
      return { path }
    } catch (error) {
      why.push(`${path} (${(error as NodeJS.ErrnoException).code ?? 'not writable'})`)
    }
  }
  return { why }
}
