/**
 * What scripts ask of a call besides its answer: a template, a part of the answer, a form it has to fit, limits of time,
 * figures. Loaded only where one of those flags is given; `ask` calls it at each of its steps.
 */

import { type Args, UsageError } from '../args.ts'
import { extracted, type Wanted, wantedBlock } from '../core/code/extract.ts'
import { languageOf } from '../core/code/languages.ts'
import { billed as priced, type SideCallEvent } from '../core/conversation/side-calls.ts'
import type { Event, State } from '../core/conversation.ts'
import { totalMs } from '../core/figures/metrics.ts'
import { figuresLine } from '../core/figures/usage-line.ts'
import type { ModelCard } from '../core/models.ts'
import { askedAgain, jsonIn, sayUnfit } from '../core/schema/words.ts'
import { cutShort, EXIT } from '../core/turn/outcome.ts'
import type { Turn } from '../core/turn/turns.ts'
import type { Ms, TurnEvent } from '../core/turn.ts'
import type { Printing, Verdict } from './ask/printed-turn.ts'
import type { Asked } from './ask/question.ts'
import { allowedBy, type Deadlines, deadlines } from './scripting/deadlines.ts'
import { type Figures, figuresFor } from './scripting/figures.ts'
import { type Form, templated } from './scripting/form.ts'
import { heldBy } from './scripting/shape.ts'
import type { SplittingParts } from './scripting/splitting.ts'
import { uncachedBecause } from './scripting/uncached.ts'

export interface Scripting extends Printing {
  /** The command line with what the template chooses. */
  readonly args: Args
  readonly form: Form | null
  readonly figures: Figures | null
  /** What happens before the question: choices of this call, and what a template says was said. */
  before(state: State, at: Ms): { readonly events: readonly Event[]; readonly notes: readonly string[] }
  /** From now on time counts; null: it does not. */
  deadlines(stopped: AbortSignal): Deadlines | null
  /**
   * The end of an answer with whether it fits; null: that is not asked. Rejects never.
   * @param live the turn before it
   * @param signal breaks the look off
   */
  judged(event: TurnEvent, live: Turn | null, signal: AbortSignal): Promise<TurnEvent> | null
  /** What is asked once more, after an answer that is not what was wanted; null: nothing. */
  more(turn: Turn): string | null
  /** Why it is asked once more, and what the answer before it came to. */
  sayMore(turn: Turn, card: ModelCard): string
  /** The call ends before its question is sent. */
  unasked(code: number): void
  /** The question with what is piped in taken in parts, where that is too long. @throws Ending */
  inParts(asked: Asked, parts: SplittingParts, signal: AbortSignal): Promise<Asked>
}

/** Answers that do not fit are asked for once more. */
const REPAIRS = 1

/** Reads the flags. Whatever is wrong with them is told before anything is sent. @throws UsageError */
export function scriptingOf(given: Args, err: (text: string) => void): Scripting {
  const { args, form } = templated(promptFirst(given))
  const wanted = wantedBy(args)
  const held = heldBy(args)
  if (wanted && held)
    throw new UsageError('--extract takes a code block, --schema JSON without one around it: leave out one of them.')
  const allowed = allowedBy(args)
  const size = sizeIn(args)
  const figures = figuresFor(args, err)
  const needsCache = args.flags['require-cache-hit'] === true
  let repairs = 0
  /** When the first of its questions went out, by the clock of turns; null: none has been asked again. */
  let firstAsked: Ms | null = null
  /** What is wrong with the last answer. */
  let errors: readonly string[] = []
  /** US dollars of parts of a long text. */
  let partsUsd = 0

  const fits = (turn: Turn, code: number): Verdict => {
    const value = turn.end?.type === 'finished' && turn.end.fits === true ? jsonIn(turn.answer) : null
    const whole = firstAsked === null ? null : totalMs({ ...turn.times, asked: firstAsked })
    const beside = { value: value === null ? null : JSON.parse(value), repairs, ...(whole && { totalMs: whole }) }
    if (value !== null) return { code, output: `${value}\n`, notes: [], beside: { ...beside, schemaErrors: [] } }
    const schemaErrors = code === EXIT.ok ? errors : []
    const notes = [...(schemaErrors.length > 0 ? [sayUnfit(schemaErrors)] : []), ...whatCame(turn)]
    return { code: code === EXIT.ok ? EXIT.cut : code, output: '', notes, beside: { ...beside, schemaErrors } }
  }
  const taken = (turn: Turn, code: number): Verdict => {
    const block = code === EXIT.ok ? extracted(turn.answer, wanted!) : ''
    if (typeof block === 'object') return { code, output: `${block.text}\n`, notes: [], beside: { extracted: block } }
    const notes = [...(block === '' ? [] : [block]), ...whatCame(turn)]
    return { code: code === EXIT.ok ? EXIT.cut : code, output: '', notes, beside: { extracted: null } }
  }

  return {
    args,
    form,
    figures,
    holds: wanted !== null || held !== null,
    before(state, at) {
      const asked = held?.asked(state.choices)
      const { system, exchanges } = form?.said ?? { system: null, exchanges: [] }
      const choices = {
        ...(asked && { schema: asked.schema }),
        ...(system === null || args.flags.system !== undefined ? {} : { system }),
      }
      const chosen: readonly Event[] = Object.keys(choices).length === 0 ? [] : [{ type: 'chosen', choices }]
      return { events: [...chosen, ...exchanges.flatMap((one) => exchanged(one, at))], notes: asked?.notes ?? [] }
    },
    deadlines: (stopped) => allowed && deadlines(allowed, stopped),
    judged(event, live, signal) {
      const isWhole = event.type === 'finished' && event.stopReason !== 'refusal' && !cutShort(event.stopReason)
      if (!held || !live || !isWhole) return null
      return held.check(live.answer, signal).then((found) => {
        errors = found
        return { ...event, fits: found.length === 0 }
      })
    },
    more({ end, times }) {
      if (!held?.isRepaired || repairs >= REPAIRS || end?.type !== 'finished' || end.fits !== false) return null
      repairs++
      firstAsked ??= times.asked
      return askedAgain(errors)
    },
    sayMore: (turn, card) => `${sayUnfit(errors)} It is asked for once more. This one: ${figuresLine(turn, card)}.`,
    unasked: (code) => figures?.unasked(code, { paidUsd: partsUsd }),
    async inParts(asked, parts, signal) {
      if (size === undefined) return asked
      if (!asked.piped)
        throw new UsageError(
          '--split takes a text on stdin and a prompt about it: claude-tui --split "your question" < FILE',
        )
      const { splitUp } = await import('./scripting/splitting.ts')
      const billed = (bill: SideCallEvent) => {
        partsUsd += priced(bill, parts.state.models).cost?.value ?? 0
        parts.billed(bill)
      }
      const text = await splitUp(asked.piped, size, { ...parts, billed }, signal)
      return text === null ? asked : { ...asked, text }
    },
    verdict(turn, code, state) {
      const verdict = held
        ? fits(turn, code)
        : wanted
          ? taken(turn, code)
          : { code, output: null, notes: [], beside: {} }
      if (!needsCache || verdict.code !== EXIT.ok || (turn.usage?.cacheRead ?? 0) > 0) return verdict
      return { ...verdict, code: EXIT.uncached, notes: [...verdict.notes, uncachedBecause(state)] }
    },
  }
}

/** `-x hello` asks hello: a lone word that is neither a number nor a language is the prompt. */
function promptFirst(args: Args): Args {
  const { extract } = args.flags
  const isPrompt = typeof extract === 'string' && args.rest.length === 0 && !/^-?\d/.test(extract)
  if (!isPrompt || languageOf(extract.toLowerCase()) !== null) return args
  return { ...args, flags: { ...args.flags, extract: true }, rest: [extract] }
}

function wantedBy({ flags }: Args): Wanted | null {
  if (flags.extract === undefined) return null
  const wanted = wantedBlock(flags.extract)
  if (typeof wanted === 'string') throw new UsageError(wanted)
  return wanted
}

/** Tokens of a part, by `--split`; null: as the window allows; undefined: nothing is split. @throws UsageError */
function sizeIn({ flags: { split } }: Args): number | null | undefined {
  if (split === undefined || split === true) return split && null
  const [, amount, k] = /^(\d+(?:\.\d+)?)(k)?$/i.exec(split) ?? []
  const size = Math.floor(Number(amount) * (k ? 1000 : 1))
  if (size >= LEAST_PART) return size
  throw new UsageError(`--split takes the tokens of a part from ${LEAST_PART}, such as --split=20k; "${split}" came.`)
}

/** Tokens of a part: below that, what is asked about it costs more than the part. */
const LEAST_PART = 500

/** Words that were paid for and are not what stdout is for. */
const whatCame = ({ answer }: Turn): readonly string[] =>
  answer.trim() === '' ? [] : ['What came, which is not on stdout:', answer.trimEnd()]

/** Who has said what a template says was answered. */
const BY_TEMPLATE = 'template'

/** An exchange of a template, as it would have happened. */
const exchanged = (one: { readonly question: string; readonly answer: string }, at: Ms): readonly Event[] => [
  { type: 'asked', at, text: one.question, model: BY_TEMPLATE },
  { type: 'delta', at, text: one.answer },
  { type: 'finished', at, stopReason: 'end_turn', explanation: null },
]
