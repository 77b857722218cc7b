/** `--split`: a text that is too long is asked about in parts, a few at a time, and then as a whole. */

import PQueue from 'p-queue'
import { billed as priced, type SideCallEvent } from '../../core/conversation/side-calls.ts'
import type { State } from '../../core/conversation.ts'
import { count, duration, money } from '../../core/figures/words.ts'
import { estimated, withMark } from '../../core/figures.ts'
import { type Models, modelCard, priceFor } from '../../core/models.ts'
import { planRequest } from '../../core/request/plan.ts'
import { NO_MARKS, type TurnRequest } from '../../core/request.ts'
import { partQuestion, splitFor, weighed, wholeQuestion } from '../../core/scripting/split.ts'
import { Ending, EXIT, exitCode } from '../../core/turn/outcome.ts'
import type { TurnEnd, Usage } from '../../core/turn.ts'
import { patienceFor, SCRIPT_PATIENCE } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { travel } from '../../road.ts'
import type { Setup } from '../../setup.ts'
import { within } from '../thrift/allowance.ts'
import { askAside } from '../thrift/aside.ts'

/** Parts that are asked at once. */
const AT_ONCE = 3
/** Tokens that an answer to a part usually takes, a thought included. */
const USUAL_ANSWER = 800
/** A word that stands for an answer, and the characters of a token. */
const [WORD, CHARS] = ['answer ', 2.5] as const

export interface SplittingParts {
  readonly setup: Setup & { readonly api: Api }
  readonly state: State
  note(line: string): void
  /** What a part cost, as it is known. */
  billed(bill: SideCallEvent): void
  /** What all parts are expected to cost, US dollars; null: unknown. */
  expects(usd: number | null): void
  /** Nothing may be sent. */
  readonly isDry: boolean
}

/** What is piped in, and what is asked of it. */
export interface Piped {
  readonly text: string
  readonly prompt: string
}

/**
 * The question that is asked in the end; null: the text is short enough to be asked about at once.
 * @param size tokens of a part; null: as the window allows
 * @throws Ending when a part has no answer, or money does not reach; the signal's reason when it was stopped
 */
export async function splitUp(
  { text, prompt }: Piped,
  size: number | null,
  parts: SplittingParts,
  signal: AbortSignal,
): Promise<string | null> {
  const { state, note, setup } = parts
  const card = modelCard(state.choices.model, state.models)
  const split = splitFor(text, card, size)
  if (split === null) return null
  if (typeof split === 'string') throw new Ending(EXIT.tooLarge, split)
  const requests = split.parts.map((part, i) =>
    requestFor(state, part, [i + 1, split.parts.length], prompt, split.room),
  )
  const usd = expectedUsd(requests, state.models)
  parts.expects(usd)
  const price = usd === null ? 'at a price that is unknown' : `for ${withMark(estimated(usd), money)}`
  const verb = parts.isDry ? 'would be asked' : 'is asked'
  note(`The text ${verb} about in ${count(requests.length, 'part')} first, ${AT_ONCE} at a time, ${price}.`)
  // As long as the answers will be, about.
  if (parts.isDry)
    return wholeQuestion(
      requests.map(() => standIn(split.room)),
      prompt,
    )
  return wholeQuestion(await answered(requests, parts, await moneyLeft(setup, usd, card.id), signal), prompt)
}

const usual = (room: number) => Math.min(room, USUAL_ANSWER)
const standIn = (room: number) => WORD.repeat(Math.ceil((usual(room) * CHARS) / WORD.length))

function requestFor(
  state: State,
  part: string,
  [number, of]: readonly [number, number],
  prompt: string,
  room: number,
): TurnRequest {
  const choices = { ...state.choices, schema: null, concise: false, prefill: null, kind: 'single' } as const
  const alone: State = { ...state, choices, turns: [], branches: [], summaries: [], marks: {}, live: null }
  const planned = planRequest(alone, partQuestion(part, number, of, prompt))
  return { ...planned, maxTokens: Math.min(planned.maxTokens, room), cache: NO_MARKS, stream: true }
}

function expectedUsd(requests: readonly TurnRequest[], models: Models): number | null {
  let sum = 0
  for (const { model, messages, system, maxTokens } of requests) {
    const card = modelCard(model, models)
    const input = weighed(`${messages[0]!.text}${system ?? ''}`, card.charsPerToken) / card.charsPerToken
    const price = priceFor(card, input)
    if (!price) return null
    sum += (input * price.input + usual(maxTokens) * price.output) / 1e6
  }
  return sum
}

/** US dollars that may be spent on parts; infinite: there is no budget. @throws Ending when they are too few */
async function moneyLeft(setup: Setup, usd: number | null, model: string): Promise<number> {
  const { hasBudget } = await import('../../core/money/budget.ts')
  if (!hasBudget(setup.settings)) return Number.POSITIVE_INFINITY
  const { leftOfBudgets, unaffordable } = await import('../ask/budget.ts')
  const why = await unaffordable(setup, usd, model, 'asking about the parts')
  if (why) throw new Ending(EXIT.overBudget, why)
  return leftOfBudgets(setup)
}

/** The answers in the order of the parts. The first that fails ends the others; what they cost is told all the same. */
async function answered(
  requests: readonly TurnRequest[],
  { setup, state, note, billed }: SplittingParts,
  mostUsd: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const queue = new PQueue({ concurrency: AT_ONCE })
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  let left = mostUsd
  let spent = 0
  const pay = (bill: SideCallEvent) => {
    spent += priced(bill, state.models).cost?.value ?? 0
    billed(bill)
  }
  /** Parts that may be spending just now, and who waits until one of them has. */
  let running = 0
  let waiting: (() => void)[] = []
  const settled = () => {
    running--
    for (const go of waiting.splice(0)) go()
  }
  /** Takes what a part can cost from what is left: the request with as much room for its answer. What others hold is waited for. */
  const hold = async (request: TurnRequest, i: number): Promise<{ request: TurnRequest; mostUsd: number }> => {
    if (left === Number.POSITIVE_INFINITY) {
      running++
      return { request, mostUsd: 0 }
    }
    for (;;) {
      stop.throwIfAborted()
      const before = left
      const found = await within(request, left, { ...setup, models: state.models })
      // Other parts may have taken of it, or given back, while this one was counted.
      if (left !== before) continue
      const isEnough = 'request' in found && found.request.maxTokens >= usual(request.maxTokens)
      if ('request' in found && (isEnough || running === 0)) {
        running++
        left -= found.mostUsd ?? 0
        return { request: found.request, mostUsd: found.mostUsd ?? 0 }
      }
      if (running === 0) {
        const has = money(Math.max(0, left))
        throw new Ending(EXIT.overBudget, `Part ${i + 1} was not sent: the budget has ${has} left for it.`)
      }
      await new Promise<void>((resolve) => {
        waiting = [...waiting, resolve]
      })
    }
  }
  const one = async (request: TurnRequest, i: number): Promise<string> => {
    stop.throwIfAborted()
    const held = await hold(request, i)
    const before = spent
    const { text, bill, end } = await askAside(held.request, 'split', patiently(setup, state, i, note, pay), stop, pay)
    if (bill) pay(bill)
    left += held.mostUsd - (bill ? (priced(bill, state.models).cost?.value ?? 0) : spent - before)
    settled()
    stop.throwIfAborted()
    if (end.type === 'finished' && end.stopReason !== 'refusal' && text.trim() !== '') {
      if (end.stopReason !== 'end_turn') note(`The answer to part ${i + 1} was cut short (${end.stopReason}).`)
      return text
    }
    const why = end.type === 'failed' ? end.failure.reason : whyNothing(end, held.request.maxTokens)
    throw new Ending(exitCode({ end, answer: '' }), `Part ${i + 1} of ${requests.length} has no answer: ${why}`)
  }
  try {
    return await Promise.all(
      requests.map((request, i) =>
        queue.add(() =>
          one(request, i).catch((error) => {
            failed.abort(error)
            throw error
          }),
        ),
      ),
    )
  } catch (error) {
    await queue.onIdle()
    signal.throwIfAborted()
    throw failed.signal.reason ?? error
  } finally {
    if (spent > 0) note(`For the parts ${money(spent)} were spent.`)
  }
}

/** Why a part has no answer, though the server has said all of it. @param room output tokens it was allowed */
function whyNothing(end: TurnEnd, room: number): string {
  if (end.type !== 'finished' || end.stopReason === 'end_turn') return 'The model answered nothing.'
  if (end.stopReason === 'refusal') return 'The model declined.'
  if (end.stopReason !== 'max_tokens') return `The model answered nothing (${end.stopReason}).`
  return `its ${count(room, 'output token')} were used up before any text came (max_tokens): raise --max-tokens or the budget, or lower --effort.`
}

/** A failure that passes is waited for, and what began before it is paid for. */
function patiently(
  { api, settings }: SplittingParts['setup'],
  { choices }: State,
  i: number,
  note: (line: string) => void,
  pay: (bill: SideCallEvent) => void,
): Pick<Api, 'attempt'> {
  const patience = patienceFor(SCRIPT_PATIENCE, choices.waitsMs ?? null)
  return {
    attempt(request, _, signal, emit) {
      let begun: { readonly usage: Usage; readonly model: string } | null = null
      let requestId: string | null = null
      return travel(
        request,
        signal,
        (event) => {
          if (event.type === 'heard') ({ requestId } = event)
          if (event.type === 'began') begun = event
          if (event.type === 'waiting') {
            if (begun)
              pay({
                type: 'billed',
                at: event.at,
                purpose: 'split',
                model: begun.model,
                usage: begun.usage,
                requestId,
                from: 'estimate',
              })
            begun = null
            note(`Part ${i + 1} is asked about again in ${duration(event.delayMs)}: ${event.failure.reason}`)
          }
          emit(event)
        },
        { api, patience, stallAfterMs: settings.stallAfterMs, now: () => performance.now(), chance: Math.random },
      )
    },
  }
}
