/** One turn as a script sees it: the answer on stdout as it comes, everything else on stderr, an exit code at its end. */

import type { Args } from '../args.ts'
import type { Event, Turn } from '../core/conversation.ts'
import { CATALOGUE, type ModelCard, overlay } from '../core/models.ts'
import { endNote, exitCode, sayAttempt, sayFailed, sayInstead, sayRecalled } from '../core/outcome.ts'
import { sanitise, sanitiser } from '../core/sanitise.ts'
import type { Settings } from '../core/settings.ts'
import type { TurnEvent } from '../core/turn.ts'
import { figuresLine } from '../core/usage-line.ts'
import { jsonSink, plainSink, type Sink } from './sink.ts'

export type OutputFormat = 'text' | 'json' | 'stream-json'

export interface PrintIo {
  readonly stdout: NodeJS.WriteStream
  /** The exit code of a stop: which signal asked for it. */
  stoppedBy(): number
  /** A line for people on stderr. */
  note(line: string): void
}

export interface PrintedTurn {
  event(event: TurnEvent): void
  /** What happened to no turn, for whoever reads events. */
  aside(event: Event): void
  /** @returns the exit code of the turn */
  end(turn: Turn, card: ModelCard): number
}

export const outputFormat = (flags: Args['flags']) => (flags['output-format'] as OutputFormat | undefined) ?? 'text'

/** @param beside fields that stand in a result in JSON beside those of the turn */
export async function printedTurn(
  flags: Args['flags'],
  io: PrintIo,
  settings: Settings,
  beside: object = {},
): Promise<PrintedTurn> {
  const sink = await openSink(outputFormat(flags), io, settings, beside)
  const timing = flags.timing === true ? await import('../core/why.ts') : null
  const note = (line: string) => {
    if (flags.quiet !== true) io.note(sanitise(line))
  }
  const models = () => overlay(CATALOGUE, settings.models)
  /** Who is asked in the place of the one that was asked first; null: nobody. */
  let standIn: string | null = null
  return {
    event(event) {
      sink.event(event)
      if (event.type === 'fellBack') {
        standIn = event.to
        note(sayInstead(event, models()))
      }
      if (event.type === 'recalled') {
        const { model, ...recalled } = event
        note(sayRecalled({ model, recalled }, models()))
      }
      if (event.type !== 'waiting') return
      const { failure, attempt, of, delayMs } = event
      const next = sayAttempt({ attempt: attempt + 1, of }, standIn, models())
      note(`${sayFailed(failure)} ${next} in ${(delayMs / 1000).toFixed(1)} s.`)
    },
    aside: (event) => sink.aside?.(event),
    end(turn, card) {
      const code = exitCode(turn, io.stoppedBy())
      sink.end(turn, code)
      const said = endNote(turn, 'script')
      // Whoever told us to end knows it. A failure is an error even with -q: an empty stdout without a reason helps nobody.
      if (said && !wasTold(turn)) (turn.end?.type === 'failed' ? io.note : note)(sanitise(said))
      if (flags.usage === true) io.note(figuresLine(turn, card))
      if (timing) io.note(timing.timingLine(turn))
      return code
    },
  }
}

const wasTold = ({ end }: Turn) =>
  end?.type === 'stopped' || (end?.type === 'failed' && end.failure.kind === 'interrupted')

async function openSink(format: OutputFormat, { stdout }: PrintIo, settings: Settings, beside: object): Promise<Sink> {
  if (format !== 'text') return jsonSink(stdout, format, beside)
  if (!stdout.isTTY) return plainSink(stdout)
  if (process.env.TERM === 'dumb') return plainSink(stdout, sanitiser())
  const [{ answerOnGlass }, { terminalTheme }] = await Promise.all([
    import('./answer-on-glass.ts'),
    import('./terminal-theme.ts'),
  ])
  return answerOnGlass(stdout, terminalTheme(process.env, settings.theme))
}
