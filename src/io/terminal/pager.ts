/** Shows a text in the pager the person has chosen. The terminal must have been lent for it. */

import { spawn } from 'node:child_process'

type Env = Readonly<Record<string, string | undefined>>

/** What `PAGER` says, or `less`, or what every system has; whether it takes colours. */
export function pagers(env: Env, platform: NodeJS.Platform): readonly { command: string; colours: boolean }[] {
  const own = (env.PAGER ?? '').trim()
  const usual = platform === 'win32' ? [{ command: 'more', colours: false }] : USUAL
  if (own === '') return usual
  // Raw control characters are shown by less alone, and only when asked for.
  const isLess = /^(\S*\/)?less(\s|$)/.test(own)
  return [{ command: isLess ? `${own} -R` : own, colours: isLess }, ...usual]
}

const USUAL = [
  { command: 'less -R', colours: true },
  { command: 'more', colours: false },
] as const

/** A shell's codes for a command that is not there, or cannot be run. */
const MISSING = [126, 127, 9009]

/** Resolves once the pager was left: true, or false when it could not be started. Never rejects. */
export function page(command: string, text: string, env: Env): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, env: env as NodeJS.ProcessEnv, stdio: ['pipe', 'inherit', 'ignore'] })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(!MISSING.includes(code ?? 0)))
    // Left before the end of the text: that is what pagers are for.
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}
