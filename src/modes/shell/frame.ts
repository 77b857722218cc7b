/** What every shell command does around its own work: its help, its errors in words or as JSON, its exit code. */

import { SUBCOMMANDS } from '../../args/subcommands.ts'
import { type Args, UsageError } from '../../args.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { HistoryTrouble } from '../../io/history.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { troubleInWords } from '../sessions/found.ts'
import { asJson } from './sink.ts'

export interface ShellFrame {
  /** Without `claude-tui`. */
  readonly name: string
  /** A call that shows how it is done, for whoever put in words it does not take; absent: it takes words. */
  readonly asIn?: string
  /** Resolves to the exit code. */
  readonly work: () => Promise<number>
}

/** Resolves to the exit code of a shell command; whatever is no fault of its own code is told in words. */
export async function inShell(
  { flags, rest }: Args,
  io: Pick<SessionsIo, 'write' | 'err'>,
  { name, asIn, work }: ShellFrame,
): Promise<number> {
  try {
    if (flags.help !== undefined) {
      await io.write(`${helpOf(name)}\n`)
      return EXIT.ok
    }
    if (asIn !== undefined && rest.length > 0)
      throw new UsageError(`${name} takes no words, but "${rest[0]}" came. As in: ${asIn}`)
    return await work()
  } catch (error) {
    if (!(error instanceof Ending) && !(error instanceof HistoryTrouble)) throw error
    const message = error instanceof HistoryTrouble ? troubleInWords(error) : error.message
    if (flags.json === true) await io.write(`${asJson({ ...blankOf(name), error: message })}\n`)
    io.err(message)
    return error instanceof Ending ? error.code : EXIT.key
  }
}

/** What the JSON of an error holds besides it. */
export function blankOf(name: string): object {
  if (name === 'sessions' || name === 'import') return { conversations: [] }
  return { type: name, ...(name === 'doctor' && { ok: false }) }
}

/** A command's own help: what it does, and its flags. */
export function helpOf(name: string): string {
  const own = SUBCOMMANDS.find((command) => command.name === name)!
  const left = ({ name: flag, short, takes = '' }: NonNullable<typeof own.flags>[number]) =>
    `${short ? `-${short}, ` : ''}--${flag} ${takes}`.trimEnd()
  const flags = own.flags ?? []
  const width = Math.max(...flags.map((flag) => left(flag).length))
  return [
    `  claude-tui ${own.name} ${own.takes}    ${own.tells}`,
    '',
    ...flags.map((flag) => `  ${left(flag).padEnd(width)}  ${flag.tells}`),
  ].join('\n')
}
