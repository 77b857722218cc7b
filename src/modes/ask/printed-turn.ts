/** One turn as a script sees it: the answer on stdout as it comes, everything else on stderr, an exit code at its end. */

import type { Args } from '../../args.ts'
import type { Event, State, Turn } from '../../core/conversation.ts'
import { rounded } from '../../core/figures/rounded.ts'
import { figuresLine } from '../../core/figures/usage-line.ts'
import { type Figure, reported } from '../../core/figures.ts'
import { CATALOGUE, type ModelCard, overlay } from '../../core/models.ts'
import type { Settings } from '../../core/settings.ts'
import { sanitise, sanitiser } from '../../core/text/sanitise.ts'
import {
  endNote,
  exitCode,
  sayEscalated,
  sayFailed,
  sayInstead,
  sayNext,
  sayRecalled,
} from '../../core/turn/outcome.ts'
import { totalUsd } from '../../core/turn/turns.ts'
import type { TurnEvent } from '../../core/turn.ts'
import { jsonSink, plainSink, type Sink } from '../shell/sink.ts'

export type OutputFormat = 'text' | 'json' | 'stream-json'

export interface PrintIo {
  readonly stdout: NodeJS.WriteStream
  /** The exit code of a stop: which signal asked for it. */
  stoppedBy(): number
  /** A line for people on stderr. */
  note(line: string): void
}

/** What becomes of an answer that a script wants otherwise than as it came. */
export interface Verdict {
  readonly code: number
  /** What goes to stdout as text; null: the answer as it came. */
  readonly output: string | null
  /** Sentences for people. */
  readonly notes: readonly string[]
  /** Fields of the result in JSON. */
  readonly beside: object
}

export interface Printing {
  /** The answer is kept until it is whole, and the verdict tells what of it goes out. */
  readonly holds: boolean
  /** @param state with the turn as its last one */
  verdict(turn: Turn, code: number, state: State): Verdict
}

export interface PrintedTurn {
  event(event: TurnEvent): void
  /** What happened to no turn, for whoever reads events. */
  aside(event: Event): void
  /** @param besides US dollars of whatever else the call has asked; absent: nothing. @returns the exit code of the turn */
  end(turn: Turn, card: ModelCard, state: State, besides?: Figure): number
}

export const outputFormat = (flags: Args['flags']) => (flags['output-format'] as OutputFormat | undefined) ?? 'text'

/** @param beside fields that stand in a result in JSON beside those of the turn */
export async function printedTurn(
  flags: Args['flags'],
  io: PrintIo,
  settings: Settings,
  beside: object = {},
  printing: Printing | null = null,
): Promise<PrintedTurn> {
  const isHeld = printing?.holds === true && outputFormat(flags) === 'text'
  const sink = isHeld ? NO_SINK : await openSink(outputFormat(flags), io, settings, beside)
  const note = (line: string) => {
    if (flags.quiet !== true) io.note(sanitise(line))
  }
  const models = () => overlay(CATALOGUE, settings.models)
  /** Who is asked in place of the one that was asked first; null: nobody. */
  let standIn: string | null = null
  return {
    event(event) {
      sink.event(event)
      if (event.type === 'fellBack') {
        standIn = event.to
        note(sayInstead(event, models()))
      }
      if (event.type === 'escalated') note(sayEscalated(event, models()))
      if (event.type === 'recalled') {
        const { model, ...recalled } = event
        note(sayRecalled({ model, recalled }, models()))
      }
      if (event.type !== 'waiting') return
      const { failure, attempt, of, delayMs } = event
      const isRest = failure.kind === 'resting'
      const time = `in ${(delayMs / 1000).toFixed(1)} s`
      note(`${sayFailed(failure)} ${sayNext({ attempt: attempt + 1, of, isRest }, time, standIn, models())}.`)
    },
    aside: (event) => sink.aside?.(event),
    end(turn, card, state, besides = reported(0)) {
      const ended = exitCode(turn, io.stoppedBy())
      const verdict = printing?.verdict(turn, ended, state)
      const code = verdict?.code ?? ended
      sink.end(turn, code, {
        ...(besides.value > 0 && { totalUsd: rounded(totalUsd(turn, besides.value), 9) }),
        ...verdict?.beside,
      })
      if (isHeld && verdict?.output) io.stdout.write(io.stdout.isTTY ? sanitise(verdict.output) : verdict.output)
      const said = endNote(turn, 'script')
      // Whoever told us to end knows it. A failure is an error even with -q: an empty stdout without a reason helps nobody.
      if (said && !wasTold(turn)) (turn.end?.type === 'failed' ? io.note : note)(sanitise(said))
      for (const line of verdict?.notes ?? []) (code === ended ? note : io.note)(sanitise(line))
      if (flags.usage === true) io.note(figuresLine(turn, card, besides))
      return code
    },
  }
}

/** Where an answer is kept until it is whole. */
const NO_SINK: Sink = { event() {}, end() {} }

const wasTold = ({ end }: Turn) =>
  end?.type === 'stopped' || (end?.type === 'failed' && end.failure.kind === 'interrupted')

async function openSink(format: OutputFormat, { stdout }: PrintIo, settings: Settings, beside: object): Promise<Sink> {
  if (format !== 'text') return jsonSink(stdout, format, beside)
  if (!stdout.isTTY) return plainSink(stdout)
  if (process.env.TERM === 'dumb') return plainSink(stdout, sanitiser())
  const [{ answerOnGlass }, { terminalTheme }] = await Promise.all([
    import('./answer-on-glass.ts'),
    import('../terminal-theme.ts'),
  ])
  return answerOnGlass(stdout, terminalTheme(process.env, settings.theme))
}
